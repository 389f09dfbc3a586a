"""Reads reports back as their readers would, from each format: table -> column -> total."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lxml import html
from python_calamine import CalamineWorkbook

from reports.report.model import Report, Table

Read = dict[str, list[list[str]]]
"""Table -> its rows as text, the total last."""


def number(text: str) -> Decimal:
    """`−1,234.50` and `12.5 %` of an English page."""
    plain = text.replace(",", "").replace("−", "-").replace("\u00a0", "").strip()
    return Decimal(plain[:-1]) / 100 if plain.endswith("%") else Decimal(plain)


def from_csv(content: bytes, report: Report) -> Read:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    found: Read = {}
    at = 0
    for table in report.tables:
        at += 1 if len(report.tables) > 1 else 0
        count = 1 + len(table.rows) + bool(table.total)
        found[table.name] = rows[at + 1 : at + count]
        at += count + 1
    return found


def from_json(content: bytes, report: Report) -> Read:
    tables = json.loads(content)["tables"]
    return {
        table["name"]: [
            [str(cell if cell is not None else "") for cell in row.values()]
            for row in [*table["rows"], *([table["total"]] if table["total"] else [])]
        ]
        for table in tables
    }


def from_html(content: bytes, report: Report) -> Read:
    page = html.fromstring(content)
    found: Read = {}
    for table, shown in zip(report.tables, page.xpath("//table"), strict=True):
        rows = [[td.text_content() for td in tr.xpath("td")] for tr in shown.xpath(".//tr")]
        found[table.name] = [row for row in rows if len(row) == len(table.columns)]
    return found


def from_xlsx(content: bytes, report: Report) -> Read:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found: Read = {}
    for table, name in zip(report.tables, book.sheet_names[1:], strict=True):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)[5:]
        count = len(table.rows) + bool(table.total)
        found[table.name] = [[_text(cell) for cell in row] for row in rows[:count]]
    return found


def _text(cell: Any) -> str:
    return repr(cell) if isinstance(cell, float) else str(cell)


READERS: dict[str, Callable[[bytes, Report], Read]] = {
    "csv": from_csv,
    "json": from_json,
    "html": from_html,
    "xlsx": from_xlsx,
}


def total(read: Read, table: Table, column: str, form: str) -> Decimal | None:
    """The total of a column as a format has it; a page's percent has one decimal."""
    text = read[table.name][-1][table.index(column)]
    if text in ("", "–"):
        return None
    return number(text) if form == "html" else Decimal(text)


def added(read: Read, table: Table, column: str, form: str) -> Decimal:
    """The cells of a column, added up by the reader."""
    cells = (row[table.index(column)] for row in read[table.name][:-1])
    numbers = (number(c) if form == "html" else Decimal(c) for c in cells if c not in ("", "–"))
    return sum(numbers, Decimal())
