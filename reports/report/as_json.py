"""A report as JSON: names of columns are the same in every language, money is text."""

from __future__ import annotations

import json
from typing import Any

from reports.report.cells import plain
from reports.report.model import Report, Table, Value


def write(report: Report) -> bytes:
    return (json.dumps(data_of(report), ensure_ascii=False, indent=1) + "\n").encode()


def data_of(report: Report) -> dict[str, Any]:
    """The structure that stands in the JSON."""
    return {
        "report": report.name,
        "title": report.title,
        "payer": report.payer,
        "association": report.book or None,
        "period": report.period,
        "until": report.last.isoformat(),
        "figures": [
            {"name": f.name, "label": f.label, "kind": f.kind, "value": _value(f.value, f.kind)}
            for f in report.figures
        ],
        "tables": [_table(table) for table in report.tables],
        "notes": list(report.notes),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} for c in table.columns],
        "rows": [_row(table, row) for row in table.rows],
        "total": _row(table, table.total) if table.total else None,
    }


def _row(table: Table, row: tuple[Value, ...]) -> dict[str, Any]:
    return {
        column.name: _value(value, column.kind)
        for column, value in zip(table.columns, row, strict=True)
    }


def _value(value: Value, kind: str) -> str | int | None:
    """Whole numbers are numbers; what has decimals is text, so that no reader rounds it."""
    if value is None or isinstance(value, int):
        return value
    return plain(value, kind)
