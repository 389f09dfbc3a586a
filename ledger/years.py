"""Years: once one is closed, changes land in a folder of the new one, and its books load no other.

    main.beancount                        includes years/2027/changes/*/*.beancount
    main-2026.beancount                   the old year's book, as it was: changes/*/*.beancount
    changes/…                             everything that landed before 2026 was closed
    years/2027/changes/close-year-2026/   what it brought forward, the first change of the new year
    years/2027/changes/…                  everything since

The folder of the new year comes to be by one rename; the books are pointed at it after that, by
whoever comes next where a process was killed in between.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from ledger.changes import (
    CHANGES,
    YEARS,
    AlreadyLanded,
    open_changes,
    replace,
    sync_folder,
    write_durably,
)
from ledger.log import CLOSE_YEAR

MAIN = "main.beancount"
_INCLUDE = re.compile(r'^include "((?:\.\./)*)(?:years/\d+/)?changes/', re.MULTILINE)


def year_of(changes: Path) -> int | None:
    """The year that a folder of changes begins with; None for the first of all."""
    return int(changes.parent.name) if changes.parent.parent.name == YEARS else None


def holds_year(changes: Path, year: int) -> bool:
    """Whether a year stands in a folder of changes; what is older was but brought forward to it."""
    begun = year_of(changes)
    return begun is None or year >= begun


def is_close_year(change: str) -> bool:
    """Whether a change only brings forward what others said."""
    return change.startswith(f"{CLOSE_YEAR}-")


def close_years(changes: Path) -> set[str]:
    """The change that brought forward what a folder begins with; the first folder has none."""
    year = year_of(changes)
    return set() if year is None else {f"{CLOSE_YEAR}-{year - 1}"}


def land_year(books: Path, year: int, name: str, files: Mapping[str, str]) -> None:
    """Begin the folder of a year with its first change, by one rename.

    Raises AlreadyLanded where it was begun, OSError.
    """
    target = books / YEARS / str(year)
    if target.exists():
        raise AlreadyLanded(name)
    aside = books / YEARS / f".{year}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    change = aside / CHANGES / name
    try:
        change.mkdir(parents=True)
        for file, text in sorted(files.items()):
            write_durably(change / file, text.encode())
        for folder in (change, change.parent, aside):
            sync_folder(folder)
        os.rename(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(target.parent)


def point_books(books: Path) -> None:
    """Let every book include the open year; the one before is kept beside it under its year."""
    year = year_of(open_changes(books))
    if year is None:
        return
    _point(books / MAIN, year)
    for book in sorted((books / "associations").glob("*/book.beancount")):
        _point(book, year)


def _point(book: Path, year: int) -> None:
    text = book.read_text(encoding="utf-8")
    now = _INCLUDE.sub(rf'include "\g<1>{YEARS}/{year}/{CHANGES}/', text)
    if now != text:
        replace(book.with_name(f"{book.stem}-{year - 1}.beancount"), text.encode())
        replace(book, now.encode())
