"""The books as the web reads them: whole moments, made once for all readers, never half loaded.

A moment is made under a lock and then put in the place of the one before in one assignment; who
reads the old one goes on reading it. What is on the disk is asked on every request, which costs a
look at the folder of changes; Fava's watcher would miss new matches of an include pattern.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from ledger import accounts
from ledger.books import MAIN
from ledger.changes import CHANGES
from ovop_payouts.book import Book, load
from ovop_payouts.web.ledgers import Ledger

State = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file that a book is made of."""
Moment = TypeVar("Moment")


class Kept(Generic[Moment]):
    """Something made from files: made again when they are not as they were."""

    def __init__(self, state: Callable[[], State], make: Callable[[], Moment]) -> None:
        self._state, self._make = state, make
        self._lock = Lock()
        self._held: tuple[State, Moment] | None = None

    def get(self) -> Moment:
        """As the files are now; who comes while it is being made waits for it."""
        held = self._held
        if held is not None and held[0] == self._state():
            return held[1]
        with self._lock:
            state = self._state()
            if self._held is None or self._held[0] != state:
                self._held = (state, self._make())
            return self._held[1]

    @property
    def latest(self) -> Moment | None:
        """What was made last, perhaps of files that were changed since; None before the first."""
        return self._held[1] if self._held else None


@dataclass(frozen=True, slots=True)
class Shelf:
    """One book for one kind of reader: all of it, or one association's."""

    association: str | None
    book: Kept[Book]
    ledger: Kept[Ledger]


@dataclass(slots=True)
class Library:
    """The shelves of one folder of books."""

    folder: Path
    _shelves: dict[str | None, Shelf] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def shelf(self, association: str | None) -> Shelf:
        with self._lock:
            if association not in self._shelves:
                self._shelves[association] = self._new(association)
            return self._shelves[association]

    def _new(self, association: str | None) -> Shelf:
        scopes = None if association is None else frozenset((association, accounts.COMMON))
        main = self.folder / (
            MAIN if association is None else f"associations/{association}/book.beancount"
        )

        def state() -> State:
            return state_of(self.folder, main, scopes)

        return Shelf(
            association,
            Kept(state, lambda: load(self.folder, scopes)),
            Kept(state, lambda: Ledger(main, max(entry[2] for entry in state()))),
        )


def state_of(folder: Path, main: Path, scopes: frozenset[str] | None) -> State:
    """What a book is made of now. Unfinished changes have a name that starts with a dot."""
    found = [_fact(main.name, main.stat())]
    with os.scandir(folder / CHANGES) as changes:
        for change in changes:
            if change.name.startswith("."):
                continue
            found.append(_fact(change.name, change.stat()))
            with os.scandir(change.path) as files:
                found += [
                    _fact(f"{change.name}/{file.name}", file.stat())
                    for file in files
                    if scopes is None or file.name.split(".", 1)[0] in scopes
                ]
    return tuple(sorted(found))


def _fact(name: str, stat: os.stat_result) -> tuple[str, int, int]:
    return name, stat.st_size, stat.st_mtime_ns
