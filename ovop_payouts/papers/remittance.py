"""Remittance advice: for each payment, what it is made of (contract §8: every figure ties)."""

from __future__ import annotations

from collections.abc import Iterator

from ovop_payouts.naming import association_name, group_name
from ovop_payouts.papers.wanted import Named, Wanted
from ovop_payouts.payout.line import Line
from ovop_payouts.records import EARNING_KINDS, Payment
from ovop_payouts.statements import Shelf, account_end
from reports.papers.model import MONEY, Cell, Column, Paper, Table
from reports.spelled import spelled
from reports.statement.plain import som
from reports.statement.txt import fitting
from reports.words import Words, words


def remittances(wanted: Wanted, found: Shelf, ident: str) -> Named:
    """One for each payment that the month's runs made to a payee; none where nothing was paid."""
    member = found.book.member(ident)
    language = wanted.language or member.language or found.settings.languages[0]
    for run in found.runs:
        payment = found.book.payments.get(f"{run}/{ident}")
        if payment is not None:
            paper = _paper(found, payment, found.lines[run][ident], words(language))
            number = f"_{run.number}" if run.number > 1 else ""
            yield f"{found.period}_{ident}_{language}_payment{number}", paper


def _paper(found: Shelf, payment: Payment, line: Line, say: Words) -> Paper:
    member = found.book.member(payment.member, payment.date)
    rail = say(f"rail_{payment.rail}")
    if payment.rail == "bank":
        rail = say("rail_bank", end=account_end(found.book, member))
    amount = som(payment.amount, say)
    lead = say("state_pay", amount=amount, rail=rail)
    columns = (Column(say("what"), wide=True), Column(say("amount"), MONEY, summed=True))
    return Paper(
        say.language,
        say("remittance"),
        say("remittance"),
        found.settings.payer,
        (
            (say("member"), f"{member.name}, {member.member}"),
            (say("group"), group_name(member)),
            (say("association"), association_name(found.book, found.association, say.language)),
            (say("payment"), payment.reference),
            (say("paid_on"), say.day(payment.date)),
            (say("paid_how"), rail),
        ),
        payment.date,
        "",
        lead,
        (f"{say('amount_in_words')}: {spelled(payment.amount, say.language)}.",),
        (Table(say("paid_for"), columns, tuple(_rows(line, say)), say("payout")),),
        (say("ask", reference=payment.reference),),
        sms=fitting(f"{found.settings.payer[:24]} {payment.reference}: {lead}", lead),
        footer=payment.reference,
    )


def _rows(line: Line, say: Words) -> Iterator[tuple[Cell, ...]]:
    """From what was brought forward to what is carried on: the sum is the payment."""
    if line.opening:
        yield say("opening"), line.opening
    for kind in EARNING_KINDS:
        if amount := line.earnings.get(kind):
            text = say(f"kind_{kind}")
            yield text[:1].upper() + text[1:], amount
    if line.returned:
        yield say("returned"), line.returned
    for each in line.deductions:
        yield say(f"rule_{each.rule}"), -each.amount
    if line.carried:
        yield say("carried"), -line.carried
