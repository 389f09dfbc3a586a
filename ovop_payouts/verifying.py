"""What was altered in the books since it was sealed or landed (contract §2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ledger.books import ARCHIVE
from ledger.changes import every_changes
from ledger.log import altered
from ledger.seals import verify
from ledger.store import landed_in
from ledger.text import UnreadableText
from ovop_payouts.book import Book, load_ever
from ovop_payouts.private import MissingDetails, read_details
from ovop_payouts.records import Imported, Reversal


def verify_books(books: Path) -> list[str]:
    """The log, every seal, every archived original: what was altered, the first thing first."""
    folders = every_changes(books)
    problems = [text for folder in folders for text in altered(books, folder, None)]
    try:
        for folder in folders:
            problems += verify(folder, landed_in(books, folder, every_byte=True))
        book = load_ever(books)
    except Exception as error:  # what was altered may be unreadable, or make no sense any more
        if not problems:
            raise
        return [*problems, *([str(error)] if isinstance(error, UnreadableText) else [])]
    problems += list(_archive_problems(books, book))
    return problems


def _archive_problems(books: Path, book: Book) -> Iterator[str]:
    kept = {path.name.split(".")[0]: path for path in sorted((books / ARCHIVE).glob("*"))}
    originals: list[Imported | Reversal] = [*book.imports, *book.reversals]
    for imported in originals:
        path = kept.get(imported.sha256)
        if path is None:
            yield f"{ARCHIVE}: the original of {imported.file} ({imported.sha256[:16]}) is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != imported.sha256:
            yield f"{ARCHIVE}/{path.name}: the original of {imported.file} was altered"
    for name in sorted({name for _, name in book.private}):
        try:
            read_details(books, name)
        except MissingDetails as error:
            yield str(error)
