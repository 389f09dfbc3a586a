"""Facts of our own in the read model: imports, steps of runs, confirmations, seals, users."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from ledger.directives import Fact
from ovop_payouts.book import Book
from ovop_payouts.folding.place import Place
from ovop_payouts.records import Imported, Step, Unmatched


def _imported(book: Book, place: Place, fact: Fact) -> None:
    meta = fact.meta
    whole = meta.get("whole") == "yes"
    book.imports.append(
        Imported(place.change, fact.values[0], meta["file"], fact.date, meta["user"], whole)
    )


def _details(book: Book, place: Place, fact: Fact) -> None:
    book.private.add((place.change, fact.meta["private"]))


def _step(book: Book, place: Place, fact: Fact) -> None:
    run, action = fact.values
    meta = fact.meta
    book.steps[run].append(
        Step(
            run,
            int(meta["step"]),
            action,
            meta["user"],
            date.fromisoformat(meta["on"]),
            meta.get("hash", ""),
            meta.get("member"),
            meta.get("reason", ""),
            tuple(meta["seen"].split()) if meta.get("seen") else (),
            place.change,
            meta,
        )
    )


def _line(book: Book, place: Place, fact: Fact) -> None:
    run, member = fact.values
    book.run_lines[run].append((int(fact.meta["step"]), member, fact.meta))


def _confirmed(book: Book, place: Place, fact: Fact) -> None:
    member = fact.values[0]
    book.confirmed[member] = max(book.confirmed.get(member, 1), int(fact.meta["details"]))


def _part(book: Book, place: Place, fact: Fact) -> None:
    distribution, payee = fact.values
    meta = fact.meta
    numbers = Decimal(meta["amount"]), Decimal(meta["weight"]), Decimal(meta["whole"])
    book.frozen.setdefault(distribution, {})[payee, meta["pool"] == "yes"] = numbers


def _unmatched(book: Book, place: Place, fact: Fact) -> None:
    ident, meta = fact.values[0], fact.meta
    book.unmatched[ident] = Unmatched(
        ident,
        place.scope,
        meta["reference"],
        meta["amount"],
        meta["day"],
        meta["status"],
        meta["reason"],
        meta["source"],
        fact.date,
    )


def _resolved(book: Book, place: Place, fact: Fact) -> None:
    book.resolved[fact.values[0]] = fact.meta


def _seal(book: Book, place: Place, fact: Fact) -> None:
    book.closed[fact.values[0]].append(fact.meta)


def _user(book: Book, place: Place, fact: Fact) -> None:
    book.users[fact.values[0]].append(fact.meta)


OF_RUNS = frozenset(("run", "run-line"))
HANDLERS: dict[str, Callable[[Book, Place, Fact], None]] = {
    "details": _details,
    "import": _imported,
    "run": _step,
    "run-line": _line,
    "details-confirmed": _confirmed,
    "distribution-part": _part,
    "unmatched": _unmatched,
    "unmatched-resolved": _resolved,
    "seal": _seal,
    "user": _user,
}
