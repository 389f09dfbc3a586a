"""CSV that a spreadsheet opens without running, rounding or rewriting any of it.

A cell that a spreadsheet would take for a formula, or a long number that it would round (it keeps
15 digits and shows 11), gets an apostrophe before it; `unguarded` takes exactly that away again.
So does what follows a separator inside a cell, for a spreadsheet set to another separator than
ours would start a cell there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_LIVE = r"['=+\-@\t\r\n＝＋－＠]"
_START = r"(?:\A|(?<=[;,\t\r\n]))"
_GUARD = re.compile(rf"{_START}(?=[\"\s]*{_LIVE})")
_GUARDED = re.compile(rf"{_START}'")
_NUMBER = re.compile(r"0[0-9]+|[0-9]{12,}")


def guarded(text: str) -> str:
    """`=1+1` -> `'=1+1`, `1280010020040012` -> `'1280010020040012`, other text as it is."""
    if _NUMBER.fullmatch(text):
        return f"'{text}"
    return _GUARD.sub("'", text)


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return _GUARDED.sub("", cell)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file; the mark at its start tells spreadsheets that it is UTF-8."""
    return written([header, *([guarded(cell) for cell in row] for row in rows)])


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as they are: their texts were guarded, their numbers need not be."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")
