"""Sales: store by product by month, and each store's and month's sums."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.payout.periods import month_of
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._trade import Sold, trade, trade_within
from reports.report.model import BARS, COLUMNS, MONEY, QUANTITY, SUM, Report, Table, Value, share

NAME = "sales"
LOOK_BACK = 12
"""Months in the picture."""


def build(m: Material) -> Report:
    """What customers paid or owe, returns taken off, KGS at the rate of the invoice."""
    everything = trade(m)
    mine = trade_within(m)
    value = _sum(mine)
    returned = -_sum([each for each in mine if each.units < 0])
    figures = (
        m.figure("sales", value),
        m.figure("own_goods", _sum([each for each in mine if each.own])),
        m.figure("consigned_goods", _sum([each for each in mine if not each.own])),
        m.figure("sales_returned", returned),
        m.figure("discounts", sum((each.discount for each in mine), ZERO)),
        m.figure("sales_tax", sum((each.tax for each in mine), ZERO)),
    )
    tables = (_stores(m, mine), _months(m, everything), _categories(m, mine), _products(m, mine))
    return m.report(NAME, figures, tables, (m.say("note_sales"),))


def _sum(rows: list[Sold]) -> Decimal:
    return sum((each.value for each in rows), ZERO)


def _stores(m: Material, mine: list[Sold]) -> Table:
    stores: dict[str, list[Sold]] = defaultdict(list)
    for each in mine:
        stores[each.store].append(each)
    whole = _sum(mine)
    rows: list[tuple[Value, ...]] = [
        (
            store,
            sum((each.units for each in found), ZERO),
            _sum([each for each in found if each.own]),
            _sum([each for each in found if not each.own]),
            _sum(found),
            share(_sum(found), whole),
        )
        for store, found in sorted(stores.items(), key=lambda pair: (-_sum(pair[1]), pair[0]))
    ]
    columns = (
        m.column("store"),
        m.column("quantity", QUANTITY, SUM),
        *m.sums(MONEY, "own_goods", "consigned_goods", "amount"),
        m.column("share", "percent", SUM),
    )
    return m.table("by_store", columns, rows, charts=(m.chart("stores", BARS, "store", "amount"),))


def _months(m: Material, everything: list[Sold]) -> Table:
    """All months that the books know up to the last, for comparison."""
    months: dict[str, list[Sold]] = defaultdict(list)
    for each in everything:
        months[month_of(each.date)].append(each)
    rows: list[tuple[Value, ...]] = [
        (
            m.say.month(month),
            sum((each.units for each in found), ZERO),
            _sum([each for each in found if each.own]),
            _sum([each for each in found if not each.own]),
            _sum(found),
        )
        for month, found in sorted(months.items())[-LOOK_BACK:]
    ]
    columns = (
        m.column("month"),
        m.column("quantity", QUANTITY),
        *(m.column(name, MONEY) for name in ("own_goods", "consigned_goods", "amount")),
    )
    charts = (m.chart("months", COLUMNS, "month", "own_goods", "consigned_goods"),)
    return m.table("by_month", columns, rows, charts=charts)


def _categories(m: Material, mine: list[Sold]) -> Table:
    found: dict[str, list[Sold]] = defaultdict(list)
    for each in mine:
        found[m.category(each.product)].append(each)
    rows: list[tuple[Value, ...]] = [
        (category, sum((e.units for e in rows), ZERO), _sum(rows))
        for category, rows in sorted(found.items(), key=lambda pair: (-_sum(pair[1]), pair[0]))
    ]
    columns = (m.column("category"), m.column("quantity", QUANTITY, SUM), *m.sums(MONEY, "amount"))
    charts = (m.chart("categories", BARS, "category", "amount"),)
    return m.table("by_category", columns, rows, charts=charts)


def _products(m: Material, mine: list[Sold]) -> Table:
    """Store by product, a column for each month."""
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    units: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in mine:
        sums[each.store, each.product][month_of(each.date)] += each.value
        units[each.store, each.product] += each.units
    months = m.span.months
    wholes = {key: sum(by_month.values(), ZERO) for key, by_month in sums.items()}
    rows: list[tuple[Value, ...]] = [
        (
            store,
            product,
            m.product(product),
            units[store, product],
            *(sums[store, product][month] for month in (months if len(months) > 1 else ())),
            whole,
        )
        for (store, product), whole in sorted(wholes.items(), key=lambda p: (-p[1], p[0]))
    ]
    columns = (
        m.column("store"),
        m.column("product"),
        m.column("product_name"),
        m.column("quantity", QUANTITY, SUM),
        *(m.month_column(month) for month in (months if len(months) > 1 else ())),
        *m.sums(MONEY, "amount"),
    )
    return m.table("by_product", columns, rows, detail=True)
