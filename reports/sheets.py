"""What every workbook of ours has in common: text stays text, numbers are numbers, fixed times."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

HEAD = PatternFill("solid", fgColor="DDEBF7")
BOLD = Font(bold=True)
MONEY = "#,##0.00"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Value = str | Decimal | int | date | None


def put(page: Any, row: int, column: int, value: Value, *, bold: bool = False) -> Any:
    """Fill a cell: a text never becomes a formula, money shows two decimals."""
    cell = page.cell(row, column)
    if isinstance(value, str):
        cell.value = _CONTROL.sub(" ", value)
        cell.data_type = "s"
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = MONEY
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = BOLD
    return cell


def heads(page: Any, row: int, titles: tuple[str, ...], widths: tuple[int, ...]) -> None:
    """A row of column titles."""
    for index, (title, width) in enumerate(zip(titles, widths, strict=True), 1):
        cell = put(page, row, index, title, bold=True)
        cell.fill = HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[cell.column_letter].width = width


def content(book: Workbook, on: date) -> bytes:
    """The workbook's bytes; `on` is the only time in them, so they are the same each time."""
    moment = datetime(on.year, on.month, on.day)  # noqa: DTZ001 (workbooks know no zones)
    book.properties.created = book.properties.modified = moment
    book.properties.creator = "OVOP Payouts"
    buffer = io.BytesIO()
    book.save(buffer)
    return _steady(buffer.getvalue(), moment)


def _steady(packed: bytes, moment: datetime) -> bytes:
    """The same parts, with the same time on each."""
    result = io.BytesIO()
    stamp = (max(moment.year, 1980), moment.month, moment.day, 0, 0, 0)
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = source.read(name)
            if name == "docProps/core.xml":
                iso = moment.strftime("%Y-%m-%dT00:00:00Z").encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + iso, data)
            target.writestr(zipfile.ZipInfo(name, stamp), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()
