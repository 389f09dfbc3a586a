"""One change, one folder: written aside, fsynced, then renamed into place (contract §2)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ledger.directives import Commodity, Directive, Open
from ledger.notice import Notice
from ledger.text import write

CHANGES = "changes"
YEARS = "years"
SUFFIX = ".beancount"


class AlreadyLanded(Exception):
    """A change of this name stands in the books already."""


def open_changes(books: Path) -> Path:
    """The folder where changes land: that of the open year, once a year was closed."""
    return every_changes(books)[-1]


def every_changes(books: Path) -> list[Path]:
    """The folders of changes of all years, the oldest first."""
    try:
        years = sorted(name for name in os.listdir(books / YEARS) if name.isdigit())
    except FileNotFoundError:
        years = []
    return [books / CHANGES, *(books / YEARS / year / CHANGES for year in years)]


def names_in(changes: Path) -> list[str]:
    """The changes that landed in a folder, in the order of their names."""
    with os.scandir(changes) as found:
        return sorted(f.name for f in found if not f.name.startswith(".") and f.is_dir())


def files_of(planned: Iterable[tuple[str, Directive]]) -> dict[str, str]:
    """File name -> text: one file for each scope and calendar year that a change touches.

    What is opened stands before, in the scope's earliest year.
    """
    by_scope: dict[str, list[Directive]] = defaultdict(list)
    for scope, directive in planned:
        by_scope[scope].append(directive)
    texts: dict[str, str] = {}
    for scope, directives in sorted(by_scope.items()):
        years: dict[int, list[Directive]] = defaultdict(list)
        opens = [d for d in directives if isinstance(d, (Open, Commodity))]
        for directive in directives:
            if not isinstance(directive, (Open, Commodity)):
                years[directive.date.year].append(directive)
        first = min(years, default=min((d.date.year for d in opens), default=1970))
        years[first] = [*opens, *years[first]]
        for year, content in sorted(years.items()):
            texts[f"{scope}.{year}{SUFFIX}"] = write(content)
    return texts


def digest(files: Mapping[str, str]) -> str:
    """SHA-256 over names and contents (64 hex digits)."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{files[name]}\0".encode())
    return total.hexdigest()


def land(books: Path, name: str, files: Mapping[str, str]) -> Path:
    """Put a checked change in place under its name; raises AlreadyLanded where another was first.

    The rename of the folder is the one moment at which the change comes to be.
    """
    changes = open_changes(books)
    target = changes / name
    if target.exists():
        raise AlreadyLanded(name)
    aside = changes / f".{name}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for file, text in sorted(files.items()):
            write_durably(aside / file, text.encode())
        sync_folder(aside)
        os.rename(aside, target)
    except BaseException as error:
        if isinstance(error, OSError) and target.exists() and not _is(target, files):
            raise AlreadyLanded(name) from error
        # A rename over a network may be done though it was said to have failed.
        if not (isinstance(error, OSError) and _is(target, files)):
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _confirm(changes)
    return target


def _is(target: Path, files: Mapping[str, str]) -> bool:
    """Whether a change stands there as it was meant, record of the log and all."""
    try:
        return {p.name: p.read_bytes() for p in target.iterdir()} == {
            name: text.encode() for name, text in files.items()
        }
    except OSError:
        return False


def _confirm(changes: Path) -> None:
    """The change has landed; that the disk holds its name is confirmed, or a person is told."""
    try:
        sync_folder(changes)
    except OSError as error:
        text = f"the change landed, but the disk did not confirm it: {error.strerror}"
        warnings.warn(text, Notice, stacklevel=3)


def sweep(changes: Path) -> None:
    """Remove what killed processes left aside; only for who holds the books' lock."""
    with os.scandir(changes) as found:
        left = [f.path for f in found if f.name.startswith(".")]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a new file and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep(folder: Path, content: bytes, *, suffix: str = "") -> str:
    """Keep private bytes under their own SHA-256 (mode 0600); twice is once. Returns it."""
    name = hashlib.sha256(content).hexdigest()
    target = folder / f"{name}{suffix}"
    if not target.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(target, content, 0o600)
    return name


def replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a whole file in place of an old one, or of none."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_durably(aside, content, mode)
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
