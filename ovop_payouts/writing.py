"""One writer at a time: a change is planned on books that nobody else is changing, then landed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ledger import changes
from ledger.books import add_association
from ledger.directives import Directive, Entry
from ledger.store import remember
from ledger.text import read, write
from ovop_payouts.refusal import Refusal

LOCK = ".lock"
PATIENCE = 60
"""Seconds to wait for another command that is changing the same books."""
Planned = Iterable[tuple[str, Directive]]


class Busy(Refusal):
    """Another command is changing these books."""


class Unsound(Refusal):
    """What would land does not read back as what was planned."""


@contextmanager
def writing(books: Path) -> Iterator[None]:
    """Hold the books' lock; the system lets go of it when a process ends, however it ends."""
    lock = FileLock(books / LOCK)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise Busy("another command is changing these books; try again when it is done") from None
    try:
        yield
    finally:
        lock.release()


def land(books: Path, name: str, planned: Planned, associations: dict[str, str]) -> None:
    """Check a planned change and put it in place; books of new associations come before.

    Raises changes.AlreadyLanded where a change of this name stands already.
    """
    files = changes.files_of(planned)
    read_back = {file: _must_be_sound(file, text) for file, text in files.items()}
    for association, title in sorted(associations.items()):
        add_association(books, association, title)
    changes.land(books, name, files)
    for file, directives in read_back.items():
        remember(books, files[file], directives)


def _must_be_sound(file: str, text: str) -> list[Directive]:
    """The text as Beancount will read it is what was meant, and balances to the last digit."""

    directives = read(text, file)
    if write(directives) != text:
        raise Unsound(f"{file} would not read back as it was meant")
    for directive in directives:
        if isinstance(directive, Entry) and directive.residual():
            raise Unsound(f"{file}: {directive.narration} does not balance")
    return directives
