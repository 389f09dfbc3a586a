"""Empty workbooks of one kind: what a template writes, import reads (contract §3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from importers.kinds import KINDS, Column, Kind
from importers.languages import Words, words

ROWS = 1000
"""Rows that have drop-downs and formats."""
_REQUIRED = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_GREY = Font(italic=True, color="808080")
_FORMATS = {"date": "yyyy-mm-dd", "money": "#,##0.00", "text": "@", "id": "@", "period": "@"}


def write_template(kind: str, path: Path, language: str) -> None:
    """An empty workbook of one kind, in `en`, `ru` or `ky`: drop-downs, formats, notes, an example.

    Required columns are bold; the example row is never booked.
    """
    declared, said = KINDS[kind], words(language)
    book = Workbook()
    page: Any = book.active
    page.title = kind
    for index, column in enumerate(declared.columns, 1):
        _write_column(page, index, column, said)
    _write_example(page, declared, said)
    page.freeze_panes = "A2"
    _write_notes(book, declared, said)
    book.save(path)


def _write_column(page: Any, index: int, column: Column, said: Words) -> None:
    letter = get_column_letter(index)
    head = page.cell(1, index, said.column(column.name))
    head.font = Font(bold=column.required)
    head.fill = _HEAD
    page.column_dimensions[letter].width = max(14, len(str(head.value)) + 4)
    for row in range(2, ROWS + 2):
        page.cell(row, index).number_format = _FORMATS.get(column.type, "General")
    choices = said.choices(column)
    if choices:
        listed = ",".join(choices)
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=not column.required)
        rule.error = listed
        page.add_data_validation(rule)
        rule.add(f"{letter}3:{letter}{ROWS + 1}")
    elif column.type == "date":
        rule = DataValidation(type="date", operator="greaterThan", formula1="36526")
        rule.error = said.note("date")
        page.add_data_validation(rule)
        rule.add(f"{letter}3:{letter}{ROWS + 1}")


def _write_example(page: Any, kind: Kind, said: Words) -> None:
    for index, column in enumerate(kind.columns, 1):
        cell = page.cell(2, index, _example(column, said))
        cell.number_format = "@"
        cell.font = _GREY
    page.cell(2, 1).value = f"[{said.note('example')}] {page.cell(2, 1).value}"


def _example(column: Column, said: Words) -> str:
    choices = said.choices(column)
    if choices:
        return choices[0]
    by_type = {"date": "2026-03-15", "period": "2026-03", "integer": "1975", "set": "cash,bank"}
    if column.type in by_type:
        return by_type[column.type]
    if column.type in ("number", "money"):
        return "100"
    return said.example(column.name)


def _write_notes(book: Workbook, kind: Kind, said: Words) -> None:
    page = book.create_sheet("notes")
    heads = [said.note(name) for name in ("column", "required", "holds")]
    for index, title in enumerate(heads, 1):
        page.cell(1, index, title).font = _REQUIRED
    for row, column in enumerate(kind.columns, 2):
        page.cell(row, 1, said.column(column.name))
        page.cell(row, 2, said.note("yes" if column.required else "no"))
        holds = ", ".join(said.choices(column)) or said.note(column.type)
        cell = page.cell(row, 3, holds)
        cell.alignment = Alignment(wrap_text=True)
    page.cell(len(kind.columns) + 3, 1, said.note("key") + ": " + ", ".join(kind.key))
    for letter, width in zip("ABC", (24, 12, 60), strict=True):
        page.column_dimensions[letter].width = width
