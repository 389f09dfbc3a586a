"""Empty workbooks of one kind: what a template writes, import reads (contract §3)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from importers.kinds import KINDS, Column, Kind
from importers.languages import Words, words

LAST_ROW = 1_048_576
EXAMPLE_ROW = 2
_FACE = "Calibri"
_NEEDED, _OTHER = Font(name=_FACE, bold=True), Font(name=_FACE)
_TITLE = Font(name=_FACE, bold=True, size=14)
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_LINE = Border(bottom=Side("thin", color="5B9BD5"))
_GREY = Font(name=_FACE, italic=True, color="808080")
_DAYS = {"en": "yyyy-mm-dd", "ru": "dd.mm.yyyy", "ky": "dd.mm.yyyy"}
_SHOWN = {"en": "%Y-%m-%d", "ru": "%d.%m.%Y", "ky": "%d.%m.%Y"}
_FORMATS = {"money": "#,##0.00", "text": "@", "id": "@", "period": "@"}
_LONGEST_TITLE, _LONGEST_WORDS, _LONGEST_LIST = 32, 255, 255
"""What a workbook's validation may hold, in characters."""
_LIMIT = 999_999_999_999_999
_NOTES = {"A": 28, "B": 14, "C": 66, "D": 46}
"""Widths of the columns of notes."""
_LINE_HEIGHT = 15
_OPERATORS: dict[str, Any] = {
    "positive": "greaterThan",
    "natural": "greaterThanOrEqual",
    "any": "between",
}


def write_template(kind: str, path: Path, language: str) -> None:
    """An empty workbook of one kind, in `en`, `ru` or `ky`: drop-downs, formats, notes, an example.

    Required columns are bold; the example row is never booked.
    """
    declared, said = KINDS[kind], words(language)
    book = Workbook()
    page: Any = book.active
    page.title = kind
    example = example_of(declared, said)
    for index, column in enumerate(declared.columns, 1):
        _write_head(page, index, column, said, example)
        _format(page, index, column, language)
        _validate(page, index, declared, column, said)
    _write_example(page, declared, said, example)
    page.freeze_panes = f"A{EXAMPLE_ROW}"
    for each in (page, _write_notes(book, declared, said)):
        each.page_setup.orientation, each.page_setup.paperSize = "landscape", 9
        each.page_setup.fitToHeight = 0
        each.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    book.save(path)


def _write_head(
    page: Any, index: int, column: Column, said: Words, example: dict[str, str]
) -> None:
    head = page.cell(1, index, said.column(column.name))
    head.font = _NEEDED if column.required else _OTHER
    head.fill, head.border = _HEAD, _LINE
    head.alignment = Alignment(vertical="center")
    longest = max(len(head.value), len(example.get(column.name, "")))
    mark = len(said.note("example")) + 3 if index == 1 else 0
    page.column_dimensions[get_column_letter(index)].width = max(10, longest + mark + 3)


def _format(page: Any, index: int, column: Column, language: str) -> None:
    """The whole column's form: ids and account numbers are text, so that no digit is lost."""
    form = _DAYS[language] if column.type == "date" else _FORMATS.get(column.type, "General")
    page.column_dimensions[get_column_letter(index)].number_format = form


# --- what may be entered -----------------------------------------------------------------------


def _validate(page: Any, index: int, kind: Kind, column: Column, said: Words) -> None:
    rule = _rule(column, said)
    rule.allow_blank = True
    rule.errorTitle = said.note("wrong")[:_LONGEST_TITLE]
    rule.error = _shortened(holds(column, said))
    rule.promptTitle = said.column(column.name)[:_LONGEST_TITLE]
    rule.prompt = _shortened(described(kind, column, said))
    rule.showErrorMessage = rule.showInputMessage = True
    letter = get_column_letter(index)
    rule.add(f"{letter}{EXAMPLE_ROW + 1}:{letter}{LAST_ROW}")
    page.add_data_validation(rule)


def _rule(column: Column, said: Words) -> DataValidation:
    choices = ",".join(said.choices(column))
    if choices:
        assert len(choices) <= _LONGEST_LIST, column.name
        return DataValidation(type="list", formula1=f'"{choices}"')
    match column.type:
        case "date":
            return DataValidation(type="date", operator="greaterThan", formula1="36526")
        case "number" | "money":
            return _number(column)
        case "integer":
            return DataValidation("whole", formula1="1900", formula2="2100", operator="between")
        case "period":
            return DataValidation("textLength", formula1="6", formula2="7", operator="between")
    longest = column.longest or 1000
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(longest))


def _number(column: Column) -> DataValidation:
    operator = _OPERATORS[column.sign]
    if operator == "between":
        return DataValidation(
            "decimal", formula1=str(-_LIMIT), formula2=str(_LIMIT), operator=operator
        )
    return DataValidation("decimal", formula1="0", operator=operator)


def _shortened(said: str) -> str:
    return said if len(said) <= _LONGEST_WORDS else f"{said[: _LONGEST_WORDS - 1]}…"


# --- what is said of a column ------------------------------------------------------------------


def holds(column: Column, said: Words) -> str:
    """What its cells hold: the words of its list, or its type and length."""
    choices = ", ".join(said.choices(column))
    if choices:
        return choices
    length = f" (≤ {column.longest})" if column.longest else ""
    return said.note(column.type) + length


def described(kind: Kind, column: Column, said: Words) -> str:
    """What a column says and holds, and whether it is needed."""
    needed = said.note("required") if column.required else ""
    parts = (said.meaning(kind.name, column.name), holds(column, said), needed)
    return "\n".join(part for part in parts if part)


@cache
def _examples() -> dict[str, dict[str, str]]:
    text = (files(__package__) / "examples.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def example_of(kind: Kind, said: Words) -> dict[str, str]:
    """A good row, as a person would write it in this language; blank columns are left out."""
    written = _examples()[kind.name]
    row = {}
    for column in kind.columns:
        value = written.get(column.name, "")
        if not value and column.type == "text":
            value = said.example(kind.name, column.name)
        if column.choices or column.type == "bool":
            value = said.value(value)
        if column.type == "date" and value:
            value = f"{date.fromisoformat(value):{_SHOWN[said.language]}}"
        if value:
            row[column.name] = value
    return row


def _write_example(page: Any, kind: Kind, said: Words, example: dict[str, str]) -> None:
    for index, column in enumerate(kind.columns, 1):
        cell = page.cell(EXAMPLE_ROW, index, example.get(column.name))
        cell.number_format = "@"
        cell.font = _GREY
    first = page.cell(EXAMPLE_ROW, 1)
    first.value = f"[{said.note('example')}] {first.value}"


def _write_notes(book: Workbook, kind: Kind, said: Words) -> Any:
    page = book.create_sheet(said.note("notes"))
    page["A1"], page["A1"].font = kind.name, _TITLE
    page["A2"], page["A3"] = said.kind(kind.name), said.note("how")
    page["A4"] = f"{said.note('key')}: {', '.join(said.column(name) for name in kind.key)}"
    for row in (2, 3, 4):
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        page.cell(row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    page.row_dimensions[3].height = 2 * _LINE_HEIGHT
    heads = [said.note(name) for name in ("column", "required", "meaning", "holds")]
    for index, title in enumerate(heads, 1):
        head = page.cell(6, index, title)
        head.font, head.fill, head.border = _NEEDED, _HEAD, _LINE
    for letter, width in _NOTES.items():
        page.column_dimensions[letter].width = width
    for row, column in enumerate(kind.columns, 7):
        texts = (
            said.column(column.name),
            said.note("yes" if column.required else "no"),
            said.meaning(kind.name, column.name),
            holds(column, said),
        )
        for index, shown in enumerate(texts, 1):
            cell = page.cell(row, index, shown)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = _NEEDED if column.required and index == 1 else _OTHER
        lines = [len(t) // (w - 4) + 1 for t, w in zip(texts, _NOTES.values(), strict=True)]
        page.row_dimensions[row].height = _LINE_HEIGHT * max(lines)
    return page
