"""Closing a month: what must be decided before, and the seal (contract §2, §5)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger import accounts
from ledger.books import ARCHIVE
from ledger.changes import every_changes
from ledger.directives import Directive, Entry
from ledger.log import Note, altered
from ledger.seals import new_seal, verify
from ledger.store import LandedFile, landed, landed_in
from ledger.text import UnreadableText
from ovop_payouts.book import Book, load_ever
from ovop_payouts.folding import fold
from ovop_payouts.payout.history import OPEN, approval, runs, status
from ovop_payouts.payout.periods import last_day, run_id
from ovop_payouts.private import MissingDetails, read_details
from ovop_payouts.records import Imported, Reversal
from ovop_payouts.refusal import Refusal
from ovop_payouts.settling import still_unmatched
from ovop_payouts.writing import land, writing


def close(
    books: Path, period: str, chosen: tuple[str, ...], user: str, today: date, at: str = ""
) -> list[str]:
    """Seal a month for associations (all where none is chosen); returns who is closed now.

    With the last association the head office is sealed too. All seals of one command are one
    change. Raises Refusal with everything that is still open; then nobody is closed.
    """
    with writing(books):
        files = list(landed(books))
        book = fold(files, goods=False)
        until = last_day(period)
        names = _to_close(book, chosen, until)
        open_items = [text for name in names for text in undecided(book, period, name, today)]
        if open_items:
            raise Refusal(f"{period} cannot be closed:\n  " + "\n  ".join(open_items))
        rest = [a for a in book.associations if a not in names and not _is_closed(book, a, until)]
        last = not rest and not _is_closed(book, accounts.HEAD_OFFICE, until)
        scopes = [*names, accounts.HEAD_OFFICE] if last else names
        planned = [
            (scope, directive)
            for scope in scopes
            for directive in _seal(files, book, scope, until, user, today)
        ]
        note = Note(user, today, "close", period, "", at)
        land(books, f"close-{period}-{_named(names, rest)}", planned, note)
        return names


def _named(names: list[str], rest: list[str]) -> str:
    """Who is closed, in the name of the change: one, all that were open, or some."""
    if len(names) == 1:
        return names[0]
    if not rest:
        return "all-associations"  # longer than an id
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]


def _to_close(book: Book, chosen: tuple[str, ...], until: date) -> list[str]:
    for name in chosen:
        if name not in book.associations:
            raise Refusal(f"association {name} is not known")
    names = sorted(set(chosen) or set(book.associations))
    left = [name for name in names if not _is_closed(book, name, until)]
    if not left:
        raise Refusal(f"{', '.join(names) or 'nobody'}: closed up to {until} already")
    return left


def _is_closed(book: Book, scope: str, until: date) -> bool:
    closed = book.closed_until(scope)
    return closed is not None and closed >= until


def undecided(book: Book, period: str, association: str, today: date) -> Iterator[str]:
    """What keeps an association's month open. Held payees and held pools do not."""
    until = last_day(period)
    if today <= until:
        yield f"{association}: the month is not over on {today}"
    mine = [r for r in runs(book, association) if r.period <= period]
    if not any(r.period == period and approval(book, r) for r in mine):
        yield f"{association}: no run of {period} is approved"
    for run in mine:
        if status(book, run) in OPEN:
            yield f"{association}: {run} is still {status(book, run)}; approve or cancel it"
    for payment in sorted(book.payments.values(), key=lambda p: p.reference):
        if payment.association != association or run_id(payment.run).period > period:
            continue
        if payment.reference not in book.settled and payment.reference not in book.returned:
            yield f"{association}: payment {payment.reference} of {payment.amount} is in transit"
    for item in still_unmatched(book, association):
        yield f"{association}: {item.ident} {item.reference} fits no payment: {item.reason}"


def _seal(
    files: list[LandedFile],
    book: Book,
    scope: str,
    until: date,
    user: str,
    today: date,
) -> list[Directive]:
    balances = balances_at(files, book, scope, until)
    return new_seal(files, scope, until, balances, user, today)


def balances_at(
    files: list[LandedFile], book: Book, scope: str, until: date
) -> dict[tuple[str, str], Decimal]:
    """(account, currency) -> what a scope's own accounts hold at the end of a day."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for file in files:
        if file.scope != scope:
            continue
        for directive in file.directives:
            if isinstance(directive, Entry) and directive.date <= until:
                for leg in directive.legs:
                    sums[leg.account, leg.currency] += leg.number
    own = accounts.scope_of
    return {key: n for key, n in sums.items() if own(key[0], book.components) == scope}


def verify_books(books: Path) -> list[str]:
    """The log, every seal, every archived original: what was altered, the first thing first."""
    folders = every_changes(books)
    problems = [text for folder in folders for text in altered(books, folder, None)]
    try:
        for folder in folders:
            problems += verify(folder, landed_in(books, folder, every_byte=True))
        book = load_ever(books)
    except Exception as error:  # what was altered may be unreadable, or make no sense any more
        if not problems:
            raise
        return [*problems, *([str(error)] if isinstance(error, UnreadableText) else [])]
    problems += list(_archive_problems(books, book))
    return problems


def _archive_problems(books: Path, book: Book) -> Iterator[str]:
    kept = {path.name.split(".")[0]: path for path in sorted((books / ARCHIVE).glob("*"))}
    originals: list[Imported | Reversal] = [*book.imports, *book.reversals]
    for imported in originals:
        path = kept.get(imported.sha256)
        if path is None:
            yield f"{ARCHIVE}: the original of {imported.file} ({imported.sha256[:16]}) is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != imported.sha256:
            yield f"{ARCHIVE}/{path.name}: the original of {imported.file} was altered"
    for name in sorted({name for _, name in book.private}):
        try:
            read_details(books, name)
        except MissingDetails as error:
            yield str(error)
