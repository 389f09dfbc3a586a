"""Zip packages and the XML in them: bounded, without entities, and nothing is ever fetched."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any

from lxml import etree

from importers.sheets.model import LARGE, LARGEST, RATIO, Rows, Sheet, UnreadableFile

_LAST_ROW = 1 << 20
_TAIL = 1 << 18
"""Bytes that are kept of what was read last: merged cells stand at a sheet's end."""
_LONGEST = 100
"""Characters that are shown of what a library says."""


class _Limited(io.RawIOBase):
    """Reads no more of a part than its directory promises."""

    def __init__(self, inner: IO[bytes], limit: int) -> None:
        self.inner, self.left = inner, limit
        self.tail = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.inner.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise UnreadableFile("unpacks to more than it says; it is not read further")
        self.tail = data if len(data) >= _TAIL else (self.tail + data)[-_TAIL:]
        return data


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook that is a zip archive."""

    archive: zipfile.ZipFile
    names: dict[str, str]
    """Part -> its name in the archive, which may be written with backslashes."""
    opened: dict[str, _Limited] = field(default_factory=dict)

    def open(self, name: str) -> Any:
        part = self.archive.getinfo(self.names[name])
        stream = _Limited(self.archive.open(part), min(part.file_size, LARGEST) + 1)
        self.opened[name] = stream
        return stream

    def tail(self, name: str) -> bytes:
        """The last bytes of a part that was read."""
        return self.opened[name].tail if name in self.opened else b""

    def read(self, name: str, most: int = LARGEST) -> bytes:
        data: bytes = self.open(name).read(most)
        return data

    def tree(self, name: str) -> Any:
        """The root element of a small part."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        tree: Any = etree.parse(self.open(name), parser)
        _must_be_plain(tree.getroot())
        return tree.getroot()

    def events(self, name: str, *tags: str) -> Iterator[Any]:
        """Elements of a large part as they end."""
        parser = etree.iterparse(
            self.open(name),
            events=("end",),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for _, element in parser:
            _must_be_plain(parser.root)
            yield element
        _must_be_plain(parser.root)


def _must_be_plain(root: Any) -> None:
    if root is not None and root.getroottree().docinfo.doctype:
        raise UnreadableFile("declares a document type; that is never needed and not read")


@contextmanager
def open_package(content: bytes) -> Iterator[Package]:
    """A package whose directory is believable. Raises UnreadableFile."""
    with readable(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check(archive)
        yield Package(archive, {_part(n): n for n in archive.namelist()})


def guarded(sheet: Sheet) -> Sheet:
    """The same sheet, whose rows raise UnreadableFile alone."""
    return replace(sheet, rows=_guarded(sheet.rows))


def _guarded(rows: Rows) -> Rows:
    with readable():
        for number, cells in rows:
            if not 0 < number <= _LAST_ROW:
                raise UnreadableFile(f"is a damaged workbook (it has a row {number})")
            yield number, cells


@contextmanager
def readable() -> Iterator[None]:
    """Whatever is wrong inside a workbook becomes UnreadableFile."""
    try:
        yield
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFile(f"is a damaged workbook ({_short(error)})") from None
    except (zlib.error, ValueError, OverflowError, TypeError) as error:
        raise UnreadableFile(f"is a damaged workbook ({_short(error)})") from None
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"holds damaged XML ({_short(error.msg)})") from None
    except RuntimeError as error:
        raise UnreadableFile(f"is protected by a password ({_short(error)})") from None


def _short(said: object) -> str:
    """What a library says of damage, on one short line."""
    words = " ".join(str(said).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _part(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _check(archive: zipfile.ZipFile) -> None:
    for part in archive.infolist():
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > LARGEST or (part.file_size > LARGE and ratio > RATIO):
            raise UnreadableFile("unpacks to far more than it should; it is not read")


def forget(element: Any) -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
