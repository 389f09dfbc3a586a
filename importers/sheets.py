"""Sheets of a file as rows of raw cells; hostile files are refused in one line."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from lxml import etree

from importers.cells import Missing, Raw

CSV_SHEET = "csv"
LARGEST_PART = 400 * 1024 * 1024
"""Bytes of one unpacked part of a workbook; a bigger one is refused unread."""
LARGEST_RATIO = 250
MOST_COLUMNS = 256
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


class UnreadableFile(ValueError):
    """A file that is no workbook, or is not safe to read; the message says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name and its rows (number, column index -> raw value)."""

    name: str
    rows: Iterator[tuple[int, dict[int, Raw]]]
    epoch_1904: bool = False


def sheets(path: Path, content: bytes) -> Iterator[Sheet]:
    """The content of a file, told by its bytes and not by its name. Raises UnreadableFile."""
    if content[:2] == b"\x1f\x8b":
        content = _unpacked_gzip(content)
    if content[:4] == b"PK\x03\x04":
        yield from _xlsx(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableFile(
            "is an old or password-protected workbook: save it as .xlsx without a password"
        )
    elif b"\0" in content[:4096] and not content.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        raise UnreadableFile("is no workbook: save it as .xlsx or .csv")
    else:
        yield _csv(content)


def _unpacked_gzip(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as packed:
        try:
            plain = packed.read(LARGEST_PART + 1)
        except (OSError, EOFError) as error:
            raise UnreadableFile(f"is a damaged archive ({error})") from None
    if len(plain) > LARGEST_PART:
        raise UnreadableFile("unpacks to more than can be read safely")
    return plain


# --- csv ---------------------------------------------------------------------------------------


def _csv(content: bytes) -> Sheet:
    shown = _decoded(content)
    first = shown.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(shown, newline=""), delimiter=delimiter, strict=False)
    return Sheet(CSV_SHEET, _csv_rows(reader))


def _csv_rows(reader: Any) -> Iterator[tuple[int, dict[int, Raw]]]:
    try:
        for number, cells in enumerate(reader, 1):
            yield number, {i: cell for i, cell in enumerate(cells) if cell.strip()}
    except csv.Error as error:
        raise UnreadableFile(f"is no CSV that can be read ({error})") from None


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "strict")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1251")
    except UnicodeDecodeError:
        raise UnreadableFile("is text in an unknown encoding: save it as UTF-8") from None


# --- xlsx --------------------------------------------------------------------------------------


def _xlsx(content: bytes) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_package(package)
            book = _Workbook(package)
            yield from book.sheets()
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFile(f"is a damaged workbook ({error})") from None
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"holds damaged XML ({error.msg})") from None
    except RuntimeError as error:
        raise UnreadableFile(f"is protected by a password ({error})") from None


def _check_package(package: zipfile.ZipFile) -> None:
    names = {part.filename for part in package.infolist()}
    if "[Content_Types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        raise UnreadableFile("is an archive, but no .xlsx workbook: save it as .xlsx")
    for part in package.infolist():
        packed = max(part.compress_size, 1)
        if part.file_size > LARGEST_PART or (
            part.file_size > 10_000_000 and part.file_size / packed > LARGEST_RATIO
        ):
            raise UnreadableFile("unpacks to far more than it should; it is not read")


class _Limited(io.RawIOBase):
    """Reads no more of a part than its directory promises."""

    def __init__(self, inner: IO[bytes], limit: int) -> None:
        self.inner, self.left = inner, limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.inner.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise UnreadableFile("unpacks to more than it says; it is not read further")
        return data


class _Workbook:
    """The parts of a workbook that reading needs."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        root = next(n for n in package.namelist() if n.endswith("workbook.xml"))
        self.base = root.rpartition("/")[0]
        self.tree = self._tree(root)
        self.names = set(package.namelist())
        self.relations = self._relations(root)
        self.strings = self._strings()
        self.dates = self._date_styles()
        properties = self.tree.find(f"{_MAIN}workbookPr")
        self.epoch_1904 = properties is not None and properties.get("date1904") in ("1", "true")

    def _open(self, name: str) -> _Limited:
        part = self.package.getinfo(name)
        return _Limited(self.package.open(part), min(part.file_size, LARGEST_PART) + 1)

    def _events(self, name: str, *tags: str) -> Iterator[Any]:
        parser = etree.iterparse(
            self._open(name),
            events=("end",),
            tag=[f"{_MAIN}{tag}" for tag in tags],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for _, element in parser:
            if parser.root is not None and parser.root.getroottree().docinfo.doctype:
                raise UnreadableFile("declares a document type; that is never needed and not read")
            yield element

    def _tree(self, name: str) -> Any:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        stream: Any = self._open(name)
        tree: Any = etree.parse(stream, parser)
        if tree.docinfo.doctype:
            raise UnreadableFile("declares a document type; that is never needed and not read")
        return tree.getroot()

    def _relations(self, root: str) -> dict[str, str]:
        folder, _, name = root.rpartition("/")
        path = f"{folder}/_rels/{name}.rels".lstrip("/")
        if path not in self.package.namelist():
            return {}
        return {
            r.get("Id"): self._absolute(r.get("Target"))
            for r in self._tree(path).iter(_PACKAGE)
            if r.get("TargetMode") != "External"
        }

    def _absolute(self, target: str) -> str:
        if target.startswith("/"):
            return target[1:]
        return f"{self.base}/{target}".lstrip("/")

    def _strings(self) -> list[str]:
        name = next((n for n in self.names if n.endswith("sharedStrings.xml")), None)
        if name is None:
            return []
        strings = []
        for item in self._events(name, "si"):
            strings.append(_text_of(item))
            item.clear()
        return strings

    def _date_styles(self) -> set[int]:
        name = next((n for n in self.names if n.endswith("styles.xml")), None)
        if name is None:
            return set()
        tree = self._tree(name)
        own = {
            int(f.get("numFmtId")): _is_date_format(f.get("formatCode") or "")
            for f in tree.iter(f"{_MAIN}numFmt")
        }
        formats = tree.find(f"{_MAIN}cellXfs")
        found = set()
        for index, style in enumerate(formats if formats is not None else ()):
            code = int(style.get("numFmtId") or 0)
            if own.get(code, code in _DATE_FORMATS):
                found.add(index)
        return found

    def sheets(self) -> Iterator[Sheet]:
        for sheet in self.tree.iter(f"{_MAIN}sheet"):
            part = self.relations.get(sheet.get(_REL) or "")
            if part in self.names and "chartsheet" not in part:
                yield Sheet(sheet.get("name") or "", self._rows(part), self.epoch_1904)

    def _rows(self, part: str) -> Iterator[tuple[int, dict[int, Raw]]]:
        number = 0
        for row in self._events(part, "row"):
            number = int(row.get("r") or number + 1)
            cells: dict[int, Raw] = {}
            column = -1
            for cell in row:
                reference = cell.get("r")
                column = _column(reference) if reference else column + 1
                if column < MOST_COLUMNS:
                    value = self._value(cell)
                    if value is not None and value != "":
                        cells[column] = value
            yield number, cells
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]

    def _value(self, cell: Any) -> Raw:
        kind = cell.get("t")
        if kind == "inlineStr":
            return _text_of(cell)
        stored = cell.find(f"{_MAIN}v")
        if stored is None or stored.text is None:
            return Missing("=") if cell.find(f"{_MAIN}f") is not None else None
        shown: str = stored.text
        match kind:
            case "s":
                index = int(shown)
                return self.strings[index] if index < len(self.strings) else None
            case "str" | "e":
                return shown
            case "b":
                return shown.strip() == "1"
            case "d":
                return shown
        return self._number(shown, int(cell.get("s") or 0))

    def _number(self, shown: str, style: int) -> Raw:
        try:
            value = float(shown)
        except ValueError:
            return shown
        if style in self.dates and 0 < value < 2_958_466:
            start = datetime.fromisoformat("1904-01-01" if self.epoch_1904 else "1899-12-30")
            return start + timedelta(days=value)
        return value


def _text_of(element: Any) -> str:
    """All text runs of a string, without phonetic hints."""
    parts = []
    for node in element.iter(f"{_MAIN}t"):
        if node.getparent().tag != f"{_MAIN}rPh":
            parts.append(node.text or "")
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), "".join(parts))


def _is_date_format(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
    return any(letter in bare for letter in "dy") or bare in ("mmm", "mmmm", "h:mm", "hh:mm:ss")


def _column(reference: str) -> int:
    """`C14` -> 2."""
    index = 0
    for letter in reference:
        if not letter.isalpha():
            break
        index = index * 26 + ord(letter.upper()) - 64
        if index > 1_000_000:
            break
    return index - 1


def letters(column: int) -> str:
    """2 -> `C`."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
