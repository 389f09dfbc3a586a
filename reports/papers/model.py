"""A paper of any kind: who, plain words, tables, a sum, lines to sign on. Amounts are KGS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | Decimal | int | date | None
TEXT, DATE, MONEY, QUANTITY = "text date money quantity".split()


@dataclass(frozen=True, slots=True)
class Column:
    """`summed` columns have a total below."""

    title: str
    kind: str = TEXT
    summed: bool = False
    wide: bool = False
    """Shares the room that others leave: for texts that may be long."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; with summed columns, a total row named `total`."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: str = ""

    @property
    def totals(self) -> tuple[Cell, ...]:
        """The row below: nothing where no column is summed."""
        if not self.total or not any(column.summed for column in self.columns):
            return ()
        cells: list[Cell] = [
            _sum(self.rows, index) if column.summed else None
            for index, column in enumerate(self.columns)
        ]
        label = next((i for i, column in enumerate(self.columns) if column.wide), 0)
        cells[label] = self.total
        return tuple(cells)


def _sum(rows: tuple[tuple[Cell, ...], ...], index: int) -> Decimal:
    return sum((c for row in rows if isinstance(c := row[index], Decimal)), Decimal())


@dataclass(frozen=True, slots=True)
class Paper:
    """`lead` is the one sentence that matters most; `sms` the same in two messages' room."""

    language: str
    title: str
    heading: str
    payer: str
    who: tuple[tuple[str, str], ...]
    issued: date
    subtitle: str = ""
    lead: str = ""
    plain: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    watermark: str = ""
    sms: str = ""
    footer: str = ""
