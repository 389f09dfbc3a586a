"""Every file of a change is as the log says, and none is gone; the first that differs is first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger import accounts
from ledger.changes import CHANGES, YEARS
from ledger.checks.problem import Problem
from ledger.log import HEADS, altered


def unlogged(options_map: Any) -> Iterator[Problem]:
    """What differs from the log in the files that a book includes.

    A book of one association is held against its own chain and that of common data. Books whose
    changes were never logged have no `heads.txt`, and no file that begins with a record.
    """
    book = Path(options_map["filename"])
    files = [Path(name) for name in options_map["include"]]
    files = [path for path in files if path.parent.parent.name == CHANGES]
    for changes in sorted({path.parent.parent for path in files}):
        books = _books_of(changes)
        if (books / HEADS).exists() or any(map(_begins_with_record, files)):
            for text in altered(books, changes, _scopes(book)):
                yield Problem({"filename": str(book), "lineno": 0}, f"Log: {text}", None)


def _books_of(changes: Path) -> Path:
    """The books' folder, of a folder of changes."""
    above = changes.parent
    return above.parent.parent if above.parent.name == YEARS else above


def _scopes(book: Path) -> frozenset[str] | None:
    """Whose files a book includes: one association's and common data, or everybody's."""
    if book.parent.parent.name != "associations":
        return None
    return frozenset((accounts.COMMON, book.parent.name))


def _begins_with_record(path: Path) -> bool:
    with path.open("rb") as file:
        return b' custom "log" ' in file.readline()
