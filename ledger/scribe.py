"""The texts of a change: written, read back, proved; on another core where the change is large.

While thousands of rows are planned, a second process writes what is planned already and reads it
back. Small changes, and what that process could not do, are written here, by the same code.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import IO, Any

import msgspec

from ledger.changes import Slot, arranged, slot_of
from ledger.directives import Directive, Entry
from ledger.text import read, write

Planned = Sequence[tuple[str, Directive]]
_PARCEL = 2_000
"""Directives that are handed over at once."""
_LENGTH = 8
_to_bytes = msgspec.msgpack.Encoder().encode
_planned = msgspec.msgpack.Decoder(list[tuple[str, Directive]])
_answer = msgspec.msgpack.Decoder(dict[str, str])


class Unsound(ValueError):
    """What would land does not read back as what was planned, or does not balance."""


class Texts:
    """The files of a change, as they grow."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._pieces: list[str] = []

    def add(self, planned: Planned) -> None:
        """Write directives; they read back as what was meant, and balance to the last digit.

        Raises Unsound.
        """
        directives = [directive for _, directive in planned]
        pieces = [write([directive]) for directive in directives]
        if read("\n".join(pieces), "change") != directives:
            raise Unsound("the change would not read back as it was meant")
        for directive in directives:
            if isinstance(directive, Entry) and directive.residual():
                raise Unsound(f"{directive.narration} does not balance")
        self._slots += [slot_of(scope, directive) for scope, directive in planned]
        self._pieces += pieces

    def whole(self, first: Planned = ()) -> dict[str, str]:
        """File name -> text; what comes `first` stands before all that was added."""
        if first:
            before = Texts()
            before.add(first)
            self._slots[:0], self._pieces[:0] = before._slots, before._pieces
        files = arranged(self._slots)
        return {name: "\n".join([self._pieces[i] for i in at]) for name, at in files.items()}


def texts_of(planned: Planned) -> dict[str, str]:
    """File name -> proved text of a change. Raises Unsound."""
    texts = Texts()
    texts.add(planned)
    return texts.whole()


class Scribe:
    """Hands over what is planned to a second process, which is ready when planning is."""

    def __init__(self) -> None:
        self._sent = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Scribe:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def follow(self, planned: Planned) -> None:
        """Hand over what was planned since the last time; little is not worth the trouble."""
        while len(planned) - self._sent >= _PARCEL:
            parcel = list(islice(planned, self._sent, self._sent + _PARCEL))
            self._hand_over(parcel)

    def texts(self, planned: Planned, first: int = 0) -> dict[str, str]:
        """File name -> proved text of all that is planned. Raises Unsound.

        So many of it, which were not followed, come `first`.
        """
        if self._process is not None:
            with suppress(OSError, EOFError, msgspec.DecodeError):
                self._hand_over(planned[first + self._sent :])
                return self._answer(planned[:first])
        return texts_of(planned)

    def _hand_over(self, parcel: Planned) -> None:
        self._sent += len(parcel)
        with suppress(OSError):
            if self._process is None:
                self._process = _begun()
            _put(self._process.stdin, _to_bytes(parcel))

    def _answer(self, first: Planned) -> dict[str, str]:
        assert self._process is not None
        _put(self._process.stdin, b"")
        _put(self._process.stdin, _to_bytes(first))
        kind, content = _take(self._process.stdout), _take(self._process.stdout)
        if kind == b"unsound":
            raise Unsound(content.decode())
        return _answer.decode(content)


def _begun() -> subprocess.Popen[bytes]:
    words = [sys.executable, "-P", "-m", "ledger.scribe"]
    return subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _put(stream: IO[bytes] | None, content: bytes) -> None:
    assert stream is not None
    stream.write(len(content).to_bytes(_LENGTH))
    stream.write(content)
    stream.flush()


def _take(stream: Any) -> bytes:
    size = int.from_bytes(_exactly(stream, _LENGTH))
    return _exactly(stream, size)


def _exactly(stream: Any, size: int) -> bytes:
    content: bytes = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content


def main() -> None:
    """The second process: parcels in, an empty one, what comes first; then the texts out."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    texts = Texts()
    unsound = ""
    while parcel := _take(source):
        try:
            if not unsound:
                texts.add(_planned.decode(parcel))
        except Unsound as error:
            unsound = str(error)
    first = _planned.decode(_take(source))
    if unsound:
        _put(target, b"unsound")
        _put(target, unsound.encode())
        return
    _put(target, b"texts")
    _put(target, _to_bytes(texts.whole(first)))


if __name__ == "__main__":
    import gc

    gc.disable()
    with suppress(EOFError, BrokenPipeError):
        main()
    os._exit(0)
