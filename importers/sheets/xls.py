"""Workbooks of the old form (.xls), by xlrd; formats, links and macros are not looked at."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, Literal

import xlrd

from importers.cells import Raw, is_blank
from importers.sheets.model import MOST_COLUMNS, Area, Rows, Sheet, UnreadableFile

_MERGED = re.compile(rb"\xe5\x00")
_PROTECTED = "is protected by a password: save it without one"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def sheets(content: bytes) -> Iterator[Sheet]:
    """The sheets of an old workbook. Raises UnreadableFile."""
    if _ENCRYPTED in content:
        raise UnreadableFile(_PROTECTED)
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True, logfile=io.StringIO())
        for name in book.sheet_names():
            rows = _rows(book.sheet_by_name(name), book.datemode)
            yield Sheet(name, rows, book.datemode == 1, partial(_merged, content, name))
            book.unload_sheet(name)
    except (MemoryError, UnreadableFile):
        raise
    except Exception as error:  # xlrd raises whatever a damaged record makes it stumble over
        reason = f"{error}".splitlines()[0] if f"{error}" else type(error).__name__
        if "encrypted" in reason.lower():
            raise UnreadableFile(_PROTECTED) from None
        raise UnreadableFile(f"is a damaged workbook ({reason[:120]})") from None


def _merged(content: bytes, name: str) -> list[Area]:
    """Merged cells, for which the workbook is opened anew with its formats: few have any."""
    if not any(_holds_merged(content, found.start()) for found in _MERGED.finditer(content)):
        return []
    try:
        book = xlrd.open_workbook(
            file_contents=content, on_demand=True, formatting_info=True, logfile=io.StringIO()
        )
        found = book.sheet_by_name(name).merged_cells
    except Exception:  # what its cells say was read; formats that nobody needs may be damaged
        return []
    return [Area(top + 1, bottom, left, right - 1) for top, bottom, left, right in found]


def _holds_merged(content: bytes, at: int) -> bool:
    """Whether a record of merged cells stands here: its length fits how many it says."""
    if len(content) < at + 6:
        return False
    length, count = struct.unpack_from("<HH", content, at + 2)
    return bool(count and length == 2 + 8 * count)


def _rows(page: Any, datemode: Literal[0, 1]) -> Rows:
    for row in range(page.nrows):
        cells: dict[int, Raw] = {}
        for column in range(min(page.row_len(row), MOST_COLUMNS)):
            value = _value(page.cell(row, column), datemode)
            if not is_blank(value):
                cells[column] = value
        yield row + 1, cells


def _value(cell: Any, datemode: Literal[0, 1]) -> Raw:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return str(cell.value)
        case xlrd.XL_CELL_NUMBER:
            return float(cell.value)
        case xlrd.XL_CELL_DATE:
            return _moment(cell.value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return None


def _moment(value: float, datemode: Literal[0, 1]) -> Raw:
    try:
        moment: datetime = xlrd.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return float(value)
    return moment
