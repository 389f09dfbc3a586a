"""Runs' lines, which pages look up again and again: each snapshot is read out once.

A snapshot has a hash over all it was made of, so what was read out under it holds for ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from threading import Lock
from typing import TypeVar, cast

from ovop_payouts.book import Book
from ovop_payouts.payout.history import DECIDED, current_hash, lines_of, runs, status
from ovop_payouts.payout.line import Line, totals
from ovop_payouts.payout.periods import RunId, run_id
from ovop_payouts.payout.views import held_pools_of
from ovop_payouts.records import Member
from ovop_payouts.web.desk import Desk, NothingThere

Found = TypeVar("Found")
Lines = dict[str, Line]
KEPT = 600
"""Snapshots remembered: five years of ten associations."""
_known: OrderedDict[tuple[str, str, int], tuple[Lines, dict[str, Decimal]]] = OrderedDict()
_lock = Lock()


MOMENTS = 6
"""Moments of books remembered: one for each kind of reader, and the one before."""
_moments: OrderedDict[int, tuple[Book, dict[Hashable, object]]] = OrderedDict()


def remembered(book: Book, what: Hashable, make: Callable[[], Found]) -> Found:
    """Something found in one moment of the books, found once; not to be changed by anybody."""
    with _lock:
        held = _moments.get(id(book))
        if held is None or held[0] is not book:
            held = _moments[id(book)] = (book, {})
        _moments.move_to_end(id(book))
        while len(_moments) > MOMENTS:
            _moments.popitem(last=False)
    if what not in held[1]:
        held[1][what] = make()
    return cast(Found, held[1][what])


def status_of(book: Book, run: RunId) -> str:
    """The status of a run, looked up once in a moment of the books."""
    return remembered(book, ("status", str(run)), lambda: status(book, run))


def lines(book: Book, run: RunId) -> Lines:
    """Member -> line of the latest snapshot; not to be changed."""
    return _read(book, run)[0]


def sums(book: Book, run: RunId) -> dict[str, Decimal]:
    """gross, deductions, payout, carried and held of the latest snapshot."""
    return _read(book, run)[1]


def _read(book: Book, run: RunId) -> tuple[Lines, dict[str, Decimal]]:
    key = str(run), current_hash(book, run), len(book.run_lines.get(str(run), ()))
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = lines_of(book, run)
    read = found, totals(found, held_pools_of(book, run))
    with _lock:
        _known[key] = read
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return read


def decided(book: Book, associations: Iterable[str]) -> list[RunId]:
    """Approved runs of some associations, in order."""
    mine = set(associations)
    return [r for r in runs(book) if r.association in mine and status_of(book, r) in DECIDED]


def undertaken(book: Book, associations: Iterable[str]) -> list[RunId]:
    """Runs of some associations that were not cancelled, drafts too, in order."""
    mine = set(associations)
    return [r for r in runs(book) if r.association in mine and status_of(book, r) != "cancelled"]


def chosen(desk: Desk) -> tuple[str, ...]:
    """The associations that a page is about: the one asked for, else all that may be seen."""
    wanted = desk.text("association")
    return (wanted,) if wanted in desk.associations else desk.associations


def member_of(desk: Desk, ident: str) -> Member:
    """A member of an association that may be seen. Raises NothingThere."""
    versions = desk.book.members.get(ident)
    if not versions:
        raise NothingThere(ident)
    desk.must_see(versions[-1].association)
    return versions[-1]


def run_of(desk: Desk, name: str) -> RunId:
    """A run that is there and may be seen. Raises NothingThere."""
    if name not in desk.book.steps:
        raise NothingThere(name)
    run = run_id(name)
    desk.must_see(run.association)
    return run
