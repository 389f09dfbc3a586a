"""What the books know, as frozen records. Amounts are KGS, quantities in the product's unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal

import msgspec

from ledger.directives import Leg

EARNING_KINDS = (
    "buyback",
    "order",
    "consignment",
    "pool",
    "second-payment",
    "premium",
    "award",
    "correction",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as of `changed`. `details` counts the changes of payment details, from 1."""

    member: str
    association: str
    group: str
    name: str
    rail: str
    group_name: str | None = None
    gender: str | None = None
    birth_year: int | None = None
    joined: Date | None = None
    left: Date | None = None
    language: str | None = None
    tax_status: str | None = None
    hold: bool = False
    changed: Date | None = None
    details: int = 1
    entered_by: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `association` owns it, or it is common."""

    product: str
    name_en: str
    name_ru: str | None = None
    name_ky: str | None = None
    category: str | None = None
    unit: str | None = None
    association: str | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Certificate:
    """One decision of a Brand Committee on a product, or on it as one group makes it."""

    certificate_no: str
    product: str
    decision: str
    date: Date
    group: str | None = None
    valid_until: Date | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """An entry of the price list, KGS a unit."""

    product: str
    valid_from: Date
    grade: str | None = None
    order_no: str | None = None
    buyback_price: Decimal | None = None
    retail_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated entry of the policy (contract §5)."""

    valid_from: Date
    rule: str
    value: Decimal
    association: str | None = None
    limit: Decimal | None = None
    account: str | None = None
    order: Decimal | None = None
    applies_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a member put into a group's work of a period (YYYY-MM)."""

    period: str
    group: str
    member: str
    quantity: Decimal
    product: str | None = None
    measure: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Distribution:
    """An amount to be shared over members (contract §4)."""

    distribution_no: str
    date: Date
    kind: str
    amount: Decimal
    association: str | None = None
    group: str | None = None
    member: str | None = None
    product: str | None = None
    first: Date | None = None
    last: Date | None = None
    basis: str = "value"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """Goods that came in together: own (with a unit cost) or consigned (without)."""

    product: str
    label: str
    date: Date
    association: str
    group: str | None
    member: str | None
    unit_cost: Decimal | None
    note_no: str
    line_no: Decimal = Decimal()
    order_no: str | None = None
    grade: str | None = None

    def __hash__(self) -> int:
        """Of its name alone: stock is looked up by lot at every move."""
        return hash(self.label)

    @property
    def own(self) -> bool:
        return self.unit_cost is not None

    @property
    def age(self) -> tuple[Date, str, Decimal]:
        """Oldest delivery first, ties by note_no (as text) and line_no (as a number)."""
        return self.date, self.note_no, self.line_no


class Portion(msgspec.Struct, eq=False):
    """What one sale line took from one lot; `back` of `units` have been returned."""

    store: str
    receipt_no: str
    line: tuple[Date, str, str]
    place: int
    lot: Lot
    units: Decimal
    date: Date
    unit_price: Decimal
    legs: tuple[Leg, ...]
    order_no: str | None = None
    back: Decimal = Decimal()


class Earning(msgspec.Struct, frozen=True):
    """What one entry brings a payee: a member, or without one the pool of the group.

    `quantity` is what was accepted or sold, returns negative; `of_goods` says whether it is a
    delivery's or a consigned sale's, which distributions are shared by. `period` is the month
    whose contributions a pool is shared by.
    """

    date: Date
    association: str
    group: str
    member: str | None
    kind: str
    amount: Decimal
    product: str | None
    quantity: Decimal
    of_goods: bool
    change: str
    tag: str
    meta: dict[str, str]
    held_by: str | None = None
    lot: str | None = None
    """Label of the consigned lot that was sold."""
    value: Decimal = Decimal()
    """What a consigned sale brought before commission, KGS."""

    @property
    def period(self) -> str:
        return self.meta.get("period") or f"{self.date:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Advance:
    """Money given ahead of deliveries."""

    advance_no: str
    date: Date
    member: str
    amount: Decimal
    purpose: str | None = None
    source: str = ""
    recovered: Decimal = Decimal()
    """What was recovered in closed years: `amount` is what they left of it."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payout of an approved run on its way to a payee, to `details` as they were then."""

    reference: str
    run: str
    association: str
    member: str
    amount: Decimal
    rail: str
    date: Date
    details: int = 1


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that came back; `details` are the payment details it had been sent to."""

    reference: str
    member: str
    association: str
    amount: Decimal
    date: Date
    rail: str
    details: int
    reason: str
    change: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """The reversal of an imported file in one scope, or of one of its rows (`source`)."""

    change: str
    of: str
    """The change that had booked it."""
    sha256: str
    file: str
    source: str
    scope: str
    user: str
    date: Date
    reason: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What a bank said of a payment of ours that fits none; it blocks the close (contract §5).

    `amount`, `day` and `status` are as the bank wrote them, `on` is the day it was listed.
    """

    ident: str
    scope: str
    reference: str
    amount: str
    day: str
    status: str
    reason: str
    source: str
    on: Date


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a run, by whom and when, on which snapshot."""

    run: str
    number: int
    action: str
    user: str
    date: Date
    hash: str
    member: str | None = None
    reason: str = ""
    seen: tuple[str, ...] = ()
    change: str = ""
    meta: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that an import read; `whole` says whether all its rows were booked."""

    change: str
    sha256: str
    file: str
    date: Date
    user: str
    whole: bool
