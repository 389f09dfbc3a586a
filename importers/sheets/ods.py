"""OpenDocument spreadsheets (.ods), streamed: repeated rows and columns are counted, not copied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from importers.cells import Missing, Raw, is_blank
from importers.sheets.model import MOST_COLUMNS, Area, Rows, Sheet, UnreadableFile
from importers.sheets.packages import Package, forget

MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = f"{_NS}office:1.0}}", f"{_NS}table:1.0}}", f"{_NS}text:1.0}}"
_MANIFEST = f"{_NS}manifest:1.0}}encryption-data"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SPANS = ("rows", "columns")
_MOST_REPEATS = 10_000
"""How often one row of content may be said to stand; nobody has that many rows alike."""


def sheets(package: Package) -> Iterator[Sheet]:
    """The sheets of a document. Raises UnreadableFile."""
    if "META-INF/manifest.xml" in package.names:
        manifest = package.tree("META-INF/manifest.xml")
        if next(manifest.iter(_MANIFEST), None) is not None:
            raise UnreadableFile("is protected by a password: save it without one")
    if "content.xml" not in package.names:
        raise UnreadableFile("is a damaged workbook (it has no content)")
    for number, name in enumerate(_names(package)):
        merged: list[Area] = []
        yield Sheet(name, _rows(package, number, merged), merged=merged.copy)


def _names(package: Package) -> list[str]:
    found: list[str] = []
    for element in package.events("content.xml", f"{_TABLE}table-row", f"{_TABLE}table"):
        if element.tag == f"{_TABLE}table" and element.getparent().tag == f"{_OFFICE}spreadsheet":
            found.append(element.get(f"{_TABLE}name") or f"Sheet{len(found) + 1}")
        forget(element)
    return found


def _rows(package: Package, wanted: int, merged: list[Area]) -> Rows:
    tags = (f"{_TABLE}table-row", f"{_TABLE}table")
    table, number = 0, 0
    for element in package.events("content.xml", *tags):
        if element.tag == f"{_TABLE}table":
            if element.getparent().tag == f"{_OFFICE}spreadsheet":
                table += 1
            if table > wanted:
                return
            continue
        if table == wanted:
            repeats = int(element.get(f"{_TABLE}number-rows-repeated") or 1)
            cells = _cells(element, number + 1, merged)
            if cells and repeats > _MOST_REPEATS:
                raise UnreadableFile(f"repeats one row {repeats} times; it is not read")
            for copy in range(repeats if cells else 1):
                yield number + 1 + copy, cells
            number += repeats
        forget(element)


def _cells(row: Any, number: int, merged: list[Area]) -> dict[int, Raw]:
    cells: dict[int, Raw] = {}
    column = 0
    for cell in row.iterchildren(*_CELLS):
        repeats = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
        value = None if cell.tag == _CELLS[1] else _value(cell)
        if not is_blank(value):
            for index in range(column, min(column + repeats, MOST_COLUMNS)):
                cells[index] = value
        down, across = (int(cell.get(f"{_TABLE}number-{each}-spanned") or 1) for each in _SPANS)
        if down > 1:
            merged.append(Area(number, number + down - 1, column, column + across - 1))
        column += repeats
        if column >= MOST_COLUMNS:
            break
    return cells


def _value(cell: Any) -> Raw:
    kind = cell.get(f"{_OFFICE}value-type")
    shown: str = _shown(cell)
    match kind:
        case "float" | "currency" | "percentage":
            return float(cell.get(f"{_OFFICE}value") or "nan")
        case "date":
            return _moment(cell.get(f"{_OFFICE}date-value") or shown)
        case "boolean":
            return bool(cell.get(f"{_OFFICE}boolean-value") == "true")
        case "string" | "time":
            return shown or str(cell.get(f"{_OFFICE}string-value") or "")
    if cell.get(f"{_TABLE}formula") is not None and not shown:
        return Missing("=")
    return shown or None


def _moment(shown: str) -> Raw:
    try:
        return datetime.fromisoformat(shown)
    except ValueError:
        return shown


def _shown(cell: Any) -> str:
    """The paragraphs of a cell; notes on it are not part of its text."""
    return "\n".join(_text(paragraph) for paragraph in cell.iterchildren(f"{_TEXT}p"))


def _text(element: Any) -> str:
    """Text with its spans; runs of spaces, tabs and line breaks are elements of their own."""
    parts = [element.text or ""]
    for child in element:
        if not isinstance(child.tag, str):
            pass
        elif child.tag == f"{_TEXT}s":
            parts.append(" " * min(int(child.get(f"{_TEXT}c") or 1), 1000))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag.startswith((_TEXT, f"{_NS}script")):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
