"""The bank rail: an ISO 20022 pain.001.001.09 message for the bank, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from ovop_payouts.rails import _details, _pain001
from ovop_payouts.rails._cells import table
from ovop_payouts.rails._checks import common, som
from ovop_payouts.rails._records import Batch, Instruction, Payer, Refusal
from ovop_payouts.rails._text import purpose

COLUMNS = ("reference", "name", "account_no", "bic", "amount", "currency", "purpose")


def check(batch: Batch, payer: Payer) -> tuple[Refusal, ...]:
    return (*common(batch, payer), *_accounts(batch, payer))


def _accounts(batch: Batch, payer: Payer) -> Iterator[Refusal]:
    yield from _details_of("", "rails.bank.account", payer.account, "rails.bank.bic", payer.bic)
    for payment in batch.payments:
        reference = payment.reference
        yield from _details_of(reference, "account_no", payment.account_no, "bic", payment.bic)


def _details_of(
    reference: str, account_field: str, account: str | None, bic_field: str, bic: str | None
) -> Iterator[Refusal]:
    if problem := _details.account_problem(account):
        yield Refusal(reference, account_field, problem)
    if problem := _details.bic_problem(bic):
        yield Refusal(reference, bic_field, problem)


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
