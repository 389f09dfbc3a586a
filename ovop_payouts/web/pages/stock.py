"""Stock and stores: what lies where, since when, at which value, and what does not sell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ovop_payouts.money import ZERO, money
from ovop_payouts.naming import product_name
from ovop_payouts.records import Lot
from ovop_payouts.stock import Holding
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.lookup import chosen, remembered
from ovop_payouts.web.pages.tables import Slice, finds, sliced

AGES = (30, 90, 180, 365)
"""Days that part young goods from old ones; what is older than the last is oldest."""
SLOW = timedelta(days=90)
RECENT = timedelta(days=90)
SHOWN = ("all", "own", "consigned", "slow", "reserved", "uncertified")


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One product of one store: all its lots of one kind. Value in KGS, own goods at cost."""

    store: str
    product: str
    product_name: str
    category: str
    unit: str
    own: bool
    quantity: Decimal
    reserved: Decimal
    value: Decimal
    retail: Decimal
    """At the price list's retail price, where it has one."""
    oldest: date
    days: int
    """Age of the oldest lot."""
    sold: Decimal
    """Units sold there in the last ninety days, returns subtracted."""
    certified: bool

    @property
    def slow(self) -> bool:
        """Old, and not even its own quantity was sold in the last ninety days."""
        return self.days > SLOW.days and self.sold < self.quantity


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store or warehouse, KGS."""

    store: str
    products: int
    own: Decimal
    consigned: Decimal
    """Consigned goods at retail price."""
    sold: Decimal
    """Takings of the last ninety days."""
    slow: Decimal
    oldest: int


@dataclass(frozen=True, slots=True)
class Stock:
    stores: tuple[StoreRow, ...]
    table: Slice[GoodsRow]
    ages: tuple[tuple[int | None, Decimal], ...]
    """(up to so many days; None: older than all) -> value of own goods."""
    own: Decimal
    consigned: Decimal
    slow: Decimal
    slow_products: int
    categories: tuple[tuple[str, Decimal], ...]
    shown: tuple[str, ...] = SHOWN


KEYS: dict[str, Callable[[GoodsRow], Any]] = {
    "store": lambda r: (r.store.casefold(), r.product),
    "product": lambda r: r.product_name.casefold(),
    "quantity": lambda r: r.quantity,
    "value": lambda r: r.value,
    "retail": lambda r: r.retail,
    "days": lambda r: r.days,
    "sold": lambda r: r.sold,
}


def build(desk: Desk) -> Mapping[str, object]:
    view, say = view_of(desk), desk.words
    ages = [
        (
            say("up_to_days", days=str(days)) if days else say("older_than", days=str(AGES[-1])),
            [("plain" if days and days <= SLOW.days else "old", value)],
        )
        for days, value in view.ages
    ]
    return {"view": view, "ages": ages}


def view_of(desk: Desk) -> Stock:
    wanted = frozenset(chosen(desk))
    key = ("stock", wanted, desk.words.language, desk.today)
    rows, whole = remembered(desk.book, key, lambda: _whole(desk, wanted))
    found = [r for r in rows if _passes(desk, r)]
    return replace(whole, table=sliced(found, len(rows), desk.asked, KEYS, "-value"))


def _whole(desk: Desk, wanted: Set[str]) -> tuple[list[GoodsRow], Stock]:
    """All goods, and the page without its table: the same whatever is searched for."""
    lots = [
        (store, holding)
        for (store, _), holdings in desk.book.stock.holdings.items()
        for holding in holdings.values()
        if holding.balance and holding.lot.association in wanted
    ]
    rows = list(_rows(desk, lots, _sold(desk, wanted)))
    slow = [r for r in rows if r.slow]
    return rows, Stock(
        tuple(_stores(rows, _takings(desk, wanted))),
        sliced([], len(rows), {}, KEYS, "-value"),
        tuple(_ages(desk, [h for _, h in lots])),
        sum((r.value for r in rows), ZERO),
        sum((r.retail for r in rows if not r.own), ZERO),
        sum((r.value for r in slow), ZERO),
        len(slow),
        tuple(_categories(rows)),
    )


def _cost(lot: Lot, quantity: Decimal) -> Decimal:
    return money(lot.unit_cost * quantity) if lot.unit_cost is not None else ZERO


def _rows(
    desk: Desk, lots: list[tuple[str, Holding]], sold: Mapping[tuple[str, str, bool], Decimal]
) -> Iterator[GoodsRow]:
    by_goods: dict[tuple[str, str, bool], list[Holding]] = defaultdict(list)
    for store, holding in lots:
        by_goods[store, holding.lot.product, holding.lot.own].append(holding)
    for (store, product, own), holdings in by_goods.items():
        yield _row(desk, store, product, own, holdings, sold.get((store, product, own), ZERO))


def _row(
    desk: Desk, store: str, product: str, own: bool, holdings: list[Holding], sold: Decimal
) -> GoodsRow:
    book, today = desk.book, desk.today
    known = book.products.get(product)
    quantity = sum((h.balance for h in holdings), ZERO)
    price = book.price(product, None, None, today, "retail_price")
    oldest = min(h.lot.date for h in holdings)
    return GoodsRow(
        store,
        product,
        product_name(book, product, desk.words.language),
        (known.category if known else None) or "",
        (known.unit if known else None) or "",
        own,
        quantity,
        sum((h.balance for h in holdings if h.lot.order_no), ZERO),
        sum((_cost(h.lot, h.balance) for h in holdings), ZERO),
        money(price * quantity) if price is not None else ZERO,
        oldest,
        max(0, (today - oldest).days),
        sold,
        all(book.certified(product, h.lot.group, today) is not None for h in holdings),
    )


def _sold(desk: Desk, wanted: Set[str]) -> dict[tuple[str, str, bool], Decimal]:
    """(store, product, own) -> units of the last ninety days that did not come back."""
    first = desk.today - RECENT
    found: dict[tuple[str, str, bool], Decimal] = defaultdict(Decimal)
    for (store, product), portions in desk.book.portions.items():
        for portion in portions:
            if portion.date > first and portion.lot.association in wanted:
                found[store, product, portion.lot.own] += portion.units - portion.back
    return found


def _takings(desk: Desk, wanted: Set[str]) -> dict[str, Decimal]:
    """Store -> units × price of the last ninety days, as far as they did not come back, KGS."""
    first = desk.today - RECENT
    found: dict[str, Decimal] = defaultdict(Decimal)
    for (store, _), portions in desk.book.portions.items():
        for portion in portions:
            if portion.date > first and portion.lot.association in wanted:
                found[store] += portion.unit_price * (portion.units - portion.back)
    return found


def _stores(rows: list[GoodsRow], takings: Mapping[str, Decimal]) -> Iterator[StoreRow]:
    by_store: dict[str, list[GoodsRow]] = defaultdict(list)
    for row in rows:
        by_store[row.store].append(row)
    for store in sorted({*by_store, *takings}):
        mine = by_store.get(store, [])
        yield StoreRow(
            store,
            len({r.product for r in mine}),
            sum((r.value for r in mine), ZERO),
            sum((r.retail for r in mine if not r.own), ZERO),
            money(takings.get(store, ZERO)),
            sum((r.value for r in mine if r.slow), ZERO),
            max((r.days for r in mine), default=0),
        )


def _ages(desk: Desk, holdings: list[Holding]) -> Iterator[tuple[int | None, Decimal]]:
    values: dict[int | None, Decimal] = {**dict.fromkeys(AGES, ZERO), None: ZERO}
    for holding in holdings:
        days = (desk.today - holding.lot.date).days
        limit = next((age for age in AGES if days <= age), None)
        values[limit] += _cost(holding.lot, holding.balance)
    yield from values.items()


def _categories(rows: list[GoodsRow]) -> Iterator[tuple[str, Decimal]]:
    values: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        values[row.category] += row.value
    yield from sorted(values.items(), key=lambda pair: -pair[1])


def _passes(desk: Desk, row: GoodsRow) -> bool:
    match desk.text("show"):
        case "own" if not row.own:
            return False
        case "consigned" if row.own:
            return False
        case "slow" if not row.slow:
            return False
        case "reserved" if not row.reserved:
            return False
        case "uncertified" if row.certified:
            return False
    return desk.text("store") in ("", row.store) and finds(
        desk.text("q"), row.store, row.product, row.product_name, row.category
    )


PAGE = Page("stock", build)
