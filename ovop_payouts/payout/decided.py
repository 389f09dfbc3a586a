"""The books as an approved run left them: nothing that was entered later is in them (contract §5).

Payment files, explanations and statements of an approved run are made from these, so that they
stay the same bytes, and pay whom its approver saw, whatever is entered afterwards.
"""

from __future__ import annotations

from pathlib import Path

from ledger.changes import open_changes
from ledger.years import close_years
from ovop_payouts.book import Book, load, load_ever
from ovop_payouts.payout.history import approval, approved, seen_until
from ovop_payouts.payout.periods import RunId
from ovop_payouts.shards import own_scopes


def as_decided(books: Path, book: Book, run: RunId, ever: bool = False) -> Book:
    """The books as the approval of a run saw and left them; a run without one has `book`.

    With `ever`, of all years, where `book` is of all years.
    """
    step = approval(book, run)
    if step is None:
        return book
    changes, folder = seen_until(book, run), open_changes(books)
    recent = (folder / step.change).is_dir()
    read = load if recent and not ever else load_ever
    changes |= close_years(folder)
    return read(books, own_scopes(run.association), goods=False, changes=changes)


def month_as_decided(books: Path, book: Book, association: str, period: str) -> Book:
    """The books as the month's last approved run left them; `book` where there is none."""
    runs = [run for run in approved(book, association) if run.period == period]
    return as_decided(books, book, runs[-1], ever=True) if runs else book
