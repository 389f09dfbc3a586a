"""A report as a workbook: numbers are numbers, totals are formulas, pictures are its own charts.

Texts are written as text, so that none of them is ever a formula. The only day in the file is the
report's last, so that the same report gives the same bytes.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from reports.colours import HEAD, INK, LINE, SERIES
from reports.report.cells import shown
from reports.report.model import BARS, RATIO, STACKED, SUM, Chart, Figure, Report, Table, Value
from reports.words import Words, words

FORMS = {
    "text": "@",
    "date": "dd.mm.yyyy",
    "money": "#,##0.00",
    "price": "#,##0.00####",
    "quantity": "#,##0.######",
    "count": "#,##0",
    "percent": "0.0%",
}
HEAD_ROW = 4
"""Where the titles of columns stand, from 0; rows begin below."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 46


class Writer:
    """One workbook while it is written."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.say = words(report.language)
        self.buffer = io.BytesIO()
        self.book = Workbook(self.buffer, {"in_memory": True})
        created = datetime.combine(report.last, time())
        self.book.set_properties(
            {"title": report.title, "author": report.payer, "created": created}
        )
        self.forms: dict[tuple[str, str], Any] = {}

    def form(self, kind: str, part: str = "") -> Any:
        """The format of a kind of cell in a part of a table: head, total, or its rows."""
        known = self.forms.get((kind, part))
        if known is None:
            known = self.forms[kind, part] = self.book.add_format(_style(kind, part))
        return known

    def sheet(self, title: str) -> Any:
        """A new sheet whose name differs from all others."""
        plain = _NOT_IN_NAMES.sub(" ", title)[:28].strip() or "report"
        name, number = plain, 1
        while name.lower() in {known.lower() for known in self.book.sheetnames}:
            number += 1
            name = f"{plain} {number}"
        return self.book.add_worksheet(name)

    def put(
        self, page: Any, row: int, column: int, value: Value, kind: str, part: str = ""
    ) -> None:
        """A cell: text stays text, a number is a number, a day is a day."""
        form = self.form(kind, part)
        match value:
            case None:
                page.write_blank(row, column, None, form)
            case str():
                page.write_string(row, column, _CONTROL.sub(" ", value), form)
            case date():
                page.write_datetime(row, column, datetime.combine(value, time()), form)
            case _:
                page.write_number(row, column, float(value), self.form(_plain(kind, value), part))


def write(report: Report) -> bytes:
    """The workbook: what matters first on one sheet, then each table on its own."""
    writer = Writer(report)
    front = writer.sheet(writer.say("summary"))
    places = {table.name: _table(writer, table) for table in report.tables}
    _front(writer, front, places)
    writer.book.close()
    return writer.buffer.getvalue()


def _plain(kind: str, value: Value) -> str:
    """Whole quantities are counts: a spreadsheet would leave a point at their end."""
    whole = value is None or (isinstance(value, Decimal | int) and value == int(value))
    return "count" if kind in ("quantity", "count") and whole else kind


def _style(kind: str, part: str) -> dict[str, Any]:
    style: dict[str, Any] = {"num_format": FORMS[kind], "font_color": INK, "valign": "top"}
    if part == "head":
        style |= {
            "bold": True,
            "bg_color": HEAD,
            "bottom": 2,
            "text_wrap": True,
            "valign": "bottom",
        }
        style |= {"align": "left" if kind in ("text", "date") else "right"}
    elif part == "total":
        style |= {"bold": True, "top": 2, "bottom": 2}
    elif part == "title":
        style |= {"bold": True, "font_size": 15}
    elif part == "strong":
        style |= {"bold": True}
    elif part == "note":
        style |= {"text_wrap": True, "font_color": "#444444"}
    else:
        style |= {"bottom": 4, "bottom_color": LINE}
    return style


def _heading(writer: Writer, page: Any, title: str) -> None:
    report = writer.report
    writer.put(page, 0, 0, title, "text", "title")
    writer.put(page, 1, 0, f"{report.payer}, {report.scope}", "text", "strong")
    writer.put(page, 2, 0, report.span, "text", "strong")


def _front(writer: Writer, page: Any, sheets: dict[str, Any]) -> None:
    """Figures, notes and the charts of all tables."""
    report = writer.report
    _heading(writer, page, report.title)
    page.set_column(0, 0, 52)
    page.set_column(1, 1, 18)
    row = HEAD_ROW
    for figure in report.figures:
        _figure(writer, page, row, figure)
        row += 1
    page.set_row(0, 22)
    for note in report.notes:
        row += 1
        page.merge_range(row, 0, row, 3, "", writer.form("text", "note"))
        writer.put(page, row, 0, note, "text", "note")
        page.set_row(row, 15 * (1 + len(note) // 95))
    row += 2
    for table in report.tables:
        for chart in table.charts:
            drawn = _chart(writer, table, chart, sheets[table.name])
            if drawn is not None:
                lines = min(len(table.rows), chart.top)
                height = 90 + 30 * lines if chart.kind == BARS else 320
                drawn.set_size({"width": 760, "height": height})
                page.insert_chart(row, 0, drawn, {"description": chart.title})
                row += height // 20 + 2
    page.hide_gridlines(2)
    _printing(page, landscape=False)


def _figure(writer: Writer, page: Any, row: int, figure: Figure) -> None:
    writer.put(page, row, 0, figure.label, "text")
    writer.put(page, row, 1, figure.value, figure.kind, "")


def _table(writer: Writer, table: Table) -> Any:
    page = writer.sheet(table.title)
    page.set_row(0, 22)
    _heading(writer, page, table.title)
    for index, column in enumerate(table.columns):
        writer.put(page, HEAD_ROW, index, column.title, column.kind, "head")
        page.set_column(index, index, _width(table, index, writer.say))
    for number, row in enumerate(table.rows, HEAD_ROW + 1):
        for index, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            writer.put(page, number, index, value, column.kind)
    last = HEAD_ROW + len(table.rows)
    if table.total:
        _total(writer, page, table, last)
    if table.note:
        writer.put(page, last + 3, 0, table.note, "text", "strong")
    if table.rows:
        page.autofilter(HEAD_ROW, 0, last, len(table.columns) - 1)
    page.freeze_panes(HEAD_ROW + 1, 1)
    page.repeat_rows(HEAD_ROW)
    _printing(page, landscape=len(table.columns) > 6)
    return page


def _total(writer: Writer, page: Any, table: Table, last: int) -> None:
    """The row of totals: formulas with the values that they have."""
    assert table.total is not None
    row = last + 1
    for index, (value, column) in enumerate(zip(table.total, table.columns, strict=True)):
        formula = _formula(table, index, last) if table.rows else None
        if formula is None or value is None:
            writer.put(page, row, index, value, column.kind, "total")
            continue
        assert isinstance(value, Decimal | int)
        whole = all(_plain(column.kind, r[index]) == "count" for r in table.rows)
        form = writer.form("count" if whole else column.kind, "total")
        page.write_formula(row, index, formula, form, float(value))


def _formula(table: Table, index: int, last: int) -> str | None:
    """`SUBTOTAL` rather than `SUM`: who filters the rows sees the total of what is left."""
    column = table.columns[index]
    if column.total == SUM:
        first, end = (xl_rowcol_to_cell(row, index) for row in (HEAD_ROW + 1, last))
        return f"=SUBTOTAL(9,{first}:{end})"
    if column.total == RATIO:
        part, whole = (xl_rowcol_to_cell(last + 1, table.index(name)) for name in column.of)
        return f"=IF({whole}=0,0,ROUND({part}/{whole},4))"
    return None


def _width(table: Table, index: int, say: Words) -> int:
    column = table.columns[index]
    cells = [row[index] for row in (*table.rows[:500], *([table.total] if table.total else []))]
    longest = max((len(shown(value, column.kind, say)) for value in cells), default=0)
    words_of_title = max(len(word) for word in column.title.split() or [""])
    return min(_WIDEST, max(longest, words_of_title, 7) + 3)


def _chart(writer: Writer, table: Table, chart: Chart, page: Any) -> Any:
    """A chart over the cells of its table's sheet; None where there are no rows."""
    count = min(len(table.rows), chart.top)
    if not count:
        return None
    first, last = HEAD_ROW + 1, HEAD_ROW + count
    kind = {"type": "bar" if chart.kind == BARS else "column"}
    drawn = writer.book.add_chart(kind | ({"subtype": "stacked"} if chart.kind == STACKED else {}))
    label = table.index(chart.label)
    for number, name in enumerate(chart.values):
        index = table.index(name)
        colour = SERIES[number % len(SERIES)]
        drawn.add_series(
            {
                "name": [page.name, HEAD_ROW, index],
                "categories": [page.name, first, label, last, label],
                "values": [page.name, first, index, last, index],
                "fill": {"color": colour},
                "border": {"color": INK, "width": 0.5},
                "gap": 60,
                "data_labels": {"value": chart.kind == BARS, "num_format": "#,##0"},
            }
        )
    drawn.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12}})
    if chart.kind == BARS:
        drawn.set_y_axis({"reverse": True})
        drawn.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    else:
        drawn.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
    if len(chart.values) == 1:
        drawn.set_legend({"none": True})
    else:
        drawn.set_legend({"position": "bottom"})
    return drawn


def _printing(page: Any, *, landscape: bool) -> None:
    page.set_paper(9)
    if landscape:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(0.5, 0.5, 0.6, 0.6)
    page.set_footer("&L&8&A&R&8&P / &N")
