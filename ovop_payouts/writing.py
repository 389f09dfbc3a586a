"""One writer at a time: a change is planned on books that nobody else is changing, then landed."""

from __future__ import annotations

import fcntl
import os
import socket
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import changes, log
from ledger.books import add_association
from ledger.contents import Content
from ledger.directives import Directive
from ledger.drafts import Draft, Planned, contents_of, drafts_of, groups_of
from ledger.drafts import Unsound as NotSound
from ledger.log import Note
from ledger.notice import Notice
from ledger.scribe import Scribe
from ledger.store import remember
from ledger.text import read, write
from ledger.years import point_books
from ovop_payouts import versions
from ovop_payouts.refusal import Refusal

LOCK = ".lock"
PATIENCE = 60
"""Seconds to wait for another command that is changing the same books."""


Drafts = Mapping[str, Draft]
"""File name -> what will stand in it."""
Records = dict[str, tuple[str, list[Directive]]]
"""File name -> the record of the log that it begins with, as text and read back."""


class Busy(Refusal):
    """Another command is changing these books."""


class Unsound(Refusal):
    """What would land does not read back as what was planned."""


@contextmanager
def writing(books: Path) -> Iterator[None]:
    """Hold the books' lock; the system lets go of it when a process ends, however it ends.

    What a killed process left undone after its change had landed is done first.
    """
    descriptor = os.open(books / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    _held.add(descriptor)
    try:
        _wait_for(descriptor)
        _say_who(descriptor)
        changes.sweep(changes.open_changes(books))
        point_books(books)
        log.remember_heads(books, log.heads(books))
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _let_go_in_child() -> None:
    """A lock is its command's: workers that outlive it must not hold it on."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


_held: set[int] = set()
os.register_at_fork(after_in_child=_let_go_in_child)


def _wait_for(descriptor: int) -> None:
    """Raises Busy with who holds the lock, where they do not let go of it in time."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                who = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
                raise Busy(
                    "another command is changing these books ({who}); try again when it is done",
                    who=who or "it does not say which",
                ) from None
            time.sleep(0.02)
        else:
            return


def _say_who(descriptor: int) -> None:
    """Who holds the lock stands in it, for those who wait; it binds nobody once they let go."""
    said = f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%H:%M:%S')}\n"
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, said.encode(), 0)


def land(
    books: Path,
    name: str,
    planned: Planned | Drafts,
    note: Note,
    associations: Mapping[str, str] | None = None,
) -> None:
    """Check a planned change and put it in place; books of new associations come before.

    Each of its files begins with a record of the log: what `note` says. What is `proved` already
    is not checked again. Raises changes.AlreadyLanded where a change of this name stands already.
    """
    heads = log.heads(books)
    _look_at_clock(note, heads)
    drafts = planned if isinstance(planned, Mapping) else proved(planned)
    records = _put(books, name, drafts, note, heads, associations)
    _remember(books, heads)
    _keep(books, records, drafts)
    versions.commit(books)


@dataclass(frozen=True, slots=True)
class Ready:
    """A change that was proved where it was planned, perhaps by another process."""

    name: str
    note: Note
    drafts: Drafts


def ready(name: str, planned: Planned, note: Note) -> Ready:
    """Prove a planned change. Raises Unsound."""
    return Ready(name, note, proved(planned))


def land_all(books: Path, changes_: Iterable[Ready]) -> None:
    """Put proved changes in place, one after the other, as `land` does.

    Where the logs end is written down once, when all have landed; what a kill leaves unsaid is
    found by the next command.
    """
    heads = log.heads(books)
    watched = versions.watched(books)
    try:
        for each in changes_:
            _look_at_clock(each.note, heads)
            moved = dict(heads)
            records = _put(books, each.name, each.drafts, each.note, moved)
            heads = moved
            _keep(books, records, each.drafts)
            if watched:
                _remember(books, heads)
                versions.commit(books)
    finally:
        _remember(books, heads)


def _put(
    books: Path,
    name: str,
    drafts: Drafts,
    note: Note,
    heads: log.Heads,
    associations: Mapping[str, str] | None = None,
) -> Records:
    """Log and land a change; moves `heads` on."""
    begun = log.beginnings(name, contents_of(drafts), note, heads)
    records = {file: (text, _record(file, text)) for file, text in begun.items()}
    for association, title in sorted((associations or {}).items()):
        add_association(books, association, title)
    changes.land(books, name, {file: _whole(begun[file], drafts[file]) for file in drafts})
    return records


def _whole(record: str, draft: Draft) -> Content:
    return Content((record.encode(), *draft.text.pieces))


def _keep(books: Path, records: Records, drafts: Drafts) -> None:
    """What the files were read as is kept for the next command."""
    for file, draft in drafts.items():
        text, record = records[file]
        remember(books, record, text, draft)


def proved(planned: Planned, scribe: Scribe | None = None, first: Planned = ()) -> dict[str, Draft]:
    """File name -> draft of a planned change, which reads back as what was meant.

    `scribe` may have taken most of it over already: what stands between `first` and `planned`.
    Raises Unsound.
    """
    try:
        if scribe is not None:
            return scribe.drafts(first, planned)
        return drafts_of(groups_of([*first, *planned]))
    except NotSound as error:
        raise Unsound(str(error)) from None


def digest(drafts: Drafts) -> str:
    """What a change says, in 64 hex digits: its name follows from it."""
    return changes.digest(contents_of(drafts))


def _record(file: str, record: str) -> list[Directive]:
    """The record of the log that stands before a file's text, read back."""
    directives = read(record.removesuffix("\n"), file)
    if len(directives) != 1 or write(directives) + "\n" != record:
        raise Unsound(f"{file}: its record would not read back as it was meant")
    return directives


def _remember(books: Path, heads: log.Heads) -> None:
    """The change has landed: what fails now is made up for by the next command."""
    try:
        log.remember_heads(books, heads)
    except OSError as error:
        text = f"the change landed, but {log.HEADS} could not be written: {error.strerror}"
        warnings.warn(text, Notice, stacklevel=3)


def _look_at_clock(note: Note, heads: log.Heads) -> None:
    last = max((head.day for head in heads.values()), default=note.on)
    if note.on < last:
        text = f"today counts as {note.on}, but the books were last changed on {last}"
        warnings.warn(f"{text}: is the clock right?", Notice, stacklevel=3)
