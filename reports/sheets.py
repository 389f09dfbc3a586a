"""What every workbook of ours has in common: text stays text, numbers are numbers, fixed times."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

HEAD = PatternFill("solid", fgColor="DDEBF7")
BOLD = Font(name="Calibri", size=11, bold=True)
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
            cell.alignment = Alignment(horizontal="left")
    if bold:
        cell.font = BOLD
    return cell


def quantity_format(numbers: Iterable[Decimal]) -> str:
    """As many decimals as there are; whole numbers get no point at their end."""
    whole = all(number == number.to_integral_value() for number in numbers)
    return "#,##0" if whole else "#,##0.######"


def printed(page: Any, *, landscape: bool = False) -> None:
    """On A4, as wide as the page, as long as it takes."""
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if landscape else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def heads(
    page: Any,
    row: int,
    titles: tuple[str, ...],
    widths: tuple[int, ...],
    numbers: tuple[bool, ...] = (),
) -> None:
    """A row of column titles, as high as they need; those of `numbers` stand to the right."""
    lines = [ceil(len(title) * 1.25 / width) for title, width in zip(titles, widths, strict=True)]
    page.row_dimensions[row].height = 15 * max(lines)
    for index, (title, width) in enumerate(zip(titles, widths, strict=True), 1):
        cell = put(page, row, index, title, bold=True)
        cell.fill = HEAD
        side = "right" if numbers and numbers[index - 1] else None
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=side)
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
