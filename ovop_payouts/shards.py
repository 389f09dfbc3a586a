"""One association's part of the books: what its runs need, and no more is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger import accounts
from ovop_payouts.book import Book, load


def own_scopes(association: str) -> frozenset[str]:
    """Whose files an association's runs are made of: its own, and common data."""
    return frozenset((association, accounts.COMMON))


def readable(association: str | None) -> frozenset[str] | None:
    """Whose files tell of one association what its treasurer may see; None: all of them."""
    return frozenset((association, accounts.COMMON)) if association else None


def load_everybody(books: Path) -> Book:
    """All associations, without their goods."""
    return load(books, goods=False)


def load_people(books: Path) -> Book:
    """Users alone: they are facts of the head office."""
    return load(books, frozenset((accounts.HEAD_OFFICE,)))


def load_association(books: Path, association: str, until: date) -> Book:
    """What an association's runs up to a day are made of.

    That is its own files and common data; all of the books only where a distribution over all
    associations is not frozen yet.
    """
    book = load(books, own_scopes(association), goods=False)
    return load(books, goods=False) if _shares_with_others(book, until) else book


def _shares_with_others(book: Book, until: date) -> bool:
    return any(
        distribution.date <= until
        and distribution.distribution_no not in book.frozen
        and book.owner_of(distribution) is None
        for distribution in book.distributions.values()
    )
