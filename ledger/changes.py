"""One change, one folder: written aside, fsynced, then renamed into place (contract §2)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from ledger.contents import Text, chunks_of
from ledger.notice import Notice

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


def digest(files: Mapping[str, Text]) -> str:
    """SHA-256 over names and contents (64 hex digits)."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0".encode())
        for chunk in chunks_of(files[name]):
            total.update(chunk)
        total.update(b"\0")
    return total.hexdigest()


def land(books: Path, name: str, files: Mapping[str, Text]) -> Path:
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
            write_durably(aside / file, chunks_of(text))
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


def _is(target: Path, files: Mapping[str, Text]) -> bool:
    """Whether a change stands there as it was meant, record of the log and all."""
    try:
        return {p.name: p.read_bytes() for p in target.iterdir()} == {
            name: b"".join(chunks_of(text)) for name, text in files.items()
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


def write_durably(path: Path, content: bytes | Iterable[bytes], mode: int = 0o644) -> None:
    """Write a new file and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        for chunk in [content] if isinstance(content, bytes) else content:
            left = memoryview(chunk)
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
