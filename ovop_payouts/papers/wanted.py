"""What papers were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ovop_payouts.statements import Shelf
from reports.papers import Record


@dataclass(frozen=True, slots=True)
class Wanted:
    """`period` is a month, or a year where the kind is of one; `language` None is each payee's."""

    books: Path
    period: str
    out: Path
    kind: str = "statement"
    form: str = "pdf"
    language: str | None = None
    group: str | None = None
    member: str | None = None


Named = Iterable[tuple[str, Record]]
"""Name of a file, without its ending, and what is in it."""
Maker = Callable[[Wanted, Shelf, str], Named]
"""Papers of one payee or of one group, by id."""
