"""Users: roles are facts in the books, password hashes are in `private/` (contract §6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock

from ledger.changes import replace
from ledger.directives import Fact
from ovop_payouts.book import Book
from ovop_payouts.refusal import Refusal

ROLES = ("accountant", "approver", "treasurer", "secretary", "auditor", "admin")
SAFE = 8
"""Characters; a shorter password is easily guessed."""
TRIES = 5
PAUSE = timedelta(minutes=15)
FOLDER = "users"
_ASSOCIATION = re.compile(r"[A-Za-z0-9-]{1,14}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")


class WrongPassword(Refusal):
    """The password is not this user's, or the user is locked out for a while."""


@dataclass(frozen=True, slots=True)
class User:
    """An active user; a treasurer is one association's."""

    name: str
    role: str
    association: str | None = None


class _Secret(msgspec.Struct):
    hash: str
    failures: int = 0
    until: str = ""


def users(book: Book) -> dict[str, User]:
    """Active users by name."""
    found = {}
    for name, events in sorted(book.users.items()):
        latest = events[-1]
        if latest["status"] == "active":
            role, _, association = latest["role"].partition(":")
            found[name] = User(name, role, association or None)
    return found


def check_name(name: str) -> None:
    """Raises Refusal where this cannot be a user's name."""
    if not _NAME.match(name):
        raise Refusal(
            f"{name!r} is no user name: letters A to Z, digits, '.', '_' and '-', up to 32"
        )


def check_role(text: str, associations: set[str]) -> None:
    """Raises Refusal where this is no role, or a treasurer's association is not known.

    Before the first association is imported, a treasurer may be of any.
    """
    role, _, association = text.partition(":")
    if role not in ROLES or (association and role != "treasurer"):
        raise Refusal(f"{text} is no role; roles are {', '.join(ROLES)} (treasurer:ASSOCIATION)")
    if role != "treasurer" or association in associations:
        return
    if associations or not _ASSOCIATION.match(association):
        known = ", ".join(sorted(associations)) or "letters A to Z, digits and '-', up to 14"
        raise Refusal(f"a treasurer is one association's: treasurer:ASSOC, of {known}")


def user_fact(book: Book, name: str, role: str, by: str, on: date) -> Fact:
    """A new user, or a known one's new role."""
    return _fact(book, name, role, by, on, "active")


def removal_fact(book: Book, name: str, by: str, on: date) -> Fact:
    return _fact(book, name, book.users[name][-1]["role"], by, on, "removed")


def _fact(book: Book, name: str, role: str, by: str, on: date, status: str) -> Fact:
    revision = len(book.users.get(name, ())) + 1
    meta = {"revision": str(revision), "role": role, "status": status, "by": by}
    return Fact(on, "user", (name,), meta)


def set_password(private: Path, name: str, password: str) -> None:
    """Keep a password's hash. Raises Refusal where there is none."""
    if not password.strip():
        raise Refusal("a password is needed")
    hash_ = PasswordHasher().hash(password)
    with _alone(private, name):
        _keep(private, name, _Secret(hash_))


def check_password(private: Path, name: str, password: str, now: datetime) -> None:
    """Raises WrongPassword; after five failures in a row only after a quarter of an hour.

    Whatever the answer, one hash is computed: a name that nobody has, or that is locked out,
    cannot be told from another by the time it takes.
    """
    with _alone(private, name):
        secret = _secret(private, name)
        right = _fits(secret.hash if secret else _NOBODY, password)
        if secret is None:
            raise WrongPassword("wrong password")
        if secret.until and now < datetime.fromisoformat(secret.until):
            raise WrongPassword(
                "{name} is locked out after {tries} wrong passwords; try again later",
                name=name,
                tries=TRIES,
            )
        if not right:
            failures = secret.failures + 1
            until = (now + PAUSE).isoformat() if failures % TRIES == 0 else ""
            with suppress(OSError):
                _keep(private, name, _Secret(secret.hash, failures, until))
            raise WrongPassword("wrong password")
        if secret.failures:
            with suppress(OSError):
                _keep(private, name, _Secret(secret.hash))


def stamp(book: Book, private: Path, name: str) -> str | None:
    """What a signed-in user's session holds for: it ends with another role or password.

    None where this is no active user.
    """
    secret = _secret(private, name)
    if name not in users(book) or secret is None:
        return None
    return hashlib.sha256(f"{len(book.users[name])} {secret.hash}".encode()).hexdigest()


def _fits(hash_: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hash_, password)
    except (VerificationError, InvalidHashError):
        return False


@contextmanager
def _alone(private: Path, name: str) -> Iterator[None]:
    """One check of a user's password at a time, so that guesses made at once are all counted."""
    path = private / FOLDER / f"{name}.json"
    if not _NAME.match(name) or not path.exists():
        yield
        return
    lock = FileLock(path.with_suffix(".lock"), mode=0o600)
    try:
        lock.acquire()
    except OSError:  # a disk that can only be read: nobody could count there anyway
        yield
        return
    try:
        yield
    finally:
        lock.release()


_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA"
    "$Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"
)
"""Checked for names that nobody has, so that they take as long as known ones."""


def _path(private: Path, name: str) -> Path:
    check_name(name)
    return private / FOLDER / f"{name}.json"


def _secret(private: Path, name: str) -> _Secret | None:
    try:
        return msgspec.json.decode(_path(private, name).read_bytes(), type=_Secret)
    except (FileNotFoundError, msgspec.DecodeError, Refusal):
        return None


def _keep(private: Path, name: str, secret: _Secret) -> None:
    path = _path(private, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace(path, msgspec.json.encode(secret), 0o600)
