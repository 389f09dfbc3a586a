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
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

from ledger.books import MAIN
from ledger.changes import open_changes
from ovop_payouts.book import Book, load
from ovop_payouts.memory import leave_alone_what_is_loaded, uncollected
from ovop_payouts.shards import readable
from ovop_payouts.web.ledgers import Ledger, bare_ledger
from ovop_payouts.web.loading import Reader

State = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file that a book is made of."""
Moment = TypeVar("Moment")
ALTERED = 1.0
"""Seconds until a file that somebody altered by hand is noticed; new changes are at once."""


class Folder:
    """What stands in a folder of books, looked up once for all who ask at the same time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._seen: tuple[int, float] = (0, 0.0)
        self._files: State = ()
        self._parts: dict[frozenset[str] | None, State] = {}

    def state(self, main: Path, scopes: frozenset[str] | None) -> State:
        """What a book is made of now."""
        with self._lock:
            self._look()
            if scopes not in self._parts:
                self._parts[scopes] = tuple(
                    each for each in self._files if scopes is None or _scope(each[0]) in scopes
                )
            return (_fact(main.name, main.stat()), *self._parts[scopes])

    def _look(self) -> None:
        changed = (open_changes(self.folder)).stat().st_mtime_ns
        before, when = self._seen
        if changed == before and monotonic() - when < ALTERED:
            return
        self._seen = (changed, monotonic())
        files = tuple(sorted(self._all()))
        if files != self._files:
            self._files, self._parts = files, {}

    def _all(self) -> list[tuple[str, int, int]]:
        """Unfinished changes have a name that starts with a dot."""
        found = []
        with os.scandir(open_changes(self.folder)) as changes:
            for change in changes:
                if not change.name.startswith("."):
                    with os.scandir(change.path) as files:
                        found += [_fact(f"{change.name}/{f.name}", f.stat()) for f in files]
        return found


def _fact(name: str, stat: os.stat_result) -> tuple[str, int, int]:
    return name, stat.st_size, stat.st_mtime_ns


def _scope(name: str) -> str:
    return name.partition("/")[2].split(".", 1)[0]


class Kept(Generic[Moment]):
    """Something made from files: made again when they are not as they were."""

    def __init__(self, state: Callable[[], State], make: Callable[[], Moment]) -> None:
        self._state, self._make = state, make
        self._lock = Lock()
        self._held: tuple[State, Moment] | None = None

    def get(self) -> Moment:
        """As the files are now; who comes while it is being made waits for it."""
        if (held := self._fresh()) is not None:
            return held[1]
        with self._lock:
            return self._made()

    def soon(self) -> Moment | None:
        """What was made last; if files changed since, another one is made meanwhile."""
        held = self._held
        if self._fresh() is None and self._lock.acquire(blocking=False):
            Thread(target=self._make_and_release, daemon=True).start()
        return held[1] if held else None

    @property
    def latest(self) -> Moment | None:
        """What was made last, perhaps of files that were changed since; None before the first."""
        return self._held[1] if self._held else None

    def _fresh(self) -> tuple[State, Moment] | None:
        held = self._held
        return held if held is not None and held[0] == self._state() else None

    def _made(self) -> Moment:
        """The state is looked up before: what lands meanwhile is seen by who asks next."""
        state = self._state()
        if self._held is None or self._held[0] != state:
            made = self._make()
            self._held = (state, made)
            leave_alone_what_is_loaded()
        return self._held[1]

    def _make_and_release(self) -> None:
        try:
            self._made()
        finally:
            self._lock.release()


@dataclass(frozen=True, slots=True)
class Shelf:
    """One book for one kind of reader: all of it, or one association's.

    `ledger` shows closed months in sums, `year` every entry; that is read when first asked for.
    """

    association: str | None
    main: Path
    book: Kept[Book]
    ledger: Kept[Ledger]
    year: Kept[Ledger]
    state: Callable[[], State]

    def ledger_now(self, whole: bool = False) -> Ledger:
        """For pages that show no figure of it: the latest, or one that knows its name alone."""
        kept = self.year if whole else self.ledger
        return kept.soon() or bare_ledger(self.main, version_of(self.state()))


@dataclass(slots=True)
class Library:
    """The shelves of one folder of books."""

    folder: Path
    disk: Folder = field(init=False)
    _reader: Reader = field(default_factory=Reader)
    _shelves: dict[str | None, Shelf] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.disk = Folder(self.folder)

    def shelf(self, association: str | None) -> Shelf:
        with self._lock:
            if association not in self._shelves:
                self._shelves[association] = self._new(association)
            return self._shelves[association]

    def _new(self, association: str | None) -> Shelf:
        scopes = readable(association)
        place = MAIN if association is None else f"associations/{association}/book.beancount"
        main = self.folder / place

        def state() -> State:
            return self.disk.state(main, scopes)

        def ledger() -> Ledger:
            with uncollected():
                read = self._reader.load_open(main, self.folder, association)
                return Ledger(main, version_of(state()), read)

        def year() -> Ledger:
            with uncollected():
                return Ledger(main, version_of(state()), self._reader.load(main))

        book = Kept(state, lambda: load(self.folder, scopes))
        return Shelf(association, main, book, Kept(state, ledger), Kept(state, year), state)


def version_of(state: State) -> int:
    """Grows from moment to moment: when the newest of the files was written."""
    return max(when for _, _, when in state)
