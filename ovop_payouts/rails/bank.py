"""The bank rail: an ISO 20022 pain.001.001.09 message for the bank, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from ovop_payouts.rails import _details, _pain001
from ovop_payouts.rails._checks import common, som
from ovop_payouts.rails._records import Batch, Instruction, Payer, Refusal
from ovop_payouts.rails._text import purpose
from reports.guarded import table

COLUMNS = ("reference", "name", "account_no", "bic", "amount", "currency", "purpose")


def check(batch: Batch, payer: Payer) -> tuple[Refusal, ...]:
    return (*common(batch, payer), *_accounts(batch, payer))


def _accounts(batch: Batch, payer: Payer) -> Iterator[Refusal]:
    """Only what no file can carry: one payee's odd code must not keep the others waiting.

    What merely looks mistyped was said when it was imported; the bank refuses that one payment.
    """
    for payment in batch.payments:
        if problem := _details.unwritable(payment.account_no, _details.LONGEST_ACCOUNT):
            yield Refusal(payment.reference, "account_no", problem)
        if problem := _details.unwritable(payment.bic, _details.LONGEST_CODE):
            yield Refusal(payment.reference, "bic", problem)


def write(batch: Batch, payer: Payer) -> dict[str, bytes]:
    """The message, valid against the official XSD, and a CSV of the same payments."""
    return {
        f"{batch.stem}_bank.xml": _pain001.message(batch, payer),
        f"{batch.stem}_bank.csv": table(COLUMNS, [_row(each) for each in batch.sorted()]),
    }


def _row(payment: Instruction) -> tuple[str, ...]:
    return (
        payment.reference,
        payment.name,
        _details.account(payment.account_no or ""),
        _details.bic(payment.bic or ""),
        som(payment.amount),
        "KGS",
        purpose(payment.reference, payment.language),
    )
