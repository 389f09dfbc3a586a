"""What a member's statement of account says (contract §8); amounts are KGS, quantities pieces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of a delivery note."""

    date: date
    note: str
    product: str
    delivered: Decimal
    rejected: Decimal
    reason: str | None
    price: Decimal | None
    amount: Decimal
    unit: str | None = None
    consigned: bool = False
    """On commission: it earns when it is sold."""

    @property
    def accepted(self) -> Decimal:
        return self.delivered - self.rejected


@dataclass(frozen=True, slots=True)
class Sale:
    """Consigned goods that one receipt sold (or, negative, took back)."""

    date: date
    receipt: str
    product: str
    quantity: Decimal
    value: Decimal
    amount: Decimal
    unit: str | None = None

    @property
    def commission(self) -> Decimal:
        return self.value - self.amount


@dataclass(frozen=True, slots=True)
class Other:
    """A pool's share, a second payment, a premium, an award or a correction."""

    date: date
    kind: str
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Back:
    """A payment that came back."""

    date: date
    reference: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Deducted:
    """One deduction; `rate` where it is a share of the month's gross."""

    rule: str
    amount: Decimal
    rate: Decimal | None = None
    left: Decimal | None = None
    """What remains of the advances."""


@dataclass(frozen=True, slots=True)
class Month:
    """One bar of the twelve-month picture."""

    period: str
    gross: Decimal
    payout: Decimal


@dataclass(frozen=True, slots=True)
class Advance:
    """A payee's advances: what this month took of them, and what is left after it."""

    taken: Decimal
    left: Decimal

    @property
    def months(self) -> int | None:
        """Months until they are paid off at this month's pace; None where nothing was taken."""
        return ceil(self.left / self.taken) if self.taken > 0 else None


@dataclass(frozen=True, slots=True)
class Year:
    """January up to this month; `payout` without what came back."""

    gross: Decimal
    deducted: Decimal
    payout: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One payee's month. `opening + gross + returned - deducted = payout + closing`."""

    language: str
    payer: str
    association: str
    group: str
    member: str
    name: str
    period: str
    run: str
    status: str
    issued: date
    opening: Decimal
    deliveries: tuple[Delivery, ...]
    sales: tuple[Sale, ...]
    others: tuple[Other, ...]
    gross: Decimal
    returned: tuple[Back, ...]
    deductions: tuple[Deducted, ...]
    payout: Decimal
    closing: Decimal
    rail: str
    account_end: str
    state: str
    reason: str | None
    history: tuple[Month, ...] = ()
    link: str = ""
    """What the QR code says: the address of this page, or a reference."""
    advance: Advance | None = None
    year: Year | None = None
    paid_on: tuple[date, ...] = ()
    """The days on which approved runs paid something."""

    @property
    def before(self) -> Month | None:
        """The month before, where the books know it."""
        return self.history[-2] if len(self.history) > 1 else None

    @property
    def deducted(self) -> Decimal:
        return sum((each.amount for each in self.deductions), ZERO)

    @property
    def back(self) -> Decimal:
        return sum((each.amount for each in self.returned), ZERO)

    @property
    def net(self) -> Decimal:
        return self.opening + self.gross + self.back - self.deducted

    @property
    def reference(self) -> str:
        return f"{self.run}/{self.member}"
