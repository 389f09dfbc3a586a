"""Files of rows in the forms that people send: any format, language, order of columns, numbers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import xlwt
from openpyxl import Workbook

from importers.kinds import KINDS, Column
from importers.languages import LANGUAGES, words

Cell = str | Decimal | date | None
Table = list[list[Cell]]
TITLES = ("ОВОП+1", "Март 2026", "Issyk-Kul, 2026")
TOTALS = {"en": "Total", "ru": "Итого", "ky": "Жыйынтыгы"}
DECIMALS: tuple[Callable[[Decimal], str], ...] = (
    lambda n: f"{n:f}",
    lambda n: f"{n:f}".replace(".", ","),
    lambda n: f"{n:,f}".replace(",", "\u00a0").replace(".", ","),
    lambda n: f"{n:,f}".replace(",", " "),
)
DAYS: tuple[Callable[[date], str], ...] = (
    date.isoformat,
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d:%d/%m/%Y}",
)


def table(kind: str, rows: Sequence[dict[str, Any]], language: str, chance: Random) -> Table:
    """Titles, headers in a language and any order, rows with blank ones between, totals."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    chance.shuffle(names)
    tongue = words(language)
    columns = {name: KINDS[kind].column(name) for name in names}
    made: Table = [[title] for title in chance.sample(TITLES, chance.randint(0, 2))]
    made.append([tongue.column(name) + chance.choice(("", " ", "*")) for name in names])
    for row in rows:
        if chance.random() < 0.1:
            made.append([])
        made.append([_cell(columns[name], row.get(name), language, chance) for name in names])
    if chance.random() < 0.5:
        made.append([TOTALS[language]])
    return made


def _cell(column: Column, value: Any, language: str, chance: Random) -> Cell:
    if value is None:
        return None
    shown = str(value)
    if column.type == "date":
        day = date.fromisoformat(shown)
        return day if chance.random() < 0.5 else chance.choice(DAYS)(day)
    if column.type in ("number", "money", "integer"):
        with suppress(InvalidOperation):
            number = Decimal(shown)
            return number if chance.random() < 0.5 else _written(number, chance)
    if column.type == "choice":
        return words(chance.choice((language, *LANGUAGES))).value(shown)
    return f" {shown} " if chance.random() < 0.2 else shown


def _written(number: Decimal, chance: Random) -> str:
    """As text; what a comma would make ambiguous stays with its point."""
    shown = chance.choice(DECIMALS)(number)
    whole, _, rest = shown.partition(",")
    return f"{number:f}" if len(rest) == 3 and len(whole) <= 3 else shown


# --- formats -----------------------------------------------------------------------------------


def write(path: Path, table: Table, chance: Random) -> Path:
    """One table in the format that the name of the file says."""
    writer = {".xlsx": xlsx, ".xlsm": xlsx, ".xls": xls, ".ods": ods, ".csv": text}[path.suffix]
    path.write_bytes(writer(table, chance))
    return path


def xlsx(table: Table, chance: Random) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = chance.choice(("Лист1", "Sheet1", "Барак"))
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                page.cell(number, column, value)
    if table and len(table[0]) == 1:
        page.merge_cells("A1:D1")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def xls(table: Table, chance: Random) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Лист1")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write(number, column, value, day)
            elif value is not None:
                page.write(number, column, float(value) if isinstance(value, Decimal) else value)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


_ODS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(f'xmlns:{name}="{_ODS}:{name}:1.0"' for name in ("office", "table", "text"))


def ods(table: Table, chance: Random) -> bytes:
    rows = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in table
    )
    content = (
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Лист1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
    return packed.getvalue()


def _ods_cell(value: Cell) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case date():
            kind = f'office:value-type="date" office:date-value="{value}"'
        case Decimal():
            kind = f'office:value-type="float" office:value="{value:f}"'
        case _:
            kind = 'office:value-type="string"'
    shown = escape(str(value)).replace("  ", " <text:s/>")
    return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"


def text(table: Table, chance: Random) -> bytes:
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866"))
    shown = io.StringIO(newline="")
    delimiter = chance.choice(",;\t|")
    writer = csv.writer(shown, delimiter=delimiter, lineterminator=chance.choice(("\n", "\r\n")))
    for row in table:
        writer.writerow(["" if cell is None else str(cell) for cell in row])
    try:
        return shown.getvalue().encode(encoding)
    except UnicodeEncodeError:  # the old encodings have no Ө
        return shown.getvalue().encode("utf-8")
