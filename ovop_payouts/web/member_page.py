"""What a member's link opens: their statement of one month, small enough for a slow line."""

from __future__ import annotations

from threading import Lock

from ovop_payouts.book import Book
from ovop_payouts.links import MemberLink
from ovop_payouts.papers.months import month_now
from ovop_payouts.payout.history import approved
from ovop_payouts.settings import Settings
from ovop_payouts.statements import Shelf, shelf_of, statement_of
from ovop_payouts.web.library import Library
from ovop_payouts.web.words import NAMES
from reports.statement.html import statement_html

KEPT = 8
"""Months of associations whose statements are looked up and kept at the same time."""
_shelves: dict[tuple[str, str], tuple[Book, Settings, Shelf]] = {}
_lock = Lock()


def member_page(
    library: Library, settings: Settings, link: MemberLink, language: str | None
) -> str | None:
    """The statement as HTML, in the language asked for or the member's own; None without one.

    Only months that were approved: what is still a draft is not yet told.
    """
    association = _association(library, link.member)
    if association is None:
        return None
    shelf = _shelf(library, association, link.period, settings)
    if shelf is None or link.member not in shelf.payees:
        return None
    statement = statement_of(shelf, link.member, language)
    head, body, rest = statement_html(statement).partition("<body>")
    return head + body + _languages(statement.language) + rest


def _association(library: Library, member: str) -> str | None:
    """A member stays with an association for ever, so an older moment of the books will do."""
    books = library.shelf(None).book
    latest = books.latest
    book = latest if latest is not None and member in latest.members else books.get()
    return book.members[member][-1].association if member in book.members else None


def _shelf(library: Library, association: str, period: str, settings: Settings) -> Shelf | None:
    """None where no run of the month was approved."""
    key, now = (association, period), library.shelf(association).book.get()
    with _lock:
        held = _shelves.get(key)
        if held is None or held[0] is not now or held[1] != settings:
            book, earlier = month_now(library.folder, now, association, period)
            if all(run.period != period for run in approved(book, association)):
                return None
            found = shelf_of(book, association, period, settings, {}, earlier=earlier)
            held = (now, settings, found)
            _shelves.pop(key, None)
            _shelves[key] = held
            while len(_shelves) > KEPT:
                _shelves.pop(next(iter(_shelves)))
        return held[2]


def _languages(language: str) -> str:
    links = (
        f'<a href="?language={code}" lang="{code}">{name}</a>'
        for code, name in NAMES.items()
        if code != language
    )
    return f"<nav>{' · '.join(links)}</nav>"
