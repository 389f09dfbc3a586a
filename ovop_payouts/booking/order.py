"""In what order the rows of an import are booked, and what they will ask of each other.

All of it is known from a row's key and a few columns, so rows are looked at as they are packed.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from importers.kinds import KINDS
from importers.rows import Packed, Row, Rows, Shape, Value, packed, unpacked
from ovop_payouts.book import Asked, row_mark
from ovop_payouts.booking.plan import row_key, text, words
from ovop_payouts.stock import STAGES

MASTER = (
    "associations",
    "members",
    "products",
    "certificates",
    "prices",
    "policy",
    "orders",
    "contributions",
)
_MASTER_RANK = {kind: rank for rank, kind in enumerate(MASTER)}
_RANK = {**STAGES, "advances": 6, "cashbook": 7, "distributions": 8, "bank": 9}
Moment = tuple[int, int, date, int]
"""Master data or event, which master data, its day, stage within the day."""
Values = tuple[Value | None, ...]
_values_of = itemgetter(2)


def in_order(rows: Rows | Sequence[Row]) -> Iterator[Row]:
    """Master data first; then by date, within a day by stage, then by business key."""
    if not isinstance(rows, Rows):
        rows = Rows(map(packed, rows))
    moments: dict[Moment, array[int]] = {}
    at = 0
    for shape, some in _by_shape(rows):
        moment_of = _moment_of(shape)
        for values in map(_values_of, some):
            moment = moment_of(values)
            if moment not in moments:
                moments[moment] = array("L")
            moments[moment].append(at)
            at += 1
    for _, here in sorted(moments.items()):
        yield from map(rows.__getitem__, _by_key(rows, here))


def _by_shape(rows: Rows) -> Iterator[tuple[Shape, Iterator[Packed]]]:
    """Rows of one sheet follow on each other."""
    return groupby(rows.packed, key=itemgetter(0))


def _moment_of(shape: Shape) -> Callable[[Values], Moment]:
    """When rows of a sheet are booked."""
    kind = shape.kind
    if kind in _MASTER_RANK:
        rank, changed = _MASTER_RANK[kind], _column(shape, "changed")
        return lambda values: (0, rank, changed(values) or date.min, 0)
    rank, on = _RANK.get(kind, 10), _column(shape, "date")
    if kind == "sales":
        is_return, back = _is_return(shape), _RANK["returns"]
        return lambda values: (1, 0, on(values), back if is_return(values) else rank)
    status = _column(shape, "status")
    return lambda values: (1, 0, on(values), rank + (status(values) == "returned"))


def _column(shape: Shape, name: str) -> Callable[[Values], Any]:
    """The value in a column, None where it is blank or there is no such column."""
    return itemgetter(shape.names.index(name)) if name in shape.names else lambda _: None


def _by_key(rows: Rows, here: Sequence[int]) -> list[int]:
    """Rows that are alike stand by file, sheet and row: the first of them is booked."""
    keys: list[tuple[object, ...]] = []
    for shape, some in groupby(map(rows.packed.__getitem__, here), key=itemgetter(0)):
        columns = [(_column(shape, name), _ranked(name)) for name in KINDS[shape.kind].key]
        file, sheet = shape.file, shape.sheet
        for _, number, values in some:
            key = [rank(value_of(values)) for value_of, rank in columns]
            keys.append((*key, file, sheet, number))
    return [here[at] for at in sorted(range(len(here)), key=keys.__getitem__)]


def _ranked(column: str) -> Callable[[Any], object]:
    """note_no as text, line_no as a number, others as numbers where both are (contract §3)."""
    if column == "line_no":
        return lambda value: value
    if column == "note_no":
        return text
    return _natural


def _natural(value: Value | None) -> tuple[int, Decimal | str]:
    return natural("" if value is None else value if isinstance(value, str) else text(value))


def natural(shown: str) -> tuple[int, Decimal | str]:
    """Sorts numbers as numbers where both are, else as text."""
    return (0, Decimal(shown)) if shown.isdigit() and shown.isascii() else (1, shown)


def asked_by(rows: Rows) -> Asked:
    """What rows will ask of what is planned before them: all else of it need not be remembered."""
    marks, returned = _doubled(rows), set[tuple[str, str]]()
    keys: set[int] = set()
    for shape, some in _by_shape(rows):
        mark_of, is_return = _mark_of(shape), _is_return(shape)
        for each in some if marks or shape.kind == "sales" else ():
            if is_return(each[2]):
                row = unpacked(each)
                returned.add((words(row, "store"), words(row, "product")))
            if mark_of(each[2]) in marks:
                keys.add(row_mark(shape.kind, row_key(unpacked(each))))
    return Asked(frozenset(keys), frozenset(returned))


def _doubled(rows: Rows) -> set[int]:
    """Marks of keys that stand there more than once, as they are and not as texts."""
    seen: set[int] = set()
    twice: set[int] = set()
    for shape, some in _by_shape(rows):
        for mark in map(_mark_of(shape), map(_values_of, some)):
            (twice if mark in seen else seen).add(mark)
    return twice


def _mark_of(shape: Shape) -> Callable[[Values], int]:
    """Stands for a row's key: rows with the same key have the same."""
    kind = shape.kind
    columns = [_column(shape, name) for name in KINDS[kind].key]
    return lambda values: hash((kind, *[value_of(values) for value_of in columns]))


def _is_return(shape: Shape) -> Callable[[Values], bool]:
    quantity = _column(shape, "quantity")
    if shape.kind != "sales":
        return lambda _: False
    return lambda values: bool(quantity(values) < 0)
