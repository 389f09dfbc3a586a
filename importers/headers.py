"""Which row of a sheet holds the headers of which kind (contract §3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from importers.cells import Raw
from importers.kinds import KINDS, Column, Kind
from importers.languages import column_names
from importers.sheets.model import letters

TITLE_ROWS = 30
"""How many filled rows may stand above the headers."""
Cells = Mapping[int, Raw]
Translate = Callable[[Cells], Cells | None]
"""A row's cells as the header's columns want them; None where the row is left out."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's headers stand, and what they mean: key of a cell -> column.

    A key is the index of the column in the sheet, or with `translate` whatever that gives.
    `places` are the letters of the columns whose cells the user can see.
    """

    kind: Kind
    row: int
    columns: Mapping[int, Column]
    places: Mapping[str, str]
    unknown: Mapping[int, str]
    translate: Translate | None = None
    layout: str | None = None
    twice: tuple[int, ...] = ()
    """Columns whose header means what another one means already."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a sheet looks like, and which columns it lacks."""

    header: Header
    missing: frozenset[str]


def header_name(raw: Raw) -> str:
    """How headers are compared: letters and digits alone, without case; `ё` is `е`."""
    return re.sub(r"[\W_]+", "", str(raw).lower().replace("ё", "е"))


_NAMES: dict[str, dict[str, Column]] = {
    kind.name: {
        header_name(title): column
        for column in reversed(kind.columns)
        for title in sorted(column_names()[column.name])
    }
    for kind in KINDS.values()
}
"""Kind -> header in any language -> column; where two share a title, the first column has it."""
_MAY_LACK = {"sales": frozenset(("unit_price",)), "openings": frozenset(("amount",))}
"""Columns that some rows need not have: a sheet of returns alone has no prices."""


def find_header(head: Iterable[tuple[int, Cells]]) -> Header | Nearest | None:
    """The first row that is the headers of a kind, else what comes nearest to one.

    Headers may be spread over two rows, as where some are merged under a common title.
    """
    nearest: Nearest | None = None
    above: Cells = {}
    for number, raw in head:
        found = _as_header(number, raw)
        if found is not None and found.missing and above:
            both = _as_header(number, {**above, **raw})
            found = both if both is not None and not both.missing else found
        if found is not None and not found.missing:
            return found.header
        if found is not None and (nearest is None or _score(found) > _score(nearest)):
            nearest = found
        above = raw
    return nearest


def _score(found: Nearest) -> int:
    return len(found.header.columns)


def _as_header(number: int, raw: Cells) -> Nearest | None:
    titles = {index: header_name(value) for index, value in raw.items() if isinstance(value, str)}
    best: tuple[tuple[bool, int, int], Nearest] | None = None
    for kind in KINDS.values():
        names = _NAMES[kind.name]
        columns: dict[int, Column] = {}
        for index, title in titles.items():
            if title in names and names[title] not in columns.values():
                columns[index] = names[title]
        found = {column.name for column in columns.values()}
        missing = kind.required - found - _MAY_LACK.get(kind.name, frozenset())
        rank = (not missing, len(found), -len(missing))
        if found and (best is None or rank > best[0]):
            unknown = {i: str(raw[i]) for i in titles if i not in columns}
            twice = tuple(i for i, title in titles.items() if title in names and i not in columns)
            places = {column.name: letters(index) for index, column in columns.items()}
            best = (
                rank,
                Nearest(Header(kind, number, columns, places, unknown, twice=twice), missing),
            )
    return best[1] if best else None
