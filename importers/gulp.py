"""Our kinds for those who work with beangulp: identify, extract and archive over the same reader.

    from beangulp import Ingest
    from importers.gulp import importers

    Ingest(importers("Assets:Documents"))()

Each row becomes a `custom` directive of its kind, its business key as values and its columns as
metadata, as the books hold facts:

    2026-03-02 custom "advances" "RKO-31"
      source: "advances.xlsx/advances!3"
      member: "M0345"
      amount: 1500

What a row books needs the books; that is `ovop import`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import beangulp
from beancount.core import data
from beancount.parser.grammar import ValueType
from beangulp.extract import DUPLICATE

from importers.headers import TITLE_ROWS, Header
from importers.kinds import KINDS
from importers.layouts import Layout, shipped
from importers.reader import is_ours, read_file, recognise
from importers.rows import Row, Value
from importers.sheets import UnreadableFile, sheets

UNDATED = date(1970, 1, 1)
"""The day of rows that have none: associations, products."""
_DAYS = ("date", "valid_from", "changed", "joined")
_RESERVED = frozenset(("filename", "lineno"))


class Importer(beangulp.Importer):  # type: ignore[misc]
    """Files that hold rows of one kind, by our headers or by a layout.

    `account` names the folder in which beangulp archives them.
    """

    def __init__(self, kind: str, account: str, layouts: Sequence[Layout] | None = None) -> None:
        self.kind = KINDS[kind]
        self.folder = account
        self.layouts = shipped() if layouts is None else layouts

    @property
    def name(self) -> str:
        return f"ovop.{self.kind.name}"

    def account(self, filepath: str) -> str:
        return self.folder

    def identify(self, filepath: str) -> bool:
        """Whether the first sheet with headers of a kind has those of this one."""
        return next(_kinds(Path(filepath), self.layouts), None) == self.kind.name

    def date(self, filepath: str) -> date | None:
        """The latest day in the file."""
        days = [day for row in self._rows(filepath) if (day := _day(row)) != UNDATED]
        return max(days, default=None)

    def extract(self, filepath: str, existing: data.Directives) -> data.Directives:
        """A directive for each row. Raises ValueError with every problem of the file."""
        return [_directive(row, at) for at, row in enumerate(self._rows(filepath), 1)]

    def deduplicate(self, entries: data.Directives, existing: data.Directives) -> None:
        """Mark what stands there already: the same key and content, on whatever day."""
        known = {_content(entry): entry for entry in existing if isinstance(entry, data.Custom)}
        for entry in entries:
            if _content(entry) in known:
                entry.meta[DUPLICATE] = known[_content(entry)]

    def _rows(self, filepath: str) -> list[Row]:
        reading = read_file(Path(filepath), self.layouts)
        problems = [str(problem) for problem in reading.problems if not problem.warning]
        if problems:
            raise ValueError("\n".join(problems))
        return [row for row in reading.rows if row.kind == self.kind.name]


def importers(account: str, layouts: Sequence[Layout] | None = None) -> list[Importer]:
    """One for each kind, in the order of the contract."""
    return [Importer(kind, account, layouts) for kind in KINDS]


def _kinds(path: Path, layouts: Sequence[Layout]) -> Iterator[str]:
    """The kinds of a file's sheets, by their first rows; nothing of what is no workbook."""
    try:
        for sheet in sheets(path, path.read_bytes()):
            head = list(islice(((number, raw) for number, raw in sheet.rows if raw), TITLE_ROWS))
            found = recognise(path.name, sheet.name, head, layouts)
            if isinstance(found, Header) and is_ours(sheet.name):
                yield found.kind.name
    except UnreadableFile:
        return


def _day(row: Row) -> date:
    found = next((row.values[name] for name in _DAYS if name in row.values), None)
    if isinstance(found, date):
        return found
    period = row.values.get("period")
    return date.fromisoformat(f"{period}-01") if period else UNDATED


def _directive(row: Row, number: int) -> data.Custom:
    kind = KINDS[row.kind]
    columns = [column.name for column in kind.columns if column.name in row.values]
    meta: dict[str, Any] = data.new_metadata(row.source.file, number)
    meta["source"] = str(row.source)
    meta |= {name: _plain(row.values[name]) for name in columns if name not in _RESERVED}
    key = [ValueType(_word(row.values.get(name, "")), str) for name in kind.key]
    return data.Custom(meta, _day(row), kind.name, key)


def _plain(value: Value) -> Value:
    """As metadata can hold it: sets as text, whole numbers as numbers."""
    match value:
        case tuple():
            return ",".join(value)
        case int() if not isinstance(value, bool):
            return Decimal(value)
    return value


def _word(value: Value) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _content(entry: Any) -> tuple[object, ...]:
    """What tells a row from another: kind, key, columns; neither day nor place."""
    hidden = {"filename", "lineno", "source", DUPLICATE}
    meta = tuple(sorted((k, str(v)) for k, v in entry.meta.items() if k not in hidden))
    return entry.type, tuple(str(value.value) for value in entry.values), meta
