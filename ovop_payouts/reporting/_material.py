"""What reports are made of: the books of those who are asked about, as they were sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ledger import accounts
from ledger.directives import Entry, Leg
from ledger.seals import Seal, name_of, seals_in
from ledger.store import LandedFile, landed_by_year
from ovop_payouts.book import Book
from ovop_payouts.folding import fold
from ovop_payouts.naming import association_name, product_name
from ovop_payouts.reporting._spans import Span
from ovop_payouts.settings import Settings
from ovop_payouts.shards import readable
from reports.report.model import (
    MONEY,
    SUM,
    TEXT,
    Chart,
    Column,
    Figure,
    Report,
    Table,
    Value,
    total_row,
)
from reports.words import Words, words

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry and whose book it stands in."""

    scope: str
    entry: Entry


@dataclass(frozen=True)
class Material:
    """Everything a report is built from; nothing in it depends on the day it is built."""

    book: Book
    posted: tuple[Posted, ...]
    """All entries up to the last day, in order of days."""
    span: Span
    association: str | None
    """The one that is reported on; None: all and the head office."""
    settings: Settings
    say: Words
    groups: dict[str, str]
    """Group -> its name."""

    @cached_property
    def _memory(self) -> dict[str, Any]:
        return {}

    def remembered(self, name: str, make: Callable[[Material], Made]) -> Made:
        """What is made of this material, worked out once for all that ask."""
        if name not in self._memory:
            self._memory[name] = make(self)
        found: Made = self._memory[name]
        return found

    @property
    def language(self) -> str:
        return self.say.language

    @property
    def associations(self) -> list[str]:
        """Whose figures are in it."""
        return [self.association] if self.association else sorted(self.book.associations)

    @property
    def scopes(self) -> list[str]:
        """The same, and the head office where all are asked about."""
        return self.associations + ([] if self.association else [accounts.HEAD_OFFICE])

    def within(self) -> Iterator[Posted]:
        """The entries of the span."""
        first = self.span.first
        return (each for each in self.posted if each.entry.date >= first)

    def name(self, scope: str) -> str:
        """An association, or the head office, in the reader's language."""
        if scope == accounts.HEAD_OFFICE:
            return self.say("head_office")
        return association_name(self.book, scope, self.language)

    def product(self, ident: str | None) -> str:
        return product_name(self.book, ident, self.language)

    def group(self, ident: str) -> str:
        """A group by the name that its members' rows give it."""
        return self.groups.get(ident, ident)

    def category(self, product: str) -> str:
        """A product's category; each language has its own word for those that are known."""
        known = self.book.products.get(product)
        return (known.category if known else None) or self.say("no_category")

    # --- making a report -----------------------------------------------------------------------

    def column(
        self, name: str, kind: str = TEXT, total: str = "", of: tuple[str, str] = ("", "")
    ) -> Column:
        return Column(name, self.say(f"col_{name}"), kind, total, of)

    def month_column(self, month: str) -> Column:
        """A column of money for one month."""
        return Column(month, self.say.month(month), MONEY, SUM)

    def sums(self, kind: str, *names: str) -> tuple[Column, ...]:
        """Columns of one kind whose totals are sums."""
        return tuple(self.column(name, kind, SUM) for name in names)

    def table(
        self,
        name: str,
        columns: tuple[Column, ...],
        rows: list[tuple[Value, ...]],
        *,
        detail: bool = False,
        charts: tuple[Chart, ...] = (),
        note: str = "",
        total: str = "total",
    ) -> Table:
        """A table with its row of totals, where any column has one."""
        summed = any(column.total for column in columns)
        foot = total_row(columns, rows, self.say(total)) if summed else None
        title = self.say(f"table_{name}")
        return Table(name, title, columns, tuple(rows), foot, detail, charts, note)

    def chart(self, name: str, kind: str, label: str, *values: str, top: int = 12) -> Chart:
        return Chart(self.say(f"chart_{name}"), kind, label, values, top)

    def figure(self, name: str, value: Value, kind: str = "money") -> Figure:
        """Labelled by a phrase of its own, else as the column of that name is."""
        own = f"fig_{name}"
        return Figure(
            name, self.say(own if own in self.say.phrases else f"col_{name}"), value, kind
        )

    def report(
        self,
        name: str,
        figures: tuple[Figure, ...],
        tables: tuple[Table, ...],
        notes: tuple[str, ...] = (),
    ) -> Report:
        scope = self.name(self.association) if self.association else self.say("all_associations")
        return Report(
            name,
            self.say(f"report_{name}"),
            self.language,
            self.settings.payer,
            scope,
            self.association or "",
            self.span.text,
            self.span.said(self.say),
            self.span.last,
            figures,
            tables,
            notes,
        )


def kgs(leg: Leg) -> Decimal | None:
    """What a leg weighs in KGS; None for consigned goods, which are in quantity only."""
    number, currency = leg.weight
    return number if currency == accounts.CURRENCY else None


def group_names(book: Book) -> dict[str, str]:
    """Group -> the name that the latest row of any of its members gives it."""
    return {
        versions[-1].group: versions[-1].group_name
        for _, versions in sorted(book.members.items())
        if versions[-1].group_name
    }


def gather(
    books: Path, span: Span, association: str | None, settings: Settings, language: str
) -> Material:
    """Read what a report needs, of all years: debts have an age, and people a history.

    A month that was sealed is read as the seals left it.
    """
    years = [list(year) for year in landed_by_year(books, readable(association))]
    files = _as_sealed(years, association, span.last)
    book = fold(files)
    posted = [
        Posted(file.scope, directive)
        for file in files
        for directive in file.directives
        if isinstance(directive, Entry) and directive.date <= span.last
    ]
    posted.sort(key=lambda each: each.entry.date)
    return Material(
        book, tuple(posted), span, association, settings, words(language), group_names(book)
    )


def _as_sealed(
    years: list[list[LandedFile]], association: str | None, last: date
) -> list[LandedFile]:
    """The files that the seals of a day cover; all of them where it is not sealed.

    What is entered after a month was closed (new names, new members) does not change its reports.
    """
    files = [file for year in years for file in year]
    chains = seals_in(files)
    common = chains.pop(accounts.COMMON, [])
    closed = {
        scope: _up_to(chain, lambda seal: seal.until >= last)
        for scope, chain in chains.items()
        if association in (None, scope)
    }
    if not closed.get(association or accounts.HEAD_OFFICE):
        return files
    covered = {
        name for seals in closed.values() if seals for name in _covered(years, common, seals)
    }
    return [file for file in files if name_of(file) in covered]


def _up_to(chain: list[Seal], is_last: Callable[[Seal], bool]) -> list[Seal]:
    """A chain up to its first seal of that kind; nothing where it has none."""
    count = next((number for number, seal in enumerate(chain, 1) if is_last(seal)), 0)
    return chain[:count]


def _covered(years: list[list[LandedFile]], common: list[Seal], seals: list[Seal]) -> Iterator[str]:
    """The files that one scope's seals cover, its own and common ones.

    What landed before an earlier year was closed is older than every seal of a later one.
    """
    end = seals[-1]
    for seal in (*seals, *_up_to(common, lambda seal: seal.chain == end.common)):
        yield from seal.files
    own = (end.scope, accounts.COMMON)
    for year in years:
        if any(file.change == end.change for file in year):
            return
        yield from (name_of(file) for file in year if file.scope in own)
