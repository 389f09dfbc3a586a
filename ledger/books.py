"""The folders of the books: made new from the template, extended by a book for each association."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

from ledger import accounts
from ledger.changes import CHANGES, land, replace
from ledger.directives import Commodity, Directive, Fact, Open
from ledger.drafts import texts_of
from ledger.log import Note, heads, logged, remember_heads
from ledger.years import MAIN as MAIN
from ledger.years import point_books

ARCHIVE = "archive"
PRIVATE = "private"
LAYOUTS = "layouts"
SETTINGS = "ovop.toml"
EPOCH = date(1970, 1, 1)
"""Accounts are open from here on, so that late entries find them open too."""


def is_books(folder: Path) -> bool:
    return (folder / MAIN).is_file() and (folder / CHANGES).is_dir()


def chart() -> list[tuple[str, Directive]]:
    """What new books open with, all of it common data."""
    opens: list[Directive] = [Open(EPOCH, account) for account in accounts.CHART]
    currency = Commodity(EPOCH, accounts.CURRENCY, {"name": "Kyrgyz som"})
    return [(accounts.COMMON, directive) for directive in [currency, *opens]]


def create(folder: Path, settings: str, note: Note, first: list[tuple[str, Directive]]) -> None:
    """Make new books in an empty or new folder. `first` lands with the chart of accounts.

    The main file is written last: a folder without it is no book yet, and `init` may be repeated.
    """
    (folder / CHANGES).mkdir(parents=True, exist_ok=True)
    (folder / "associations").mkdir(exist_ok=True)
    (folder / LAYOUTS).mkdir(exist_ok=True)
    started = Fact(note.on, "books", ("started",))
    change = texts_of([*chart(), (accounts.COMMON, started), *first])
    if not (folder / CHANGES / "init").exists():
        land(folder, "init", logged("init", change, note, {}))
    remember_heads(folder, heads(folder))
    replace(folder / SETTINGS, settings.encode())
    replace(folder / ".gitignore", template("gitignore").encode())
    replace(folder / MAIN, template(MAIN).encode())


def add_association(folder: Path, association: str, title: str) -> None:
    """The book of one association; made before its first change lands, harmless without it."""
    book = folder / "associations" / association / "book.beancount"
    if book.exists():
        return
    book.parent.mkdir(parents=True, exist_ok=True)
    safe = title.replace("\\", "").replace('"', "'").replace("\n", " ")
    text = template("association.beancount").replace("@TITLE@", safe)
    replace(book, text.replace("@ASSOCIATION@", association).encode())
    point_books(folder)


def template(name: str) -> str:
    return (files("ledger") / "template" / name).read_text(encoding="utf-8")
