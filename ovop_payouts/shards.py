"""One association's part of the books: what its runs need, and no more is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ledger import accounts
from ledger.directives import Directive, Entry, Fact
from ledger.store import LandedFile, landed
from ledger.years import is_close_year
from ovop_payouts.book import Book, load, load_ever
from ovop_payouts.memory import uncollected
from ovop_payouts.records import Distribution

if TYPE_CHECKING:
    from ovop_payouts.payout.history import Held

_STEPS = frozenset(("run", "brought-seen"))
"""Facts that say what runs hold."""


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
    from ovop_payouts.folding import PEOPLE, fold

    with uncollected():
        return fold(landed(books, frozenset((accounts.HEAD_OFFICE,)), PEOPLE), goods=False)


def load_members(books: Path) -> Book:
    """Users, associations, groups and members: little to read, and every year brings them all."""
    from ovop_payouts.folding import MEMBERS, fold

    with uncollected():
        files = list(landed(books, view=MEMBERS))
        if has_reversal(files):
            return load_everybody(books)
        return fold(files, goods=False)


def load_association(books: Path, association: str, until: date) -> Book:
    """What an association's runs up to a day are made of.

    That is its own files and common data; all of the books only where a distribution over all
    associations is not frozen yet.
    """
    book = load(books, own_scopes(association), goods=False)
    if book.brought_until is not None and until <= book.brought_until:
        return load_ever(books, own_scopes(association), goods=False)
    waiting = _waiting(book, until)
    if any(book.owner_of(each) is None for each in waiting):
        ever = any(_reaches_back(book, each) for each in waiting)
        near = load(books, goods=False)
        return _of_all_years(books, near, None) if ever else near
    if any(_reaches_back(book, each) for each in waiting):
        return _of_all_years(books, book, own_scopes(association))
    return book


def load_associations(books: Path) -> tuple[str, ...]:
    """The ids of all associations; little of each file is read."""
    from ovop_payouts.folding import ASSOCIATIONS, fold

    with uncollected():
        return tuple(sorted(fold(landed(books, view=ASSOCIATIONS), goods=False).associations))


def load_closed(books: Path) -> Book:
    """Associations, who is closed up to when, and what a bank said that fits no payment."""
    from ovop_payouts.folding import CLOSED, fold

    with uncollected():
        return fold(landed(books, view=CLOSED), goods=False)


def load_open_run(books: Path, association: str, until: date) -> Book:
    """What the association's next run is made of: what approved runs hold comes as sums.

    Of a member's earnings that an approved run holds, a later run needs what they add to the
    ledger's balance, and no more; so years of them cost next to nothing. Where one might need
    them singly (a distribution that is not frozen yet, something reversed), all are read.
    """
    from ovop_payouts.folding import WITHOUT_GOODS
    from ovop_payouts.folding.summed import WITH_SUMS

    scopes = own_scopes(association)
    with uncollected():
        files = list(landed(books, scopes, WITH_SUMS))
        singly = _needed_singly(files, association)
        if singly is None:
            return load_association(books, association, until)
        book = folded(files, landed(books, scopes, WITHOUT_GOODS, singly))
    if asks_for_more(book, until):
        return load_association(books, association, until)
    return book


def asks_for_more(book: Book, until: date) -> bool:
    """Whether sums are not enough: a distribution is not frozen yet, or the month is long past."""
    if book.brought_until is not None and until <= book.brought_until:
        return True
    return bool(_waiting(book, until))


def folded(files: Iterable[LandedFile], singly: Iterable[LandedFile]) -> Book:
    """The book of files that hold sums, with some of them as they are in their place."""
    from ovop_payouts.folding import fold

    whole = {file.place: file for file in singly}
    return fold([whole.get(file.place, file) for file in files], goods=False)


def _needed_singly(files: list[LandedFile], association: str) -> frozenset[str] | None:
    """The changes of which an approved run does not hold all; None where all are needed."""
    from ovop_payouts.payout.history import held

    if has_reversal(files):
        return None
    done = held(steps_in(files), association)
    return None if done.last is None else not_held(files, done)


def has_reversal(files: Iterable[LandedFile]) -> bool:
    """Whether something was reversed: then sums say too much."""
    from ovop_payouts.folding.reversed import REVERSAL

    return any(isinstance(d, Fact) and d.type == REVERSAL for f in files for d in f.directives)


def steps_in(files: Iterable[LandedFile]) -> Book:
    """A book that knows of the steps of runs alone."""
    from ovop_payouts.folding import fold

    def steps(file: LandedFile) -> list[Directive]:
        return [d for d in file.directives if isinstance(d, Fact) and d.type in _STEPS]

    return fold([replace(file, directives=steps(file)) for file in files], goods=False)


def not_held(files: Iterable[LandedFile], done: Held) -> frozenset[str]:
    """The changes of which these runs do not hold all; what was brought forward is not summed."""
    last = done.last.cutoff if done.last else date.min
    return frozenset(
        file.change
        for file in files
        if not is_close_year(file.change)
        and (file.change not in done.seen or _last_sum(file) > last)
    )


def _last_sum(file: LandedFile) -> date:
    """The last day of what a file holds as sums."""
    from ovop_payouts.folding import SUMMED

    sums = (d.date for d in file.directives if isinstance(d, Entry) and d.tag == SUMMED)
    return max(sums, default=date.min)


def load_for_papers(books: Path, association: str, until: date) -> Book:
    """As `load_association`, of all years: papers tell of months before."""
    book = load_association(books, association, until)
    if book.brought_until is None:
        return book
    ever = load_ever(books, own_scopes(association), goods=False)
    shared = any(ever.owner_of(each) is None for each in _waiting(ever, until))
    return load_ever(books, goods=False) if shared else ever


def _waiting(book: Book, until: date) -> list[Distribution]:
    """Distributions up to a day of which no run holds a part yet."""
    return [
        distribution
        for number, distribution in book.distributions.items()
        if distribution.date <= until and number not in book.frozen
    ]


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
