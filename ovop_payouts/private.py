"""Payment details of members: in `private/` alone, dated, read by the payout engine (contract §2).

Each import that brings details keeps one file there for each association, named by its own hash,
which that association's books name: a run of one association reads no other's.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from ledger.books import PRIVATE
from ledger.changes import keep
from ovop_payouts.book import Book
from ovop_payouts.refusal import Refusal

COLUMNS = ("account_no", "bic", "phone")
Details = dict[str, str]
Dated = dict[str, dict[str, Details]]
"""Member -> `changed` (ISO day, or blank for the first) -> details."""


class MissingDetails(Refusal):
    """A file that the books name is not in `private/`, or is not what was put there."""


class _File(msgspec.Struct):
    salt: str
    members: Dated


def keep_details(books: Path, originals: Iterable[bytes], details: Dated) -> str:
    """Keep details under their own hash before the change that names it lands; returns the hash.

    The salt comes from the imported files, so that the same import gives the same bytes, but
    nobody who sees only the books can guess an account number by its hash.
    """
    salt = hashlib.sha512()
    for original in sorted(originals):
        salt.update(hashlib.sha512(original).digest())
    content = msgspec.json.encode(_File(salt.hexdigest(), details), order="sorted")
    return keep(books / PRIVATE, content, suffix=".json")


def by_association(book: Book, details: Dated) -> Iterator[tuple[str, Dated]]:
    """The details of each association's members, by association."""
    found: dict[str, Dated] = defaultdict(dict)
    for member, dated in details.items():
        found[book.member(member).association][member] = dated
    yield from sorted(found.items())


def latest_details(books: Path, book: Book) -> dict[str, Details]:
    """Member -> payment details as last changed.

    Raises MissingDetails where `private/` is not as the books remember it.
    """
    dated: Dated = {}
    for change, name in sorted(book.private):
        for member, versions in read_details(books, name).items():
            mine = {
                day: said for day, said in versions.items() if _holds(book, member, day, change)
            }
            dated.setdefault(member, {}).update(mine)
    return {member: _latest(book, member, versions) for member, versions in dated.items()}


def _holds(book: Book, member: str, changed: str, change: str) -> bool:
    """Whether it is this change's row that holds: one that was reversed gives no details."""
    row = book.rows["members"].get((member, changed))
    return row is not None and row.change == change


def _latest(book: Book, member: str, versions: Mapping[str, Details]) -> Details:
    if member not in book.members:
        return {}
    changed = book.members[member][-1].changed
    return versions.get(changed.isoformat() if changed else "", {})


def read_details(books: Path, name: str) -> Dated:
    """One kept file, checked against its name."""
    path = books / PRIVATE / f"{name}.json"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise MissingDetails(
            "{file} is missing: restore it from a backup", file=f"{PRIVATE}/{path.name}"
        ) from None
    if hashlib.sha256(content).hexdigest() != name:
        raise MissingDetails(
            "{file} was altered: restore it from a backup", file=f"{PRIVATE}/{path.name}"
        )
    return msgspec.json.decode(content, type=_File).members
