"""A paper as a workbook: numbers are numbers, totals are formulas over them, texts stay texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.papers.model import MONEY as MONEY_KIND
from reports.papers.model import QUANTITY, Paper, Table
from reports.sheets import BOLD, MONEY, content, heads, printed, put, quantity_format


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
        row = put_table(page, table, row + 2)
    for text in (*paper.notes, *paper.signatures):
        row += 2
        put(page, row, 1, text)
    printed(page, landscape=any(len(table.columns) > 6 for table in paper.tables))
    return content(book, paper.issued)


def put_table(page: Any, table: Table, row: int) -> int:
    """A table from that row on; returns its last one."""
    if table.title:
        put(page, row, 1, table.title, bold=True)
        row += 1
    titles = tuple(column.title for column in table.columns)
    widths = tuple(
        max(14, int(page.column_dimensions[get_column_letter(i)].width or 0), 34 * column.wide)
        for i, column in enumerate(table.columns, 1)
    )
    numbers = tuple(column.kind in (MONEY_KIND, QUANTITY) for column in table.columns)
    heads(page, row, titles, widths, numbers)
    first = row + 1
    forms = [_form(table, index) for index in range(len(table.columns))]
    for cells in table.rows:
        row += 1
        for index, (value, form) in enumerate(zip(cells, forms, strict=True), 1):
            cell = put(page, row, index, value)
            if form and value is not None:
                cell.number_format = form
    if table.totals:
        row += 1
        label = next((i for i, c in enumerate(table.totals, 1) if c == table.total), 1)
        put(page, row, label, table.total, bold=True)
        for index, column in enumerate(table.columns, 1):
            if column.summed and table.rows:
                letter = get_column_letter(index)
                cell = page.cell(row, index, f"=SUM({letter}{first}:{letter}{row - 1})")
                cell.number_format, cell.font = forms[index - 1] or MONEY, BOLD
    return row


def _form(table: Table, index: int) -> str:
    """How the quantities of a column are written; nothing for other columns."""
    if table.columns[index].kind != QUANTITY:
        return ""
    return quantity_format(c for row in table.rows if isinstance(c := row[index], Decimal))
