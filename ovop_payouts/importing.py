"""Workbooks into the books: read, plan, keep the originals, land (contract §3)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from importers.kinds import KINDS
from importers.layouts import BadLayout, Layout, read_layouts, shipped
from importers.reader import Reading, read_file
from importers.rows import Problem, Rows
from ledger import accounts, changes
from ledger.books import ARCHIVE, LAYOUTS
from ledger.directives import Directive, Fact
from ledger.drafts import Planned
from ledger.log import Note
from ledger.scribe import Scribe
from ovop_payouts.book import Book, load
from ovop_payouts.booking.batch import book_rows, judge_unread
from ovop_payouts.booking.order import asked_by
from ovop_payouts.booking.plan import Plan, Refused
from ovop_payouts.memory import uncollected
from ovop_payouts.near import load_for_import
from ovop_payouts.private import by_association, keep_details, latest_details
from ovop_payouts.refusal import Refusal
from ovop_payouts.writing import digest, land, proved, writing
from ovop_payouts.yearend.reach import book_for, what_it_reaches

Item = TypeVar("Item")


class Watch(Protocol):
    """Passes items on, and may show how many of how many have passed."""

    def __call__(
        self, items: Iterable[Item], what: str, total: int | None = None
    ) -> Iterator[Item]: ...


def unwatched(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    return iter(items)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to import: which files, by whom, on which day, and how."""

    files: Sequence[Path]
    user: str
    today: date
    partial: bool = False
    dry_run: bool = False
    kinds: frozenset[str] | None = None
    """The kinds that this user may import; all where None."""
    at: str = ""
    """The moment, for the log; without one, the day."""
    watch: Watch = unwatched
    """Shows how far it has come."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `change` is the name of the folder that landed, if one did."""

    readings: list[Reading]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    bad: frozenset[tuple[str, str, int]] = frozenset()
    """(sha256 of the file, sheet, row) of all that was refused; row 0 is a whole sheet or file."""
    booked: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    change: str | None = None


def import_files(books: Path, order: Order) -> Outcome:
    """Import files as one change: all of it, with `partial` its good rows, or nothing.

    Raises Refusal, writing.Busy, private.MissingDetails, changes.AlreadyLanded, OSError.
    """
    layouts = layouts_of(books)
    with uncollected():
        readings = [
            read_file(path, layouts, partial(order.watch, what=f"Reading {path.name}"))
            for path in order.files
        ]
        return _import(books, order, readings)


def _import(books: Path, order: Order, readings: list[Reading]) -> Outcome:
    with writing(books), Scribe(books) as scribe:
        rows = Rows(packed for reading in _once(readings) for packed in reading.rows.packed)
        near = load_for_import(books, rows)
        book = book_for(books, near, rows)
        if book is not near:
            near = load(books)
        known = set(book.lots) if book is not near else set()
        plan = Plan(book, order.today, order.user, latest_details(books, book))
        for reading in readings:
            for row in reading.refused:
                plan.doubtful.note(row)
        watch = partial(order.watch, what="Booking", total=len(rows))
        rows = _permitted(plan, rows, order.kinds)
        if book is near:
            book.asked = asked_by(rows)
            refused = any(not p.warning for reading in readings for p in reading.problems)
            book_rows(plan, rows, watch, partial(_let_go, order, plan, scribe, refused))
        else:
            book_rows(plan, rows, watch)
        judge_unread(plan, (row for reading in _once(readings) for row in reading.refused))
        outcome = _outcome(readings, plan)
        hopeless = outcome.problems and not order.partial
        if order.dry_run or hopeless or not (plan.planned or scribe.took):
            return outcome
        reached: Planned = ()
        if book is not near:
            reached = list(what_it_reaches(near, book, plan.planned, order.today, known))
        return _land(books, order, plan, outcome, scribe, reached)


def _let_go(
    order: Order, plan: Plan, scribe: Scribe, refused: bool, planned: list[tuple[str, Directive]]
) -> None:
    """What is planned is handed over as it grows, or thrown away where nothing will land."""
    if order.dry_run or (not order.partial and (refused or plan.bad)):
        planned.clear()
    else:
        scribe.take(planned)


def layouts_of(books: Path) -> list[Layout]:
    """The layouts by which sheets of others are read: the books' own go before the shipped ones.

    Raises Refusal where one of the books' is wrong.
    """
    try:
        return [*read_layouts(books / LAYOUTS), *shipped()]
    except BadLayout as error:
        raise Refusal(f"{LAYOUTS}/{error}") from None


def _once(readings: list[Reading]) -> list[Reading]:
    """The same file named twice is read once; the order in which files are named is nothing."""
    known = {(reading.file, reading.sha256): reading for reading in readings}
    first = {reading.sha256: reading for _, reading in sorted(known.items(), reverse=True)}
    return [reading for _, reading in sorted(known.items()) if first[reading.sha256] is reading]


def _permitted(plan: Plan, rows: Rows, kinds: frozenset[str] | None) -> Rows:
    """The rows that a user may import; the others are refused."""
    if kinds is None or all(shape.kind in kinds for shape, _, _ in rows.packed):
        return rows
    for row in rows:
        if row.kind not in kinds:
            column = KINDS[row.kind].key[0]
            plan.refuse(Refused(row, column, f"{plan.user} may not import {row.kind}"), row)
    return Rows(packed for packed in rows.packed if packed[0].kind in kinds)


def _outcome(readings: list[Reading], plan: Plan) -> Outcome:
    found = _as_they_stand(readings, plan.problems)
    unread = {(r.sha256, p.sheet, p.row) for r in readings for p in r.problems if not p.warning}
    return Outcome(
        readings,
        [p for p in found if not p.warning],
        [p for p in found if p.warning],
        frozenset(unread | plan.bad),
        plan.booked,
        plan.known,
    )


def _as_they_stand(readings: list[Reading], planned: list[Problem]) -> list[Problem]:
    """Problems in the order of files, sheets, rows and columns, as a person goes through them."""
    files = {reading.file: at for at, reading in reversed(list(enumerate(readings)))}
    sheets = {(r.file, name): at for r in readings for at, name in enumerate(r.sheets)}

    def place(problem: Problem) -> tuple[int, int, int, int, str]:
        sheet = sheets.get((problem.file, problem.sheet), -1)
        letters = problem.cell.rstrip("0123456789")
        return files[problem.file], sheet, problem.row, len(letters), letters

    return sorted([p for reading in readings for p in reading.problems] + planned, key=place)


def _land(
    books: Path, order: Order, plan: Plan, outcome: Outcome, scribe: Scribe, reached: Planned
) -> Outcome:
    """The originals and private details come before the change that names them."""
    contents = _originals(order, outcome)
    headers = [_header(order, r, outcome) for r in _once(outcome.readings)]
    first: list[tuple[str, Directive]] = [
        *((accounts.HEAD_OFFICE, header) for header in headers),
        *_details(books, order, plan, contents),
        *reached,
    ]
    for path, content in zip(order.files, contents, strict=True):
        changes.keep(books / ARCHIVE, content, suffix=path.suffix.lower())
    drafts = proved(plan.planned, scribe, first)
    said = digest(drafts)
    name = free_name(plan.book, f"{order.today}-import-{said[:16]}")
    note = Note(order.user, order.today, "import", "", said, order.at)
    land(books, name, drafts, note, plan.new_associations)
    return replace(outcome, change=name)


def free_name(book: Book, name: str) -> str:
    """A change's name; what was reversed keeps its own, and the same again gets a number."""
    taken = {reversal.of for reversal in book.reversals}
    number = 1
    while (free := f"{name}-{number}" if number > 1 else name) in taken:
        number += 1
    return free


def _originals(order: Order, outcome: Outcome) -> list[bytes]:
    contents = [path.read_bytes() for path in order.files]
    for content, reading in zip(contents, outcome.readings, strict=True):
        if hashlib.sha256(content).hexdigest() != reading.sha256:
            raise OSError(f"{reading.file} was changed while it was read; import it again")
    return contents


def _details(
    books: Path, order: Order, plan: Plan, originals: list[bytes]
) -> Iterator[tuple[str, Fact]]:
    """Each association's new payment details are kept; its books name the file."""
    for scope, details in by_association(plan.book, plan.new_details):
        name = keep_details(books, originals, details)
        yield scope, Fact(order.today, "details", (scope,), {"private": name})


def _header(order: Order, reading: Reading, outcome: Outcome) -> Fact:
    whole = all(sha != reading.sha256 for sha, _, _ in outcome.bad)
    meta = {"file": reading.file, "user": order.user, "whole": "yes" if whole else "no"}
    if reading.layouts:
        meta["layout"] = ", ".join(sorted(set(reading.layouts)))
    return Fact(order.today, "import", (reading.sha256,), meta)
