"""What a workbook becomes: typed rows and problems, each knowing its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

Value = str | Decimal | int | date | bool | tuple[str, ...]
"""Text, exact number, whole number, day, yes/no or a set of words (sorted, without doubles)."""


class Source(msgspec.Struct, frozen=True):
    """The place of a row: name of the file, its SHA-256 (64 hex digits), sheet, row (from 1)."""

    file: str
    sha256: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}/{self.sheet}!{self.row}"


class Row(msgspec.Struct, frozen=True):
    """One row of one kind. `values` holds every column of the kind that is not blank."""

    kind: str
    values: Mapping[str, Value]
    source: Source
    columns: Mapping[str, str] = {}
    """Column name -> spreadsheet column letters, to name a cell in a problem."""

    def cell(self, column: str) -> str:
        """`C14`; without a known column only the row, `14`."""
        return f"{self.columns.get(column, '')}{self.source.row}"


class Shape(msgspec.Struct, frozen=True):
    """What the rows of one sheet have in common: a row is its number and values besides."""

    kind: str
    file: str
    sha256: str
    sheet: str
    names: tuple[str, ...]
    """Columns, in the order of the values."""
    columns: Mapping[str, str]


Packed = tuple[Shape, int, tuple[Value | None, ...]]
"""A row of which a hundred thousand fit into little memory; blank values are None."""


def unpacked(packed: Packed) -> Row:
    shape, number, values = packed
    named = zip(shape.names, values, strict=True)
    mine = {name: value for name, value in named if value is not None}
    return Row(
        shape.kind, mine, Source(shape.file, shape.sha256, shape.sheet, number), shape.columns
    )


def packed(row: Row) -> Packed:
    """A row by itself, small."""
    source = row.source
    names = tuple(row.values)
    shape = Shape(row.kind, source.file, source.sha256, source.sheet, names, row.columns)
    return shape, source.row, tuple(row.values.values())


class Rows:
    """Many rows, kept small: each is unpacked while it is looked at."""

    __slots__ = ("packed",)

    def __init__(self, packed: Iterable[Packed] = ()) -> None:
        self.packed = list(packed)

    def __iter__(self) -> Iterator[Row]:
        return map(unpacked, self.packed)

    def __len__(self) -> int:
        return len(self.packed)

    def __getitem__(self, index: int) -> Row:
        return unpacked(self.packed[index])

    def keep(self, wanted: Callable[[Row], bool]) -> None:
        """Let go of the rows that are not wanted."""
        self.packed = [each for each in self.packed if wanted(unpacked(each))]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what would be right (contract §3)."""

    file: str
    sheet: str
    cell: str
    value: str
    reason: str
    row: int = 0
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}  {self.sheet}!{self.cell}  {self.value}  {self.reason}"


def problem_at(row: Row, column: str, reason: str, *, warning: bool = False) -> Problem:
    """A problem of one cell of a row."""
    value = row.values.get(column)
    shown = "" if value is None else ",".join(value) if isinstance(value, tuple) else str(value)
    source = row.source
    return Problem(source.file, source.sheet, row.cell(column), shown, reason, source.row, warning)
