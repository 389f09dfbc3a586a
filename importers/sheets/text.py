"""Text files of rows: the encoding and the delimiter are found."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from itertools import islice
from typing import Any

from importers.sheets.model import Rows, Sheet, UnreadableFile

NAME = "csv"
"""A text file has one sheet, of this name."""
_DELIMITERS = ",;\t|"
_LOOKED_AT = 50
"""Rows from which the delimiter is found."""


def sheet(content: bytes) -> Sheet:
    """The rows of a text file. Raises UnreadableFile where it is no text."""
    shown = _decoded(content)
    return Sheet(NAME, _rows(csv.reader(io.StringIO(shown, newline=""), delimiter=_found(shown))))


def _rows(reader: Any) -> Rows:
    try:
        for number, cells in enumerate(reader, 1):
            yield number, {i: cell for i, cell in enumerate(cells) if cell.strip()}
    except csv.Error as error:
        raise UnreadableFile(f"is no CSV that can be read ({error})") from None


def _found(shown: str) -> str:
    """The delimiter that parts most rows alike; decimal commas lose to the header's semicolons."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(shown, delimiter))


def _evenness(shown: str, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(shown, newline=""), delimiter=delimiter)
    try:
        widths = Counter(len(row) for row in islice(reader, _LOOKED_AT) if len(row) > 1)
    except csv.Error:
        return 0, 0
    width, rows = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    return rows, width


def _decoded(content: bytes) -> str:
    encoding = _encoding(content)
    try:
        shown = content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("is text in an unknown encoding: save it as UTF-8") from None
    if "\0" in shown:
        raise UnreadableFile("is no workbook: save it as .xlsx or .csv")
    return shown


def _encoding(content: bytes) -> str:
    """By its mark; by where zero bytes stand; UTF-8 where it is that, else Windows-1251."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:2000]
    if head[1::2].count(0) > len(head) // 4 and not head[::2].count(0):
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4 and not head[1::2].count(0):
        return "utf-16-be"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"
