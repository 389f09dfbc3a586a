"""What a file will hold: a text at hand, or stretches of other files where it is large."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_BLOCK = 1 << 20


class Stretch(NamedTuple):
    """Bytes of an open file, by its descriptor."""

    file: int
    start: int
    size: int

    def chunks(self) -> Iterator[bytes]:
        """Raises OSError where the file is shorter than it was."""
        done = 0
        while done < self.size:
            chunk = os.pread(self.file, min(_BLOCK, self.size - done), self.start + done)
            if not chunk:
                raise OSError("what was set aside is gone")
            done += len(chunk)
            yield chunk


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes in their order; stretches are read while they are needed, and not kept."""

    pieces: tuple[bytes | Stretch, ...]

    def chunks(self) -> Iterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Stretch):
                yield from piece.chunks()
            else:
                yield piece

    def whole(self) -> bytes:
        return b"".join(self.chunks())


Text = str | Content


def chunks_of(text: Text) -> Iterator[bytes]:
    """The bytes of a text, in pieces that fit into little memory."""
    if isinstance(text, str):
        yield text.encode()
    else:
        yield from text.chunks()
