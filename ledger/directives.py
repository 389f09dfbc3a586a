"""The directives that our books consist of, light and immutable."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal

import msgspec

Meta = dict[str, str]
_TYIYN = Decimal("0.01")


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """The lot of a leg: unit cost, its currency, the day it came in, its name."""

    number: Decimal
    currency: str
    date: Date
    label: str


class Leg(msgspec.Struct, frozen=True, array_like=True):
    """One posting. `weight` is what counts in the balance of the entry."""

    account: str
    number: Decimal
    currency: str
    cost: Cost | None = None
    meta: Meta = {}

    @property
    def weight(self) -> tuple[Decimal, str]:
        if self.cost is None:
            return self.number, self.currency
        return self.number * self.cost.number, self.cost.currency


class Open(msgspec.Struct, frozen=True, array_like=True, tag_field="is", tag="open"):
    """An account's opening; stock accounts say in `meta` whose, where and what."""

    date: Date
    account: str
    lots: bool = False
    meta: Meta = {}


class Commodity(msgspec.Struct, frozen=True, array_like=True, tag_field="is", tag="commodity"):
    """A product's commodity."""

    date: Date
    currency: str
    meta: Meta = {}


class Fact(msgspec.Struct, frozen=True, array_like=True, tag_field="is", tag="custom"):
    """A `custom` directive: what is no money: master data, steps of a run, seals."""

    date: Date
    type: str
    values: tuple[str, ...]
    meta: Meta = {}


class Entry(msgspec.Struct, frozen=True, array_like=True, tag_field="is", tag="txn"):
    """A transaction; `tag` is the kind of what happened."""

    date: Date
    tag: str
    payee: str
    narration: str
    legs: tuple[Leg, ...]
    meta: Meta = {}

    def residual(self) -> dict[str, Decimal]:
        """What is left of the sum of all legs, by currency: nothing in a sound entry."""
        sums: dict[str, Decimal] = {}
        for leg in self.legs:
            cost = leg.cost
            number = leg.number if cost is None else leg.number * cost.number
            currency = leg.currency if cost is None else cost.currency
            known = sums.get(currency)
            sums[currency] = number if known is None else known + number
        return {currency: number for currency, number in sums.items() if number}


Directive = Open | Commodity | Fact | Entry


def leg(account: str, number: Decimal, currency: str = "KGS") -> Leg:
    """A plain leg in money; som are written with their tyiyn, however they were entered."""
    if currency == "KGS" and number == (exact := number.quantize(_TYIYN)):
        number = exact
    return Leg(account, number, currency)
