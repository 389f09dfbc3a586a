"""The wallet rail: a list of phones and amounts for the wallet's provider, as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from ovop_payouts.rails import _details
from ovop_payouts.rails._checks import common, som
from ovop_payouts.rails._records import Batch, Instruction, Payer, Refusal
from ovop_payouts.rails._text import purpose
from reports.guarded import table

COLUMNS = ("phone", "amount", "currency", "reference", "name", "purpose", "provider")


def check(batch: Batch, payer: Payer) -> tuple[Refusal, ...]:
    return (*common(batch, payer), *_phones(batch))


def _phones(batch: Batch) -> Iterator[Refusal]:
    for payment in batch.payments:
        if problem := _details.unwritable(payment.phone, _details.LONGEST_PHONE):
            yield Refusal(payment.reference, "phone", problem)


def write(batch: Batch, payer: Payer) -> dict[str, bytes]:
    """One CSV: phone as +996… where it is one of the country, amount in KGS."""
    rows = [_row(payment, payer) for payment in batch.sorted()]
    return {f"{batch.stem}_wallet.csv": table(COLUMNS, rows)}


def _row(payment: Instruction, payer: Payer) -> tuple[str, ...]:
    return (
        _details.phone(payment.phone or "") or (payment.phone or "").strip(),
        som(payment.amount),
        "KGS",
        payment.reference,
        payment.name,
        purpose(payment.reference, payment.language),
        payer.provider,
    )
