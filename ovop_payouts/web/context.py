"""What the application holds, and what one request knows: the books, who asks, their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from flask import current_app, g, request

from ovop_payouts.links import sign
from ovop_payouts.settings import LANGUAGES, Settings, read_settings
from ovop_payouts.users import User
from ovop_payouts.web.library import Library, Shelf
from ovop_payouts.web.people import People
from ovop_payouts.web.sessions import Session, Sessions
from ovop_payouts.web.words import page_words
from reports.words import Words

LANGUAGE_COOKIE = "ovop_language"


@dataclass(frozen=True, slots=True)
class Web:
    """What the application holds. `url` is where people find it, without a slash at the end."""

    books: Path
    library: Library
    people: People
    sessions: Sessions
    secret: bytes
    today: Callable[[], date]
    now: Callable[[], datetime]
    url: str = ""

    @property
    def secure(self) -> bool:
        return self.url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; behind TLS one that no other host can set."""
        return "__Host-ovop" if self.secure else "ovop"

    def slug(self, association: str | None, whole: bool = False) -> str:
        """A book's name in addresses: it says nothing, and nobody is let in by it.

        `whole`: the one that shows every entry of the year.
        """
        kind = "year" if whole else "book"
        return sign(self.secret, kind, association or "*").hex()[:12]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks: as the books have them now, not as they were when they signed in."""

    user: User
    token: str
    session: Session

    @property
    def association(self) -> str | None:
        """Whose book they read; None: the consolidated one."""
        return self.user.association


def web() -> Web:
    return cast(Web, current_app.extensions["ovop"])


def signed_in() -> SignedIn | None:
    """Who asks, read once in a request."""
    if not hasattr(g, "ovop_signed_in"):
        g.ovop_signed_in = _signed_in()
    return cast("SignedIn | None", g.ovop_signed_in)


def _signed_in() -> SignedIn | None:
    here = web()
    token = request.cookies.get(here.cookie, "")
    session = here.sessions.get(token, here.now()) if token else None
    if session is None:
        return None
    user = here.people.get(session.user)
    if user is None or here.people.stamp(session.user) != session.stamp:
        here.sessions.end(token)
        return None
    return SignedIn(user, token, session)


def must_be() -> SignedIn:
    """Who asks, behind the guard."""
    who = signed_in()
    assert who is not None
    return who


def my_slug() -> str:
    return web().slug(must_be().association)


def my_year() -> str:
    """The slug of the same book with every entry of the year."""
    return web().slug(must_be().association, whole=True)


def is_mine(slug: object) -> bool:
    return slug in (my_slug(), my_year())


def in_my_year() -> bool:
    """Whether the request is for the book with every entry."""
    return bool(g.get("beancount_file_slug") == my_year())


def my_shelf() -> Shelf:
    return web().library.shelf(must_be().association)


def settings() -> Settings:
    return read_settings(web().books)


def language() -> str:
    """As chosen, else as the browser asks, else the first of the settings; once in a request."""
    if not hasattr(g, "ovop_language"):
        g.ovop_language = _language()
    return cast(str, g.ovop_language)


def _language() -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or settings().languages[0]


def words() -> Words:
    return page_words(language())
