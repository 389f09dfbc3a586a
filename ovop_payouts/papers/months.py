"""The books that the papers of one month are made of.

March of the open year  ->  its changes, what runs before March hold added up; and of the year
                            before, the runs that the picture of twelve months reaches into
a month of a closed year, or one that a closed year's changes had a part in
                        ->  the changes of all years, added up likewise
something was reversed, a distribution is not frozen yet
                        ->  the changes of all years, one by one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.changes import every_changes, open_changes
from ledger.store import LandedFile, landed, landed_ever, landed_in
from ledger.years import holds_year, is_close_year
from ovop_payouts.book import Book
from ovop_payouts.folding import RUNS, WITHOUT_GOODS, fold
from ovop_payouts.folding.summed import WITH_SUMS
from ovop_payouts.memory import uncollected
from ovop_payouts.payout.decided import month_as_decided
from ovop_payouts.payout.history import approval, approved, held, seen_until
from ovop_payouts.payout.periods import RunId, last_day, months_up_to
from ovop_payouts.shards import (
    asks_for_more,
    folded,
    has_reversal,
    load_for_papers,
    not_held,
    own_scopes,
    steps_in,
)

Reader = Callable[..., Iterator[LandedFile]]


class Month(NamedTuple):
    """The books as the month's last approved run left them, else as they are."""

    book: Book
    earlier: Book | None = None
    """Runs of the year before with their lines, where the month's twelve reach into it; None
    where `book` knows of all that there were."""


def month_of(books: Path, association: str, period: str) -> Month:
    """What the papers of a month are made of."""
    found = month_by_sums(books, association, period)
    if found is not None:
        return found
    book = load_for_papers(books, association, last_day(period))
    return Month(month_as_decided(books, book, association, period))


def month_now(books: Path, now: Book, association: str, period: str) -> Month:
    """As `month_of`, but where the open year's books are enough, these as they are now."""
    if _was_decided_before(now, association, period):
        return month_of(books, association, period)
    return Month(now, _year_before(books, association, period))


def month_by_sums(books: Path, association: str, period: str) -> Month | None:
    """As `month_of`, where what earlier runs hold may be added up; None where it may not."""
    with uncollected():
        if holds_year(open_changes(books), _year_of(period)):
            files = list(landed(books, own_scopes(association), WITH_SUMS))
            if not _was_decided_before(steps_in(files), association, period):
                book = _added_up(books, landed, files, association, period)
                if book is None:
                    return None
                return Month(book, _year_before(books, association, period))
        files = list(landed_ever(books, own_scopes(association), WITH_SUMS))
        book = _added_up(books, landed_ever, files, association, period)
    return None if book is None else Month(book)


def _year_of(period: str) -> int:
    return int(period[:4])


def _was_decided_before(known: Book, association: str, period: str) -> bool:
    """Whether a run of the month was approved before the old year was closed: what it holds was
    not brought forward."""
    steps = (approval(known, r) for r in approved(known, association) if r.period >= period)
    return any(step is not None and step.change in known.brought for step in steps)


def _added_up(
    books: Path, read: Reader, files: list[LandedFile], association: str, period: str
) -> Book | None:
    """The books of files that hold sums; None where sums are not enough."""
    if has_reversal(files):
        return None
    known = steps_in(files)
    decided = [run for run in approved(known, association) if run.period == period]
    if decided:
        seen = seen_until(known, decided[-1])
        files = [file for file in files if file.change in seen or is_close_year(file.change)]
    singly = not_held(files, held(known, association, RunId(period, association, 1)))
    book = folded(files, read(books, own_scopes(association), WITHOUT_GOODS, singly))
    return None if not decided and asks_for_more(book, last_day(period)) else book


def _year_before(books: Path, association: str, period: str) -> Book | None:
    """Runs of the year before, of which three months' alone were brought forward."""
    *before, now = every_changes(books)
    if holds_year(now, _year_of(months_up_to(period)[0])):
        return None
    return fold(landed_in(books, before[-1], frozenset((association,)), RUNS), goods=False)
