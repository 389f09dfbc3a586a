"""Rows of a worksheet found by their text, as nearly every program lays them out.

An XML parser makes an object of every element, which is most of what reading a large sheet costs.
Here a sheet is cut at the ends of its rows and the beginnings of its cells, and each cell that
differs from those before is looked at once. Nothing is guessed: what does not look as expected
raises Unusual, and the sheet is left to the parser.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from importers.cells import Raw, is_blank
from importers.sheets.model import MOST_COLUMNS, column_of

_BLOCK = 1 << 20
"""Characters read at once; no row and no head is longer than a few of them."""
_LONGEST = 8 * _BLOCK
_DATA, _END_OF_DATA = "<sheetData>", "</sheetData>"
_ATTRIBUTES = r'(?: (?!r=|xmlns)[\w:.-]+="[^"<&>]*")*'
_ROW = re.compile(
    rf'\s*(?:<row r="\d+"{_ATTRIBUTES}/>\s*)*<row(?: r="(\d+)")?{_ATTRIBUTES}>\s*'
).fullmatch
_DECLARED = re.compile(
    r"""<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")?\s*\?>\s*"""
)
_DIGITS = "0123456789"
_MOST_KNOWN = 1 << 14


class Unusual(ValueError):
    """A sheet that is laid out as few are; a parser must read it."""


class _Cells(dict[str, Raw]):
    """Cell without its `<c r="A1"` -> what it holds, each looked at once; None where blank."""

    def __init__(self, value_of: Callable[[str], Raw]) -> None:
        self.value_of = value_of

    def __missing__(self, cell: str) -> Raw:
        value = self.value_of(cell)
        if is_blank(value):
            value = None
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[cell] = value
        return value


class _Columns(dict[str, int]):
    """Letters -> index of a column."""

    def __missing__(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha()):
            raise Unusual
        index = self[letters] = column_of(letters)
        return index


def rows(
    stream: Any, main: str, value_of: Callable[[str], Raw]
) -> Iterator[tuple[int, int, dict[int, Raw]]]:
    """(row elements so far, number of the row, its cells) of a sheet in the namespace `main`.

    `value_of` gives what a cell holds: it gets all of the element but `<c r="A1"`. Raises Unusual,
    also after some rows.
    """
    blocks = _blocks(stream)
    head, left = _head(blocks, main)
    known, columns = _Cells(value_of), _Columns()
    number = elements = 0
    for block in blocks:
        *whole, left = (left + block).split("</row>")
        if len(left) > _LONGEST:
            raise Unusual
        for row in whole:
            start, *cells = row.split('<c r="')
            found = _ROW(start)
            if found is None:
                raise Unusual
            number = int(found[1] or number + 1)
            elements += start.count("<row")
            values: dict[int, Raw] = {}
            for cell in cells:
                reference, _, rest = cell.partition('"')
                column, value = columns[reference.rstrip(_DIGITS)], known[rest]
                if value is not None and column < MOST_COLUMNS:
                    values[column] = value
            yield elements, number, values
    _must_end_well(head, left, main)


def _blocks(stream: Any) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while data := stream.read(_BLOCK):
            yield decoder.decode(data)
        yield decoder.decode(b"", True)
    except UnicodeDecodeError:
        raise Unusual from None


def _head(blocks: Iterator[str], main: str) -> tuple[str, str]:
    """What stands before the rows, and the beginning of what follows."""
    text = ""
    for block in blocks:
        text += block
        head, data, left = text.partition(_DATA)
        if data:
            declared = _DECLARED.match(head)
            plain = head[declared.end() :] if declared else head
            _must_be_sheet(f"{plain}{_DATA}{_END_OF_DATA}</worksheet>", main)
            return plain, left
        if len(text) > _LONGEST:
            break
    raise Unusual


def _must_end_well(head: str, left: str, main: str) -> None:
    """What stands around the rows is one good element without other rows."""
    if not left.lstrip().startswith(_END_OF_DATA) or "<row" in left:
        raise Unusual
    _must_be_sheet(f"{head}{_DATA}{left}", main)


def _must_be_sheet(text: str, main: str) -> None:
    if "<!" in text or "<?" in text:
        raise Unusual
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root: Any = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unusual from None
    if root.tag != f"{main}worksheet" or f"{{{root.nsmap.get(None)}}}" != main:
        raise Unusual
