"""What a pay sheet says; amounts are KGS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Payee:
    """One line to be signed."""

    member: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaySheet:
    """One group's cash of one run."""

    language: str
    payer: str
    association: str
    group: str
    run: str
    period: str
    issued: date
    payees: tuple[Payee, ...]

    @property
    def total(self) -> Decimal:
        return sum((payee.amount for payee in self.payees), Decimal())
