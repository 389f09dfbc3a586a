"""Loads a book as Beancount's loader does, but reads and books each landed file only once.

A landed file never changes, its legs are explicit and its lots fully specified, so what it says
does not depend on other files; only sorting, plugins and validation look at all of a book. Where a
file does not keep to that (somebody wrote it by hand), Beancount's own loader does all the work.
"""

from __future__ import annotations

import glob
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data
from beancount.ops.balance import check as _check_balances
from beancount.ops.validation import validate as _validate
from beancount.parser import parser
from beancount.parser.booking import validate_missing_eliminated as _missing
from beancount.parser.booking_full import book as _book

from ledger.changes import open_changes
from ledger.seals import name_of
from ledger.store import landed
from ledger.text import UnreadableText
from ovop_payouts.shards import readable
from ovop_payouts.web.sums import IN_SUMS, Sums, numbers_of

Loaded = tuple[list[Any], list[Any], Any]
"""Entries, errors, options: what Beancount's loader returns."""
check_balances: Any = _check_balances
validate: Any = _validate
missing: Any = _missing
book: Any = _book
input_hash: Any = loader.compute_input_hash
"""Beancount's own, which have no types."""
_PLUGIN = "ledger.plugin"
_SETTLED = ("tolerance_multiplier", "booking_method", "inferred_tolerance_default")
"""Options of the main file that say how entries are booked."""


_OF_ENTRIES = (data.Transaction, data.Balance, data.Pad)


class Unusual(Exception):
    """A file does not keep to what landed files are: the plain loader must read it."""


@dataclass(frozen=True, slots=True)
class _Booked:
    state: tuple[object, ...]
    entries: list[Any]
    options: Any


@dataclass(slots=True)
class Reader:
    """Remembers what each file of a folder of books says; shared by all its books."""

    _files: dict[str, _Booked] = field(default_factory=dict)
    _wholly: bool = False
    """Whether a book was read entry by entry: then closed files are remembered too."""

    def load(self, main: Path) -> Loaded:
        """What `beancount.loader.load_file` returns, without its cache on disk."""
        self._wholly = True
        path = os.path.abspath(main)
        try:
            return self._load(path)
        except Unusual:
            loaded: Loaded = loader._load([(path, True)], None, None, None)
            return loaded

    def load_open(self, main: Path, books: Path, association: str | None) -> Loaded:
        """As `load`, with sums in the place of all entries of closed months.

        Where a book says more than ours do, or a file cannot be read as ours, it is read whole.
        """
        try:
            files = list(landed(books, readable(association), IN_SUMS))
            return self._load_open(os.path.abspath(main), books, Sums(files, association))
        except (Unusual, UnreadableText):
            return self.load(main)

    def _load_open(self, main: str, books: Path, sums: Sums) -> Loaded:
        entries, errors, options = parser.parse_file(main)
        if errors or any(isinstance(entry, _OF_ENTRIES) for entry in entries):
            raise Unusual(main)
        if [name for name, _ in options["plugin"]] != [_PLUGIN]:
            raise Unusual(main)
        paths = list(_included(main, options))
        changes = os.path.abspath(open_changes(books))
        landed_at = {f"{changes}/{name_of(file)}": file for file in sums.files}
        closed = {p: f for p, f in landed_at.items() if sums.is_closed(f)} if sums.until else {}
        opened = [each for path, file in closed.items() for each in sums.opened(file, path)]
        known = self._known([path for path in paths if path not in closed], options, opened)
        for path, booked in known.items():
            limit = sums.limit(landed_at[path]) if path in landed_at else date.min
            entries.extend(_later(booked.entries, limit))
        options["include"] = sorted([main, *paths])
        options = loader.aggregate_options_map(options, [each.options for each in known.values()])
        added = sums.entries(main)
        for number, currency in numbers_of(added):
            options["dcontext"].update(number, currency)
        entries += [*opened, *added]
        entries.sort(key=data.entry_sortkey)
        found = [*sums.problems(entries, options), *validate(entries, options, None, None)]
        options["input_hash"] = input_hash(options["include"])
        if not self._wholly:
            for path in closed:
                self._files.pop(path, None)
        return entries, found, options

    def _load(self, main: str) -> Loaded:
        entries, errors, options = parser.parse_file(main)
        if errors or any(isinstance(entry, data.Transaction) for entry in entries):
            raise Unusual(main)
        paths = list(_included(main, options))
        known = self._known(paths, options)
        for path in paths:
            entries.extend(known[path].entries)
        options["include"] = sorted([main, *paths])
        options = loader.aggregate_options_map(options, [known[path].options for path in paths])
        entries.sort(key=data.entry_sortkey)
        entries, errors = _transformed(entries, options)
        errors.extend(validate(entries, options, None, None))
        options["input_hash"] = input_hash(options["include"])
        return entries, errors, options

    def _known(
        self, paths: list[str], options: Any, others: Iterable[Any] = ()
    ) -> dict[str, _Booked]:
        """Every file of a book, those that are new or changed read and booked now.

        `others` are accounts that other files open.
        """
        found, new = {}, {}
        for path in paths:
            stat = os.stat(path)
            state = (stat.st_size, stat.st_mtime_ns, *(str(options[name]) for name in _SETTLED))
            held = self._files.get(path)
            if held is not None and held.state == state:
                found[path] = held
            else:
                new[path] = (state, *_parsed(path))
        opened = [*others, *(entry for held in found.values() for entry in held.entries)]
        opened += [entry for _, entries, _ in new.values() for entry in entries]
        methods = _methods(opened, options)
        for path, (state, entries, said) in new.items():
            found[path] = _Booked(state, _booked(path, entries, options, methods), said)
            self._files[path] = found[path]
        return found


def _later(entries: list[Any], limit: date) -> Iterator[Any]:
    """What does not stand in sums. Raises Unusual where entries would be held against sums."""
    for entry in entries:
        if isinstance(entry, (data.Balance, data.Pad)):
            raise Unusual(entry.meta["filename"])
        if entry.date > limit or isinstance(entry, (data.Open, data.Commodity)):
            yield entry


def _included(main: str, options: Any) -> Iterator[str]:
    """The files that the main file includes, in the order in which the loader reads them."""
    folder, seen = os.path.dirname(main), {main}
    for pattern in options["include"]:
        matches = glob.glob(os.path.join(folder, pattern), recursive=True)
        if not matches:
            raise Unusual(pattern)
        for path in map(os.path.normpath, matches):
            if path in seen:
                raise Unusual(path)
            seen.add(path)
            yield path


def _parsed(path: str) -> tuple[list[Any], Any]:
    entries, errors, options = parser.parse_file(path)
    if errors or options["include"] or options["plugin"] or options["operating_currency"]:
        raise Unusual(path)
    return entries, options


def _methods(entries: Iterable[Any], options: Any) -> dict[str, Any]:
    methods: dict[str, Any] = defaultdict(lambda: options["booking_method"])
    for entry in entries:
        if isinstance(entry, data.Open) and entry.booking:
            methods[entry.account] = entry.booking
    return methods


def _booked(path: str, entries: list[Any], options: Any, methods: dict[str, Any]) -> list[Any]:
    entries.sort(key=data.entry_sortkey)
    booked: list[Any]
    booked, errors = book(entries, options, methods)
    if errors or missing(booked, options):
        raise Unusual(path)
    return booked


def _transformed(entries: list[Any], options: Any) -> tuple[list[Any], list[Any]]:
    """The loader's transformations; without padding, which looks at every posting for nothing."""
    usual = options["plugin_processing_mode"] == "default" and not loader.PLUGINS_AUTO
    padded = any(isinstance(entry, data.Pad) for entry in entries)
    if not usual or padded or options["documents"] or options["pythonpath"]:
        return loader.run_transformations(entries, [], options, None)
    raw = {**options, "plugin_processing_mode": "raw"}
    entries, errors = loader.run_transformations(entries, [], raw, None)
    entries, wrong = check_balances(entries, options)
    errors.extend(wrong)
    entries.sort(key=data.entry_sortkey)
    return entries, errors
