"""Payment files of an approved run, rail by rail, the same bytes on every export (contract §5)."""

from __future__ import annotations

from pathlib import Path

from ledger.books import SETTINGS
from ovop_payouts.book import Book
from ovop_payouts.payout.history import approval
from ovop_payouts.payout.life import must_be_approved
from ovop_payouts.payout.pay_sheets import pay_sheets
from ovop_payouts.payout.periods import RunId
from ovop_payouts.private import Details
from ovop_payouts.rails import Batch, Instruction, Payer, export
from ovop_payouts.records import Payment
from ovop_payouts.refusal import Refusal
from ovop_payouts.settings import Settings

FILES_BY_RAIL = ("bank", "wallet")


def payment_files(
    book: Book, run: RunId, details: dict[str, Details], settings: Settings
) -> dict[str, bytes]:
    """File name -> content for every rail of an approved run, from the books as it left them.

    `book` and `details` are those of `decided.as_decided`: nobody is paid by later details.
    Raises Refusal where a payment cannot be written as its rail demands.
    """
    must_be_approved(book, run)
    payments = sorted(book.payments_of(str(run)), key=lambda p: p.member)
    files: dict[str, bytes] = {}
    for rail in FILES_BY_RAIL:
        batch = _batch(book, run, [p for p in payments if p.rail == rail], details)
        written, refusals = export(rail, batch, _payer(settings, rail))
        if refusals:
            raise Refusal.of(
                Refusal(
                    "{reference}  {field}  {reason}",
                    reference=each.reference or SETTINGS,
                    field=each.field,
                    reason=Refusal(each.reason),
                )
                for each in refusals
            )
        files |= written
    files |= pay_sheets(book, run, [p for p in payments if p.rail == "cash"], settings)
    return files


def _payer(settings: Settings, rail: str) -> Payer:
    bank, wallet = settings.rails.bank, settings.rails.wallet
    if rail == "bank":
        return Payer(settings.payer, bank.account, bank.bic)
    return Payer(settings.payer, wallet.account, provider=wallet.provider)


def _batch(book: Book, run: RunId, payments: list[Payment], details: dict[str, Details]) -> Batch:
    step = approval(book, run)
    assert step is not None
    return Batch(
        str(run),
        run.association,
        step.date,
        step.date,
        tuple(_instruction(book, run, p, details.get(p.member, {})) for p in payments),
    )


def _instruction(book: Book, run: RunId, payment: Payment, details: Details) -> Instruction:
    member = book.member(payment.member)
    return Instruction(
        payment.reference,
        payment.member,
        member.name,
        member.group,
        payment.amount,
        details.get("account_no"),
        details.get("bic"),
        details.get("phone"),
        member.language,
    )


def write_files(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Put payment files in a folder, readable by their owner alone: they hold private details.

    Each is there whole, or not at all. For who holds the books' lock.
    """
    from ledger.changes import replace

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        for left in folder.glob(f".{name}.*"):  # by an export that was killed
            left.unlink(missing_ok=True)
        replace(folder / name, content, 0o600)
    return [folder / name for name in sorted(files)]
