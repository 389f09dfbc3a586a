"""What must be true before a run may be drafted, or approved (contract §5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import (
    OPEN,
    approval,
    approved,
    current_hash,
    drafters,
    reasons,
    runs,
    status,
)
from ovop_payouts.payout.line import Line, Run
from ovop_payouts.payout.periods import RunId
from ovop_payouts.refusal import Refusal

STALE = "the inputs of {run} changed since it was drafted; draft it again"


def must_be_draftable(book: Book, run: RunId) -> None:
    """Runs of an association go in order of month; a sealed month has no more runs."""
    until = book.closed_until(run.association)
    if until is not None and run.cutoff <= until:
        raise Refusal(
            "{period} is closed for {association}: late items go to the next open month",
            period=run.period,
            association=run.association,
        )
    later = [r for r in approved(book, run.association) if r.period > run.period]
    if later:
        raise Refusal(
            "{run} is approved: late items of {period} go to the next run",
            run=later[-1],
            period=run.period,
        )
    _must_be_next(book, run)


def _must_be_next(book: Book, run: RunId) -> None:
    waiting = [r for r in runs(book, run.association) if r < run and status(book, r) in OPEN]
    if waiting:
        raise Refusal("{run} comes first: approve or cancel it", run=waiting[0])


def must_be_approvable(book: Book, computed: Run, user: str, today: date) -> None:
    """Every gate before money may leave; raises Refusal with each reason."""
    run = computed.id
    state = status(book, run)
    if state not in OPEN:
        step = approval(book, run)
        if step is None:
            raise Refusal(
                "{run} is {state} already; nothing was booked again", run=run, state=state
            )
        raise Refusal(
            "{run} is {state} already by {user} on {day}; nothing was booked again",
            run=run,
            state=state,
            user=step.user,
            day=step.date,
        )
    if user in drafters(book, run):
        raise Refusal("{user} drafted {run}; another person must approve it", user=user, run=run)
    _must_be_next(book, run)
    if computed.hash != current_hash(book, run):
        raise Refusal(STALE, run=run)
    problems = list(_problems(book, computed, state, today))
    if problems:
        raise Refusal.of(problems)


def _problems(book: Book, computed: Run, state: str, today: date) -> Iterator[Refusal]:
    run = computed.id
    if today < run.cutoff:
        yield Refusal("{period} is not over on {day}", period=run.period, day=today)
    if not computed.proof.holds:
        proof = computed.proof
        yield Refusal(
            "paid {paid}, carried {carried} and held {held} do not meet the ledger's {ledger}",
            paid=proof.paid,
            carried=proof.carried,
            held=proof.held,
            ledger=proof.ledger,
        )
    if needs_signature(computed) and state != "signed":
        yield Refusal(
            "the treasurer of {association} has not signed this snapshot",
            association=run.association,
        )
    given = reasons(book, run)
    unexplained = [m for m in unusual(computed) if m not in given]
    if unexplained:
        shown = ", ".join(unexplained[:5]) + (" …" if len(unexplained) > 5 else "")
        yield Refusal(
            "{count} unusual amounts lack a written reason: {shown}"
            " (ovop payout reason {run} MEMBER TEXT)",
            count=len(unexplained),
            shown=shown,
            run=run,
        )


def needs_signature(computed: Run) -> bool:
    return any(rule.rule == "signature" and rule.value for rule in computed.policy)


def unusual(computed: Run) -> list[str]:
    """Payees whose net changed by more than the policy's share of the mean before."""
    ratios = [rule.value for rule in computed.policy if rule.rule == "variance"]
    if not ratios:
        return []
    return [m for m, line in computed.lines.items() if is_unusual(line, min(ratios))]


def is_unusual(line: Line, ratio: Decimal) -> bool:
    """|net - mean| > ratio × |mean|, without dividing."""
    if not line.before:
        return False
    total, count = sum(line.before, ZERO), len(line.before)
    return abs(line.net * count - total) > ratio * abs(total)
