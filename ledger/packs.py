"""Many small files of the cache as one: what thousands of changes hold is read by one call.

    .cache/packs/changes/issyk-kul.payees51    {"9f86…": directives, "60303…": directives, …}

A pack is of one folder of changes, one scope and one view. What it does not hold yet stands alone
beside it, under its hash; a pack is written anew when an eighth of it would be new.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from ledger.listing import MANY, put_in_cache

SMALL = 65_536
"""Bytes: what is larger is read alone in hardly more time."""
_decoder = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


class Pack:
    """What is kept of one scope's files, by the hash of their text."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._known: dict[str, msgspec.Raw] = {}
        self._new: dict[str, msgspec.Raw] = {}
        with contextlib.suppress(OSError, msgspec.DecodeError):
            self._known = _decoder.decode(kept.read_bytes())

    def get(self, sha256: str) -> msgspec.Raw | None:
        return self._known.get(sha256)

    def add(self, sha256: str, encoded: bytes) -> None:
        """What was read or made alone, and might be packed."""
        if len(encoded) < SMALL:
            self._new[sha256] = msgspec.Raw(encoded)

    def keep(self) -> None:
        """Best effort, and seldom."""
        if len(self._new) >= MANY + len(self._known) // 8:
            put_in_cache(self._kept, msgspec.msgpack.encode({**self._known, **self._new}))
