"""One change, one folder: written aside, fsynced, then renamed into place (contract §2)."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ledger.directives import Commodity, Directive, Open
from ledger.text import write

CHANGES = "changes"
_SUFFIX = ".beancount"


class AlreadyLanded(Exception):
    """A change of this name stands in the books already."""


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
            texts[f"{scope}.{year}{_SUFFIX}"] = write(content)
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
    changes = books / CHANGES
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
        shutil.rmtree(aside, ignore_errors=True)
        if isinstance(error, OSError) and target.exists():
            raise AlreadyLanded(name) from error
        raise
    sync_folder(changes)
    return target


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a new file and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
