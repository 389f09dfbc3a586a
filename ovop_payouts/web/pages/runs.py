"""Payout runs: the list of them, month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout import life
from ovop_payouts.payout.history import runs
from ovop_payouts.payout.periods import RunId, check_period, month_of
from ovop_payouts.web.desk import Desk, Done, Page
from ovop_payouts.web.pages.lookup import chosen, lines, status_of, sums
from ovop_payouts.web.pages.proof import prove
from ovop_payouts.web.pages.snapshots import disputed, signature_needed, step, unexplained
from ovop_payouts.web.pages.tables import Slice, sliced

STATES = ("draft", "signed", "approved", "exported", "settled", "cancelled")


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, as a line of the list; amounts are KGS."""

    run: RunId
    status: str
    payees: int
    gross: Decimal
    deductions: Decimal
    payout: Decimal
    carried: Decimal
    held: Decimal
    drafted_by: str
    drafted_on: date
    approved_by: str | None
    approved_on: date | None
    waits_for: str | None
    """`reasons`, `signature`, `approval`, `export` or `bank`: what comes next."""
    objections: int


@dataclass(frozen=True, slots=True)
class Runs:
    """The list, what may be chosen, and the associations whose month still lacks a run."""

    table: Slice[RunRow]
    periods: tuple[str, ...]
    associations: tuple[str, ...]
    states: tuple[str, ...]
    lacking: tuple[str, ...]
    month: str
    """The last month that is over: whose runs may be lacking."""
    payout: Decimal
    held: Decimal


KEYS: dict[str, Callable[[RunRow], Any]] = {
    "period": lambda r: (r.run.period, r.run.association, r.run.number),
    "association": lambda r: (r.run.association, r.run.period, r.run.number),
    "status": lambda r: STATES.index(r.status),
    "payees": lambda r: r.payees,
    "gross": lambda r: r.gross,
    "deductions": lambda r: r.deductions,
    "payout": lambda r: r.payout,
    "carried": lambda r: r.carried,
    "held": lambda r: r.held,
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Runs:
    """The runs that may be seen, of the association, month and state asked for."""
    book, state, period = desk.book, desk.text("status"), desk.text("period")
    mine = [r for r in runs(book) if desk.sees(r.association)]
    rows = [
        row_of(book, r)
        for r in mine
        if r.association in chosen(desk)
        and period in ("", r.period)
        and state in ("", status_of(book, r))
    ]
    month = month_before(desk.today)
    return Runs(
        sliced(rows, len(mine), desk.asked, KEYS, "-period"),
        tuple(sorted({r.period for r in mine}, reverse=True)),
        desk.associations,
        STATES,
        tuple(lacking(desk, month)),
        month,
        sum((r.payout for r in rows if r.status != "cancelled"), ZERO),
        sum((r.held for r in rows if r.status != "cancelled"), ZERO),
    )


def row_of(book: Book, run: RunId) -> RunRow:
    drafted, approved = step(book, run, "draft"), step(book, run, "approve")
    assert drafted is not None
    found = sums(book, run)
    return RunRow(
        run,
        status_of(book, run),
        len(lines(book, run)),
        found["gross"],
        found["deductions"],
        found["payout"],
        found["carried"],
        found["held"],
        drafted.user,
        drafted.date,
        approved.user if approved else None,
        approved.date if approved else None,
        waits_for(book, run),
        len(disputed(book, run)),
    )


def waits_for(book: Book, run: RunId) -> str | None:
    """What comes next in a run's life; None where nothing does."""
    match status_of(book, run):
        case "draft" if unexplained(book, run):
            return "reasons"
        case "draft" if signature_needed(book, run):
            return "signature"
        case "draft" | "signed":
            return "reasons" if unexplained(book, run) else "approval"
        case "approved":
            return "export" if sums(book, run)["payout"] else None
        case "exported":
            return "bank" if sums(book, run)["payout"] else None
    return None


def lacking(desk: Desk, month: str) -> Iterator[str]:
    """Associations whose month is over, not closed, and without a run."""
    book = desk.book
    for name in desk.associations:
        mine = [r for r in runs(book, name) if r.period >= month]
        closed = book.closed_until(name)
        if closed is not None and month_of(closed) >= month:
            continue
        if all(status_of(book, r) == "cancelled" for r in mine):
            yield name


def month_before(today: date) -> str:
    """The last month that is over."""
    months = today.year * 12 + today.month - 2
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def draft(desk: Desk) -> Done:
    """Draft the month's run of the associations that lack one (or of the one that is named)."""
    period = check_period(desk.must("month"))
    named = desk.text("name")
    names = [named] if named else list(lacking(desk, period))
    for name in names:
        desk.require("draft", name)
    desk.require("draft")
    prove(desk)
    done = [each for each in life.draft(desk.books, period, names, desk.actor) if each]
    said = desk.words("said_drafts", count=str(len(done)), month=desk.words.month(period))
    return Done(said, "runs", {"period": period})


PAGE = Page("runs", build, actions={"draft": draft})
