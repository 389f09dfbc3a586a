"""Sales, portion by portion: what was sold where, what it brought, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry, Leg
from ovop_payouts.folding.goods import portions_of
from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material, kgs


@dataclass(frozen=True, slots=True)
class Sold:
    """What one line took from one lot, returns negative; amounts are KGS.

    Of own goods `value` = `revenue` + `tax` - `discount`; of consigned ones it is `earned` by the
    producer and our `commission`.
    """

    scope: str
    date: date
    store: str
    product: str
    payment: str
    own: bool
    units: Decimal
    value: Decimal
    revenue: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    cost: Decimal = ZERO
    earned: Decimal = ZERO
    commission: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        """What is left to OVOP+1: revenue less discount and cost, or commission."""
        return self.revenue - self.discount - self.cost + self.commission


def trade(material: Material) -> list[Sold]:
    """Every portion of sales and returns up to the last day; worked out once."""
    return material.remembered("trade", _all_portions)


def trade_within(material: Material) -> list[Sold]:
    """Those of the span."""
    return [each for each in trade(material) if each.date >= material.span.first]


def _all_portions(material: Material) -> list[Sold]:
    return [
        _portion(each.scope, each.entry, legs)
        for each in material.posted
        if each.entry.tag in ("sales", "returns")
        for legs in portions_of(each.entry.legs)
    ]


_SIGNS = {
    "tills": ("value", 1),
    "receivables": ("value", 1),
    "sales": ("revenue", -1),
    "discounts": ("discount", 1),
    "cost_of_sales": ("cost", 1),
    "payables": ("earned", -1),
    "commission": ("commission", -1),
}
_ASIDE = frozenset(("stock", "consigned", "consignors", "rounding"))


def _portion(scope: str, entry: Entry, legs: tuple[Leg, ...]) -> Sold:
    sums = dict.fromkeys(("value", "revenue", "discount", "cost", "earned", "commission"), ZERO)
    tax = ZERO
    for leg in legs[1:]:
        family, amount = accounts.family(leg.account), kgs(leg) or ZERO
        if family in _SIGNS:
            name, sign = _SIGNS[family]
            sums[name] += sign * amount
        elif family not in _ASIDE:
            tax -= amount
    meta = entry.meta
    return Sold(
        scope,
        entry.date,
        meta["store"],
        meta["product"],
        meta["payment"],
        legs[0].cost is not None,
        -legs[0].number,
        tax=tax,
        **sums,
    )
