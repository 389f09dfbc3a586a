"""Goods that rest on what is to go: lots that moved on, sales that came back (contract §4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from ledger import accounts
from ledger.directives import Entry, Leg
from ovop_payouts.folding.goods import lot_key
from ovop_payouts.money import ZERO
from ovop_payouts.reversing.case import Case
from ovop_payouts.stock import When

MOVES = ("deliveries", "openings", "transfers", "sales", "returns", "stocktakes")
Key = tuple[str, ...]


def _stock_legs(scope: str, entry: Entry) -> Iterator[tuple[Key, Leg]]:
    for leg in entry.legs:
        if accounts.is_stock(leg.account):
            yield lot_key(scope, leg.currency, leg), leg


def _made(case: Case) -> Iterator[tuple[Key, str]]:
    """Lots that came to be by what is to go, with their rows."""
    for scope, entry in case.entries("deliveries", "openings", "stocktakes"):
        for key, leg in _stock_legs(scope, entry):
            surplus = leg.cost is not None and leg.cost.label == entry.meta.get("count_no")
            if entry.tag != "stocktakes" or surplus:
                yield key, entry.meta.get("source", "")


def lots_moved(case: Case) -> Iterator[str]:
    """A lot that was sold, moved or counted since stands."""
    made = dict(_made(case))
    if not made:
        return
    named: set[Key] = set()
    for scope, entry in case.kept_entries(*MOVES):
        for key, leg in _stock_legs(scope, entry):
            if key in made and key not in named:
                named.add(key)
                quantity = format(abs(leg.number), "f")
                yield (
                    f"{made[key]}: {quantity} of lot {key[2]} are in {entry.tag} of {entry.date}"
                    f" ({entry.meta.get('source')}); reverse that first"
                )


def sales_returned(case: Case) -> Iterator[str]:
    """A sale of which something came back stands."""
    sold: dict[tuple[str, ...], Entry] = {
        (e.meta["store"], e.meta["product"], e.meta["receipt_no"], e.meta["line_no"]): e
        for _, e in case.entries("sales")
    }
    for _, entry in case.kept_entries("returns") if sold else ():
        for leg in entry.legs:
            if not accounts.is_stock(leg.account):
                continue
            of = (leg.meta.get("receipt"), leg.meta.get("line"))
            sale = sold.get((entry.meta["store"], entry.meta["product"], *map(str, of)))
            if sale is not None:
                yield (
                    f"{sale.meta['source']}: some of it came back on {entry.date}"
                    f" ({entry.meta.get('source')}); reverse that first"
                )


def goods_taken(case: Case) -> Iterator[str]:
    """Goods that were brought by a transfer, a return or a count, and taken since, stand."""
    for (place, product), holdings in sorted(case.after.stock.holdings.items()):
        for lot, holding in holdings.items():
            missing = _below(holding.moves)
            if missing is not None:
                day, quantity = missing
                yield (
                    f"lot {lot.label} of {product} was taken from {place} on {day}, where"
                    f" {format(quantity, 'f')} would be missing; reverse that first"
                )


def _below(moves: list[tuple[When, Decimal]]) -> tuple[date, Decimal] | None:
    """The first day on which more was taken than is there, and how much more."""
    left = ZERO
    for (day, _), together in groupby(moves, key=itemgetter(0)):
        left += sum((quantity for _, quantity in together), ZERO)
        if left < 0:
            return day, -left
    return None
