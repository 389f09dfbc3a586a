"""Reads what landed. Landed files never change: what they hold is kept by the hash of the text."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ledger.changes import SUFFIX, every_changes, names_in, open_changes
from ledger.directives import Directive
from ledger.text import read
from ledger.years import is_close_year

CACHE = ".cache"
_FORMAT = "1"
_decoder = msgspec.msgpack.Decoder(list[Directive])
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One file of one change: whose (`scope`), of which year, with its SHA-256."""

    change: str
    scope: str
    year: int
    sha256: str
    directives: list[Directive]


@dataclass(frozen=True, slots=True)
class View:
    """What is made of each file's directives for some readers, and kept beside the whole.

    Another way of making it needs another name.
    """

    name: str
    of: Callable[[list[Directive]], list[Directive]]


def landed(
    books: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[LandedFile]:
    """The files of the open year's changes, in the order of their names.

    Those of some scopes, or of some changes alone (and what was brought forward).
    """
    yield from landed_in(books, open_changes(books), scopes, view, changes)


def landed_in(
    books: Path,
    folder: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[LandedFile]:
    """The files of one folder of changes."""
    for name in names_in(folder):
        if changes is not None and name not in changes and not is_close_year(name):
            continue
        # Not by `glob`, which passes over folders that cannot be read: that would lose money.
        for file in sorted(os.listdir(folder / name)):
            own = scopes is None or file.split(".", 1)[0] in scopes
            if own and file.endswith(SUFFIX) and not file.startswith("."):
                yield read_file(books, folder / name / file, view)


def landed_ever(
    books: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[LandedFile]:
    """The files of all years; what a year close brought forward is left out, for it is there."""
    for folder in every_changes(books):
        for file in landed_in(books, folder, scopes, view, changes):
            if not is_close_year(file.change):
                yield file


def read_file(books: Path, path: Path, view: View | None = None) -> LandedFile:
    """One landed file, from the cache where it is known."""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    cached = books / CACHE / sha256[:2] / f"{sha256}.{_FORMAT}"
    directives = _from_cache(cached.with_suffix(f".{view.name}{_FORMAT}")) if view else None
    if directives is None:
        directives = _whole(cached, content, f"{path.parent.name}/{path.name}")
        if view is not None:
            directives = view.of(directives)
            _to_cache(cached.with_suffix(f".{view.name}{_FORMAT}"), directives)
    scope, year, _ = path.name.rsplit(".", 2)
    return LandedFile(path.parent.name, scope, int(year), sha256, directives)


def remember(books: Path, text: str, directives: list[Directive]) -> None:
    """Keep what a text was just read as, so that it need not be read again."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    _to_cache(books / CACHE / sha256[:2] / f"{sha256}.{_FORMAT}", directives)


def _whole(cached: Path, content: bytes, name: str) -> list[Directive]:
    directives = _from_cache(cached)
    if directives is None:
        directives = read(content.decode(), name)
        _to_cache(cached, directives)
    return directives


def _from_cache(path: Path) -> list[Directive] | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return _decoder.decode(path.read_bytes())
    return None


def _to_cache(path: Path, directives: list[Directive]) -> None:
    """Best effort: books on a read-only disk are read all the same."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_bytes(_encoder.encode(directives))
        os.replace(aside, path)
