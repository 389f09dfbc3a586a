"""What a report is: figures, tables and pictures of them. No format, no language rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = str | Decimal | int | date | None
TEXT, DATE, COUNT = "text", "date", "count"
MONEY, PRICE, QUANTITY, PERCENT = "money", "price", "quantity", "percent"
NUMBERS = frozenset((MONEY, PRICE, QUANTITY, COUNT, PERCENT))
SUM, RATIO = "sum", "ratio"
BARS, COLUMNS, STACKED = "bars", "columns", "stacked"
_HUNDREDTH_OF_PERCENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in one column.

    `kind` is one of TEXT, DATE, MONEY (KGS), PRICE (KGS a unit, up to six decimals), QUANTITY (in
    the product's unit), COUNT, PERCENT (a share of 1). `total` says what its total is: nothing,
    the SUM of its cells, or the RATIO of the totals of the two columns that `of` names.
    """

    name: str
    title: str
    kind: str = TEXT
    total: str = ""
    of: tuple[str, str] = ("", "")

    @property
    def number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table's first `top` rows: names from one column, amounts from others."""

    title: str
    kind: str
    label: str
    values: tuple[str, ...]
    top: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. Rows of a `detail` table may be many: paper shows the first alone."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    detail: bool = False
    charts: tuple[Chart, ...] = ()
    note: str = ""

    def index(self, column: str) -> int:
        """Where a column stands; raises StopIteration where there is none."""
        return next(i for i, c in enumerate(self.columns) if c.name == column)

    def column(self, name: str) -> list[Value]:
        """All cells of a column, without its total."""
        index = self.index(name)
        return [row[index] for row in self.rows]

    def total_of(self, name: str) -> Value:
        return self.total[self.index(name)] if self.total else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that people look for first."""

    name: str
    label: str
    value: Value
    kind: str = MONEY


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole. `last` is the only day it tells: nothing in it says when it was made."""

    name: str
    title: str
    language: str
    payer: str
    scope: str
    """Whose books, in words."""
    book: str
    """Whose books, as an id; blank for all."""
    period: str
    """As it was asked for: `2026-03`."""
    span: str
    """The same in words."""
    last: date
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    def figure(self, name: str) -> Value:
        return next(figure.value for figure in self.figures if figure.name == name)


def total_row(
    columns: tuple[Column, ...], rows: Iterable[tuple[Value, ...]], label: str
) -> tuple[Value, ...]:
    """The totals of rows, with a label in the first cell."""
    cells = list(rows)
    sums: dict[str, Value] = {
        column.name: _sum(row[index] for row in cells)
        for index, column in enumerate(columns)
        if column.total == SUM
    }
    for column in columns:
        if column.total == RATIO:
            part, whole = (sums[name] for name in column.of)
            sums[column.name] = share(part, whole)
    return (label, *(sums.get(column.name) for column in columns[1:]))


def share(part: Value, whole: Value) -> Decimal | None:
    """A share of 1, to a hundredth of a percent; None of nothing."""
    assert isinstance(part, Decimal | int)
    assert isinstance(whole, Decimal | int)
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(_HUNDREDTH_OF_PERCENT)


def _sum(values: Iterable[Value]) -> Decimal | int:
    numbers = [v for v in values if isinstance(v, Decimal | int)]
    if any(isinstance(number, Decimal) for number in numbers):
        return sum((Decimal(number) for number in numbers), Decimal())
    return sum(int(number) for number in numbers)


def shortened(table: Table, longest: int, others: Callable[[int], str]) -> Table:
    """A detail table as paper shows it: its first rows, and one row for all others.

    `others` says in words how many those are. The total stays what it was.
    """
    left = len(table.rows) - longest
    if not table.detail or left < 2:
        return table
    rest = total_row(table.columns, table.rows[longest:], others(left))
    rows = (*table.rows[:longest], rest)
    return Table(
        table.name, table.title, table.columns, rows, table.total, True, table.charts, table.note
    )
