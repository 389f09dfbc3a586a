"""Which files landed, and their hashes: known by what the disk says of them, without reading them.

A landed file never changes. Whose size, times and inode are as they were is not read again; whoever
alters one all the same is found by `ovop verify` and `bean-check`, which read every byte. The
listing is a cache: it may be deleted at any time, and books on a read-only disk do without.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ledger.changes import SUFFIX

MANY = 16
"""New files for which a listing, or a pack, is written anew."""
SETTLED = 2_000_000_000
"""Nanoseconds after which what the clock's tick could hide has shown."""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was when it was read: name, state on the disk, SHA-256."""

    file: str
    state: tuple[int, int, int, int]
    sha256: str

    @property
    def scope(self) -> str:
        return _scope_of(self.file)

    @property
    def year(self) -> int:
        return int(self.file.rsplit(".", 2)[1])


class _Change(msgspec.Struct, frozen=True, array_like=True):
    """All files of a folder as it was; of those that nobody has read yet, the names alone."""

    state: tuple[int, int]
    files: list[Seen | str]

    def is_settled(self, before: int) -> bool:
        """Whether nothing of it was touched at that moment (ns) or later."""
        last = (max(f.state[1], f.state[2]) for f in self.files if isinstance(f, Seen))
        return max(self.state[0], *last, 0) < before


_decoder = msgspec.msgpack.Decoder(dict[str, _Change])


class Listing:
    """The files of one folder of changes; what it learnt is written to `kept` when it is enough.

    Without `kept` it knows nothing beforehand, and every file is read.
    """

    def __init__(self, folder: Path, kept: Path | None) -> None:
        self._folder = str(folder)
        self._kept = kept
        self._known: dict[str, _Change] = {}
        self._new: dict[str, _Change] = {}
        with contextlib.suppress(OSError, msgspec.DecodeError):
            if kept is not None:
                self._known = _decoder.decode(kept.read_bytes())

    def files(self, change: str, scopes: frozenset[str] | None) -> list[Seen]:
        """The files of a change or of some scopes; raises OSError where they cannot be read."""
        path = f"{self._folder}/{change}"
        known = self._known.get(change)
        state = _state_of_folder(path)
        if known is None or state != known.state:
            known = self._new[change] = _Change(state, [*_names_in(path)])
        wanted = [f for f in known.files if scopes is None or _scope_of(_name_of(f)) in scopes]
        found = [_looked_at(path, file) for file in wanted]
        if found != wanted:
            now = {seen.file: seen for seen in found}
            files = [now.get(_name_of(file), file) for file in known.files]
            self._new[change] = _Change(state, files)
        return found

    def keep(self) -> None:
        """Best effort, and seldom: a listing is written anew when an eighth of it is new."""
        if self._kept is None or len(self._new) < MANY + len(self._known) // 8:
            return
        before = time.time_ns() - SETTLED
        settled = {name: each for name, each in self._new.items() if each.is_settled(before)}
        if len(settled) >= MANY:
            self._known |= settled
            put_in_cache(self._kept, msgspec.msgpack.encode(self._known))


def _names_in(folder: str) -> list[str]:
    """Not by `glob`, which passes over folders that cannot be read: that would lose money."""
    return [n for n in sorted(os.listdir(folder)) if n.endswith(SUFFIX) and n[0] != "."]


def _name_of(file: Seen | str) -> str:
    return file if isinstance(file, str) else file.file


def _scope_of(name: str) -> str:
    return name.split(".", 1)[0]


def _looked_at(folder: str, file: Seen | str) -> Seen:
    """What is known already, where the disk says that the file is as it was; else it is read."""
    if isinstance(file, Seen) and _state(f"{folder}/{file.file}") == file.state:
        return file
    return _read(folder, _name_of(file))


def _state(path: str) -> tuple[int, int, int, int]:
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _state_of_folder(path: str) -> tuple[int, int]:
    """`mtime` changes with what stands in it."""
    found = os.stat(path)
    return found.st_mtime_ns, found.st_ino


def _read(folder: str, file: str) -> Seen:
    path = f"{folder}/{file}"
    state = _state(path)
    with open(path, "rb") as content:
        return Seen(file, state, hashlib.sha256(content.read()).hexdigest())


def put_in_cache(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Put a file in place where that can be done: without it, all is read anew."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with aside.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        os.replace(aside, path)
