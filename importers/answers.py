"""Workbooks given back: what is wrong marked, or only the rows to correct (contract §3)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from datetime import datetime
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import coordinate_to_tuple, quote_sheetname
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from importers.cells import Raw
from importers.headers import TITLE_ROWS, Cells, Header
from importers.layouts import Layout
from importers.reader import recognise
from importers.rows import Problem
from importers.sheets import Sheet, UnreadableFile, sheets

AUTHOR = "OVOP Payouts"
SUMMARY = "problems"
MOST_BYTES = 30_000_000
"""Unpacked bytes of a workbook that is given back whole; of a larger one only the bad rows are."""
MOST_LISTED = 20_000
_BAD = PatternFill("solid", fgColor="FFC7CE")
_HEAD = Font(name="Calibri", bold=True)
_LINK = Font(name="Calibri", color="0563C1", underline="single")
_UNSAFE = str.maketrans({chr(code): " " for code in range(32) if chr(code) not in "\n\t"})
_WIDEST = 50


def write_problems(original: Path, problems: Iterable[Problem], target: Path) -> None:
    """The user's own workbook with bad cells marked and commented, and a list of all problems.

    What is no .xlsx, or too large, is given back as a new workbook with the same cells, or with
    the bad rows alone, each where it stood.
    """
    found = list(problems)
    book = _opened(original)
    if book is None:
        book = _copied(original, _rows_of(found) if _is_large(original) else None)
    for problem in found[:MOST_LISTED]:
        if problem.cell and problem.sheet in book.sheetnames:
            _mark(book[problem.sheet], problem)
    _list_problems(book, found)
    book.save(target)


def _is_large(original: Path) -> bool:
    if not zipfile.is_zipfile(original):
        return original.stat().st_size > MOST_BYTES // 10
    with zipfile.ZipFile(original) as package:
        return sum(part.file_size for part in package.infolist()) > MOST_BYTES


def _rows_of(problems: Iterable[Problem]) -> set[tuple[str, int]]:
    return {(problem.sheet, problem.row) for problem in problems}


def _opened(original: Path) -> Any:
    """The workbook as its user made it, without macros; None where it cannot be had so."""
    with suppress(Exception):  # openpyxl raises whatever a damaged part makes it stumble over
        content = original.read_bytes()
        if content[:4] == b"PK\3\4" and not _is_large(original):
            return load_workbook(BytesIO(content))
    return None


def _copied(original: Path, wanted: set[tuple[str, int]] | None) -> Any:
    """The cells of a file in a new workbook; with `wanted` only those rows and the first ones."""
    book = Workbook()
    first = book.active
    with suppress(UnreadableFile):
        for sheet in sheets(original, original.read_bytes()):
            page = _page(book, sheet)
            for number, cells in sheet.rows:
                if wanted is None or number <= TITLE_ROWS or (sheet.name, number) in wanted:
                    for index, value in cells.items():
                        put(page.cell(number, index + 1), value)
            _widen(page)
    if len(book.sheetnames) > 1 and first is not None:
        book.remove(first)
    return book


def _page(book: Any, sheet: Sheet) -> Any:
    if sheet.epoch_1904:
        book.epoch = CALENDAR_MAC_1904  # numbers that are days mean the same again
    return book.create_sheet(sheet.name[:31])


def put(cell: Any, value: Raw) -> None:
    """Fill a cell; text stays text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = value.translate(_UNSAFE)
        cell.data_type = "s"
    else:
        cell.value = value
        if isinstance(value, datetime) and not value.time():
            cell.number_format = "yyyy-mm-dd"


def _widen(page: Any) -> None:
    """Columns as wide as what stands in their first rows."""
    for column in page.iter_cols(max_row=TITLE_ROWS):
        longest = max(
            (len(str(cell.value)) for cell in column if cell.value is not None), default=0
        )
        page.column_dimensions[column[0].column_letter].width = min(max(10, longest + 2), _WIDEST)


def _mark(page: Any, problem: Problem) -> None:
    try:
        row, column = coordinate_to_tuple(problem.cell)
    except (ValueError, TypeError):
        row, column = problem.row, 1
    if row < 1:
        return
    cell = page.cell(row, column)
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _BAD
    before = f"{cell.comment.text}\n" if cell.comment else ""
    text = f"{before}{problem.reason}".translate(_UNSAFE)
    cell.comment = Comment(text, AUTHOR, width=320, height=90)


def _list_problems(book: Any, problems: Sequence[Problem]) -> None:
    """A first sheet of all problems, each with a link to its cell."""
    name = SUMMARY
    while name in book.sheetnames:
        name += "-"
    page = book.create_sheet(name, 0)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page
    heads = ("sheet", "cell", "value", "what is wrong and what would be right")
    for column, (title, width) in enumerate(zip(heads, (20, 10, 30, 100), strict=True), 1):
        put(page.cell(1, column), title)
        page.cell(1, column).font = _HEAD
        page.column_dimensions[chr(64 + column)].width = width
    for row, problem in enumerate(problems[:MOST_LISTED], 2):
        texts = (problem.sheet, problem.cell, problem.value, problem.reason)
        for column, value in enumerate(texts, 1):
            put(page.cell(row, column), value)
            page.cell(row, column).alignment = Alignment(wrap_text=column > 2, vertical="top")
        _link(book, page.cell(row, 2), problem)
    if len(problems) > MOST_LISTED:
        put(page.cell(MOST_LISTED + 2, 1), f"… and {len(problems) - MOST_LISTED} more")
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:D{page.max_row}"


def _link(book: Any, cell: Any, problem: Problem) -> None:
    if problem.cell[:1].isalpha() and problem.sheet in book.sheetnames:
        place = f"{quote_sheetname(problem.sheet)}!{problem.cell}"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)
        cell.font = _LINK


# --- the rows to correct -----------------------------------------------------------------------


def write_rejected(
    original: Path, bad_rows: set[tuple[str, int]], target: Path, layouts: Sequence[Layout] = ()
) -> None:
    """Only the bad rows, under their headers, ready to be corrected and imported again.

    They look as in the user's own workbook. What was read by a layout comes back under our own
    headers, as the layout read it: counted lines keep their numbers.
    """
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    own = _opened(original)
    for sheet in sheets(original, original.read_bytes()):
        wanted = {row for name, row in bad_rows if name == sheet.name}
        if wanted:
            page = _page(book, sheet)
            copied = _write_rows(page, original.name, sheet, wanted, layouts)
            if own is None or not copied:
                _widen(page)
            elif sheet.name in own.sheetnames:
                _dress(page, own[sheet.name], copied)
    book.save(target)


def _write_rows(
    page: Any, file: str, sheet: Sheet, wanted: set[int], layouts: Sequence[Layout]
) -> list[int]:
    """Fill a page; the rows of the sheet that it took as they stand."""
    rows = ((number, cells) for number, cells in sheet.rows if cells)
    head = list(islice(rows, TITLE_ROWS))
    header = recognise(file, sheet.name, head, layouts)
    if not isinstance(header, Header):
        return []
    if header.translate is not None:
        _append(page, 1, {key: column.name for key, column in header.columns.items()})
        translated = (
            (number, header.translate(cells) or {})
            for number, cells in chain(head, rows)
            if number > header.row
        )
        taken = (cells for number, cells in translated if number in wanted)
        for at, cells in enumerate(taken, 2):
            _append(page, at, cells)
        return []
    copied = []
    for number, cells in chain(head, rows):
        if number in wanted or number == header.row:
            copied.append(number)
            _append(page, len(copied), cells)
    return copied


def _append(page: Any, row: int, cells: Cells) -> None:
    for index, value in cells.items():
        put(page.cell(row, index + 1), value)


def _dress(page: Any, own: Any, copied: Sequence[int]) -> None:
    """Widths, fonts, colours and number formats of the user's own sheet."""
    for letter, dimension in own.column_dimensions.items():
        if dimension.width:
            page.column_dimensions[letter].width = dimension.width
    for at, number in enumerate(copied, 1):
        for cell in own[number]:
            if cell.has_style:
                mine = page.cell(at, cell.column)
                mine.font, mine.fill = copy(cell.font), copy(cell.fill)
                mine.border, mine.alignment = copy(cell.border), copy(cell.alignment)
                mine.number_format = cell.number_format
