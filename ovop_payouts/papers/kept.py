"""What a folder of papers holds already: a paper whose inputs did not change is not made again.

A hidden folder beside the papers has one small file for each batch: name of a paper -> hash of its
inputs and hash of its content. It is written when the batch is done, so that who was killed goes on
where they were.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

FOLDER = ".made"
_SOURCES = (".py", ".typ", ".toml", ".ttf")


class Known(msgspec.Struct, frozen=True):
    """The hashes of one paper: of what it was made of, and of the file as it was written."""

    inputs: str
    content: str


@cache
def program() -> str:
    """A hash of all that turns inputs into papers: another program makes other papers."""
    digest = hashlib.sha256(version("typst").encode())
    for source in _sources(files("reports")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            found += _sources(entry)
        elif entry.name.endswith(_SOURCES):
            found.append(entry)
    return found


def inputs_of(*parts: object) -> str:
    """A hash of what a paper is made of: frozen records, whose text tells all that they hold."""
    text = "\n".join((program(), *map(repr, parts)))
    return hashlib.sha256(text.encode()).hexdigest()


class Kept:
    """The papers of one batch in a folder: those that were made before, and those made now."""

    def __init__(self, folder: Path, batch: str) -> None:
        self.folder = folder
        self.path = folder / FOLDER / f"{batch}.json"
        self.before = self._read()
        self.now: dict[str, Known] = {}

    def _read(self) -> dict[str, Known]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, Known])
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def has(self, name: str, inputs: str) -> bool:
        """Whether the file is there, made of these inputs, and as it was written."""
        known = self.before.get(name)
        if known is None or known.inputs != inputs:
            return False
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return False
        if hashlib.sha256(content).hexdigest() != known.content:
            return False
        self.now[name] = known
        return True

    def write(self, name: str, inputs: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, content)
        self.now[name] = Known(inputs, hashlib.sha256(content).hexdigest())

    def close(self) -> None:
        """Remember what is there now; papers of other languages and forms stay known."""
        held = dict(sorted({**self.before, **self.now}.items()))
        if held == self.before:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _put(self.path, msgspec.json.encode(held))


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all, but without waiting for the disk: a paper that is lost is made again."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
