"""What every rail asks of a batch before it writes a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from ovop_payouts.rails._records import Batch, Instruction, Payer, Refusal
from ovop_payouts.rails._text import line

LONGEST_REFERENCE = 35
"""Max35Text, the form of EndToEndId and MsgId."""
_RUN = re.compile(r"[0-9]{4}-[0-9]{2}/[A-Za-z0-9-]+/[1-9][0-9]*")
_MEMBER = re.compile(r"[A-Za-z0-9-]+")
_HIGHEST = Decimal(10) ** 16
"""Amounts have at most 18 digits, two of them tyiyn."""


def common(batch: Batch, payer: Payer) -> Iterator[Refusal]:
    """Problems that no rail can live with: of the payer's name, the run, each payment, the sum."""
    if not line(payer.name):
        yield Refusal("", "name", "is missing: enter the name of who pays")
    if not _RUN.fullmatch(batch.run):
        yield Refusal(batch.run, "run", "is no id of a run, like 2026-03/issyk-kul/1")
    for reference, count in Counter(payment.reference for payment in batch.payments).items():
        if count > 1:
            yield Refusal(reference, "reference", f"stands {count} times: one payment a reference")
    wrong = [refusal for payment in batch.payments for refusal in _payment(batch, payment)]
    yield from wrong
    if not wrong and batch.total >= _HIGHEST:
        yield Refusal(batch.run, "amount", "the sum has more digits than a payment file holds")


def _payment(batch: Batch, payment: Instruction) -> Iterator[Refusal]:
    reference = payment.reference
    if reference != f"{batch.run}/{payment.member}" or not _MEMBER.fullmatch(payment.member):
        yield Refusal(reference, "reference", f"is not {batch.run}/MEMBER")
    if len(reference) > LONGEST_REFERENCE:
        yield Refusal(reference, "reference", f"is longer than {LONGEST_REFERENCE} characters")
    if not line(payment.name):
        yield Refusal(reference, "name", "is missing: enter the payee's name")
    amount = payment.amount
    if not amount.is_finite() or not 0 < amount < _HIGHEST or amount != round(amount, 2):
        yield Refusal(reference, "amount", f"{amount} is no positive amount in som and tyiyn")


def som(amount: Decimal) -> str:
    """`1500.00`: an amount that was checked."""
    return f"{amount:.2f}"
