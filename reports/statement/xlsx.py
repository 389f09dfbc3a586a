"""A statement as a workbook: numbers are numbers, texts are never formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from reports.papers.model import DATE, MONEY, QUANTITY, Cell, Column, Table
from reports.papers.xlsx import put_table
from reports.sheets import Value, content, heads, printed, put
from reports.statement.model import Delivery, Statement
from reports.statement.page import goods_of
from reports.words import Words, words

_COUNTED = ("delivered", "rejected", "accepted")


def statement_xlsx(statement: Statement) -> bytes:
    """Who, sums, then every line on one sheet; the picture on another."""
    say = words(statement.language)
    book = Workbook()
    page: Any = book.active
    page.title = statement.member
    put(page, 1, 1, f"{say('statement')}, {say.month(statement.period)}", bold=True)
    row = _who(page, statement, say, 2)
    row = _sums(page, statement, say, row + 1)
    for table in _tables(statement, say):
        if table.rows:
            row = put_table(page, table, row + 1) + 1
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 34, 26
    printed(page, landscape=True)
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


def _tables(statement: Statement, say: Words) -> Iterator[Table]:
    """Every line of the month, and below each table what its lines come to."""
    goods = Column(say("product"), wide=True)
    earned = Column(say("amount"), MONEY, summed=True)
    first = (Column(say("date"), DATE), Column(say("note")), goods)
    columns = (*first, *(Column(say(name), QUANTITY) for name in _COUNTED))
    yield Table(
        say("deliveries"),
        (*columns, Column(say("price"), MONEY), earned),
        tuple(_delivery(d, say) for d in statement.deliveries),
        say("total"),
    )
    yield Table(
        say("sales"),
        (
            Column(say("date"), DATE),
            Column(say("receipt")),
            goods,
            Column(say("sold"), QUANTITY),
            Column(say("value"), MONEY, summed=True),
            Column(say("commission"), MONEY, summed=True),
            earned,
        ),
        tuple(
            (s.date, s.receipt, s.product, s.quantity, s.value, s.commission, s.amount)
            for s in statement.sales
        ),
        say("total"),
    )
    yield Table(
        say("others"),
        (Column(say("date"), DATE), Column(say("what")), goods, earned),
        tuple((o.date, say(f"kind_{o.kind}"), o.text, o.amount) for o in statement.others),
        say("total"),
    )


def _delivery(d: Delivery, say: Words) -> tuple[Cell, ...]:
    counted = d.delivered, d.rejected, d.accepted
    return d.date, d.note, goods_of(d, say), *counted, d.price, None if d.consigned else d.amount


def _history(page: Any, statement: Statement, say: Words) -> None:
    """The last twelve months, as figures and as a chart of the workbook's own."""
    heads(page, 1, (say("period"), say("gross"), say("payout")), (14, 18, 18), (False, True, True))
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
    printed(page, landscape=True)


def _fill(page: Any, row: int, values: tuple[Value, ...]) -> None:
    for column, value in enumerate(values, 1):
        put(page, row, column, value)
