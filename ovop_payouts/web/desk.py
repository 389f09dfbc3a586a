"""What a page is given: who asks, what of the books they may see, their words, what they ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlencode

from ovop_payouts.book import Book
from ovop_payouts.payout.life import Actor
from ovop_payouts.permissions import may, require
from ovop_payouts.refusal import Refusal
from ovop_payouts.settings import Settings
from ovop_payouts.users import User
from reports.words import Words

Row = TypeVar("Row")
LONGEST = 200
"""Characters of a parameter; nobody types more, and longer ones only cost time."""
PER_PAGE = 50
DEEPEST = 100_000


class NothingThere(Refusal):
    """What was asked for is not there, or not this user's to see: both answer alike."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file: the name that its owner gave it, and what it holds."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Desk:
    """One request, as a page sees it.

    `book` is the read model of what the user may see: all of the books for office roles, for a
    treasurer common data and the own association's. It is one moment of the books, shared by
    readers: never change it. `words` are the user's.
    """

    user: User
    book: Book
    books: Path
    settings: Settings
    today: date
    words: Words
    asked: Mapping[str, str]
    """Parameters of the address or of the form, blanks left out."""
    url: Callable[..., str]
    """`desk.url("run", run="2026-03/naryn/1")`: the address of one of our pages."""
    files: tuple[File, ...] = ()
    at: str = ""
    """The moment, for the log."""

    @property
    def actor(self) -> Actor:
        return Actor(self.user, self.today, self.at)

    @property
    def associations(self) -> tuple[str, ...]:
        """Those the user may see, by id."""
        return tuple(sorted(a for a in self.book.associations if self.sees(a)))

    def sees(self, association: str) -> bool:
        return self.user.association in (None, association)

    def must_see(self, association: str) -> None:
        """Raises NothingThere, whether it is another's or not there at all."""
        if association not in self.book.associations or not self.sees(association):
            raise NothingThere(association)

    def may(self, action: str, association: str | None = None) -> bool:
        """Whether to offer something; actions of ovop_payouts.permissions."""
        return may(self.user, action, association)

    def require(self, action: str, association: str | None = None) -> None:
        """Raises NothingThere for another's association, NotAllowed for another role's work."""
        if association is not None:
            self.must_see(association)
        require(self.user, action, association)

    def text(self, name: str, default: str = "") -> str:
        """A parameter, cut to what a person would type."""
        return self.asked.get(name, default)[:LONGEST]

    def must(self, name: str) -> str:
        """A parameter without which there is nothing to show."""
        if not (text := self.text(name)):
            raise NothingThere(name)
        return text

    def chosen(self, name: str, among: Sequence[str], default: str = "") -> str:
        """One of a few; anything else is the default."""
        text = self.text(name)
        return text if text in among else default

    def number(self, name: str, default: int = 1) -> int:
        text = self.text(name)
        return min(int(text), DEEPEST) if text.isascii() and text.isdecimal() else default

    def page(self, rows: Sequence[Row], per_page: int = PER_PAGE) -> Paged[Row]:
        """The part of many rows that `page=` asks for."""
        pages = max(1, -(-len(rows) // per_page))
        number = min(max(1, self.number("page")), pages)
        start = (number - 1) * per_page
        return Paged(rows[start : start + per_page], number, pages, len(rows))

    def again(self, page: str, /, **changed: str | int) -> str:
        """The address of this page with the same parameters but those changed (to '': without)."""
        merged = {**self.asked, **{name: str(value) for name, value in changed.items()}}
        return f"{self.url(page)}?{urlencode({k: v for k, v in merged.items() if v})}"


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """One page of rows: `number` of `pages`; `count` are all of them."""

    rows: Sequence[Row]
    number: int
    pages: int
    count: int


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did: the words to say, and the page (with parameters) to go on to."""

    said: str
    page: str
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Download:
    """A file to save."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


Build = Callable[[Desk], Mapping[str, object]]
Act = Callable[[Desk], Done]
Fetch = Callable[[Desk], Download]


@dataclass(frozen=True, slots=True)
class Page:
    """One of our pages: `NAME/` shows `build` through `templates/NAME.html`.

    `actions` are forms that post to `NAME/do/ACTION`, `downloads` are links to `NAME/get/FILE`.
    `roles` None: for all. A page with `menu` stands in the sidebar under the words of its name.
    """

    name: str
    build: Build
    roles: frozenset[str] | None = None
    actions: Mapping[str, Act] = field(default_factory=dict)
    downloads: Mapping[str, Fetch] = field(default_factory=dict)
    menu: bool = True

    def is_for(self, role: str) -> bool:
        return self.roles is None or role in self.roles
