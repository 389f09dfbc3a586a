"""Why a deduction is what it is: rate, base, limits, floor, and which advances it recovers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, money
from ovop_payouts.payout.deductions import UNDER_FLOOR, taken_in_all
from ovop_payouts.payout.history import approval
from ovop_payouts.payout.line import Deduction, Line, som
from ovop_payouts.payout.periods import RunId, month_of


def explain_deductions(book: Book, run: RunId, line: Line) -> Iterator[str]:
    """The floor, then each deduction in the order taken."""
    base = max(ZERO, line.gross)
    floors = book.policy("take_home_floor", run.association, run.cutoff)
    if floors and any(d.rule in UNDER_FLOOR for d in line.deductions):
        share = max(rule.value for rule in floors)
        home = money(share * base)
        yield (
            f"take-home floor: {share:f} × {som(base)} = {som(home)}; fee, fixed, advance and"
            f" social take at most {som(base)} - {som(home)} = {som(base - home)}"
        )
    for each in line.deductions:
        yield f"{each.rule}: {som(each.amount)}  {_why(book, run, line, each)}  to {each.account}"
        if each.rule == "advance":
            for text in _recovered(book, run, line.member, each):
                yield f"    {text}"


def _why(book: Book, run: RunId, line: Line, each: Deduction) -> str:
    base = max(ZERO, line.gross)
    if each.rule == "fixed":
        text = f"fixed {each.rate:f} a month{_limit(book, run, line.member, each)}"
    else:
        text = f"{each.rate:f} × {som(base)} = {som(money(each.rate * base))}"
    if each.rule == "advance":
        text += f", outstanding advances allow {som(each.wanted)}"
    if each.amount != each.wanted:
        text += f", cut from {som(each.wanted)} to what was left to take"
    return text


def _limit(book: Book, run: RunId, member: str, each: Deduction) -> str:
    rules = book.policy("fixed", run.association, run.cutoff)
    limits = [r.limit for r in rules if r.limit is not None and r.value == each.rate]
    if not limits:
        return ""
    before = _taken_before(book, run, member, each)
    return f" up to {limits[0]:f} in all, {som(before)} taken before"


def _taken_before(book: Book, run: RunId, member: str, each: Deduction) -> Decimal:
    """What `fixed` took in all, but by this run and later ones; closed years are known as a sum."""
    account = each.account
    later = sum(
        (
            amount
            for (who, name, where, period), amount in book.deducted.items()
            if (who, name, where) == (member, "fixed", account) and period > run.period
        ),
        ZERO,
    )
    own = each.amount if approval(book, run) else ZERO
    return taken_in_all(book, member, account) - later - own


def _recovered(book: Book, run: RunId, member: str, each: Deduction) -> Iterator[str]:
    """The advances that are recovered, oldest first, with what is left of each."""
    gone = _recovered_before(book, run, member, each)
    gone += sum((amount for day, amount in book.repaid.get(member, ()) if _by(day, run)), ZERO)
    left = each.amount
    given = [a for a in book.advances.get(member, ()) if a.date <= run.cutoff]
    for advance in sorted(given, key=lambda a: (a.date, a.advance_no)):
        before = min(gone, advance.amount)
        gone -= before
        now = min(left, advance.amount - before)
        left -= now
        if now:
            yield (
                f"advance {advance.advance_no} of {advance.date}: {som(now)} of"
                f" {som(advance.amount + advance.recovered)},"
                f" {som(advance.amount - before - now)} left"
                f"  [{advance.source}]"
            )


def _recovered_before(book: Book, run: RunId, member: str, each: Deduction) -> Decimal:
    sums = sum(
        (
            amount
            for (who, name, _, period), amount in book.deducted.items()
            if (who, name) == (member, "advance") and period <= run.period
        ),
        ZERO,
    )
    return sums - each.amount if approval(book, run) else sums


def _by(day: date, run: RunId) -> bool:
    return month_of(day) <= run.period
