"""The log: who did what, on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger import accounts
from ovop_payouts.payout.periods import run_id
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.tables import Slice, finds, sliced

ACTIONS = (
    "import",
    "draft",
    "hold",
    "dispute",
    "release",
    "reason",
    "sign",
    "approve",
    "export",
    "cancel",
    "close",
    "resolve",
    "user",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody did; `about` names the run, file, month or user."""

    date: date
    user: str
    action: str
    about: str
    member: str = ""
    reason: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    table: Slice[Event]
    users: tuple[str, ...]
    actions: tuple[str, ...]


KEYS: dict[str, Callable[[Event], Any]] = {
    "date": lambda e: (e.date, e.about, e.action),
    "user": lambda e: (e.user, e.date),
    "action": lambda e: (ACTIONS.index(e.action), e.date),
    "about": lambda e: (e.about, e.date),
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Log:
    everything = sorted(events(desk), key=lambda e: e.date)
    rows = [e for e in everything if _passes(desk, e)]
    return Log(
        sliced(rows, len(everything), desk.asked, KEYS, "-date"),
        tuple(sorted({e.user for e in everything})),
        tuple(a for a in ACTIONS if any(e.action == a for e in everything)),
    )


def events(desk: Desk) -> Iterator[Event]:
    """What may be seen: a treasurer sees what was done to the own association's books."""
    book = desk.book
    for name, steps in book.steps.items():
        if desk.sees(run_id(name).association):
            for step in steps:
                yield Event(
                    step.date,
                    step.user,
                    step.action,
                    name,
                    step.member or "",
                    step.reason,
                    step.hash,
                )
    for association, seals in book.closed.items():
        if association != accounts.COMMON and desk.user.association in (None, association):
            for seal in seals:
                until = date.fromisoformat(seal["until"])
                about = f"{until:%Y-%m} {association}"
                yield Event(until, seal["user"], "close", about, hash=seal["chain"])
    if desk.user.association is None:
        yield from _of_office(desk)


def _of_office(desk: Desk) -> Iterator[Event]:
    book = desk.book
    for each in book.imports:
        yield Event(each.date, each.user, "import", each.file, hash=f"sha256:{each.sha256}")
    for ident, done in book.resolved.items():
        item = book.unmatched[ident]
        yield Event(item.on, done["user"], "resolve", item.reference, reason=done["reason"])


def _passes(desk: Desk, event: Event) -> bool:
    return (
        desk.text("user") in ("", event.user)
        and desk.text("action") in ("", event.action)
        and finds(desk.text("q"), event.about, event.member, event.reason, event.user, event.hash)
    )


PAGE = Page("log", build)
