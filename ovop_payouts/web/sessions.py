"""Who is signed in: one small file a session in `private/`, so that ending one ends it everywhere.

The cookie holds a random token; the file is named by the token's hash, so that whoever reads the
folder cannot sign in with what it holds.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ledger.books import PRIVATE
from ledger.changes import replace

FOLDER = "sessions"
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
_SEEN_EVERY = timedelta(minutes=1)


class Session(msgspec.Struct, frozen=True):
    """A signed-in user. `stamp` is what it holds for: another role or password ends it."""

    user: str
    stamp: str
    csrf: str
    since: datetime
    said: str = ""
    """What is to be said on the next page, once."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one folder of books."""

    books: Path

    def begin(self, user: str, stamp: str, now: datetime) -> str:
        """Sign in; returns the token for the cookie. Sessions that are over are cleared away."""
        self._clear(now)
        token = secrets.token_urlsafe(32)
        self.keep(token, Session(user, stamp, secrets.token_urlsafe(32), now))
        return token

    def get(self, token: str, now: datetime) -> Session | None:
        """The session of a token, where it is not over."""
        path = self._path(token)
        try:
            seen = path.stat().st_mtime
            session = msgspec.json.decode(path.read_bytes(), type=Session)
        except (OSError, msgspec.DecodeError):
            return None
        idle = now.timestamp() - seen
        if now - session.since > LASTS or idle > IDLE.total_seconds():
            self.end(token)
            return None
        if idle > _SEEN_EVERY.total_seconds():
            with suppress(OSError):
                path.touch()
        return session

    def keep(self, token: str, session: Session) -> None:
        path = self._path(token)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(path, msgspec.json.encode(session), 0o600)

    def end(self, token: str) -> None:
        self._path(token).unlink(missing_ok=True)

    def _path(self, token: str) -> Path:
        name = hashlib.sha256(token.encode()).hexdigest()
        return self.books / PRIVATE / FOLDER / f"{name}.json"

    def _clear(self, now: datetime) -> None:
        over = now.timestamp() - IDLE.total_seconds()
        for path in (self.books / PRIVATE / FOLDER).glob("*.json"):
            with suppress(OSError):
                if path.stat().st_mtime < over:
                    path.unlink()
