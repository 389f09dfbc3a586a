"""A report for a terminal: columns in line, numbers to the right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.report.cells import PAPER_ROWS, shown
from reports.report.model import Report, Table, Value, shortened
from reports.words import Words, words

LONGEST = 44
"""The widest a column of text gets."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def write(report: Report) -> bytes:
    """The whole report as text, UTF-8."""
    lines = (line.rstrip() for line in _lines(report, words(report.language)))
    return ("\n".join(lines) + "\n").encode()


def _lines(report: Report, say: Words) -> Iterator[str]:
    yield report.title
    yield f"{report.payer}, {_clean(report.scope)}, {report.span}"
    if report.figures:
        yield ""
    width = max((len(figure.label) for figure in report.figures), default=0)
    values = [shown(figure.value, figure.kind, say) for figure in report.figures]
    right = max(map(len, values), default=0)
    for figure, value in zip(report.figures, values, strict=True):
        yield f"  {figure.label.ljust(width)}  {value.rjust(right)}"
    for table in report.tables:
        yield ""
        yield from _table(shortened(table, PAPER_ROWS, say.other_rows), say)
    if report.notes:
        yield ""
    for note in report.notes:
        yield f"* {note}"


def _table(table: Table, say: Words) -> Iterator[str]:
    yield table.title.upper()
    heads = [_clean(column.title) for column in table.columns]
    rows = [_cells(table, row, say) for row in table.rows]
    foot = _cells(table, table.total, say) if table.total else []
    grid = [heads, *rows, *([foot] if foot else [])]
    widths = [max(len(row[i]) for row in grid) for i in range(len(heads))]
    rule = "  ".join("-" * width for width in widths)
    yield _aligned(table, heads, widths)
    yield rule
    for row in rows:
        yield _aligned(table, row, widths)
    if foot:
        yield rule
        yield _aligned(table, foot, widths)
    if table.note:
        yield f"* {table.note}"


def _cells(table: Table, row: tuple[Value, ...], say: Words) -> list[str]:
    return [
        _clean(shown(value, column.kind, say))
        for value, column in zip(row, table.columns, strict=True)
    ]


def _clean(text: str) -> str:
    """One line of a bearable length, without what would move a terminal's cursor."""
    plain = _CONTROL.sub(" ", text)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _aligned(table: Table, cells: list[str], widths: list[int]) -> str:
    return "  ".join(
        cell.rjust(width) if column.number else cell.ljust(width)
        for cell, width, column in zip(cells, widths, table.columns, strict=True)
    )
