"""A year of a real shop through the product: nothing lost, nothing doubled, totals to the digit.

Prices have mills; the books round each line's value half up to the minor unit, so what they hold is
compared with lines rounded alike, and the published totals with the unrounded lines.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from importers.layouts import shipped
from importers.reader import Reading, read_file
from ovop_payouts.book import Book, load
from ovop_payouts.cli import main
from retail.convert import Line, first_lines, product_ids, read_lines, write_master

TYIYN = Decimal("0.01")
NOTHING = Decimal()


@pytest.fixture(scope="session")
def lines(realdata: Path) -> list[Line]:
    return list(read_lines(realdata / "retail" / "online_retail.csv.gz"))


@pytest.fixture(scope="session")
def answers(realdata: Path) -> dict[str, Any]:
    path = realdata / "answers" / "online_retail_control_totals.json"
    totals: dict[str, Any] = json.loads(path.read_text())["computed_exact_decimal"]
    return totals


def ovop(books: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """One import as JSON."""
    env = {"OVOP_PASSWORD": "retail-password", "OVOP_NEW_PASSWORD": "retail-password"}
    start = ["--books", str(books), "--today", "2012-01-05", "--as", "anna"]
    result = CliRunner().invoke(main, [*start, *words], env=env, catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout) if "--json" in words else {}


def make_books(folder: Path) -> Path:
    books = folder / "books"
    env = {"OVOP_PASSWORD": "retail-password", "OVOP_NEW_PASSWORD": "retail-password"}
    for words in (
        ["init", str(books)],
        ["--books", str(books), "--as", "admin", "user", "add", "anna", "--role", "accountant"],
    ):
        result = CliRunner().invoke(main, words, env=env, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    return books


@dataclass(frozen=True, slots=True)
class Sums:
    """Value by month: as booked, and of the lines that were booked, rounded alike."""

    booked: dict[str, Decimal]
    expected: dict[str, Decimal]


def rounded(line: Line) -> Decimal:
    return line.value.quantize(TYIYN, ROUND_HALF_UP)


def book_all(
    lines: list[Line], sales: Path, folder: Path
) -> tuple[Book, list[Line], list[dict[str, Any]]]:
    """Import lines; returns the books, the lines that were refused, and why."""
    master = write_master(lines, folder)
    books = make_books(folder)
    code, outcome = ovop(books, "import", "--json", *map(str, master))
    assert code == 0, outcome["problems"][:3]
    code, outcome = ovop(books, "import", "--partial", "--json", str(sales))
    assert code == 3
    refused = sorted({problem["row"] for problem in outcome["problems"]})
    assert all(problem["reason"] for problem in outcome["problems"])
    assert outcome["booked"]["sales"] + len(refused) == len(lines)
    again, second = ovop(books, "import", "--partial", "--json", str(sales))
    assert second["booked"].get("sales", 0) == 0
    assert again in (1, 3)
    assert second["already_imported"]["sales"] == len(lines) - len(refused)
    return load(books), [lines[row - 2] for row in refused], outcome["problems"]


def sales_by_month(book: Book) -> dict[str, Decimal]:
    """What customers paid by sales, by month: nothing else came into the till."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for portions in book.portions.values():
        for portion in portions:
            till = (leg.number for leg in portion.legs if leg.account.endswith(":Card"))
            sums[f"{portion.date:%Y-%m}"] += sum(till, NOTHING)
    return sums


def check(lines: list[Line], sales: Path, folder: Path) -> None:
    book, refused, _ = book_all(lines, sales, folder)
    expected: dict[str, Decimal] = defaultdict(Decimal)
    left_out = {(line.invoice, line.line_no) for line in refused}
    for line in lines:
        if line.quantity > 0 and (line.invoice, line.line_no) not in left_out:
            expected[line.day[:7]] += rounded(line)
    assert sales_by_month(book) == expected
    ids = product_ids(line.code for line in lines)
    known = book.rows["sales"]
    for line in lines:
        key = ("Online", line.invoice, str(line.line_no))
        if (line.invoice, line.line_no) in left_out:
            assert key not in known
        else:
            assert known[key].columns["product"] == ids[line.code]


def test_the_published_totals(lines: list[Line], answers: dict[str, Any]) -> None:
    """What is read is what was published: rows, and value to the last digit."""
    assert len(lines) == answers["rows"] == 541_909
    assert sum((line.value for line in lines), NOTHING) == Decimal(answers["net_value_gbp"])
    assert sum(line.quantity for line in lines) == answers["sum_quantity"]
    assert len({line.code for line in lines}) == answers["distinct_stock_codes"]
    for month, totals in answers["by_month"].items():
        mine = [line for line in lines if line.day.startswith(month)]
        assert len(mine) == totals["rows"]
        assert sum((line.value for line in mine), NOTHING) == Decimal(totals["net_gbp"])


@pytest.fixture(scope="session")
def published(realdata: Path) -> Path:
    return realdata / "retail" / "online_retail.csv.gz"


def totals_of(reading: Reading) -> dict[str, tuple[int, Decimal]]:
    """Month -> rows and their unrounded value, as the layout reads them."""
    found: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, NOTHING))
    for row in reading.rows:
        month = f"{row.values['date']:%Y-%m}"
        rows, value = found[month]
        quantity, price = row.values["quantity"], row.values["unit_price"]
        assert isinstance(quantity, Decimal)
        assert isinstance(price, Decimal)
        found[month] = rows + 1, value + quantity * price
    return found


def test_the_layout_reads_the_first_month_to_the_last_digit(
    published: Path, answers: dict[str, Any], tmp_path: Path
) -> None:
    path = first_lines(published, "2011-01-01", tmp_path / "december.csv")
    reading = read_file(path, shipped())
    assert reading.layouts == ["uci-online-retail"]
    assert reading.problems == []
    december = answers["by_month"]["2010-12"]
    assert totals_of(reading) == {"2010-12": (december["rows"], Decimal(december["net_gbp"]))}


def test_the_first_month_is_booked_line_by_line(
    lines: list[Line], published: Path, tmp_path: Path
) -> None:
    first = [line for line in lines if line.day < "2011-01-01"]
    check(first, first_lines(published, "2011-01-01", tmp_path / "december.csv"), tmp_path)


@pytest.mark.soak
def test_the_layout_reads_the_whole_year_to_the_last_digit(
    published: Path, answers: dict[str, Any]
) -> None:
    """As it was published, packed; the two negative prices are refused, counted and listed."""
    reading = read_file(published, shipped())
    refused = {p.row: p.value for p in reading.problems if not p.warning}
    assert sorted(refused.values()) == ["-11062.06", "-11062.06"]
    totals = totals_of(reading)
    totals["2011-08"] = (totals["2011-08"][0] + 2, totals["2011-08"][1] - 2 * Decimal("11062.06"))
    assert totals == {
        month: (said["rows"], Decimal(said["net_gbp"]))
        for month, said in answers["by_month"].items()
    }
    assert sum(value for _, value in totals.values()) == Decimal(answers["net_value_gbp"])


@pytest.mark.soak
def test_the_whole_year_is_booked_line_by_line(
    lines: list[Line], published: Path, tmp_path: Path
) -> None:
    check(lines, published, tmp_path)
