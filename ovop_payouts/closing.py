"""Closing a month: what must be decided before, and the seal (contract §2, §5)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from ledger import accounts
from ledger.directives import Entry
from ledger.drafts import Draft
from ledger.log import Note
from ledger.seals import new_seal, seal_of_common
from ledger.store import LandedFile, landed
from ovop_payouts.book import Book, load
from ovop_payouts.memory import uncollected
from ovop_payouts.payout.history import OPEN, approval, runs, status
from ovop_payouts.payout.periods import last_day, run_id
from ovop_payouts.records import Unmatched
from ovop_payouts.refusal import Refusal
from ovop_payouts.settling import concerns, still_unmatched
from ovop_payouts.shards import load_closed, own_scopes
from ovop_payouts.spread import all_of, spread
from ovop_payouts.writing import land, proved, writing


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that is to be sealed, by whom and on which day."""

    books: Path
    period: str
    user: str
    today: date
    unmatched: tuple[Unmatched, ...]
    """What a bank said that fits no payment, and nobody has resolved."""
    common: str
    """Where the chain of common data ends, which every seal names."""

    @property
    def until(self) -> date:
        return last_day(self.period)


def close(
    books: Path,
    period: str,
    chosen: tuple[str, ...],
    user: str,
    today: date,
    at: str = "",
    scheduler: str | None = None,
) -> list[str]:
    """Seal a month for associations (all where none is chosen); returns who is closed now.

    With the last association the head office is sealed too. Associations are looked through and
    sealed side by side (`spread`); all seals of one command are one change. Raises Refusal with
    everything that is still open; then nobody is closed.
    """
    with writing(books):
        until = last_day(period)
        book = load_closed(books)
        names = _to_close(book, chosen, until)
        rest = [a for a in book.associations if a not in names and not _is_closed(book, a, until)]
        last = not rest and not _is_closed(book, accounts.HEAD_OFFICE, until)
        shared = landed(books, frozenset((accounts.COMMON,)))
        said, end = seal_of_common(shared, until, user, today)
        closing = Closing(books, period, user, today, tuple(still_unmatched(book)), end)
        scopes = [*names, accounts.HEAD_OFFICE] if last else names
        drafts = _all_sealed(closing, scopes, scheduler)
        drafts |= proved([(accounts.COMMON, each) for each in said])
        note = Note(user, today, "close", period, "", at)
        land(books, f"close-{period}-{_named(names, rest)}", dict(sorted(drafts.items())), note)
        return names


def _all_sealed(closing: Closing, scopes: list[str], scheduler: str | None) -> dict[str, Draft]:
    """The files with the seals of all scopes. Raises Refusal with what keeps any of them open."""
    found = all_of(spread(partial(_sealed, closing), scopes, scheduler))
    open_items = [text for each in found for text in each.open_items]
    if open_items:
        raise Refusal(f"{closing.period} cannot be closed:\n  " + "\n  ".join(open_items))
    return {file: draft for each in found for file, draft in each.drafts.items()}


@dataclass(frozen=True, slots=True)
class Sealed:
    """What keeps one scope's month open, or else the file with its seal."""

    open_items: list[str]
    drafts: dict[str, Draft]


def _sealed(closing: Closing, scope: str) -> Sealed:
    with uncollected():
        own = list(landed(closing.books, frozenset((scope,))))
    balances: dict[tuple[str, str], Decimal] = {}
    if scope != accounts.HEAD_OFFICE:
        book = load(closing.books, own_scopes(scope), goods=False)
        open_items = list(_undecided(book, closing, scope))
        if open_items:
            return Sealed(open_items, {})
        balances = _balances_at(own, book, scope, closing.until)
    seal = new_seal(
        own, scope, closing.until, balances, closing.user, closing.today, closing.common
    )
    return Sealed([], proved([(scope, each) for each in seal]))


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


def _undecided(book: Book, closing: Closing, association: str) -> Iterator[str]:
    """What keeps an association's month open. Held payees and held pools do not."""
    period = closing.period
    if closing.today <= closing.until:
        yield f"{association}: the month is not over on {closing.today}"
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
    for item in closing.unmatched:
        if concerns(item, association):
            yield f"{association}: {item.ident} {item.reference} fits no payment: {item.reason}"


def _balances_at(
    own: Iterable[LandedFile], book: Book, scope: str, until: date
) -> dict[tuple[str, str], Decimal]:
    """(account, currency) -> what a scope's own accounts hold at the end of a day, by its files."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for file in own:
        for directive in file.directives:
            if isinstance(directive, Entry) and directive.date <= until:
                for leg in directive.legs:
                    sums[leg.account, leg.currency] += leg.number
    whose = accounts.scope_of
    return {key: n for key, n in sums.items() if whose(key[0], book.components) == scope}
