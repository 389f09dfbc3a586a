"""Cells as people and programs leave them: the exact value that a person sees, or why not."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from importers.reader import Reading, read_file
from importing.packages import sheet, text, workbook

ROWS: dict[str, dict[str, str]] = {
    "advances": {"advance_no": "A-1", "date": "2026-03-01", "member": "M1", "amount": "1"},
    "distributions": {
        "distribution_no": "D-1",
        "date": "2026-03-01",
        "kind": "correction",
        "amount": "1",
    },
    "members": {
        "association": "a",
        "group": "g",
        "member": "M1",
        "name": "N",
        "rail": "cash",
        "birth_year": "1980",
        "account_no": "1",
        "hold": "no",
    },
    "policy": {"valid_from": "2026-01-01", "rule": "fee", "value": "0"},
    "contributions": {"period": "2026-03", "group": "g", "member": "M1", "quantity": "1"},
}
"""Kind -> a good row, one of whose cells is replaced."""


def number(shown: str, style: int | None = None) -> str:
    chosen = "" if style is None else f' s="{style}"'
    return f"<c{chosen}><v>{shown}</v></c>"


def typed(kind: str, shown: str) -> str:
    return f'<c t="{kind}"><v>{shown}</v></c>'


def formula(stored: str = "", kind: str = "") -> str:
    """A formula, with the value that the workbook stores for it."""
    chosen = f' t="{kind}"' if kind else ""
    value = f"<v>{stored}</v>" if stored else ""
    return f"<c{chosen}><f>1+1</f>{value}</c>"


MONEY = "advances.amount"
ANY = "distributions.amount"
SHARE = "policy.value"
DAY = "advances.date"
ACCOUNT = "members.account_no"
NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"
DAMAGED = "keeps only 15 digits"
FORMS: list[tuple[str, str, Any]] = [
    # floats and their binary residue
    (MONEY, number("0.1"), Decimal("0.1")),
    (MONEY, number("0.30000000000000004"), Decimal("0.3")),
    (MONEY, number("1234.5600000000001"), Decimal("1234.56")),
    (MONEY, number("99.99000000000001"), Decimal("99.99")),
    (MONEY, number("4.3499999999999996"), Decimal("4.35")),
    (MONEY, number("0.005"), "decimals"),
    (MONEY, number("1E3"), Decimal(1000)),
    (MONEY, number("1.2345E4"), Decimal(12345)),
    (MONEY, number("1E-2"), Decimal("0.01")),
    (MONEY, number("1e400"), "is no number"),
    (MONEY, number("1E20"), "too large"),
    (MONEY, number("-5"), "must be above zero"),
    (ANY, number("-5"), Decimal(-5)),
    # numbers as text, in local forms
    (MONEY, text("1234.56"), Decimal("1234.56")),
    (MONEY, text("1234,56"), Decimal("1234.56")),
    (MONEY, text("1 234,56"), Decimal("1234.56")),
    (MONEY, text(f"1{NBSP}234,56"), Decimal("1234.56")),
    (MONEY, text(f"1{NARROW}234{NARROW}567,89"), Decimal("1234567.89")),
    (MONEY, text(f"1{THIN}234.56"), Decimal("1234.56")),
    (MONEY, text("1'234.56"), Decimal("1234.56")),
    (MONEY, text("1’234,56"), Decimal("1234.56")),
    (MONEY, text("1.234,56"), Decimal("1234.56")),
    (MONEY, text("1,234.56"), Decimal("1234.56")),
    (MONEY, text("1,234,567.89"), Decimal("1234567.89")),
    (MONEY, text("1.234.567,89"), Decimal("1234567.89")),
    (MONEY, text("1,234,567"), Decimal(1234567)),
    (MONEY, text("1.234.567"), Decimal(1234567)),
    (MONEY, text("1,234"), "may be 1.234 or 1234"),
    (MONEY, text("1,23,4"), "is no number"),
    (MONEY, text("12,34.5"), "is no number"),
    (MONEY, text("1.2.3"), "is no number"),
    (MONEY, text("0,5"), Decimal("0.5")),
    (MONEY, text(".5"), Decimal("0.5")),
    (MONEY, text("12,5"), Decimal("12.5")),
    (MONEY, text("007"), Decimal(7)),
    (MONEY, text(" 15 "), Decimal(15)),
    (MONEY, text("1.234"), "decimals"),
    (MONEY, text("twelve"), "is no number"),
    (MONEY, text("12 сом 50"), "is no number"),
    (MONEY, text("-"), "is no number"),
    (MONEY, text("١٢"), "is no number"),
    # currency signs
    (MONEY, text("100 сом"), Decimal(100)),
    (MONEY, text("100,50 сом"), Decimal("100.5")),
    (MONEY, text("KGS 100"), Decimal(100)),
    (MONEY, text("100 KGS"), Decimal(100)),
    (MONEY, text("$12.50"), Decimal("12.5")),
    (MONEY, text("12,50 €"), Decimal("12.5")),
    (MONEY, text("⃀ 7"), Decimal(7)),
    # percent
    (SHARE, text("15%"), Decimal("0.15")),
    (SHARE, text("12,5 %"), Decimal("0.125")),
    (SHARE, number("0.15", 2), Decimal("0.15")),
    (SHARE, number("0.035000000000000003"), Decimal("0.035")),
    (SHARE, number("0.0000001"), "more than 6 decimals"),
    # negative
    (ANY, text("(100)"), Decimal(-100)),
    (ANY, text("(1 234,50)"), Decimal("-1234.5")),
    (ANY, text("−5"), Decimal(-5)),
    (ANY, text("–5,5"), Decimal("-5.5")),
    (ANY, text("-1 000"), Decimal(-1000)),
    (MONEY, text("(100)"), "must be above zero"),
    # scientific
    (MONEY, text("1e5"), Decimal(100000)),
    (MONEY, text("1.5E+3"), Decimal(1500)),
    (MONEY, text("1e999"), "is no number"),
    # errors
    (MONEY, typed("e", "#N/A"), "error of the spreadsheet"),
    (MONEY, typed("e", "#DIV/0!"), "error of the spreadsheet"),
    (MONEY, typed("e", "#REF!"), "error of the spreadsheet"),
    (MONEY, typed("e", "#VALUE!"), "error of the spreadsheet"),
    (MONEY, typed("e", "#NAME?"), "error of the spreadsheet"),
    (MONEY, text("#N/A"), "error of the spreadsheet"),
    ("members.name", typed("e", "#N/A"), "error of the spreadsheet"),
    (ACCOUNT, formula("#N/A", "e"), "error of the spreadsheet"),
    # formulas
    (MONEY, formula("2"), Decimal(2)),
    (MONEY, formula("7,5", "str"), Decimal("7.5")),
    (MONEY, formula(), "formula without a stored value"),
    ("members.name", formula(), "formula without a stored value"),
    ("members.name", formula("Айнура", "str"), "Айнура"),
    # what is no number at all
    (MONEY, typed("b", "1"), "is no number"),
    (MONEY, number("46098", 1), "is no number"),
    (MONEY, text(""), "is required"),
    (MONEY, text("   "), "is required"),
    # days
    (DAY, number("46098", 1), date(2026, 3, 17)),
    (DAY, number("46098", 3), date(2026, 3, 17)),
    (DAY, number("46098"), date(2026, 3, 17)),
    (DAY, number("46098.75", 1), date(2026, 3, 17)),
    (DAY, typed("d", "2026-03-17"), date(2026, 3, 17)),
    (DAY, text("2026-03-17"), date(2026, 3, 17)),
    (DAY, text("2026-03-17T00:00:00"), date(2026, 3, 17)),
    (DAY, text("17.03.2026"), date(2026, 3, 17)),
    (DAY, text("17.3.2026"), date(2026, 3, 17)),
    (DAY, text("17/03/2026"), date(2026, 3, 17)),
    (DAY, text("17.03.2026 0:00"), date(2026, 3, 17)),
    (DAY, text("2026/03/17"), date(2026, 3, 17)),
    (DAY, text("17.03.2026 г."), date(2026, 3, 17)),
    (DAY, text("31.02.2026"), "no such day"),
    (DAY, text("17.03.26"), "is no date"),
    (DAY, text("March 17"), "is no date"),
    (DAY, number("0", 1), "time without a day"),
    (DAY, number("-3"), "is no date"),
    (DAY, number("99999999"), "is no date"),
    # account numbers
    (ACCOUNT, text("0012345678901234"), "0012345678901234"),
    (ACCOUNT, text(" 1280 0100 2004 0012 "), "1280 0100 2004 0012"),
    (ACCOUNT, number("1.23456789012345E15"), DAMAGED),
    (ACCOUNT, number("1234567890123450"), DAMAGED),
    (ACCOUNT, number("1.2345678901234E19"), DAMAGED),
    (ACCOUNT, number("123456789012345"), "123456789012345"),
    (ACCOUNT, number("17"), "17"),
    (ACCOUNT, text("1" * 35), "34 characters at most"),
    # texts
    ("members.name", text("  Ң Ө Ү  "), "Ң Ө Ү"),
    ("members.name", number("12.5"), "12.5"),
    ("members.name", text("_x0041_sel"), "Asel"),
    ("advances.advance_no", number("7"), "7"),
    ("advances.advance_no", text("007"), "007"),
    ("advances.member", number("345"), "345"),
    ("advances.member", text("М1"), "Cyrillic letters that look like Latin ones: write M1"),
    ("advances.member", text("Айгуль Токтосунова"), "write the id, not the name"),
    ("advances.member", text("M 1"), "only ASCII letters"),
    ("advances.member", text("M12345678"), "longer than 8"),
    # words
    ("members.hold", text("ооба"), True),
    ("members.hold", text("Да"), True),
    ("members.hold", text("жок"), None),
    ("members.hold", typed("b", "1"), True),
    ("members.hold", number("1"), True),
    ("members.hold", text("maybe"), "neither yes nor no"),
    ("members.rail", text("Наличные"), "cash"),
    ("members.rail", text("BANK"), "bank"),
    ("members.rail", text("donkey"), "is none of"),
    ("members.birth_year", number("1980.0"), 1980),
    ("members.birth_year", text("1 980"), 1980),
    ("members.birth_year", number("1980.5"), "whole number"),
    ("contributions.period", text("2026-03"), "2026-03"),
    ("contributions.period", text("03.2026"), "2026-03"),
    ("contributions.period", number("46082", 1), "2026-03"),
    ("contributions.period", text("2026-13"), "is no month"),
]


def test_the_table_is_long_enough() -> None:
    assert len({(where, cell) for where, cell, _ in FORMS}) >= 120


def cells_of(row: dict[str, str], column: str, cell: str) -> list[str]:
    return [cell if name == column else text(value) for name, value in row.items()]


@cache
def readings(folder: Path) -> dict[str, Reading]:
    """Kind -> one workbook of all its forms, each in a row of its own."""
    sheets: dict[str, list[list[str]]] = defaultdict(list)
    for where, cell, _ in FORMS:
        kind, column = where.split(".")
        if kind not in sheets:
            sheets[kind].append([text(name) for name in ROWS[kind]])
        sheets[kind].append(cells_of(ROWS[kind], column, cell))
    found = {}
    for kind, rows in sheets.items():
        path = folder / f"{kind}.xlsx"
        path.write_bytes(workbook(**{"xl/worksheets/sheet1.xml": sheet(rows)}))
        found[kind] = read_file(path)
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forms")


@pytest.mark.parametrize("index", range(len(FORMS)), ids=lambda i: f"{i}-{FORMS[i][0]}")
def test_a_cell_is_what_a_person_sees_or_says_why_not(index: int, folder: Path) -> None:
    where, _, expected = FORMS[index]
    kind, column = where.split(".")
    before = sum(1 for other, _, _ in FORMS[:index] if other.split(".")[0] == kind)
    reading, number_of_row = readings(folder)[kind], before + 2
    rows = {row.source.row: row for row in reading.rows}
    said = [p.reason for p in reading.problems if p.row == number_of_row]
    if number_of_row in rows:
        value = rows[number_of_row].values.get(column)
        assert not said
        assert value == (False if expected is None else expected), said
        assert isinstance(value, type(expected)) or expected is None
    else:
        assert len(said) == 1, said
        assert isinstance(expected, str)
        assert expected in said[0]


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    """1904-01-01 is 0: 2026-03-17 is 44,636, be it shown as a day or as a number."""
    head = [text(name) for name in ROWS["advances"]]
    rows = [cells_of(ROWS["advances"], "date", number("44636", style)) for style in (1, None)]
    content = workbook(
        **{
            "xl/worksheets/sheet1.xml": sheet([head, *rows]),
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
            '2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships"><workbookPr date1904="1"/><sheets><sheet name="advances" sheetId="1"'
            ' r:id="r0"/></sheets></workbook>',
        }
    )
    path = tmp_path / "mac.xlsx"
    path.write_bytes(content)
    assert [row.values["date"] for row in read_file(path).rows] == [date(2026, 3, 17)] * 2
