"""Pay sheets as a workbook, a group on each sheet."""

from __future__ import annotations

import re
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Border, Side

from reports.pay_sheet.model import PaySheet
from reports.sheets import BOLD, MONEY, content, heads, printed, put
from reports.spelled import spelled
from reports.words import words

_LINE = Border(bottom=Side(style="thin"))


def pay_sheets_xlsx(sheets: list[PaySheet]) -> bytes:
    """All groups of a run in one workbook, ready to print."""
    book = Workbook()
    first: Any = book.active
    for sheet in sheets:
        _write(book.create_sheet(_title(book, sheet.group)), sheet)
    book.remove(first)
    return content(book, sheets[0].issued)


def _title(book: Workbook, group: str) -> str:
    """A name that a sheet may have; two groups never share one."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", group)[:28] or "group"
    title, number = plain, 1
    while title.lower() in {name.lower() for name in book.sheetnames}:
        number += 1
        title = f"{plain} {number}"
    return title


def _write(page: Any, sheet: PaySheet) -> None:
    say = words(sheet.language)
    put(page, 1, 1, f"{say('pay_sheet')}: {sheet.group}, {say.month(sheet.period)}", bold=True)
    put(page, 2, 1, f"{sheet.payer}, {sheet.association}, {sheet.run}")
    titles = ("number", "member", "name", "amount", "signature")
    heads(
        page,
        4,
        tuple(say(title) for title in titles),
        (6, 12, 40, 14, 30),
        (True, False, False, True, False),
    )
    row = 4
    for number, payee in enumerate(sheet.payees, 1):
        row += 1
        put(page, row, 1, number)
        put(page, row, 2, payee.member)
        put(page, row, 3, payee.name)
        put(page, row, 4, payee.amount)
        page.cell(row, 5).border = _LINE
        page.row_dimensions[row].height = 22
    put(page, row + 1, 3, say("total"), bold=True)
    total = page.cell(row + 1, 4, f"=SUM(D5:D{row})")
    total.number_format, total.font = MONEY, BOLD
    put(page, row + 2, 3, say("in_words"))
    put(page, row + 2, 4, spelled(sheet.total, sheet.language))
    for below, phrase in enumerate(("paid_by", "checked_by"), row + 4):
        put(page, below, 3, say(phrase))
        page.row_dimensions[below].height = 22
        page.cell(below, 4).border = page.cell(below, 5).border = _LINE
    printed(page)
    page.print_title_rows = "4:4"
