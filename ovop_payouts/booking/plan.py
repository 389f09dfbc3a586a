"""What one import would book: planned directives, problems, counts. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec

from importers.kinds import KINDS
from importers.rows import Problem, Row, Value, problem_at
from ledger import accounts
from ledger.books import EPOCH
from ledger.directives import Directive, Entry, Fact, Leg, Meta, Open
from ovop_payouts.book import Book, LandedRow
from ovop_payouts.booking.hints import Doubtful, suggestion
from ovop_payouts.folding import apply_entry, apply_fact
from ovop_payouts.folding.place import Place
from ovop_payouts.private import Dated, Details
from ovop_payouts.records import Lot

PLANNED = "(this import)"
"""Stands for the change that is being planned."""


class Refused(Exception):
    """One row cannot be booked; says which cell and why."""

    def __init__(self, row: Row, column: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem_at(row, column, reason)
        self.column = column


class Terms(msgspec.Struct, frozen=True):
    """How a store sells of one lot on one day: looked up once, for many lines sell alike."""

    certificate: str
    goods: Leg
    """One unit of the lot in the store."""
    rates: tuple[Decimal, ...] = ()
    """Of commission, where the goods are consigned; as are the accounts."""
    consignor: str = ""
    payable: str = ""
    commission: str = ""


@dataclass(slots=True)
class Plan:
    """The book as it would be, and what would land to make it so."""

    book: Book
    today: date
    user: str
    details: dict[str, Details] = field(default_factory=dict)
    """Member -> payment details as last known (from `private/`)."""
    planned: list[tuple[str, Directive]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bad: set[tuple[str, str, int]] = field(default_factory=set)
    """(sha256 of the file, sheet, row) of the rows that were refused."""
    doubtful: Doubtful = field(default_factory=Doubtful)
    terms: dict[tuple[str, date, Lot], Terms] = field(default_factory=dict)
    """Of (store, day, lot), as long as no fact may change them."""
    booked: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    new_details: Dated = field(default_factory=dict)
    new_associations: dict[str, str] = field(default_factory=dict)

    def refuse(self, refused: Refused, row: Row) -> None:
        found = refused.problem
        because = self.doubtful.because(row, refused.column)
        self.problems.append(replace(found, reason=found.reason + because) if because else found)
        self.doubtful.note(row)
        self.bad.add((row.source.sha256, row.source.sheet, row.source.row))

    def warn(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(problem_at(row, column, reason, warning=True))

    def fact(self, scope: str, fact: Fact) -> None:
        self.terms.clear()
        self.planned.append((scope, fact))
        apply_fact(self.book, _here(scope), fact)

    def entry(self, scope: str, entry: Entry, sold: Lot | None = None) -> None:
        """Plan a transaction and the accounts that it needs; `ledger.scribe` proves its balance.

        A sale from one lot says which: `sold`.
        """
        opened = self.book.opened
        for leg in entry.legs:
            if leg.account not in opened:
                self.open(leg.account, scope)
        self.planned.append((scope, entry))
        apply_entry(self.book, _here(scope), entry, sold)

    def open(self, account: str, scope: str, meta: Meta | None = None) -> None:
        """Open an account where its first user may see it."""
        if account not in self.book.opened:
            owner = accounts.scope_of(account, self.book.components)
            opening = Open(EPOCH, account, accounts.needs_lots(account), meta or {})
            self.planned.append((owner, opening))
            self.book.opened[account] = owner

    def known_row(self, row: Row) -> LandedRow | None:
        known = self.book.rows[row.kind]
        return known.get(row_key(row)) if known else None


@cache
def _here(scope: str) -> Place:
    return Place(PLANNED, scope)


def text(value: Value) -> str:
    """A value as the books write it: plain numbers, days as ISO, sets with commas."""
    return _TEXTS[value.__class__](value)


def plain(value: Decimal) -> str:
    """A number as people write it, without needless zeros."""
    shown = str(value)
    if value and "E" not in shown and not ("." in shown and shown[-1] == "0"):
        return shown
    return format(value.normalize(), "f") if value else "0"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    Decimal: plain,
    date: lru_cache(maxsize=4096)(date.isoformat),
    int: str,
    bool: lambda value: "yes" if value else "no",
    tuple: ",".join,
}


def columns_of(row: Row) -> Meta:
    """The row's columns as text, in the order of its kind; blank ones are left out."""
    values = row.values
    return {
        name: value if isinstance(value := values[name], str) else _TEXTS[value.__class__](value)
        for name in _names(row.kind)
        if name in values
    }


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(column.name for column in KINDS[kind].columns)


def row_key(row: Row) -> tuple[str, ...]:
    """The business key as text."""
    values = row.values
    return tuple(
        [
            _TEXTS[(value := values[name]).__class__](value) if name in values else ""
            for name in KINDS[row.kind].key
        ]
    )


def provenance(row: Row) -> Meta:
    """What every entry says of where it came from."""
    return {"source": str(row.source), "sha": row.source.sha256[:16]}


def meta_of(row: Row, **more: str) -> Meta:
    """All metadata of the entry that a row becomes."""
    meta = columns_of(row)
    meta.update(more)
    source = row.source
    meta["source"] = f"{source.file}/{source.sheet}!{source.row}"
    meta["sha"] = source.sha256[:16]
    return meta


def day(row: Row, column: str = "date") -> date:
    value = row.values[column]
    assert isinstance(value, date)
    return value


def words(row: Row, column: str) -> str:
    return str(row.values[column])


def maybe(row: Row, column: str) -> str | None:
    value = row.values.get(column)
    return None if value is None else str(value)


def decimal(row: Row, column: str) -> Decimal:
    value = row.values[column]
    if isinstance(value, Decimal):
        return value
    assert isinstance(value, int)
    return Decimal(value)


def maybe_decimal(row: Row, column: str) -> Decimal | None:
    return decimal(row, column) if column in row.values else None


def must_know(row: Row, column: str, known: Mapping[str, object] | set[str], what: str) -> str:
    """The id in a cell, which must be known."""
    ident = words(row, column)
    if ident not in known:
        hint = suggestion(ident, known, maybe(row, "group"))
        raise Refused(
            row, column, f"{what} {ident} is not known{hint or f': import it in {what}s first'}"
        )
    return ident


def must_be_open(plan: Plan, row: Row, association: str | None, column: str = "date") -> date:
    """The day of an event: not in the future, not in a month that is closed."""
    when = must_have_happened(plan, row, column)
    must_not_be_closed(plan, row, when, association, column)
    return when


def must_not_be_closed(
    plan: Plan, row: Row, when: date, association: str | None, column: str = "date"
) -> None:
    """The month of an event is not sealed."""
    until = plan.book.closed_until(association)
    if until is not None and when <= until:
        first = until + timedelta(days=1)
        raise Refused(
            row,
            column,
            f"the month is closed up to {until}: enter it under {first}, the first open day",
        )


def must_have_happened(plan: Plan, row: Row, column: str = "date") -> date:
    when = day(row, column)
    if when > plan.today:
        raise Refused(row, column, f"the day is in the future (today is {plan.today})")
    return when
