"""Text files of rows: the encoding and the delimiter are found."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Any, NamedTuple

from importers.sheets.model import Rows, Sheet, UnreadableFile

NAME = "csv"
"""A text file has one sheet, of this name."""
_DELIMITERS = ",;\t|"
_OLD = ("cp1251", "cp866")
"""Encodings of Russian before Unicode; the first where both are as likely."""
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a]")
_BINARY = 0.01
"""The share of control characters from which a file is no text; fewer are bad cells of a text."""
_SAMPLE = 20_000
_LOOKED_AT = 50
"""Rows from which the delimiter is found."""


def sheet(content: bytes) -> Sheet:
    """The rows of a text file. Raises UnreadableFile where it is no text."""
    encoding = _encoding(content)
    _must_be_text(content, encoding)
    text = _Text(content, encoding)
    return Sheet(NAME, _rows(text, _found(text)))


class _Text(NamedTuple):
    """A text in its encoding: decoded while it is read, and not as a whole."""

    content: bytes
    encoding: str

    def lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")


def _rows(text: _Text, delimiter: str) -> Rows:
    reader: Any = csv.reader(text.lines(), delimiter=delimiter)
    start = read = 0
    try:
        for number, cells in enumerate(reader, 1):
            start, read = read, reader.line_num
            yield number, {i: cell for i, cell in enumerate(cells) if cell and cell.strip()}
    except csv.Error as error:
        raise UnreadableFile(f"is no CSV that can be read ({error})") from None
    _must_be_closed(text, delimiter, start)


def _must_be_closed(text: _Text, delimiter: str, start: int) -> None:
    """Raise where the last row, from line `start`, is in quotes that never end: it ate the rest."""
    last = islice(text.lines(), start, None)
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            reason = f"has quotes in line {start + 1} that are never closed: close or remove them"
            raise UnreadableFile(reason) from None


def _found(text: _Text) -> str:
    """The delimiter that parts most rows alike; decimal commas lose to the header's semicolons."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: _Text, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(text.lines(), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row in islice(reader, _LOOKED_AT) if len(row) > 1)
    except csv.Error:
        return 0, 0
    width, rows = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    return rows, width


def _must_be_text(content: bytes, encoding: str) -> None:
    try:
        shown = content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("is text in an unknown encoding: save it as UTF-8") from None
    if "\0" in shown or len(_CONTROL.findall(shown)) > len(shown) * _BINARY:
        raise UnreadableFile("is no workbook: save it as .xlsx or .csv")


def _encoding(content: bytes) -> str:
    """By its mark; by where zero bytes stand; UTF-8 where it is that, else Windows or DOS."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:2000]
    for encoding, high, low in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if high.count(0) + high.count(4) > len(head) * 0.4 and not low.count(0):
            return encoding
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The space that parts thousands in Windows' encoding is a letter in that of DOS.
        sample = content[:_SAMPLE].replace(b"\xa0", b"")
        return max(_OLD, key=lambda encoding: _russian(sample.decode(encoding, "ignore")))
    return "utf-8-sig"


def _russian(shown: str) -> int:
    """How many of the letters that Russian is mostly made of."""
    return sum(shown.count(letter) for letter in "оеаинтсрвлкмдпуяыь")
