"""An open run computed anew from the books as they are, once for each moment of the books."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from ovop_payouts.book import Book
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.decided import as_decided
from ovop_payouts.payout.history import OPEN, approval
from ovop_payouts.payout.line import Run
from ovop_payouts.payout.periods import RunId
from ovop_payouts.private import latest_details
from ovop_payouts.shards import load_association
from ovop_payouts.web.desk import Desk
from ovop_payouts.web.pages.lookup import status_of

KEPT = 24
_known: OrderedDict[tuple[int, str], tuple[Book, Book, Run]] = OrderedDict()
LEFT = 8
_left: OrderedDict[str, Book] = OrderedDict()
_lock = Lock()


def computed_now(desk: Desk, run: RunId) -> Run | None:
    """The run as the books have it now; None where it is decided."""
    return _computed(desk, run)[1] if status_of(desk.book, run) in OPEN else None


def book_of(desk: Desk, run: RunId) -> Book:
    """The part of the books that an open run is computed from."""
    return _computed(desk, run)[0]


def decided_book(desk: Desk, run: RunId) -> Book:
    """The books as an approved run left them; what it left never changes."""
    step = approval(desk.book, run)
    assert step is not None
    key = f"{desk.books} {step.change} {step.hash}"
    with _lock:
        if key in _left:
            _left.move_to_end(key)
            return _left[key]
    book = as_decided(desk.books, desk.book, run)
    with _lock:
        _left[key] = book
        while len(_left) > LEFT:
            _left.popitem(last=False)
    return book


def _computed(desk: Desk, run: RunId) -> tuple[Book, Run]:
    """Kept by the moment of the books: `desk.book` is the same object until they change."""
    key = id(desk.book), str(run)
    with _lock:
        held = _known.get(key)
        if held is not None and held[0] is desk.book:
            _known.move_to_end(key)
            return held[1], held[2]
    book = load_association(desk.books, run.association, run.cutoff)
    computed = compute(book, run, latest_details(desk.books, book))
    with _lock:
        _known[key] = desk.book, book, computed
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return book, computed
