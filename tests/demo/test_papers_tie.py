"""Every figure on the demo's papers, read back and recomputed from the Beancount ledger alone.

The ledger's side knows nothing of ours but tags and account names: what stands on a payee's account
is an earning, unless its tag says that it was deducted, paid, came back or moved to another group.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Transaction
from click.testing import CliRunner
from openpyxl import load_workbook

from demo.conftest import Demo
from ovop_payouts.cli import main
from ovop_payouts.papers.act import act
from ovop_payouts.papers.group import group_sheet
from ovop_payouts.papers.remittance import remittances
from ovop_payouts.papers.shelves import groups_of, shelf
from ovop_payouts.papers.wanted import Wanted
from ovop_payouts.papers.year import year
from ovop_payouts.statements import statement_of
from reports.papers.model import Paper

NOTHING = Decimal()
PERIODS = ("2026-01", "2026-02", "2026-03")
GROUP = "Akburun"
PAYABLE = re.compile(r"Liabilities:Payable:[^:]+:[^:]+:([^:]+)\Z")
MOVED = {"regrouping", "passed-through"}


@dataclass(frozen=True)
class Month:
    """A payee's month: `opening + gross + back - deducted = payout + closing`."""

    opening: Decimal = NOTHING
    gross: Decimal = NOTHING
    back: Decimal = NOTHING
    deducted: Decimal = NOTHING
    payout: Decimal = NOTHING

    @property
    def closing(self) -> Decimal:
        return self.opening + self.gross + self.back - self.deducted - self.payout


Ledger = dict[tuple[str, str], Month]
"""(month, payee) -> what the ledger says."""


@pytest.fixture(scope="module")
def ledger(demo: Demo) -> Ledger:
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    before: dict[str, Decimal] = defaultdict(Decimal)
    for entry, payee, owed in _legs(demo.entries):
        tag = next(iter(entry.tags))
        run = entry.meta.get("run", "")[:7]
        if tag == "openings":
            before[payee] += owed
        elif tag == "deduction":
            sums[run, payee]["deducted"] -= owed
        elif tag == "payout":
            sums[run, payee]["payout"] -= owed
        elif tag == "bank":
            sums[f"{entry.date:%Y-%m}", payee]["back"] += owed
        elif tag not in MOVED:
            sums[f"{entry.date:%Y-%m}", payee]["gross"] += owed
    found: Ledger = {}
    for payee in {who for _, who in sums} | set(before):
        opening = before[payee]
        for period in PERIODS:
            found[period, payee] = Month(opening, **sums[period, payee])
            opening = found[period, payee].closing
    return found


def _legs(entries: list[Any]) -> Iterator[tuple[Transaction, str, Decimal]]:
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                match = PAYABLE.match(posting.account)
                if match and match.group(1) != "Pool" and posting.units is not None:
                    assert posting.units.number is not None
                    yield entry, match.group(1), -posting.units.number


def test_all_statements_of_all_months_say_what_the_ledger_says(demo: Demo, ledger: Ledger) -> None:
    """1,500 members and three months: each closing is the next opening, to the tyiyn."""
    closing: dict[str, Decimal] = {}
    stated = 0
    for period in PERIODS:
        for association in sorted(demo.book.associations):
            found = shelf(demo.books, association, period)
            for ident in found.payees:
                made = statement_of(found, ident)
                month = ledger[period, ident]
                assert made.opening == month.opening, (period, ident)
                assert made.gross == month.gross, (period, ident)
                assert made.back == month.back, (period, ident)
                assert made.deducted == month.deducted, (period, ident)
                assert made.payout == month.payout, (period, ident)
                assert made.closing == month.closing, (period, ident)
                assert made.opening == closing.get(ident, made.opening), (period, ident)
                lines = (*made.deliveries, *made.sales, *made.others)
                assert sum((line.amount for line in lines), NOTHING) == made.gross
                assert _year_so_far(made) == _year(ledger, period, ident)
                closing[ident] = made.closing
                stated += 1
    assert len(closing) == 1500
    left_out = [key for key, month in ledger.items() if month != Month()]
    assert stated == len(left_out)


def _year_so_far(made: Any) -> tuple[Decimal, Decimal, Decimal]:
    return made.year.gross, made.year.deducted, made.year.payout


def _year(ledger: Ledger, period: str, ident: str) -> tuple[Decimal, Decimal, Decimal]:
    months = [ledger[p, ident] for p in PERIODS if p <= period]
    return (
        sum((m.gross for m in months), NOTHING),
        sum((m.deducted for m in months), NOTHING),
        sum((m.payout - m.back for m in months), NOTHING),
    )


# --- read back from the files ---------------------------------------------------------------------

LABELS = {
    "Brought forward": "opening",
    "Earned this month": "gross",
    "Paid out": "payout",
    "Carried to next month": "closing",
}
DEDUCTIONS = ("Income tax", "Association fee", "Membership", "Advance paid back", "Social fund")


def write(demo: Demo, period: str, form: str, out: Path, *words: str) -> None:
    options = ["--books", str(demo.books), "statement", period, "--lang", "en"]
    options += ["--format", form, "--out", str(out), *words]
    result = CliRunner().invoke(main, options, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def said(rows: Iterator[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """The sum of a statement, by what each line means."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for label, amount in rows:
        if label in LABELS:
            sums[LABELS[label]] += amount
        elif label.startswith(DEDUCTIONS):
            sums["deducted"] -= amount
        elif "came back" in label:
            sums["back"] += amount
    return dict(sums)


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


LINE = re.compile(r"(\S.*?)\s{2,}(−?[\d,]+\.\d\d)\s*\Z")


def from_pdf(path: Path) -> dict[str, dict[str, Decimal]]:
    """Member -> sums, from all statements of a merged file; a statement may go on over pages."""
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    lines: dict[str, list[str]] = {}
    member = ""
    for page in text.split("\f"):
        if first := re.search(r"Member\s.*, (\S+)", page):
            member = first.group(1)
        lines.setdefault(member, []).extend(page.splitlines())
    return {
        member: said((m.group(1), number(m.group(2))) for m in filter(None, map(LINE.search, some)))
        for member, some in lines.items()
    }


class Rows(HTMLParser):
    """Cells of all table rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.rows[-1][-1] += data


def from_html(path: Path) -> dict[str, Decimal]:
    parser = Rows()
    parser.feed(path.read_text(encoding="utf-8"))
    return said((row[0], number(row[1])) for row in parser.rows if len(row) == 2)


def from_xlsx(path: Path) -> dict[str, Decimal]:
    page = load_workbook(path).worksheets[0]
    rows = page.iter_rows(max_col=2, values_only=True)
    pairs = [(str(a), Decimal(str(b))) for a, b in rows if isinstance(b, int | float)]
    return said((label, round(amount, 2)) for label, amount in pairs)


def expected(month: Month) -> dict[str, Decimal]:
    every = {
        "opening": month.opening,
        "gross": month.gross,
        "back": month.back,
        "deducted": month.deducted,
        "payout": month.payout,
        "closing": month.closing,
    }
    always = set(LABELS.values())
    return {name: amount for name, amount in every.items() if amount or name in always}


def must_tie(demo: Demo, ledger: Ledger, period: str, out: Path, *words: str) -> int:
    """All forms of all statements of a group's or an association's month."""
    for form in ("pdf", "html", "xlsx"):
        write(demo, period, form, out, *words)
    merged: dict[str, dict[str, Decimal]] = {}
    for path in sorted(out.glob("groups/*_all_en*.pdf")):
        merged |= from_pdf(path)
    assert len(merged) == len(list(out.glob("*.pdf"))) > 0
    for ident, sums in merged.items():
        wanted = expected(ledger[period, ident])
        stem = out / f"{period}_{ident}_en"
        assert sums == wanted, stem
        assert from_html(stem.with_suffix(".html")) == wanted, stem
        read = from_xlsx(stem.with_suffix(".xlsx"))
        assert {k: v for k, v in read.items() if v or k in wanted} == wanted, stem
    return len(merged)


@pytest.mark.parametrize("period", PERIODS)
def test_files_of_a_group_read_back_as_the_ledger_has_them(
    demo: Demo, ledger: Ledger, period: str, tmp_path: Path
) -> None:
    assert must_tie(demo, ledger, period, tmp_path, "-g", GROUP) >= 20


@pytest.mark.soak
def test_all_files_read_back_as_the_ledger_has_them(
    demo: Demo, ledger: Ledger, tmp_path: Path
) -> None:
    """4,500 statements in three forms, an association at a time."""
    count = 0
    for period in PERIODS:
        for association in sorted(demo.book.associations):
            out = tmp_path / period / association
            count += must_tie(demo, ledger, period, out, "-a", association)
            print(f"{period} {association}: {count} statements read back", flush=True)
            shutil.rmtree(out)
    assert count == sum(month != Month() for month in ledger.values())


# --- papers of groups, payments and years --------------------------------------------------------


def wanted(demo: Demo, period: str) -> Wanted:
    return Wanted(demo.books, period, Path(), language="en")


def only(papers: Any) -> Paper:
    ((_, paper),) = papers
    assert isinstance(paper, Paper)
    return paper


def test_group_sheets_sum_up_what_the_ledger_has(demo: Demo, ledger: Ledger) -> None:
    period, seen = "2026-03", 0
    for association in ("issyk-kul", "talas"):
        found = shelf(demo.books, association, period)
        for group in groups_of(found):
            members = only(group_sheet(wanted(demo, period), found, group)).tables[0]
            for row in members.rows:
                month = ledger[period, str(row[1]).rpartition(", ")[2]]
                columns = (month.opening, month.gross, month.back, month.deducted, month.payout)
                assert row[2:8] == (*columns, month.closing)
                seen += 1
            total = [sum((row[i] for row in members.rows), NOTHING) for i in range(2, 8)]  # type: ignore[misc]
            assert list(members.totals[2:8]) == total
    assert seen > 400


def test_remittance_advices_and_years_add_up(demo: Demo, ledger: Ledger) -> None:
    period, paid = "2026-02", 0
    found = shelf(demo.books, "naryn", period)
    for ident in found.payees:
        for _, paper in remittances(wanted(demo, period), found, ident):
            assert isinstance(paper, Paper)
            assert paper.tables[0].totals[1] == ledger[period, ident].payout
            paid += 1
    assert paid > 200
    found = shelf(demo.books, "naryn", "2026")
    for ident in found.payees:
        months = [ledger[p, ident] for p in PERIODS if ledger[p, ident] != Month()]
        totals = only(year(wanted(demo, "2026"), found, ident)).tables[0].totals
        assert totals[2] == sum((m.gross for m in months), NOTHING)
        assert totals[4] == sum((m.deducted for m in months), NOTHING)
        assert totals[5] == sum((m.payout for m in months), NOTHING)


@pytest.mark.parametrize("period", ["2026-02", "2026"])
def test_reconciliation_acts_end_on_the_ledgers_balance(demo: Demo, period: str) -> None:
    last = "2026-12-31" if len(period) == 4 else f"{period}-31"
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in demo.entries:
        if isinstance(entry, Transaction) and entry.date.isoformat() <= last:
            for posting in entry.postings:
                assert posting.units is not None
                sums[posting.account] -= posting.units.number or NOTHING
    found = shelf(demo.books, "osh", period)
    for group in groups_of(found):
        rows = only(act(wanted(demo, period), found, group)).tables[0].rows
        closing = sum((rows[-1][3] or NOTHING, -(rows[-1][2] or NOTHING)), NOTHING)  # type: ignore[operator]
        prefix = f"Liabilities:Payable:Osh:{group}:"
        assert closing == sum(v for a, v in sums.items() if a.startswith(prefix))


def test_a_past_month_is_made_again_byte_for_byte(demo: Demo, tmp_path: Path) -> None:
    """January, made twice when March was known."""
    for name in ("one", "two"):
        for form in ("pdf", "txt"):
            write(demo, "2026-01", form, tmp_path / name, "-g", GROUP)
        for form in ("html", "xlsx"):
            write(demo, "2026-01", form, tmp_path / name, "-m", "M0001")
    files = {
        name: {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*"))
            if path.is_file()
        }
        for name in ("one", "two")
    }
    assert len(files["one"]) > 50
    assert files["one"] == files["two"]


def test_the_ledger_has_months_worth_reading(ledger: Ledger) -> None:
    assert replace(Month(), gross=Decimal(1)).closing == 1
    assert any(month.back for month in ledger.values())
    assert any(month.closing for month in ledger.values())
