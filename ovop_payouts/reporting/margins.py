"""Margins: what sales leave after tax, discount and cost, and what commission brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from ledger import accounts
from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material, kgs
from ovop_payouts.reporting._trade import Sold, trade_within
from reports.report.model import (
    BARS,
    MONEY,
    PERCENT,
    QUANTITY,
    RATIO,
    SUM,
    Column,
    Report,
    Table,
    Value,
    share,
)

NAME = "margins"
_OTHER = ("shrinkage", "distributions", "rounding", "fx", "other_income", "other_expenses")


def build(m: Material) -> Report:
    """By association, category and product; then what else moved the result."""
    mine = trade_within(m)
    margin = _sum(mine, "margin")
    net = _net(mine)
    others = _others(m)
    figures = (
        m.figure("net_sales", net),
        m.figure("cost", _sum(mine, "cost")),
        m.figure("commission", _sum(mine, "commission")),
        m.figure("margin", margin),
        m.figure("margin_share", share(margin - _sum(mine, "commission"), net), PERCENT),
        m.figure("result", margin + _total(others)),
    )
    tables = (
        _by(m, "by_association", mine, lambda each: m.name(each.scope)),
        _by(m, "by_category", mine, lambda each: m.category(each.product), chart=True),
        _by(m, "by_product", mine, lambda each: m.product(each.product), detail=True),
        others,
    )
    return m.report(NAME, figures, tables, (m.say("note_margins"),))


def _sum(rows: list[Sold], name: str) -> Decimal:
    return sum((getattr(each, name) for each in rows), ZERO)


def _net(rows: list[Sold]) -> Decimal:
    """Own sales without tax and discount."""
    return _sum(rows, "revenue") - _sum(rows, "discount")


def _total(table: Table) -> Decimal:
    total = table.total_of("amount")
    return total if isinstance(total, Decimal) else ZERO


def _by(
    m: Material,
    name: str,
    mine: list[Sold],
    key: Callable[[Sold], str],
    *,
    detail: bool = False,
    chart: bool = False,
) -> Table:
    found: dict[str, list[Sold]] = defaultdict(list)
    for each in mine:
        found[key(each)].append(each)
    first = m.column(
        {"by_association": "book", "by_category": "category"}.get(name, "product_name")
    )
    rows: list[tuple[Value, ...]] = [
        (label, *_cells(rows))
        for label, rows in sorted(
            found.items(), key=lambda pair: (-_sum(pair[1], "margin"), pair[0])
        )
    ]
    charts = (m.chart("margins", BARS, first.name, "margin"),) if chart else ()
    return m.table(name, (first, *_columns(m)), rows, detail=detail, charts=charts)


def _columns(m: Material) -> tuple[Column, ...]:
    return (
        m.column("quantity", QUANTITY, SUM),
        *m.sums(MONEY, "net_sales", "cost", "own_margin"),
        m.column("margin_share", PERCENT, RATIO, ("own_margin", "net_sales")),
        *m.sums(MONEY, "commission", "margin"),
    )


def _cells(rows: list[Sold]) -> tuple[Value, ...]:
    net, cost = _net(rows), _sum(rows, "cost")
    own = net - cost
    return (
        _sum(rows, "units"),
        net,
        cost,
        own,
        share(own, net),
        _sum(rows, "commission"),
        _sum(rows, "margin"),
    )


def _others(m: Material) -> Table:
    """Other income and expenses of the span: positive what raises the result."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in m.within():
        for leg in each.entry.legs:
            family = accounts.family(leg.account)
            if family in _OTHER:
                sums[family] -= kgs(leg) or ZERO
    rows: list[tuple[Value, ...]] = [
        (m.say(f"family_{family}"), sums[family]) for family in _OTHER if sums[family]
    ]
    return m.table("other_result", (m.column("what_account"), *m.sums(MONEY, "amount")), rows)
