"""What every command knows: the books, who is working, which day it is."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ovop_payouts.book import Book
    from ovop_payouts.payout.periods import RunId
    from ovop_payouts.users import User


@dataclass(frozen=True, slots=True)
class Session:
    """The options that stand before a command."""

    folder: Path
    name: str | None
    today: date
    at: str = ""
    """The moment, for the log; without one, the day."""

    @property
    def books(self) -> Path:
        """The folder of the books, which must be there."""
        from ledger.books import is_books

        if not is_books(self.folder):
            raise click.UsageError(
                f"no books in {self.folder}: name them with --books DIR, or make them with"
                " `ovop init DIR`"
            )
        return self.folder

    def book(self) -> Book:
        """All associations' members and runs, without their goods."""
        from ovop_payouts.shards import load_everybody

        return load_everybody(self.books)

    def history(self) -> Book:
        """As `book`, of all years: what papers and reports tell of months before."""
        from ovop_payouts.shards import load_history

        return load_history(self.books)

    def members(self) -> Book:
        """Users, associations, groups and members of all years, which is little to read."""
        from ovop_payouts.shards import load_members

        return load_members(self.books)

    def people(self) -> Book:
        """The books' users alone, which is little to read."""
        from ovop_payouts.shards import load_people

        return load_people(self.books)

    def of_run(self, run: RunId) -> Book:
        """What a run's association may see, and its runs need."""
        from ovop_payouts.shards import load_association

        return load_association(self.books, run.association, run.cutoff)

    def user(self, book: Book) -> User:
        """Who is working; a name is needed, and it must be a user's."""
        from ovop_payouts.refusal import Refusal
        from ovop_payouts.users import users

        if self.name is None:
            raise click.UsageError("who is working? Say --as USER, or set OVOP_USER")
        known = users(book)
        if self.name not in known:
            raise Refusal(f"{self.name} is no user of these books")
        return known[self.name]

    def allowed(self, book: Book, action: str, association: str | None = None) -> User:
        """Who is working, where their role allows it."""
        from ovop_payouts.permissions import require

        user = self.user(book)
        require(user, action, association)
        return user

    def reader(self, book: Book, association: str | None = None) -> User | None:
        """Who reads: anybody who can read the files, but a named user only what is theirs."""
        return self.allowed(book, "show", association) if self.name else None

    def shown(self, texts: list[str]) -> list[str]:
        """What may be shown to who is working, of texts about all books."""
        from ovop_payouts.permissions import shown_to

        names = [path.name for path in (self.books / "associations").glob("*")]
        return shown_to(self.reader(self.people()), names, texts)

    def sign_in(self, user: User) -> None:
        """Prove with the password that it is this user."""
        from ledger.books import PRIVATE
        from ovop_payouts.users import check_password

        password = os.environ.get("OVOP_PASSWORD") or ask(f"Password of {user.name}")
        check_password(self.books / PRIVATE, user.name, password, datetime.now(UTC))


def ask(prompt: str, *, twice: bool = False) -> str:
    """Ask a person at a terminal for a secret."""
    secret: str = click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)
    return secret


def new_password(name: str) -> str:
    """A new password, from a person or OVOP_NEW_PASSWORD; a short one is warned about."""
    from ovop_payouts.users import SAFE

    password = os.environ.get("OVOP_NEW_PASSWORD") or ask(f"New password of {name}", twice=True)
    if len(password) < SAFE:
        click.echo(f"warning: fewer than {SAFE} characters are easily guessed", err=True)
    return password


def echo_json(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1))


def one_line(text: str, longest: int = 200) -> str:
    """Text from outside on one line, without what would move a terminal's cursor."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def refusal_of(error: Exception) -> str | None:
    """The words of an error that is no bug; None for a bug."""
    from ledger.changes import AlreadyLanded
    from ledger.text import UnreadableText
    from ovop_payouts.refusal import Refusal

    match error:
        case AlreadyLanded():
            return f"somebody else was first: {error} stands in the books already"
        case UnreadableText():
            return f"the books were altered: {error}"
        case PermissionError():
            return f"{error.filename or 'the books'}: permission denied"
        case OSError():
            return f"{error.filename or 'the disk'}: {error.strerror or error}"
        case Refusal():
            return str(error)
    return None
