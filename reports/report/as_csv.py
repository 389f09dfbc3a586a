"""A report as CSV for other programs: ISO days, points in decimals, shares of 1.

One table is a plain CSV with a row of titles. Of several each has its title above, and an empty
line before the next. Totals are the last row of their table.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.guarded import guarded, written
from reports.report.cells import plain
from reports.report.model import Report, Table, Value


def write(report: Report) -> bytes:
    """CSV in UTF-8 with the mark that spreadsheets look for; no cell is a live formula."""
    return written(_rows(report))


def _rows(report: Report) -> Iterator[list[str]]:
    for number, table in enumerate(report.tables):
        if len(report.tables) > 1:
            if number:
                yield []
            yield [guarded(table.title)]
        yield from _table(table)


def _table(table: Table) -> Iterator[list[str]]:
    kinds = [column.kind for column in table.columns]
    yield [guarded(column.title) for column in table.columns]
    for row in (*table.rows, *([table.total] if table.total else [])):
        yield [_cell(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _cell(value: Value, kind: str) -> str:
    text = plain(value, kind)
    return guarded(text) if isinstance(value, str) else text
