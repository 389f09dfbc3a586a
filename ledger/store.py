"""Reads what landed. Landed files never change: what they hold is kept by the hash of the text."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import get_args

import msgspec

from ledger.changes import every_changes, names_in, open_changes
from ledger.directives import Directive, Fact
from ledger.drafts import Draft, listed
from ledger.listing import Listing, Seen, put_in_cache
from ledger.packs import Pack
from ledger.text import UnreadableText, read
from ledger.years import is_close_year

CACHE = ".cache"
_FORMAT = "1"
_decoder = msgspec.msgpack.Decoder(list[Directive])
_encoder = msgspec.msgpack.Encoder()
_undecoded = msgspec.msgpack.Decoder(list[msgspec.Raw])
_fact = msgspec.msgpack.Decoder(Fact)
_IS_FACT = _encoder.encode(Fact.__struct_config__.tag)
"""What follows the byte that says how long a fact is."""
_IS_DIRECTIVE = tuple(_encoder.encode(k.__struct_config__.tag) for k in get_args(Directive))


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One file of one change: whose (`scope`), of which year, with its SHA-256."""

    change: str
    scope: str
    year: int
    sha256: str
    directives: list[Directive]

    @property
    def place(self) -> tuple[str, str, int]:
        """Which file it is, whatever view of it was read."""
        return self.change, self.scope, self.year


@dataclass(frozen=True, slots=True)
class View:
    """What is made of each file's directives for some readers, and kept beside the whole.

    Another way of making it needs another name. One `of_facts` is made of these alone: entries,
    which most of a large file consists of, need not be decoded for it.
    """

    name: str
    of: Callable[[list[Directive]], list[Directive]]
    of_facts: bool = False


def landed(
    books: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[LandedFile]:
    """The files of the open year's changes, in the order of their names.

    Those of some scopes, or of some changes alone.
    """
    yield from landed_in(books, open_changes(books), scopes, view, changes)


def landed_in(
    books: Path,
    folder: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
    every_byte: bool = False,
) -> Iterator[LandedFile]:
    """The files of one folder of changes; `every_byte`: hashed anew, whatever the disk says."""
    packed = books / CACHE / "packs" / folder.relative_to(books)
    listing = Listing(folder, None if every_byte else packed / f"listing.{_FORMAT}")
    shelf = _Shelf(books, packed, view)
    for name in names_in(folder):
        if changes is not None and name not in changes:
            continue
        for seen in listing.files(name, scopes):
            directives = shelf.directives(f"{folder}/{name}/{seen.file}", seen)
            yield LandedFile(name, seen.scope, seen.year, seen.sha256, directives)
    listing.keep()
    shelf.keep()


def landed_ever(
    books: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[LandedFile]:
    """The files of all years; what a year close brought forward is left out, for it is there."""
    yield from chain.from_iterable(landed_by_year(books, scopes, view, changes))


def landed_by_year(
    books: Path,
    scopes: frozenset[str] | None = None,
    view: View | None = None,
    changes: Collection[str] | None = None,
) -> Iterator[Iterator[LandedFile]]:
    """As `landed_ever`, the files of each year's folder by themselves."""
    for folder in every_changes(books):
        files = landed_in(books, folder, scopes, view, changes)
        yield (file for file in files if not is_close_year(file.change))


class _Shelf:
    """What was understood of files, through one view: packed, alone in the cache, or read anew."""

    def __init__(self, books: Path, packed: Path, view: View | None) -> None:
        self._cache = books / CACHE
        self._packed = packed
        self._view = view
        self._packs: dict[str, Pack] = {}

    def directives(self, path: str, seen: Seen) -> list[Directive]:
        """Of one landed file."""
        pack = self._pack(seen.scope)
        encoded: bytes | msgspec.Raw | None = pack.get(seen.sha256)
        with contextlib.suppress(msgspec.DecodeError):
            if encoded is not None:
                return _decoder.decode(encoded)
        directives, encoded = self._alone(path, seen)
        pack.add(seen.sha256, encoded)
        return directives

    def keep(self) -> None:
        for pack in self._packs.values():
            pack.keep()

    def _pack(self, scope: str) -> Pack:
        if scope not in self._packs:
            name = self._view.name if self._view else ""
            self._packs[scope] = Pack(self._packed / f"{scope}.{name}{_FORMAT}")
        return self._packs[scope]

    def _alone(self, path: str, seen: Seen) -> tuple[list[Directive], bytes]:
        cached = _alone_in(self._cache, seen.sha256)
        if self._view is None:
            return _from_cache(cached) or _read(path, seen, cached)
        of_view = _alone_in(self._cache, seen.sha256, self._view.name)
        found = _from_cache(of_view)
        if found is None:
            decode = _facts_in if self._view.of_facts else _decoder.decode
            material, _ = _from_cache(cached, decode) or _read(path, seen, cached)
            found = _to_cache(of_view, self._view.of(material))
        return found


def remember(books: Path, first: Sequence[Directive], record: str, draft: Draft) -> None:
    """Keep what a file was just read as: its record as the `first` ones, then its draft."""
    sha256 = hashlib.sha256(record.encode())
    for chunk in draft.text.chunks():
        sha256.update(chunk)
    name = sha256.hexdigest()
    before = listed(draft.count + len(first)) + b"".join(map(_encoder.encode, first))
    packed = chain([before], draft.packed.chunks())
    put_in_cache(Path(_alone_in(books / CACHE, name)), packed)


def _alone_in(cache: Path, sha256: str, view: str = "") -> str:
    return f"{cache}/{sha256[:2]}/{sha256}.{view}{_FORMAT}"


def _read(path: str, seen: Seen, cached: str) -> tuple[list[Directive], bytes]:
    content = Path(path).read_bytes()
    name = "/".join(path.rsplit("/", 2)[1:])
    if hashlib.sha256(content).hexdigest() != seen.sha256:
        raise UnreadableText(f"{name} was altered")
    return _to_cache(cached, read(content.decode(), name))


def _from_cache(
    path: str, decode: Callable[[bytes], list[Directive]] = _decoder.decode
) -> tuple[list[Directive], bytes] | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        with open(path, "rb") as kept:
            encoded = kept.read()
        return decode(encoded), encoded
    return None


def _facts_in(encoded: bytes) -> list[Directive]:
    """The facts among directives, without decoding these. Raises msgspec.DecodeError."""
    each = [*map(bytes, _undecoded.decode(encoded))]
    if not all(raw.startswith(_IS_DIRECTIVE, 1) for raw in each):
        raise msgspec.DecodeError("no directives")
    return [_fact.decode(raw) for raw in each if raw.startswith(_IS_FACT, 1)]


def _to_cache(path: str, directives: list[Directive]) -> tuple[list[Directive], bytes]:
    """Best effort: books on a read-only disk are read all the same."""
    encoded = _encoder.encode(directives)
    put_in_cache(Path(path), encoded)
    return directives, encoded
