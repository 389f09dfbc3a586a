"""A statement as a workbook: numbers are numbers, texts are never formulas."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from reports.sheets import Value, content, heads, put
from reports.statement.model import Statement
from reports.words import Words, words


def statement_xlsx(statement: Statement) -> bytes:
    """One sheet: who, sums, then every line."""
    say = words(statement.language)
    book = Workbook()
    page: Any = book.active
    page.title = statement.member
    put(page, 1, 1, f"{say('statement')}, {say.month(statement.period)}", bold=True)
    row = _who(page, statement, say, 2)
    row = _sums(page, statement, say, row + 1)
    _lines(page, statement, say, row + 1)
    if statement.history:
        _history(book.create_sheet(say("picture")), statement, say)
    return content(book, statement.issued)


def _who(page: Any, statement: Statement, say: Words, row: int) -> int:
    for label, text in (
        (say("member"), f"{statement.name}, {statement.member}"),
        (say("group"), statement.group),
        (say("association"), statement.association),
        (say("run"), statement.run),
    ):
        put(page, row, 1, label)
        put(page, row, 2, text, bold=True)
        row += 1
    return row


def _sums(page: Any, statement: Statement, say: Words, row: int) -> int:
    sums: list[tuple[str, Value]] = [
        (say("opening"), statement.opening),
        (say("gross"), statement.gross),
        (say("returned"), statement.back),
        *((say(f"rule_{d.rule}"), -d.amount) for d in statement.deductions),
        (say("net"), statement.net),
        (say("payout"), statement.payout),
        (say("carried"), statement.closing),
    ]
    for label, amount in sums:
        put(page, row, 1, label)
        put(page, row, 2, amount)
        row += 1
    return row


def _lines(page: Any, statement: Statement, say: Words, row: int) -> None:
    titles = ("date", "note", "product", "delivered", "rejected", "accepted", "price", "amount")
    heads(page, row, tuple(map(say, titles)), (28, 26, 40, 12, 12, 12, 12, 14))
    for d in statement.deliveries:
        row += 1
        values: tuple[Value, ...] = (
            d.date,
            d.note,
            d.product,
            d.delivered,
            d.rejected,
            d.accepted,
            d.price,
            d.amount,
        )
        _fill(page, row, values)
    for s in statement.sales:
        row += 1
        text = f"{s.product}, {say('commission')} {say.money(s.commission)}"
        _fill(page, row, (s.date, s.receipt, text, None, None, s.quantity, None, s.amount))
    for o in statement.others:
        row += 1
        kind = say(f"kind_{o.kind}")
        _fill(page, row, (o.date, o.text, kind, None, None, None, None, o.amount))


def _history(page: Any, statement: Statement, say: Words) -> None:
    """The last twelve months, as figures and as a chart of the workbook's own."""
    heads(page, 1, (say("period"), say("gross"), say("payout")), (14, 18, 18))
    for row, month in enumerate(statement.history, 2):
        _fill(page, row, (month.period, month.gross, month.payout))
    last = len(statement.history) + 1
    chart = BarChart()
    chart.title = say("history")
    amounts = Reference(page, min_col=2, max_col=3, min_row=1, max_row=last)
    chart.add_data(amounts, titles_from_data=True)
    chart.set_categories(Reference(page, min_col=1, min_row=2, max_row=last))
    for series, colour in zip(chart.series, ("BFBFBF", "404040"), strict=True):
        series.graphicalProperties.solidFill = colour
    page.add_chart(chart, "E2")


def _fill(page: Any, row: int, values: tuple[Value, ...]) -> None:
    for column, value in enumerate(values, 1):
        put(page, row, column, value)
