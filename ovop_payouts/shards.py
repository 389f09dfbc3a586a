"""One association's part of the books: what its runs need, and no more is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger import accounts
from ovop_payouts.book import Book, load, load_ever
from ovop_payouts.records import Distribution


def own_scopes(association: str) -> frozenset[str]:
    """Whose files an association's runs are made of: its own, and common data."""
    return frozenset((association, accounts.COMMON))


def readable(association: str | None) -> frozenset[str] | None:
    """Whose files tell of one association what its treasurer may see; None: all of them."""
    return frozenset((association, accounts.COMMON)) if association else None


def load_everybody(books: Path) -> Book:
    """All associations, without their goods."""
    return load(books, goods=False)


def load_history(books: Path) -> Book:
    """All associations in all years, without their goods: what papers tell of months before."""
    return load_ever(books, goods=False)


def load_people(books: Path) -> Book:
    """Users alone: they are facts of the head office."""
    return load(books, frozenset((accounts.HEAD_OFFICE,)))


def load_association(books: Path, association: str, until: date) -> Book:
    """What an association's runs up to a day are made of.

    That is its own files and common data; all of the books only where a distribution over all
    associations is not frozen yet.
    """
    book = load(books, own_scopes(association), goods=False)
    if book.brought_until is not None and until <= book.brought_until:
        return load_ever(books, own_scopes(association), goods=False)
    waiting = [
        distribution
        for number, distribution in book.distributions.items()
        if distribution.date <= until and number not in book.frozen
    ]
    if any(book.owner_of(each) is None for each in waiting):
        ever = any(_reaches_back(book, each) for each in waiting)
        near = load(books, goods=False)
        return _of_all_years(books, near, None) if ever else near
    if any(_reaches_back(book, each) for each in waiting):
        return _of_all_years(books, book, own_scopes(association))
    return book


def load_for_papers(books: Path, association: str, until: date) -> Book:
    """As `load_association`, of all years: papers tell of months before."""
    book = load_association(books, association, until)
    if book.brought_until is None:
        return book
    return load_ever(books, own_scopes(association), goods=False)


def _of_all_years(books: Path, near: Book, scopes: frozenset[str] | None) -> Book:
    """All years' books, as the open year's go on: accounts must be open in these."""
    ever = load_ever(books, scopes, goods=False)
    ever.opened = near.opened
    return ever


def _reaches_back(book: Book, distribution: Distribution) -> bool:
    """Whether a distribution is shared by what was earned in years that are closed."""
    until = book.brought_until
    if until is None or distribution.member is not None:
        return False
    return distribution.first is None or distribution.first <= until
