"""Closing a year: what the new year's books need of the old ones (contract §2, closing).

All that landed stays where it is, readable under `main-YEAR.beancount`. One change, the first of
the new year's folder, brings forward balances, open lots, master data and whatever else the engine
may ask for; from then on only the new year is read. What reaches back further (a return of last
year's sale, a distribution by last year's deliveries) is worked out on the books of all years.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger import accounts, log
from ledger.changes import open_changes
from ledger.directives import Directive, Entry
from ledger.log import CLOSE_YEAR, Note
from ledger.store import landed
from ledger.text import read, write
from ledger.years import land_year, point_books, year_of
from ovop_payouts import versions
from ovop_payouts.book import Book
from ovop_payouts.folding import fold
from ovop_payouts.payout.history import OPEN, runs, status
from ovop_payouts.refusal import Refusal
from ovop_payouts.writing import Unsound, writing
from ovop_payouts.yearend.forward import brought_forward


def close_year(books: Path, year: int, user: str, today: date, at: str = "") -> str:
    """Bring a sealed year forward into books of their own; returns the change's name.

    Raises Refusal with everything that is still open; then nothing is changed.
    """
    with writing(books):
        files = list(landed(books))
        whole = fold(files)
        reasons = list(_undecided(books, whole, year, today))
        if reasons:
            raise Refusal(f"{year} cannot be closed:\n  " + "\n  ".join(reasons))
        planned = brought_forward(files, whole, year)
        note = Note(user, today, CLOSE_YEAR, str(year), "", at)
        name = f"{CLOSE_YEAR}-{year}"
        heads = log.heads(books)
        texts = log.logged(name, _texts(planned, year + 1), note, heads)
        for file, text in texts.items():
            _must_be_sound(file, text)
        land_year(books, year + 1, name, texts)
        point_books(books)
        log.remember_heads(books, heads)
        versions.commit(books)
    return name


def _undecided(books: Path, book: Book, year: int, today: date) -> list[str]:
    """Whatever keeps a year open."""
    last = date(year, 12, 31)
    begun = year_of(open_changes(books))
    if begun is not None and begun > year:
        return [f"{begun - 1} is closed, and every year before it"]
    found = [] if today > last else [f"the year is not over on {today}"]
    for scope in (*sorted(book.associations), accounts.HEAD_OFFICE):
        until = book.closed_until(scope)
        if until is None or until < last:
            found.append(f"{scope}: {year}-12 is not closed")
    found += [
        f"{run.association}: {run} is still {status(book, run)}"
        for run in runs(book)
        if run.cutoff <= last and status(book, run) in OPEN
    ]
    return found


def _texts(planned: dict[str, list[Directive]], year: int) -> dict[str, str]:
    """One file for each scope: all of it stands in the new year."""
    return {f"{scope}.{year}.beancount": write(said) for scope, said in sorted(planned.items())}


def _must_be_sound(file: str, text: str) -> None:
    directives = read(text, file)
    if write(directives) != text:
        raise Unsound(f"{file} would not read back as it was meant")
    for directive in directives:
        if isinstance(directive, Entry) and directive.residual():
            raise Unsound(f"{file}: {directive.narration} does not balance")
