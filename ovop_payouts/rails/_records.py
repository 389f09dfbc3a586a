"""What a payment rail is given: who pays, and the payments of one approved run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays over a rail. What the rail does not need is blank."""

    name: str
    account: str = ""
    bic: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment: `amount` in KGS, `reference` is RUN/MEMBER, `language` the payee's."""

    reference: str
    member: str
    name: str
    group: str
    amount: Decimal
    account_no: str | None = None
    bic: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The payments of one run over one rail.

    `created` is the day of approval, the only time that files tell, so that they are the same
    bytes on every export; `pay_date` is the day the money is to leave.
    """

    run: str
    association: str
    created: Date
    pay_date: Date
    payments: tuple[Instruction, ...]

    @property
    def total(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), Decimal())

    @property
    def stem(self) -> str:
        """The run's id as a file name: ids hold no `_`, so two runs never share one."""
        return self.run.replace("/", "_")

    def sorted(self) -> tuple[Instruction, ...]:
        """The payments by member, so that their order changes no byte."""
        return tuple(sorted(self.payments, key=lambda payment: payment.member))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is written: one field of one payment, or without a reference of the payer.

    Account numbers and phones are shown by their last four digits alone.
    """

    reference: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.reference or 'ovop.toml'}  {self.field}  {self.reason}"
