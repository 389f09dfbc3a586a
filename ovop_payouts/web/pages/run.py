"""One payout run: its payees, what is unusual, what it adds up to, what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ovop_payouts.money import ZERO
from ovop_payouts.payout.gates import is_unusual
from ovop_payouts.payout.history import OPEN, drafters, reasons, returns_of
from ovop_payouts.payout.line import Line
from ovop_payouts.payout.periods import RunId
from ovop_payouts.payout.views import held_pools_of, mean
from ovop_payouts.records import Returned, Step
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.drafts import computed_now
from ovop_payouts.web.pages.lookup import lines, remembered, run_of, status_of
from ovop_payouts.web.pages.runs import RunRow, row_of
from ovop_payouts.web.pages.snapshots import (
    Used,
    change,
    disputed,
    policy_of,
    unexplained,
    variance_of,
)
from ovop_payouts.web.pages.tables import Slice, finds, sliced

SHOWN = ("all", "pay", "carry", "hold", "unusual", "unexplained", "disputed", "negative")


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """One payee of the run. `change` is the net against the mean before, as a share of it."""

    line: Line
    figures: tuple[Decimal, ...]
    """The line's `SUMMED`."""
    name: str
    mean: Decimal | None
    change: Decimal | None
    unusual: bool
    reason: str
    """The written reason for an unusual amount."""
    objection: str
    """`hold` or `dispute` where one is open."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two sums that must be the same: the run's and the ledger's."""

    name: str
    run: Decimal
    ledger: Decimal

    @property
    def holds(self) -> bool:
        return self.run == self.ledger


@dataclass(frozen=True, slots=True)
class Rail:
    """What one way of paying pays, to how many."""

    rail: str
    payees: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RunView:
    """All of the page."""

    row: RunRow
    hash: str
    table: Slice[PayeeRow]
    sums: dict[str, Decimal]
    """The filtered lines' opening, gross, returned, deducted, net, payout, carried."""
    counts: dict[str, int]
    """How many lines each filter of `shown` would find."""
    groups: tuple[str, ...]
    rails: tuple[Rail, ...]
    pools: tuple[tuple[str, Decimal], ...]
    returns: tuple[Returned, ...]
    ties: tuple[Tie, ...]
    policy: tuple[Used, ...]
    steps: tuple[Step, ...]
    actions: tuple[str, ...]
    """What this user may do now: sign, approve, cancel, export, draft."""
    stale: bool
    """The inputs of a draft changed since: it must be drafted again."""
    own_draft: bool
    """This user drafted it, so another person must approve."""


KEYS: dict[str, Callable[[PayeeRow], Any]] = {
    "member": lambda r: r.line.member,
    "name": lambda r: r.name.casefold(),
    "group": lambda r: (r.line.group, r.line.member),
    "opening": lambda r: r.line.opening,
    "gross": lambda r: r.line.gross,
    "deducted": lambda r: r.line.deducted,
    "net": lambda r: r.line.net,
    "payout": lambda r: r.line.payout,
    "carried": lambda r: r.line.carried,
    "change": lambda r: (r.change is not None, abs(r.change or ZERO)),
    "state": lambda r: (r.line.state, r.line.member),
    "rail": lambda r: (r.line.rail, r.line.member),
}
SUMMED = ("opening", "gross", "returned", "deducted", "net", "payout", "carried")


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> RunView:
    """Raises NothingThere where the run is not this user's to see."""
    run = run_of(desk, desk.must("run"))
    everybody, counts = remembered(desk.book, ("payees", str(run)), lambda: _everybody(desk, run))
    rows = [r for r in everybody if _passes(desk, r)]
    found = lines(desk.book, run)
    steps = tuple(desk.book.steps[str(run)])
    hash_ = next(s.hash for s in reversed(steps) if s.hash)
    now = computed_now(desk, run)
    return RunView(
        row_of(desk.book, run),
        hash_,
        sliced(rows, len(everybody), desk.asked, KEYS, "member"),
        _summed(rows),
        counts,
        tuple(sorted({line.group for line in found.values()})),
        tuple(_rails(found)),
        tuple((g, amount) for g, amount in held_pools_of(desk.book, run).items() if amount),
        tuple(returns_of(desk.book, run)),
        tuple(_ties(desk, run)),
        policy_of(desk.book, run),
        steps,
        tuple(_actions(desk, run)),
        now is not None and now.hash != hash_,
        desk.user.name in drafters(desk.book, run),
    )


def _everybody(desk: Desk, run: RunId) -> tuple[list[PayeeRow], dict[str, int]]:
    """All payees of a run, and how many of them each filter would find."""
    everybody = list(payees(desk, run))
    return everybody, {shown: sum(passes(r, shown) for r in everybody) for shown in SHOWN}


def _summed(rows: list[PayeeRow]) -> dict[str, Decimal]:
    columns = zip(*(r.figures for r in rows), strict=True) if rows else ((),) * len(SUMMED)
    return {name: sum(column, ZERO) for name, column in zip(SUMMED, columns, strict=True)}


def payees(desk: Desk, run: RunId) -> Iterator[PayeeRow]:
    book, ratio, cutoff = desk.book, variance_of(desk.book, run), run.cutoff
    given, raised = reasons(book, run), disputed(book, run)
    for ident, line in lines(book, run).items():
        yield PayeeRow(
            line,
            tuple([getattr(line, name) for name in SUMMED]),
            book.member(ident, cutoff).name,
            mean(line) if line.before else None,
            change(line),
            ratio is not None and is_unusual(line, ratio),
            given.get(ident, ""),
            raised.get(ident, ""),
        )


def passes(row: PayeeRow, shown: str) -> bool:
    match shown:
        case "pay" | "carry" | "hold":
            return row.line.state == shown
        case "unusual":
            return row.unusual
        case "unexplained":
            return row.unusual and not row.reason
        case "disputed":
            return bool(row.objection)
        case "negative":
            return row.line.net < 0
    return True


def _passes(desk: Desk, row: PayeeRow) -> bool:
    return (
        passes(row, desk.text("show"))
        and desk.text("group") in ("", row.line.group)
        and desk.text("rail") in ("", row.line.rail)
        and finds(desk.text("q"), row.line.member, row.name, row.line.group)
    )


def _rails(found: Mapping[str, Line]) -> Iterator[Rail]:
    for rail in ("cash", "bank", "wallet"):
        paid = [line for line in found.values() if line.rail == rail and line.payout]
        if paid:
            yield Rail(rail, len(paid), sum((line.payout for line in paid), ZERO))


def _ties(desk: Desk, run: RunId) -> Iterator[Tie]:
    """A draft against what the ledger owes; an approved run against what it booked."""
    now = computed_now(desk, run)
    if now is not None:
        proof = now.proof
        yield Tie("completeness", proof.paid + proof.carried + proof.held, proof.ledger)
        return
    if status_of(desk.book, run) == "cancelled":
        return
    booked = (p.amount for p in desk.book.payments_of(str(run)))
    held = lines(desk.book, run).values()
    yield Tie("payouts", sum((line.payout for line in held), ZERO), sum(booked, ZERO))
    yield Tie("deductions", *_deductions(desk, run))


def _deductions(desk: Desk, run: RunId) -> tuple[Decimal, Decimal]:
    """What the month's approved runs took, and what the ledger's entries of that month took."""
    book, of_month = desk.book, ZERO
    held: set[str] = set()
    for name in book.steps:
        if name.startswith(f"{run.period}/{run.association}/"):
            other = run_of(desk, name)
            if status_of(book, other) not in (*OPEN, "cancelled"):
                found = lines(book, other)
                of_month += sum((line.deducted for line in found.values()), ZERO)
                held.update(found)
    booked = (
        amount
        for (member, _, _, period), amount in book.deducted.items()
        if period == run.period and member in held
    )
    return of_month, sum(booked, ZERO)


def _actions(desk: Desk, run: RunId) -> Iterator[str]:
    state, of = status_of(desk.book, run), run.association
    if state in OPEN and desk.may("draft", of):
        yield "draft"
    if state == "draft" and desk.may("sign", of):
        yield "sign"
    if state in OPEN and desk.may("approve", of) and not unexplained(desk.book, run):
        yield "approve"
    if state in OPEN and desk.may("cancel", of):
        yield "cancel"
    if state in ("approved", "exported", "settled") and desk.may("export", of):
        yield "export"


PAGE = Page("run", build, menu=False)
