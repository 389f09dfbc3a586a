"""Every report of the demo's three months ties to the ledger, and says so in every format."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from demo.conftest import Demo
from demo.ledger_alone import Ledger
from demo.read_back import READERS, added, total
from ovop_payouts.reporting import Material, gather, kinds, span_of
from ovop_payouts.settings import read_settings
from reports.report import writer
from reports.report.model import PERCENT, SUM, Report

MONTHS = ("2026-01", "2026-02", "2026-03")
LAST = {"2026-01": 31, "2026-02": 28, "2026-03": 31}


@cache
def material(books: Path, month: str, association: str | None = None) -> Material:
    return gather(books, span_of(month), association, read_settings(books), "en")


@pytest.fixture(scope="module")
def ledgers(demo: Demo) -> dict[str, Ledger]:
    return {
        month: Ledger(
            demo.entries,
            date.fromisoformat(f"{month}-01"),
            date.fromisoformat(f"{month}-{LAST[month]}"),
        )
        for month in MONTHS
    }


def test_there_is_an_answer_for_each_report(ledgers: dict[str, Ledger]) -> None:
    assert all(ledgers["2026-01"].expected(name) for name in kinds())


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("name", sorted(kinds()))
def test_all_totals_are_those_of_the_ledger(
    demo: Demo, ledgers: dict[str, Ledger], month: str, name: str
) -> None:
    report = kinds()[name].build(material(demo.books, month))
    expected = ledgers[month].expected(name)
    said = {
        (table, column): report.table(table).total_of(column) if table else report.figure(column)
        for table, column in expected
    }
    assert said == expected
    for form in forms(report, month):
        check_format(report, form, READERS[form](writer(form)(report), report))


def forms(report: Report, month: str) -> tuple[str, ...]:
    """Workbooks and pages of each month, all formats of the last; the longest as CSV and page."""
    if report.name == "1c":
        return ("csv", "html")
    return tuple(READERS) if month == MONTHS[-1] else ("html", "xlsx")


def check_format(report: Report, form: str, read: dict[str, list[list[str]]]) -> None:
    """Totals as read back are the report's, and what stands above them adds up to them."""
    for table in report.tables:
        for column in table.columns:
            value = table.total_of(column.name)
            if not column.total or not isinstance(value, Decimal | int):
                continue
            where = (report.name, table.name, column.name, form)
            found = total(read, table, column.name, form)
            assert found is not None, where
            exact = form != "html" or column.kind != PERCENT
            assert abs(found - value) < (Decimal("0.000001") if exact else Decimal("0.001")), where
            if column.total == SUM and exact:
                assert abs(added(read, table, column.name, form) - value) < Decimal("0.001"), where


def test_associations_add_up_to_the_whole(demo: Demo) -> None:
    """A treasurer's figures are a part of everybody's, and together they are all."""
    whole = kinds()["treasurer"].build(material(demo.books, "2026-02"))
    parts = [
        kinds()["treasurer"].build(material(demo.books, "2026-02", name))
        for name in sorted(demo.book.associations)
    ]
    for figure in whole.figures:
        found = [part.figure(figure.name) for part in parts]
        assert sum(n for n in found if isinstance(n, Decimal)) == figure.value


def test_a_treasurers_report_names_nobody_elses(demo: Demo) -> None:
    mine = material(demo.books, "2026-02", "talas")
    others = {g for g, a in demo.book.groups.items() if a != "talas"}
    for name, kind in kinds().items():
        if kind.alone:
            text = writer("json")(kind.build(mine)).decode()
            assert not [group for group in others if f'"{group}"' in text], name
            members = [m for m, v in demo.book.members.items() if v[-1].association != "talas"]
            assert not [m for m in members if f'"{m}"' in text], name
