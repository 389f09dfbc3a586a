"""The books at the end of a year, and what is brought forward of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from ledger.directives import Directive, Entry, Fact
from ledger.store import LandedFile
from ovop_payouts.book import Book
from ovop_payouts.folding.brought import FROM


@dataclass(slots=True)
class Year:
    """All of the books (`whole`), and their entries up to the year's last day (`past`)."""

    last: date
    whole: Book
    past: Book
    files: list[LandedFile]
    """Without what was reversed, and without the reversals."""
    said: dict[str, list[Directive]] = field(default_factory=lambda: defaultdict(list))
    """Scope -> what is brought forward."""
    named: set[str] = field(default_factory=set)
    """Changes whose earnings and returned payments are brought forward."""

    @property
    def first(self) -> date:
        """The first day of the new year."""
        return date(self.last.year + 1, 1, 1)

    def say(self, scope: str, kind: str, *values: str, **meta: str) -> None:
        self.said[scope].append(Fact(self.first, f"brought-{kind}", values, meta))


def copy_of(change: str, each: Entry | Fact) -> Entry | Fact:
    """A directive as it landed, with the name of the change in which it did."""
    meta = {**each.meta, FROM: each.meta.get(FROM, change)}
    if isinstance(each, Fact):
        return Fact(each.date, each.type, each.values, meta)
    return Entry(each.date, each.tag, each.payee, each.narration, each.legs, meta)
