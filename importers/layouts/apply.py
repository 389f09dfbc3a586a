"""Rows of a foreign sheet as its layout means them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from importers.cells import Raw, text
from importers.headers import Cells, Header, Translate, header_name
from importers.kinds import Column
from importers.layouts.declare import Layout, Where
from importers.sheets.model import letters

Indexes = Mapping[Where, int]
_NEARLY = 0.6
"""The share of a layout's headers that makes it worth saying which are missing."""


def find_layout(
    layouts: Sequence[Layout], file: str, sheet: str, head: Sequence[tuple[int, Cells]]
) -> Header | None:
    """The header of the first layout that a sheet fits."""
    for layout in layouts:
        if _fits(layout.file, file) and _fits(layout.sheet, sheet):
            header = _header(layout, head)
            if header is not None:
                return header
    return None


def nearest_layout(
    layouts: Sequence[Layout], head: Sequence[tuple[int, Cells]]
) -> tuple[str, int, list[str]] | None:
    """(name, row of the headers, headers that are missing) of a layout that nearly fits."""
    best: tuple[float, str, int, list[str]] | None = None
    for layout in layouts:
        wanted = [where for where in dict.fromkeys(_foreign(layout)) if isinstance(where, str)]
        for number, raw in head:
            titles = {header_name(value) for value in raw.values() if isinstance(value, str)}
            missing = [where for where in wanted if header_name(where) not in titles]
            share = 1 - len(missing) / len(wanted) if wanted else 0
            if share >= _NEARLY and (best is None or share > best[0]):
                best = share, layout.name, number, missing
    return best[1:] if best else None


def _fits(pattern: str | None, name: str) -> bool:
    return pattern is None or re.search(pattern, name, re.I) is not None


def _header(layout: Layout, head: Sequence[tuple[int, Cells]]) -> Header | None:
    if layout.first_row is not None:
        wheres = [where for where in _foreign(layout) if isinstance(where, int)]
        return _made(layout, layout.first_row - 1, {where: where - 1 for where in wheres})
    for number, raw in head:
        titles = {header_name(v): i for i, v in reversed(raw.items()) if isinstance(v, str)}  # type: ignore[call-overload]
        found = {where: titles.get(header_name(where), -1) for where in _foreign(layout)}
        if all(index >= 0 for index in found.values()):
            return _made(layout, number, found)
    return None


def _foreign(layout: Layout) -> list[Where]:
    """Every column of the sheet that the layout names."""
    conditions = [layout.only, layout.skip, *layout.negative.values()]
    return [*layout.columns.values(), *(where for each in conditions for where in each)]


def _made(layout: Layout, row: int, indexes: Indexes) -> Header:
    names = [*layout.columns, *layout.constants, *layout.numbered]
    columns = {key: layout.kind.column(name) for key, name in enumerate(names)}
    places = {name: letters(indexes[where]) for name, where in layout.columns.items()}
    translate = translation(layout, names, indexes)
    return Header(layout.kind, row, columns, places, {}, translate, layout.name)


def translation(layout: Layout, names: Sequence[str], indexes: Indexes) -> Translate:
    """What makes of a foreign row the cells of `names`, by their order; counts as it goes."""
    counted: Counter[tuple[str, str]] = Counter()
    taken = [(indexes[where], patterns) for where, patterns in layout.only.items()]
    left_out = [(indexes[where], patterns) for where, patterns in layout.skip.items()]
    shape = {name: _shape(layout, layout.kind.column(name)) for name in layout.columns}

    def translate(raw: Cells) -> Cells | None:
        if not all(_says(raw, index, patterns) for index, patterns in taken):
            return None
        if any(_says(raw, index, patterns) for index, patterns in left_out):
            return None
        cells: dict[str, Raw] = {}
        for name, where in layout.columns.items():
            value = raw.get(indexes[where])
            if value is not None:
                cells[name] = _signed(layout, name, shape[name](value), raw, indexes)
        if not cells:
            return None
        for name, within in layout.numbered.items():
            key = name, str(cells.get(within, ""))
            counted[key] += 1
            cells[name] = counted[key]
        found: dict[str, Any] = {**layout.constants, **cells}
        return {key: found[name] for key, name in enumerate(names) if name in found}

    return translate


def _says(raw: Cells, index: int, patterns: Iterable[str]) -> bool:
    value = raw.get(index)
    shown = "" if value is None else text(value)
    return any(re.search(pattern, shown, re.I) for pattern in patterns)


def _signed(layout: Layout, name: str, value: Raw, raw: Cells, indexes: Indexes) -> Raw:
    """A number that a word beside it makes negative."""
    for where, patterns in layout.negative.get(name, {}).items():
        if _says(raw, indexes[where], patterns):
            return _negated(value)
    return value


def _negated(value: Raw) -> Raw:
    match value:
        case bool() | None | datetime():
            return value
        case str():
            return value[1:] if value.startswith("-") else f"-{value}"
        case int() | float():
            return -value
    return value


# --- forms of one cell -------------------------------------------------------------------------


def _shape(layout: Layout, column: Column) -> Callable[[Raw], Raw]:
    """What a cell of a column means: by the words of the layout, then by its form."""
    meant = {
        word.strip().lower(): value for word, value in layout.values.get(column.name, {}).items()
    }
    form = layout.forms.get(column.name, "")

    def shaped(value: Raw) -> Raw:
        if meant:
            word = text(value).strip().lower()
            if word in meant:
                return meant[word]
        return _formed(value, form)

    return shaped


def _formed(value: Raw, form: str) -> Raw:
    match form:
        case "":
            return value
        case "negated":
            return _negated(value)
        case "code":
            return as_id(text(value))
        case "decimal comma":
            return _with_point(value, ".", ",")
        case "decimal point":
            return _with_point(value, ",", ".")
    return _day(value, form)


def _with_point(value: Raw, thousands: str, point: str) -> Raw:
    return value.replace(thousands, "").replace(point, ".") if isinstance(value, str) else value


def _day(value: Raw, form: str) -> Raw:
    """A text in the form that the layout names; what is none stays, and is refused as it stands."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.strptime(value.strip(), form)  # noqa: DTZ007 (days have no zone)
    except ValueError:
        return value


def as_id(code: str) -> str:
    """A code of others as an id of ours (contract §2): what is no letter, digit or `-` becomes `-`.

    A code with small letters ends in `-s`, so that it stays apart from the same in capitals.
    """
    plain = re.sub(r"[^A-Za-z0-9-]", "-", code.strip()).lstrip("-")
    return f"{plain}-s" if plain != plain.upper() else plain
