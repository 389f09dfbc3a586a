"""Workbooks of Office Open XML (.xlsx, .xlsm), streamed; macros, links and formulas never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from lxml import etree

from importers.cells import Missing, Raw, is_blank
from importers.sheets import scanned
from importers.sheets.model import (
    MOST_COLUMNS,
    Area,
    Rows,
    Sheet,
    UnreadableFile,
    area_of,
    column_of,
)
from importers.sheets.packages import Package, forget

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_LAST_SERIAL = 2_958_466
"""The day after 9999-12-31."""
_EPOCHS = {1900: "1899-12-30", 1904: "1904-01-01"}
_LEAP = 60
"""Spreadsheets of 1900 count a 29 February that never was: numbers before it are a day off."""
_FIRST = {year: datetime.fromisoformat(day) for year, day in _EPOCHS.items()}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TEXT = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_FORMULA = rf"(<f>{_TEXT}</f>)?"
_STORED = rf'(?:<v>({_TEXT})</v>|<is><t(?: xml:space="preserve")?>({_TEXT})</t></is>)?'
_CELL = re.compile(
    rf'(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>{_FORMULA}{_STORED}</c>)\s*', re.A
).fullmatch
"""A cell without its beginning: style, type, formula, stored value, text."""
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(package: Package) -> Iterator[Sheet]:
    """The worksheets of a workbook, in its order. Raises UnreadableFile."""
    root = _workbook_part(package)
    tree = package.tree(root)
    main = _STRICT if tree.tag.startswith(_STRICT) else _MAIN
    relations = _relations(package, root)
    properties = tree.find(f"{main}workbookPr")
    epoch_1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
    by_type: dict[str, str] = dict(relations.values())
    reader = _Reader(
        package,
        main,
        _strings(package, main, by_type.get("sharedStrings")),
        _date_styles(package, main, by_type.get("styles")),
        epoch_1904,
    )
    for sheet in tree.iter(f"{main}sheet"):
        kind, part = relations.get(_id(sheet), ("", ""))
        if kind == "worksheet" and part in package.names:
            merged = partial(_merged, package, part)
            yield Sheet(sheet.get("name") or "", reader.rows(part), epoch_1904, merged)


_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z0-9:]+)"')


def _merged(package: Package, part: str) -> list[Area]:
    found = (area_of(each.decode()) for each in _MERGED.findall(package.tail(part)))
    return [area for area in found if area is not None]


def _id(sheet: Any) -> str:
    return next((v for k, v in sheet.attrib.items() if etree.QName(k).localname == "id"), "")


def _workbook_part(package: Package) -> str:
    """Where the package says its workbook is."""
    for kind, part in _relations(package, "").values():
        if kind == "officeDocument" and part in package.names:
            return part
    if "xl/workbook.xml" in package.names:
        return "xl/workbook.xml"
    raise UnreadableFile("is an archive, but no workbook: save it as .xlsx")


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Id -> (type, part) of the parts that a part names; nothing outside the package."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in package.names:
        return {}
    found = {}
    for relation in package.tree(path).iter(_RELATIONSHIP):
        if relation.get("TargetMode") != "External":
            target = (relation.get("Target") or "").replace("\\", "/")
            whole = target if target.startswith("/") else posixpath.join("/", folder, target)
            kind = (relation.get("Type") or "").rpartition("/")[2]
            found[relation.get("Id") or ""] = kind, posixpath.normpath(whole).lstrip("/")
    return found


def _strings(package: Package, main: str, part: str | None) -> list[str]:
    if part not in package.names:
        return []
    found = []
    for item in package.events(part, f"{main}si"):
        found.append(_text_of(item, main))
        forget(item)
    return found


def _date_styles(package: Package, main: str, part: str | None) -> frozenset[int]:
    """The numbers of the styles that show a number as a day."""
    if part not in package.names:
        return frozenset()
    tree = package.tree(part)
    own = {
        int(each.get("numFmtId") or 0): _is_date_format(each.get("formatCode") or "")
        for each in tree.iter(f"{main}numFmt")
    }
    formats = tree.find(f"{main}cellXfs")
    codes = [int(style.get("numFmtId") or 0) for style in (() if formats is None else formats)]
    return frozenset(i for i, code in enumerate(codes) if own.get(code, code in _DATE_FORMATS))


def _is_date_format(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code).lower()
    if bare.startswith("general"):
        return False
    return any(letter in bare for letter in "dy") or bare in ("mmm", "mmmm", "h:mm", "hh:mm:ss")


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the cells of all sheets are read with."""

    package: Package
    main: str
    strings: list[str]
    dates: frozenset[int]
    epoch_1904: bool

    def rows(self, part: str) -> Rows:
        """The rows of a sheet; by a parser from where its layout is not as usual."""
        done = 0
        try:
            with self.package.open(part) as stream:
                for elements, number, cells in scanned.rows(stream, self.main, self._scanned):
                    yield number, cells
                    done = elements
        except scanned.Unusual:
            yield from islice(self._parsed(part), done, None)

    def _scanned(self, rest: str) -> Raw:
        """A cell by its text, which is all of the element but `<c r="A1"`."""
        found = _CELL(rest)
        if found is not None:
            style, kind, formula, stored, text = found.groups()
            if kind != "inlineStr" and text is None:
                return self._typed(kind, style, stored or None, formula is not None)
            if kind == "inlineStr" and stored is None and formula is None:
                return _unescaped(text or "")
        if "<!" in rest or "<?" in rest:
            raise scanned.Unusual
        try:
            return self._value(etree.fromstring(f'<c xmlns="{self.main[1:-1]}"{rest}'))
        except etree.XMLSyntaxError:
            raise scanned.Unusual from None

    def _parsed(self, part: str) -> Rows:
        number = 0
        for row in self.package.events(part, f"{self.main}row"):
            number = int(row.get("r") or number + 1)
            yield number, self._cells(row)
            forget(row)

    def _cells(self, row: Any) -> dict[int, Raw]:
        cells: dict[int, Raw] = {}
        column = -1
        for cell in row.iterchildren(f"{self.main}c"):
            reference = cell.get("r")
            column = column_of(reference) if reference else column + 1
            if 0 <= column < MOST_COLUMNS:
                value = self._value(cell)
                if not is_blank(value):
                    cells[column] = value
        return cells

    def _value(self, cell: Any) -> Raw:
        kind = cell.get("t")
        if kind == "inlineStr":
            return _text_of(cell, self.main)
        stored = cell.find(f"{self.main}v")
        shown = None if stored is None else stored.text
        return self._typed(kind, cell.get("s"), shown, cell.find(f"{self.main}f") is not None)

    def _typed(self, kind: str | None, style: str | None, shown: str | None, formula: bool) -> Raw:
        if shown is None:
            return Missing("=") if formula else None
        match kind:
            case "s":
                return self._string(shown)
            case "str":
                return _unescaped(shown)
            case "e":
                return shown
            case "b":
                return shown.strip() == "1"
            case "d":
                return shown
        return self._number(shown, style)

    def _string(self, shown: str) -> Raw:
        index = int(shown)
        if not 0 <= index < len(self.strings):
            raise UnreadableFile("is a damaged workbook (it names a text that is not there)")
        return self.strings[index]

    def _number(self, shown: str, style: str | None) -> Raw:
        try:
            value = float(shown)
        except ValueError:
            return shown
        if style and int(style) in self.dates and 0 <= value < _LAST_SERIAL:
            return _moment(value, self.epoch_1904)
        return value


def _moment(value: float, epoch_1904: bool) -> datetime:
    first = _FIRST[1904] if epoch_1904 else _FIRST[1900]
    leap = timedelta(days=0 if epoch_1904 or value >= _LEAP else 1)
    return first + timedelta(days=value) + leap


def _text_of(element: Any, main: str) -> str:
    """All text runs of a string, without phonetic hints."""
    parts = [""]
    for node in element.iterchildren(f"{main}t", f"{main}r", f"{main}is"):
        parts.append(node.text or "" if node.tag == f"{main}t" else _text_of(node, main))
    return _unescaped("".join(parts))


def _unescaped(shown: str) -> str:
    """`_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), shown) if "_x" in shown else shown
