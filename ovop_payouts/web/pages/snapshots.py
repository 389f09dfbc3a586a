"""What a run's latest snapshot says beside its lines: rules, who did what, what is unusual."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.payout.gates import is_unusual
from ovop_payouts.payout.history import OPEN, objections, reasons
from ovop_payouts.payout.line import Line
from ovop_payouts.payout.periods import RunId
from ovop_payouts.payout.views import mean
from ovop_payouts.records import Step
from ovop_payouts.web.pages.lookup import lines, status_of


@dataclass(frozen=True, slots=True)
class Used:
    """A rule as the run used it."""

    rule: str
    value: Decimal
    limit: Decimal | None
    account: str | None
    applies_to: tuple[str, ...]
    valid_from: str


def policy_of(book: Book, run: RunId) -> tuple[Used, ...]:
    """The rules that the latest snapshot recorded."""
    meta = next(
        s.meta for s in reversed(book.steps[str(run)]) if s.meta is not None and "policy" in s.meta
    )
    return tuple(
        Used(
            each["rule"],
            Decimal(each["value"]),
            None if each["limit"] is None else Decimal(each["limit"]),
            each["account"],
            tuple(each["applies_to"]),
            each["valid_from"],
        )
        for each in json.loads(meta["policy"])
    )


def signature_needed(book: Book, run: RunId) -> bool:
    return any(used.rule == "signature" and used.value for used in policy_of(book, run))


def variance_of(book: Book, run: RunId) -> Decimal | None:
    """The share of the mean beyond which a net is unusual; None without such a rule."""
    return min((u.value for u in policy_of(book, run) if u.rule == "variance"), default=None)


def unexplained(book: Book, run: RunId) -> list[str]:
    """Payees of an open run whose unusual amount lacks a written reason."""
    ratio = variance_of(book, run)
    if ratio is None or status_of(book, run) not in OPEN:
        return []
    given = reasons(book, run)
    unusual = (m for m, line in lines(book, run).items() if is_unusual(line, ratio))
    return [member for member in unusual if member not in given]


def change(line: Line) -> Decimal | None:
    """How a net differs from the mean of the runs before, as a share of it; None without one."""
    before = mean(line)
    return (line.net - before) / abs(before) if before else None


def disputed(book: Book, run: RunId) -> dict[str, str]:
    """Member of an open run -> `hold` or `dispute`, where one is open."""
    if status_of(book, run) not in OPEN:
        return {}
    raised = objections(book, run.association)
    return {member: found[-1].action for member, found in raised.items()}


def step(book: Book, run: RunId, action: str) -> Step | None:
    """The latest step of a kind."""
    steps = book.steps.get(str(run), ())
    return next((s for s in reversed(steps) if s.action == action), None)
