"""A report as PDF: A4, tagged, the same pictures as on the page."""

from __future__ import annotations

from typing import Any

from reports import pdf
from reports.report.cells import PAPER_ROWS, shown
from reports.report.model import Report, Table, Value, shortened
from reports.report.svg import svg
from reports.words import Words, words

TEMPLATE = (__package__ or "", "report.typ")
WIDE = 7
"""Tables of more columns than this lie on their side."""
LONG = 22
"""Characters from which a text is long."""


def write(report: Report) -> bytes:
    return pdf.render(*TEMPLATE, data_of(report), report.last)


def data_of(report: Report) -> dict[str, Any]:
    """What the template shows."""
    say = words(report.language)
    return {
        "language": report.language,
        "payer": report.payer,
        "title": report.title,
        "scope": report.scope,
        "span": report.span,
        "flipped": any(len(table.columns) > WIDE for table in report.tables),
        "page_words": say("page"),
        "nothing": say("nothing_here"),
        "figures": [[f.label, shown(f.value, f.kind, say)] for f in report.figures],
        "tables": [_table(table, say) for table in report.tables],
        "notes": list(report.notes),
    }


def _table(whole: Table, say: Words) -> dict[str, Any]:
    table = shortened(whole, PAPER_ROWS, say.other_rows)
    drawn = ((chart.title, svg(whole, chart, say)) for chart in whole.charts)
    numbers = [column.number for column in table.columns]
    return {
        "title": table.title,
        "columns": pdf.titles_of([column.title for column in table.columns], numbers),
        "numbers": numbers,
        "widest": _widest(table, say),
        "rows": [_cells(table, row, say) for row in table.rows],
        "total": _cells(table, table.total, say) if table.total else [],
        "charts": [[title, picture] for title, picture in drawn if picture],
        "note": table.note,
    }


def _cells(table: Table, row: tuple[Value, ...], say: Words) -> list[str]:
    return [shown(v, column.kind, say) for v, column in zip(row, table.columns, strict=True)]


def _widest(table: Table, say: Words) -> int:
    """The column of text that takes what others leave: the one with the longest cells.

    Where all are short none does, so that no gap opens between a name and its numbers.
    """
    lengths = [
        -1
        if column.number or column.kind == "date"
        else max((len(shown(row[i], column.kind, say)) for row in table.rows), default=0)
        for i, column in enumerate(table.columns)
    ]
    longest = max(range(len(lengths)), key=lambda i: (lengths[i], -i))
    return longest if lengths[longest] >= LONG else -1
