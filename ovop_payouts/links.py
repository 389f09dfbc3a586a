"""Members' links: signed, expiring, each opens one member's statement of one month (contract §7).

`https://payouts.example.kg/s/2026-03.M0345.50f2.Fv3…` names month, member and last day (days since
1970, in hexadecimal), and is signed with a secret that is kept in `private/` (mode 0600). Who takes
that secret away makes all links void.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ledger.books import PRIVATE
from ledger.changes import replace

LASTS = timedelta(days=400)
"""From the day a statement is issued: a member may look back over a year."""
PATH = "s"
_FILE = "web.key"
_BYTES = 32
_SIGNATURE = 16
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class MemberLink:
    """What a link opens: one member's statement of a month (YYYY-MM), up to and with `expires`."""

    period: str
    member: str
    expires: date


def web_secret(books: Path) -> bytes:
    """The secret of these books, made at first (32 random bytes)."""
    path = books / PRIVATE / _FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{_FILE}.{os.getpid()}")
    replace(aside, secrets.token_bytes(_BYTES), 0o600)
    with suppress(FileExistsError):  # another process was first, and its secret holds
        os.link(aside, path)
    aside.unlink()
    return path.read_bytes()


def sign(secret: bytes, purpose: str, text: str) -> bytes:
    """HMAC-SHA256 of a text; what was signed for one purpose is nothing for another."""
    return hmac.digest(secret, f"{purpose}\0{text}".encode(), hashlib.sha256)


def member_link(secret: bytes, base_url: str, period: str, member: str, expires: date) -> str:
    """The address that opens a statement; `base_url` is `web.url` of the settings."""
    said = f"{period}.{member}.{(expires - _EPOCH).days:x}"
    return f"{base_url.rstrip('/')}/{PATH}/{said}.{_signature(secret, said)}"


def read_link(secret: bytes, token: str, today: date) -> MemberLink | None:
    """What the last part of an address opens; None where it is not ours, or its time is over."""
    said, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(secret, said).encode(), signature.encode()):
        return None
    period, member, days = said.split(".")
    expires = _EPOCH + timedelta(days=int(days, 16))
    return MemberLink(period, member, expires) if today <= expires else None


def _signature(secret: bytes, said: str) -> str:
    digest = sign(secret, "statement", said)[:_SIGNATURE]
    return urlsafe_b64encode(digest).decode().rstrip("=")
