"""Users as the books have them now, from the few files that speak of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from ledger import accounts
from ledger.books import MAIN, PRIVATE
from ledger.changes import open_changes
from ovop_payouts.book import Book, load
from ovop_payouts.users import User, check_password, stamp, users
from ovop_payouts.web.library import Folder, Kept, State

_SPEAKS = b' custom "user" '
_SCOPES = frozenset((accounts.HEAD_OFFICE, accounts.COMMON))
AT_ONCE = 2
"""Passwords checked at the same time: each check takes 64 MB, by design."""


@dataclass(slots=True)
class People:
    """Who may sign in, and what their sessions hold for."""

    folder: Path
    disk: Folder
    _known: dict[str, bool] = field(default_factory=dict)
    _checks: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))
    _book: Kept[Book] = field(init=False)

    def __post_init__(self) -> None:
        self._book = Kept(self._state, self._load)

    def get(self, name: str) -> User | None:
        return users(self._book.get()).get(name)

    def stamp(self, name: str) -> str | None:
        """Another one after another role or password; None where there is no such user."""
        return stamp(self._book.get(), self.folder / PRIVATE, name)

    def check(self, name: str, password: str, now: datetime) -> None:
        """Raises WrongPassword, for everybody alike and after the same time."""
        with self._checks:
            check_password(self.folder / PRIVATE, name, password, now)

    def _state(self) -> State:
        return self.disk.state(self.folder / MAIN, _SCOPES)

    def _load(self) -> Book:
        """Files never change once they landed, so each is searched once."""
        changes = set()
        for path in open_changes(self.folder).glob("[!.]*/*.beancount"):
            if path.name.split(".", 1)[0] in _SCOPES:
                key = f"{path.parent.name}/{path.name}"
                if key not in self._known:
                    self._known[key] = _SPEAKS in path.read_bytes()
                if self._known[key]:
                    changes.add(path.parent.name)
        return load(self.folder, _SCOPES, goods=False, changes=changes)
