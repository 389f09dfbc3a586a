"""Goods in lots at places: what is there on a day, taken first in, first out (contract §4)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import itemgetter

import msgspec

from ovop_payouts.records import Lot

STAGES = {
    "openings": 0,
    "deliveries": 1,
    "transfers": 2,
    "sales": 3,
    "returns": 4,
    "stocktakes": 5,
}
When = tuple[date, int]
_when = itemgetter(0)


@dataclass(slots=True, eq=False)
class Holding:
    """One lot at one place: its moves in order of day and stage, and what is left at the end."""

    lot: Lot
    number: int
    """How many lots came to this place before."""
    moves: list[tuple[When, Decimal]] = field(default_factory=list)
    balance: Decimal = Decimal()

    def move(self, when: When, quantity: Decimal) -> None:
        if not self.moves or self.moves[-1][0] <= when:
            self.moves.append((when, quantity))
        else:
            insort(self.moves, (when, quantity), key=_when)
        self.balance += quantity

    def available(self, when: When) -> Decimal:
        """What may be taken at `when` so that the lot is negative neither then nor later."""
        if not self.moves or self.moves[-1][0] <= when:
            return self.balance
        known = bisect_right(self.moves, when, key=_when)
        left = sum((quantity for _, quantity in self.moves[:known]), Decimal())
        least = left
        for _, quantity in self.moves[known:]:
            left += quantity
            least = min(least, left)
        return max(least, Decimal())

    def on_hand(self, when: When) -> Decimal:
        """What is there at `when`, whatever is known to happen later."""
        return sum((quantity for then, quantity in self.moves if then <= when), Decimal())


class Taking(msgspec.Struct, frozen=True):
    """A quantity taken from one lot."""

    lot: Lot
    quantity: Decimal


@dataclass(slots=True)
class Stock:
    """All holdings by place and product, and the places that are known."""

    holdings: dict[tuple[str, str], dict[Lot, Holding]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    left: dict[tuple[str, str], list[Holding]] = field(default_factory=lambda: defaultdict(list))
    """Of these, what is not used up, oldest lot first: years of empty lots are not looked at."""
    places: set[str] = field(default_factory=set)

    def move(self, place: str, lot: Lot, when: When, quantity: Decimal) -> None:
        """Book a move; a new place becomes known."""
        self.places.add(place)
        where = place, lot.product
        here = self.holdings[where]
        holding = here.get(lot)
        if holding is None:
            holding = here[lot] = Holding(lot, len(here))
        was = holding.balance
        holding.move(when, quantity)
        if not was and holding.balance:
            insort(self.left[where], holding, key=_age)
        elif was and not holding.balance:
            self.left[where].remove(holding)

    def at(self, place: str, product: str) -> list[Holding]:
        """Oldest lot first."""
        here = self.holdings.get((place, product))
        return sorted(here.values(), key=_age) if here else []

    def take(
        self, place: str, product: str, when: When, quantity: Decimal, choice: Choice
    ) -> tuple[list[Taking], Decimal]:
        """Choose lots for `quantity`; returns them and what could not be found.

        Nothing is moved. Lots of an order come before free ones.
        """
        eligible = self.left.get((place, product), [])
        if choice.order_no:
            eligible = sorted(eligible, key=lambda h: h.lot.order_no != choice.order_no)
        taken: list[Taking] = []
        for holding in eligible:
            if choice.allows(holding.lot):
                part = min(quantity, holding.available(when))
                if part > 0:
                    taken.append(Taking(holding.lot, part))
                    quantity -= part
                    if not quantity:
                        break
        return taken, quantity


def _age(holding: Holding) -> tuple[tuple[date, str, Decimal], int]:
    return holding.lot.age, holding.number


class Choice(msgspec.Struct, frozen=True):
    """Which lots a taking may use: one named lot, those of an order and free ones, or any."""

    label: str | None = None
    order_no: str | None = None
    reserved: bool = False

    def allows(self, lot: Lot) -> bool:
        if self.label is not None and lot.label != self.label:
            return False
        return self.reserved or lot.order_no is None or lot.order_no == self.order_no
