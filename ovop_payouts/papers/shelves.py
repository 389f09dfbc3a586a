"""The books of one association's month as papers need them, kept while nothing changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ledger.changes import names_in, open_changes
from ovop_payouts.book import Book
from ovop_payouts.links import web_secret
from ovop_payouts.papers.months import month_of
from ovop_payouts.payout.decided import month_as_decided
from ovop_payouts.payout.history import approved
from ovop_payouts.payout.periods import last_day
from ovop_payouts.private import latest_details
from ovop_payouts.settings import read_settings
from ovop_payouts.shards import load_for_papers
from ovop_payouts.statements import Shelf, shelf_of


def shelf(books: Path, association: str, period: str) -> Shelf:
    """What the papers of a month are made of: as its last approved run left the books.

    A year is told by its last approved month. Without a run in it, nobody is a payee.
    """
    changes = tuple(names_in(open_changes(books)))
    return _shelf(books, association, period, repr(read_settings(books)), changes)


@lru_cache(maxsize=1)
def _shelf(
    books: Path, association: str, period: str, settled: str, changes: tuple[str, ...]
) -> Shelf:
    """One at a time: papers are made association by association. `settled` (the settings) and
    `changes` say when it is old."""
    settings = read_settings(books)
    year = period if len(period) == 4 else None
    if year is None:
        book, earlier = month_of(books, association, period)
    else:
        period, book = _year_in_full(books, association, year)
        earlier = None
    details = latest_details(books, book)
    secret = web_secret(books) if settings.web.url else None
    found = shelf_of(book, association, period, settings, details, secret, earlier)
    found.year = year
    return found


def _year_in_full(books: Path, association: str, year: str) -> tuple[str, Book]:
    """The last month of a year that was approved, and the books as its last run left them."""
    book = load_for_papers(books, association, last_day(f"{year}-12"))
    months = [r.period for r in approved(book, association) if r.period[:4] == year]
    period = months[-1] if months else f"{year}-12"
    return period, month_as_decided(books, book, association, period)


def members_of(found: Shelf, group: str) -> list[str]:
    """The group's payees in the order of its sheet."""
    return [ident for ident in found.payees if found.book.member(ident).group == group]


def groups_of(found: Shelf) -> list[str]:
    """Groups with a payee, in order."""
    return sorted({found.book.member(ident).group for ident in found.payees})
