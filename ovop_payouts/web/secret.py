"""The secret that signs members' links and names books in addresses: in `private/`, mode 0600."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from ledger.books import PRIVATE
from ledger.changes import replace

_FILE = "web.key"
_BYTES = 32


def web_secret(books: Path) -> bytes:
    """The secret of these books, made at first; without it all links are void."""
    path = books / PRIVATE / _FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, secrets.token_bytes(_BYTES), 0o600)
        return path.read_bytes()


def sign(secret: bytes, purpose: str, text: str) -> bytes:
    """HMAC-SHA256 of a text, for one purpose only."""
    return hmac.digest(secret, f"{purpose}\0{text}".encode(), hashlib.sha256)
