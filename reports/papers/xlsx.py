"""A paper as a workbook: numbers are numbers, totals are formulas over them, texts stay texts."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.papers.model import Paper, Table
from reports.sheets import BOLD, MONEY, content, heads, put


def paper_xlsx(paper: Paper) -> bytes:
    """One sheet: who, what matters, then every table."""
    book = Workbook()
    page: Any = book.active
    page.title = paper.title[:31]
    put(page, 1, 1, paper.heading, bold=True)
    row = 2
    for label, text in (("", paper.payer), *paper.who):
        put(page, row, 1, label)
        put(page, row, 2, text, bold=True)
        row += 1
    for text in (paper.subtitle, paper.lead, *paper.plain):
        if text:
            row += 1
            put(page, row, 1, text)
    for table in paper.tables:
        row = _table(page, table, row + 2)
    for text in (*paper.notes, *paper.signatures):
        row += 2
        put(page, row, 1, text)
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    return content(book, paper.issued)


def _table(page: Any, table: Table, row: int) -> int:
    if table.title:
        put(page, row, 1, table.title, bold=True)
        row += 1
    titles = tuple(column.title for column in table.columns)
    widths = tuple(
        max(14, int(page.column_dimensions[get_column_letter(i)].width or 0), 34 * column.wide)
        for i, column in enumerate(table.columns, 1)
    )
    heads(page, row, titles, widths)
    first = row + 1
    for cells in table.rows:
        row += 1
        for index, cell in enumerate(cells, 1):
            put(page, row, index, cell)
    if table.totals:
        row += 1
        label = next((i for i, c in enumerate(table.totals, 1) if c == table.total), 1)
        put(page, row, label, table.total, bold=True)
        for index, column in enumerate(table.columns, 1):
            if column.summed and table.rows:
                letter = get_column_letter(index)
                cell = page.cell(row, index, f"=SUM({letter}{first}:{letter}{row - 1})")
                cell.number_format, cell.font = MONEY, BOLD
    return row
