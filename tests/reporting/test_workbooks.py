"""Workbooks as LibreOffice sees them: opened without repair, computed anew, the same totals."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ovop_payouts.reporting import kinds
from reports.report import writer
from reports.report.model import COUNT, MONEY, SUM, Column, Report, Table, total_row

from .made import made

LIVE = ("=1+1", "@SUM(A1)", "+1", "-1", '=HYPERLINK("http://x")', '=cmd|"/c calc"!A1', "\t=1")
HEAD_ROW = 5


def without_values(content: bytes) -> bytes:
    """The same workbook whose formulas have no stored values: who shows any, computed it."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
            target.writestr(name, data)
    return result.getvalue()


def through_libreoffice(folder: Path) -> dict[str, list[list[str]]]:
    """Every sheet of every workbook in a folder as LibreOffice saves it: file-sheet -> rows."""
    # All sheets, as shown, with a point in numbers.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    files = sorted(map(str, folder.glob("*.xlsx")))
    command = ["soffice", profile, "--headless", "--convert-to", options, "--outdir", str(folder)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=240)
    return {
        path.stem: list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for path in folder.glob("*.csv")
    }


def number(text: str) -> Decimal:
    """`12.5`, `94.53%`; nothing is zero."""
    return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text or "0")


@pytest.fixture(scope="module")
def opened(
    books_of_small: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[list[str]]]:
    """All reports, their formulas bare, through one start of LibreOffice."""
    folder = tmp_path_factory.mktemp("office")
    for name in kinds():
        content = writer("xlsx")(made(books_of_small, name, "2026-03", "en"))
        (folder / f"{name}.xlsx").write_bytes(without_values(content))
    return through_libreoffice(folder)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_totals_that_libreoffice_computes_are_ours(
    books_of_small: Path, opened: dict[str, list[list[str]]], name: str
) -> None:
    report = made(books_of_small, name, "2026-03", "en")
    sheets = load_workbook(io.BytesIO(writer("xlsx")(report))).sheetnames[1:]
    for table, sheet in zip(report.tables, sheets, strict=True):
        rows = opened[f"{name}-{sheet}"]
        assert rows[HEAD_ROW - 1][: len(table.columns)] == [c.title for c in table.columns]
        shown = rows[HEAD_ROW : HEAD_ROW + len(table.rows) + 1]
        for index, column in enumerate(table.columns):
            value = table.total_of(column.name)
            if column.total and isinstance(value, Decimal | int):
                assert abs(number(shown[-1][index]) - value) < Decimal("0.0001"), column
            for row, line in zip(table.rows, shown, strict=False):
                cell = row[index]
                if isinstance(cell, Decimal | int):
                    assert abs(number(line[index]) - cell) < Decimal("0.0001")


@pytest.mark.parametrize("name", sorted(kinds()))
def test_numbers_are_numbers_days_are_days_and_only_totals_are_formulas(
    books_of_small: Path, name: str
) -> None:
    report = made(books_of_small, name, "2026-03", "ky")
    content = writer("xlsx")(report)
    book = load_workbook(io.BytesIO(content))
    values = load_workbook(io.BytesIO(content), data_only=True)
    for table, sheet in zip(report.tables, book.sheetnames[1:], strict=True):
        last = HEAD_ROW + len(table.rows)
        for row in book[sheet].iter_rows(min_row=HEAD_ROW + 1, max_row=last):
            for cell, column in zip(row, table.columns, strict=False):
                assert cell.data_type != "f"
                assert (
                    cell.value is None or (cell.data_type == "n") == column.number or cell.is_date
                )
        if table.total and table.rows:
            for index, column in enumerate(table.columns, 1):
                said, kept = book[sheet].cell(last + 1, index), values[sheet].cell(last + 1, index)
                value = table.total_of(column.name)
                if column.total and value is not None:
                    assert str(said.value).startswith(("=SUBTOTAL(9,", "=IF("))
                    assert Decimal(str(kept.value)) == pytest.approx(value)  # type: ignore[arg-type]


def hostile() -> Report:
    columns = (
        Column("name", "=1+1"),
        Column("amount", "Amount", MONEY, SUM),
        Column("lines", "@SUM(A1)", COUNT, SUM),
    )
    rows = [(text, Decimal(number), number) for number, text in enumerate(LIVE, 1)]
    table = Table("t", "=2+2/[x]:*?", columns, tuple(rows), total_row(columns, rows, "=3+3"))
    return Report(
        "x", "=4", "en", "+5", "-6", "", "2026-03", "@7", date(2026, 3, 31), (), (table,), ("=8",)
    )


def test_no_text_is_ever_a_formula(tmp_path: Path) -> None:
    content = writer("xlsx")(hostile())
    book = load_workbook(io.BytesIO(content))
    live = [c.value for page in book for row in page.iter_rows() for c in row if c.data_type == "f"]
    assert live == ["=SUBTOTAL(9,B6:B12)", "=SUBTOTAL(9,C6:C12)"]
    rows = list(csv.reader(io.StringIO(writer("csv")(hostile()).decode("utf-8-sig"))))
    texts = [cell for row in rows for cell in row if not re.fullmatch(r"[0-9.]+|Amount", cell)]
    assert all(text.startswith(("'", "\t'")) for text in texts), texts
    page = writer("html")(hostile()).decode()
    assert "<script" not in page
    (tmp_path / "x.xlsx").write_bytes(content)
    opened = through_libreoffice(tmp_path)
    assert [row[0] for row in next(v for k, v in opened.items() if "2+2" in k)][5:8] == list(LIVE)[
        :3
    ]


def test_each_table_with_a_picture_has_a_native_chart(books_of_small: Path) -> None:
    for name in kinds():
        report = made(books_of_small, name, "2026-03", "en")
        content = writer("xlsx")(report)
        wanted = sum(len(table.charts) for table in report.tables if table.rows)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            charts = [n for n in packed.namelist() if n.startswith("xl/charts/chart")]
        assert len(charts) == wanted, name
