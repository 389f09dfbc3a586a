"""Stock: what is where, its value and age, and what does not sell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._spans import BUCKETS, OLDER, age_of, days_between
from reports.report.model import BARS, COUNT, DATE, MONEY, QUANTITY, SUM, Report, Table, Value

NAME = "stock"
SLOW = 60
"""Days without a sale of goods as old as that."""
_END_OF_DAY = 9


@dataclass(frozen=True, slots=True)
class Shelf:
    """One product at one place; quantities in its unit, value at cost, KGS."""

    place: str
    product: str
    own: Decimal
    consigned: Decimal
    value: Decimal
    oldest: date
    sold: date | None
    by_age: dict[str, Decimal]

    def slow(self, last: date) -> bool:
        since = self.sold or self.oldest
        return min(days_between(since, last), days_between(self.oldest, last)) > SLOW


def build(m: Material) -> Report:
    """By place, by age, what is slow, and every product."""
    shelves = sorted(_shelves(m), key=lambda s: (-s.value, s.place, s.product))
    value = sum((shelf.value for shelf in shelves), ZERO)
    slow = [shelf for shelf in shelves if shelf.slow(m.span.last)]
    figures = (
        m.figure("stock_value", value),
        m.figure("stock_own", sum((s.own for s in shelves), ZERO), QUANTITY),
        m.figure("stock_consigned", sum((s.consigned for s in shelves), ZERO), QUANTITY),
        m.figure("stock_slow", sum((s.value for s in slow), ZERO)),
        m.figure("stock_old", sum((s.by_age[OLDER] for s in shelves), ZERO)),
    )
    tables = (_ages(m, shelves), _places(m, shelves), _products(m, shelves))
    return m.report(NAME, figures, tables, (m.say("note_stock", days=str(SLOW)),))


def _shelves(m: Material) -> list[Shelf]:
    sold = _last_sold(m)
    when = (m.span.last, _END_OF_DAY)
    found = []
    for (place, product), holdings in m.book.stock.holdings.items():
        here = [(holding.lot, holding.on_hand(when)) for holding in holdings.values()]
        here = [(lot, units) for lot, units in here if units]
        if not here:
            continue
        exact: dict[str, Decimal] = defaultdict(Decimal)
        for lot, units in here:
            exact[age_of(lot.date, m.span.last)] += units * (lot.unit_cost or ZERO)
        value = money(sum(exact.values(), ZERO))
        own = sum((units for lot, units in here if lot.own), ZERO)
        consigned = sum((units for lot, units in here if not lot.own), ZERO)
        oldest = min(lot.date for lot, _ in here)
        last = sold.get((place, product))
        found.append(
            Shelf(place, product, own, consigned, value, oldest, last, _rounded(exact, value))
        )
    return found


def _rounded(exact: dict[str, Decimal], value: Decimal) -> dict[str, Decimal]:
    """Values by age in tyiyn that sum up to the whole; the oldest age takes what is left."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    left = value
    for name in BUCKETS:
        if name in exact:
            found[name] = money(exact[name])
            left -= found[name]
    if left:
        found[max(exact, key=lambda name: exact[name])] += left
    return found


def _last_sold(m: Material) -> dict[tuple[str, str], date]:
    return {
        (each.entry.meta["store"], each.entry.meta["product"]): each.entry.date
        for each in m.posted
        if each.entry.tag == "sales"
    }


def _ages(m: Material, shelves: list[Shelf]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (m.say(f"col_{name}"), sum((shelf.by_age[name] for shelf in shelves), ZERO))
        for name in BUCKETS
    ]
    columns = (m.column("age"), *m.sums(MONEY, "value"))
    return m.table("by_age", columns, rows, charts=(m.chart("ages", BARS, "age", "value"),))


def _places(m: Material, shelves: list[Shelf]) -> Table:
    found: dict[str, list[Shelf]] = defaultdict(list)
    for shelf in shelves:
        found[shelf.place].append(shelf)
    rows: list[tuple[Value, ...]] = [
        (
            place,
            len(mine),
            sum((shelf.own for shelf in mine), ZERO),
            sum((shelf.consigned for shelf in mine), ZERO),
            _value(mine),
            _value([shelf for shelf in mine if shelf.slow(m.span.last)]),
        )
        for place, mine in sorted(found.items(), key=lambda pair: (-_value(pair[1]), pair[0]))
    ]
    columns = (
        m.column("place"),
        m.column("products", COUNT, SUM),
        *m.sums(QUANTITY, "own_units", "consigned_units"),
        *m.sums(MONEY, "value", "slow_value"),
    )
    return m.table("by_place", columns, rows, charts=(m.chart("places", BARS, "place", "value"),))


def _value(shelves: list[Shelf]) -> Decimal:
    return sum((shelf.value for shelf in shelves), ZERO)


def _products(m: Material, shelves: list[Shelf]) -> Table:
    last = m.span.last
    rows: list[tuple[Value, ...]] = [
        (
            shelf.place,
            shelf.product,
            m.product(shelf.product),
            shelf.own,
            shelf.consigned,
            shelf.value,
            shelf.oldest,
            days_between(shelf.oldest, last),
            shelf.sold,
            m.say("slow") if shelf.slow(last) else "",
        )
        for shelf in shelves
    ]
    columns = (
        m.column("place"),
        m.column("product"),
        m.column("product_name"),
        *m.sums(QUANTITY, "own_units", "consigned_units"),
        *m.sums(MONEY, "value"),
        m.column("oldest", DATE),
        m.column("age_days", COUNT),
        m.column("last_sold", DATE),
        m.column("remark"),
    )
    return m.table("by_product", columns, rows, detail=True)
