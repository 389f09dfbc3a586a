"""Writes and proves a large change on another core, while it is still being planned.

What is planned is packed into a file without a name, parcel by parcel, and let go of. A second
process reads the parcels, writes their text and packs them for the cache, into two more such
files. So neither process ever holds the change. What that process could not do is done here, by
the same code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from ledger.contents import Stretch
from ledger.directives import Directive
from ledger.drafts import (
    Draft,
    Group,
    Groups,
    Planned,
    Slot,
    Unsound,
    by_slot,
    drafts_of,
    groups_of,
    proved,
    without_header,
)

_PARCEL = 2_000
"""Directives that are handed over at once."""
_LENGTH = 8
_pack = msgspec.msgpack.Encoder().encode
_parcel = msgspec.msgpack.Decoder(list[tuple[Slot, int, msgspec.Raw]])
_directives = msgspec.msgpack.Decoder(list[Directive])
Places = list[tuple[Slot, int, list[tuple[int, int]], list[tuple[int, int]]]]
"""Slot, number of directives, and where their texts and packed forms lie: start and size."""
_places = msgspec.msgpack.Decoder(Places)


class _Spool:
    """A file that grows; what follows on what one slot wrote last becomes part of that."""

    def __init__(self, file: int) -> None:
        self.file, self.end = file, 0

    def add(self, content: bytes, to: list[tuple[int, int]], between: bytes = b"") -> None:
        """Write, and note where."""
        if to and sum(to[-1]) == self.end:
            content = between + content
            to[-1] = to[-1][0], to[-1][1] + len(content)
        else:
            to.append((self.end, len(content)))
        self.end = _write(self.file, content, self.end)


def _write(file: int, content: bytes, start: int) -> int:
    """Write all of it there; where it ends."""
    left = memoryview(content)
    while left:
        written = os.pwrite(file, left, start)
        start, left = start + written, left[written:]
    return start


class _Copyist:
    """Writes the texts of parcels, and what the cache keeps of them."""

    def __init__(self, parcels: int, texts: int, packed: int) -> None:
        self._parcels, self._texts, self._packed = parcels, _Spool(texts), _Spool(packed)
        self._counts: dict[Slot, int] = {}
        self._at: dict[Slot, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}

    def take(self, start: int, size: int) -> None:
        """Write one parcel. Raises Unsound, OSError."""
        content = b"".join(Stretch(self._parcels, start, size).chunks())
        for slot, count, raw in _parcel.decode(content):
            directives = _directives.decode(raw)
            texts, packed = self._at.setdefault(slot, ([], []))
            self._texts.add(proved(directives).encode(), texts, b"\n")
            self._packed.add(without_header(bytes(raw), count), packed)
            self._counts[slot] = self._counts.get(slot, 0) + count

    def places(self) -> Places:
        return [(slot, self._counts[slot], *at) for slot, at in self._at.items()]


class Scribe:
    """Takes over what is planned; a second process is ready with it soon after planning is.

    Files are made in `folder`, which must be on a disk with room for three times the change. They
    have no name, so nothing is left of them, however the process ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = ExitStack()
        self._parcels: list[tuple[int, int]] = []
        self._open: tuple[int, int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Scribe:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._files.close()

    @property
    def took(self) -> bool:
        """Whether something was taken over."""
        return bool(self._parcels)

    def take(self, planned: list[tuple[str, Directive]]) -> None:
        """Take what was planned away, once it is worth the trouble. Raises OSError."""
        if len(planned) >= _PARCEL:
            self._hand_over(planned)
            planned.clear()

    def drafts(self, first: Planned, rest: Planned) -> dict[str, Draft]:
        """File name -> draft of all: `first`, what was taken over, and the `rest`.

        Good until the scribe is left. Raises Unsound, OSError.
        """
        if not self._parcels:
            return drafts_of(groups_of([*first, *rest]))
        if rest:
            self._hand_over(rest)
        return drafts_of(groups_of(first), self._groups())

    def _hand_over(self, planned: Planned) -> None:
        if self._open is None:
            self._open = self._begin()
        slots = by_slot(planned).items()
        content = _pack([(slot, len(some), msgspec.Raw(_pack(some))) for slot, some in slots])
        start = sum(self._parcels[-1]) if self._parcels else 0
        _write(self._open[0], content, start)
        self._parcels.append((start, len(content)))
        with suppress(OSError):
            self._put(start, len(content))

    def _begin(self) -> tuple[int, int, int]:
        parcels, texts, packed = (self._unnamed() for _ in range(3))
        words = [sys.executable, "-P", "-m", "ledger.scribe", *map(str, (parcels, texts, packed))]
        with suppress(OSError):
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(parcels, texts, packed),
            )
        return parcels, texts, packed

    def _unnamed(self) -> int:
        return self._files.enter_context(tempfile.TemporaryFile(dir=self._folder)).fileno()

    def _put(self, start: int, size: int) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(start.to_bytes(_LENGTH) + size.to_bytes(_LENGTH))
            self._process.stdin.flush()

    def _groups(self) -> Groups:
        """What the second process wrote; where it could not, it is written here."""
        assert self._open is not None
        _, texts, packed = self._open
        places = self._answer()
        if places is None:
            copyist = _Copyist(*self._open)
            for start, size in self._parcels:
                copyist.take(start, size)
            places = copyist.places()
        return {
            slot: Group(
                [Stretch(texts, *at) for at in of_texts],
                [Stretch(packed, *at) for at in of_packed],
                count,
            )
            for slot, count, of_texts, of_packed in places
        }

    def _answer(self) -> Places | None:
        with suppress(OSError):
            self._put(0, 0)
        with suppress(OSError, EOFError, msgspec.DecodeError):
            if self._process is not None:
                kind, content = _take(self._process.stdout), _take(self._process.stdout)
                if kind == b"unsound":
                    raise Unsound(content.decode())
                return _places.decode(content)
        return None


def _take(stream: Any) -> bytes:
    return _exactly(stream, int.from_bytes(_exactly(stream, _LENGTH)))


def _exactly(stream: Any, size: int) -> bytes:
    content: bytes = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content


def main(source: IO[bytes], target: IO[bytes], copyist: _Copyist) -> None:
    """The second process: places of parcels in, an empty one; then places of texts out."""
    answer = b"unsound", b""
    try:
        while (place := _exactly(source, 2 * _LENGTH)) != bytes(2 * _LENGTH):
            copyist.take(int.from_bytes(place[:_LENGTH]), int.from_bytes(place[_LENGTH:]))
        answer = b"places", _pack(copyist.places())
    except Unsound as error:
        answer = b"unsound", str(error).encode()
    for part in answer:
        target.write(len(part).to_bytes(_LENGTH) + part)
    target.flush()


if __name__ == "__main__":
    import gc

    gc.disable()
    with suppress(EOFError, OSError):
        main(sys.stdin.buffer, sys.stdout.buffer, _Copyist(*map(int, sys.argv[1:])))
    os._exit(0)
