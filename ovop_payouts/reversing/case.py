"""What a reversal would take away, and what would be left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ledger.directives import Entry, Fact
from ledger.store import LandedFile
from ovop_payouts.book import Book
from ovop_payouts.folding import ROW_KINDS, fold
from ovop_payouts.records import Imported

Doomed = list[tuple[str, Fact | Entry]]
"""(scope, directive)."""


@dataclass(frozen=True)
class Case:
    """The books as they are, what is to go, and the books without it."""

    files: list[LandedFile]
    before: Book
    imported: Imported
    doomed: Doomed

    @cached_property
    def going(self) -> frozenset[int]:
        return frozenset(id(directive) for _, directive in self.doomed)

    @cached_property
    def sources(self) -> frozenset[str]:
        return frozenset(each.meta.get("source", "") for _, each in self.doomed)

    @cached_property
    def _left(self) -> list[LandedFile]:
        """All files, without what is to go."""
        left = []
        for file in self.files:
            kept = file.directives
            if file.change == self.imported.change:
                kept = [each for each in kept if id(each) not in self.going]
            left.append(LandedFile(file.change, file.scope, file.year, file.sha256, kept))
        return left

    @cached_property
    def after(self) -> Book:
        """The books as they would be. Raises KeyError where something rests on what is to go."""
        return fold(self._left)

    def facts(self, kind: str) -> Iterator[Fact]:
        """What is to go of one kind of master data."""
        for _, each in self.doomed:
            if isinstance(each, Fact) and each.type == kind:
                yield each

    def entries(self, *tags: str) -> Iterator[tuple[str, Entry]]:
        """What is to go of some kinds of entries, with their scopes."""
        for scope, each in self.doomed:
            if isinstance(each, Entry) and each.tag in tags:
                yield scope, each

    def kept_entries(self, *tags: str) -> Iterator[tuple[str, Entry]]:
        """Entries of these kinds that stay: neither to go nor reversed before."""
        gone = {(r.of, r.sha256[:16], r.source) for r in self.before.reversals}
        for file in self._left:
            for each in file.directives:
                if isinstance(each, Entry) and each.tag in tags:
                    sha, source = each.meta.get("sha", ""), each.meta.get("source", "")
                    if not gone & {(file.change, sha, ""), (file.change, sha, source)}:
                        yield file.scope, each

    def kept_rows(self, column: str) -> dict[str, str]:
        """Value of a column -> the first row that stays and has it, as `kind file/sheet!row`."""
        found: dict[str, str] = {}
        for kind, rows in self.before.rows.items():
            for row in rows.values():
                value = row.columns.get(column)
                if value is not None and not self.takes(row.change, row.source):
                    found.setdefault(value, f"{ROW_KINDS.get(kind, kind)} {row.source}")
        return found

    def takes(self, change: str, source: str | None) -> bool:
        """Whether a row is to go."""
        return change == self.imported.change and source in self.sources
