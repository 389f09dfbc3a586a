"""Uploaded workbooks between the trial and the booking: kept under a hash, for a day, by one user.

They lie in the private folder, for members' workbooks hold account numbers.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from pathlib import Path

from ledger.books import PRIVATE
from ledger.changes import replace
from ovop_payouts.refusal import Refusal
from ovop_payouts.web.desk import Desk, NothingThere

FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
MOST_FILES = 20
_TICKET = re.compile(r"[0-9a-f]{32}\Z")
_NOT_A_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')


def keep(desk: Desk) -> str:
    """Keep the uploaded files; returns the ticket under which this user finds them again."""
    if not desk.files or len(desk.files) > MOST_FILES:
        raise Refusal(desk.words("upload_files", most=str(MOST_FILES)))
    digest = hashlib.sha256(desk.user.name.encode())
    for file in desk.files:
        digest.update(hashlib.sha256(file.content).digest())
        digest.update(file.name.encode(errors="replace"))
    ticket = digest.hexdigest()[:32]
    forget_old(_folder(desk.books))
    for number, file in enumerate(desk.files):
        place = _mine(desk, ticket) / f"{number:02d}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(place / _plain(file.name), file.content, 0o600)
    return ticket


def found(desk: Desk, ticket: str) -> list[Path]:
    """The files of a ticket, in the order in which they were given. Raises NothingThere."""
    if not _TICKET.match(ticket):
        raise NothingThere(ticket)
    files = sorted(_mine(desk, ticket).glob("*/*"))
    if not files:
        raise NothingThere(ticket)
    return files


def forget(desk: Desk, ticket: str) -> None:
    if _TICKET.match(ticket):
        shutil.rmtree(_mine(desk, ticket), ignore_errors=True)


def forget_old(folder: Path) -> None:
    """What nobody booked within a day is not kept."""
    for ticket in folder.glob("*/*"):
        if time.time() - ticket.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(ticket, ignore_errors=True)


def _folder(books: Path) -> Path:
    return books / PRIVATE / FOLDER


def _mine(desk: Desk, ticket: str) -> Path:
    """A user finds only their own."""
    return _folder(desk.books) / desk.user.name / ticket


def _plain(name: str) -> str:
    """The name of a file without a folder, or signs that no file system likes."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = _NOT_A_NAME.sub("_", last).strip(" .")[-120:]
    return plain or "upload"
