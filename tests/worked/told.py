"""What the papers of a month say, read in the short way and in the long one."""

from __future__ import annotations

from pathlib import Path

from ovop_payouts.papers.kinds import KINDS
from ovop_payouts.papers.months import month_by_sums
from ovop_payouts.papers.shelves import groups_of
from ovop_payouts.papers.wanted import Wanted
from ovop_payouts.payout.decided import month_as_decided
from ovop_payouts.payout.periods import last_day
from ovop_payouts.settings import read_settings
from ovop_payouts.shards import load_for_papers
from ovop_payouts.statements import Shelf, shelf_of, statement_of

Told = dict[str, object]


def told(shelf: Shelf) -> Told:
    """Every statement and remittance advice of a month, and every group's sheet."""
    wanted = Wanted(Path(), shelf.period, Path())
    found: Told = {ident: statement_of(shelf, ident) for ident in shelf.payees}
    each, whole = KINDS["remittance"].each, KINDS["statement"].whole
    assert each is not None
    assert whole is not None
    found |= {f"paid {m}": list(each(wanted, shelf, m)) for m in shelf.payees}
    return found | {f"group {g}": list(whole(wanted, shelf, g)) for g in groups_of(shelf)}


def by_sums(folder: Path, association: str, period: str) -> Told | None:
    """Read as papers are made; None where that way is not open."""
    month = month_by_sums(folder, association, period)
    if month is None:
        return None
    settings = read_settings(folder)
    shelf = shelf_of(month.book, association, period, settings, {}, earlier=month.earlier)
    return told(shelf)


def in_full(folder: Path, association: str, period: str) -> Told:
    """Read from the changes of all years, one by one."""
    book = load_for_papers(folder, association, last_day(period))
    book = month_as_decided(folder, book, association, period)
    return told(shelf_of(book, association, period, read_settings(folder), {}))
