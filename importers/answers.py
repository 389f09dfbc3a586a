"""Workbooks given back: what is wrong marked, or only the rows to correct (contract §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from importers.cells import Raw
from importers.headers import TITLE_ROWS, Cells, Header
from importers.layouts import Layout
from importers.reader import recognise
from importers.rows import Problem
from importers.sheets import Sheet, UnreadableFile, sheets

AUTHOR = "OVOP Payouts"
SUMMARY = "problems"
_BAD = PatternFill("solid", fgColor="FFC7CE")
_HEAD = Font(bold=True)
_UNSAFE = str.maketrans({chr(code): " " for code in range(32) if chr(code) not in "\n\t"})


def write_problems(original: Path, problems: Iterable[Problem], target: Path) -> None:
    """The user's own workbook with bad cells marked and commented, and a list of all problems.

    What is no .xlsx is given back as a new workbook with the same cells.
    """
    found = list(problems)
    book = _opened(original)
    for problem in found:
        if problem.cell and problem.sheet in book.sheetnames:
            _mark(book[problem.sheet], problem)
    _list_problems(book, found)
    book.save(target)


def _opened(original: Path) -> Any:
    """The workbook as its user made it, where it is one; formulas of others are not kept alive."""
    if original.suffix.lower() in (".xlsx", ".xlsm"):
        try:
            return load_workbook(BytesIO(original.read_bytes()))
        except Exception:  # openpyxl raises whatever a damaged part makes it stumble over
            return Workbook()
    return _copied(original)


def _copied(original: Path) -> Any:
    book = Workbook()
    first = book.active
    try:
        for sheet in sheets(original, original.read_bytes()):
            page = book.create_sheet(sheet.name[:31])
            for number, cells in sheet.rows:
                for index, value in cells.items():
                    put(page.cell(number, index + 1), value)
    except UnreadableFile:
        pass
    if len(book.sheetnames) > 1 and first is not None:
        book.remove(first)
    return book


def put(cell: Any, value: Raw) -> None:
    """Fill a cell; text stays text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = value.translate(_UNSAFE)
        cell.data_type = "s"
    else:
        cell.value = value


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


def _list_problems(book: Any, problems: list[Problem]) -> None:
    name = SUMMARY
    while name in book.sheetnames:
        name += "-"
    page = book.create_sheet(name, 0)
    heads = ("sheet", "cell", "value", "what is wrong and what would be right")
    for column, (title, width) in enumerate(zip(heads, (20, 10, 30, 90), strict=True), 1):
        put(page.cell(1, column), title)
        page.cell(1, column).font = _HEAD
        page.column_dimensions[chr(64 + column)].width = width
    for row, problem in enumerate(problems, 2):
        for column, value in enumerate(
            (problem.sheet, problem.cell, problem.value, problem.reason), 1
        ):
            put(page.cell(row, column), value)
    page.freeze_panes = "A2"


def write_rejected(
    original: Path, bad_rows: set[tuple[str, int]], target: Path, layouts: Sequence[Layout] = ()
) -> None:
    """Only the bad rows, under their headers, ready to be corrected and imported again.

    What was read by a layout comes back under our own headers, as the layout read it: counted
    lines keep their numbers.
    """
    book = Workbook(write_only=True)
    for sheet in sheets(original, original.read_bytes()):
        wanted = {row for name, row in bad_rows if name == sheet.name}
        if wanted:
            _write_rows(book, original.name, sheet, wanted, layouts)
    book.save(target)


def _write_rows(
    book: Any, file: str, sheet: Sheet, wanted: set[int], layouts: Sequence[Layout]
) -> None:
    if sheet.epoch_1904:
        book.epoch = CALENDAR_MAC_1904  # numbers that are days mean the same again
    page = book.create_sheet(sheet.name[:31])
    rows = ((number, cells) for number, cells in sheet.rows if cells)
    head = list(islice(rows, TITLE_ROWS))
    header = recognise(file, sheet.name, head, layouts)
    if not isinstance(header, Header):
        return
    if header.translate is not None:
        _append(page, {key: column.name for key, column in header.columns.items()})
    for number, cells in chain(head, rows):
        own: Cells = cells
        if header.translate is not None and number > header.row:
            own = header.translate(cells) or {}
        if number in wanted or (number == header.row and header.translate is None):
            _append(page, own)


def _append(page: Any, cells: Cells) -> None:
    row = []
    for index in range(max(cells, default=0) + 1):
        cell = WriteOnlyCell(page)
        put(cell, cells.get(index))
        row.append(cell)
    page.append(row)
