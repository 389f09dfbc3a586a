"""What is not yet paid at the end of a month, payee by payee, and why (contract §5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import approved, lines_of
from ovop_payouts.payout.line import Line
from ovop_payouts.payout.periods import run_id
from ovop_payouts.payout.why import phrase_of
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import Movement, Payee, balances

NEXT = "why_paid_after"
"""Why: it left after the month's end, by the month's own run."""
_OF_STATE = {"hold": "why_objection", "carry": "why_carried", "pay": "why_rest"}


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A part of what is owed to one payee, and the phrase that says why it is not paid."""

    payee: Payee
    amount: Decimal
    why: str


def unpaid(material: Material, moves: list[Movement]) -> list[Unpaid]:
    """All that the ledger owes on the last day, in parts; the parts sum to it."""
    later, back = _paid_later(material)
    lines = _lines(material)
    found = []
    for payee, balance in balances(moves, material.span.last).items():
        paid = min(later.get(payee.member or "", ZERO), max(balance, ZERO))
        rest = balance - paid
        if paid:
            found.append(Unpaid(payee, paid, NEXT))
        if rest:
            why = _why(payee, rest, lines)
            came_back = why == "why_rest" and payee.member in back
            found.append(Unpaid(payee, rest, "why_came_back" if came_back else why))
    return found


def _paid_later(material: Material) -> tuple[dict[str, Decimal], set[str]]:
    """Member -> what runs up to the month sent after its end; and whose payments came back."""
    book, span = material.book, material.span
    later: dict[str, Decimal] = defaultdict(Decimal)
    back: set[str] = set()
    for payment in book.payments.values():
        if payment.date > span.last and run_id(payment.run).period <= span.end:
            if payment.reference in book.returned:
                back.add(payment.member)
            else:
                later[payment.member] += payment.amount
    return later, back


def _lines(material: Material) -> dict[str, Line]:
    """Member -> the last line that an approved run up to the month has of them."""
    found: dict[str, Line] = {}
    for association in material.associations:
        for run in approved(material.book, association):
            if run.period <= material.span.end:
                found.update(lines_of(material.book, run))
    return found


def _why(payee: Payee, amount: Decimal, lines: dict[str, Line]) -> str:
    """The phrase for one payee's rest."""
    if payee.member is None:
        return "why_pool"
    if amount < 0:
        return "why_arrears"
    line = lines.get(payee.member)
    if line is None:
        return "why_no_run"
    ours = phrase_of(line.reason) if line.reason and line.state != "pay" else None
    return ours or _OF_STATE[line.state]
