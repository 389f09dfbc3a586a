"""Over any three months nothing is lost between runs, ledger and statements (contract §5, §8)."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from worked.books import ISSYK, Books

from properties.copies import copy_of
from properties.months import POLICY, Sheets, late, months

OWED = "Liabilities:Payable:IssykKul"
PERIODS = ("2026-03", "2026-04", "2026-05")
READ_ON = {"2026-03": "2026-04-03", "2026-04": "2026-05-03", "2026-05": "2026-06-03"}
Run = dict[str, Any]


def som(text: str) -> Decimal:
    return Decimal(text)


def deducted(line: Run) -> Decimal:
    return sum((som(each["amount"]) for each in line["deductions"]), Decimal())


def must_add_up(run: Run) -> None:
    """Each line from opening to carried, and the run's sums of them."""
    for line in run["lines"]:
        earned = sum(map(som, line["earnings"].values()))
        available = som(line["opening"]) + som(line["gross"]) + som(line["returned"])
        assert earned == som(line["gross"])
        assert available - deducted(line) == som(line["net"])
        assert som(line["net"]) - som(line["payout"]) == som(line["carried"])
        assert line["state"] == "pay" or som(line["payout"]) == 0
    sums = {name: som(amount) for name, amount in run["totals"].items()}
    pools = sum(som(each["amount"]) for each in run["held_pools"])
    carried = sum(som(line["carried"]) for line in run["lines"])
    assert sums["gross"] == sum(som(line["gross"]) for line in run["lines"])
    assert sums["deductions"] == sum(map(deducted, run["lines"]))
    assert sums["payout"] == sum(som(line["payout"]) for line in run["lines"])
    assert sums["carried"] + sums["held"] == carried + pools


def carried(run: Run) -> dict[str, Decimal]:
    """Member -> what goes on, where it is not zero."""
    found = {line["member"]: som(line["carried"]) for line in run["lines"]}
    return {member: amount for member, amount in found.items() if amount}


def must_follow(before: Run, after: Run) -> None:
    """What one run carried is what the next one opens with."""
    opened = {line["member"]: som(line["opening"]) for line in after["lines"]}
    assert {m: amount for m, amount in opened.items() if amount} == carried(before)


def must_meet_the_ledger(books: Books, runs: list[Run]) -> None:
    """Every member's account after the latest run, and the proof at the month's end."""
    run = runs[-1]
    for line in run["lines"]:
        account = f"{OWED}:{line['group']}:{line['member']}"
        assert books.balance(account) == -som(line["carried"])
    same_month = [each for each in runs[:-1] if each["cutoff"] == run["cutoff"]]
    paid_later = sum((som(each["totals"]["payout"]) for each in same_month), Decimal())
    back = sum((som(line["returned"]) for line in run["lines"]), Decimal())
    came_later = back if same_month else Decimal()
    sums = sum(som(run["totals"][name]) for name in ("payout", "carried", "held"))
    owed = -books.balance(OWED, until=run["cutoff"])
    assert sums == owed - paid_later + came_later


def statements(books: Books, period: str, folder: Path) -> dict[str, dict[str, Decimal]]:
    """Member -> label -> sum, as the statements of a month say them."""
    words = ("-a", ISSYK, "--lang", "en", "--format", "xlsx", "--out", str(folder))
    books.done("anna", "statement", period, *words)
    return {path.stem.split("_")[1]: _sums(path) for path in sorted(folder.glob("*.xlsx"))}


def _sums(path: Path) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    sums["lines"] = Decimal()
    amount = None
    for row in load_workbook(path).worksheets[0].iter_rows(min_row=7, values_only=True):
        if row[0] == "Date":
            amount = row.index("Amount")
        cell = row[1] if amount is None else row[amount]
        if isinstance(cell, int | float):
            sums["lines" if amount is not None else str(row[0])] += Decimal(str(cell))
    return sums


def must_be_stated(runs: list[Run], stated: dict[str, dict[str, Decimal]]) -> None:
    """A month's statements say what its runs say."""
    for member in {line["member"] for run in runs for line in run["lines"]}:
        lines = [line for run in runs for line in run["lines"] if line["member"] == member]
        said = dict(stated[member])
        assert said.pop("Brought forward") == som(lines[0]["opening"])
        gross = sum(som(line["gross"]) for line in lines)
        assert said.pop("Earned this month") == gross
        assert said.pop("lines") == gross
        back = said.pop("Payment that came back")
        assert back == sum(som(line["returned"]) for line in lines)
        assert said.pop("Paid out") == sum(som(line["payout"]) for line in lines)
        assert said.pop("Carried to next month") == som(lines[-1]["carried"])
        said.pop("Net")
        assert -sum(said.values()) == sum(map(deducted, lines))


AMOUNT = re.compile(r"= (-?\d+\.\d\d)(?= |$)")


def must_be_explained(books: Books, run: Run) -> None:
    """The rows that an explanation names make the earnings of each kind."""
    for line in run["lines"]:
        text = books.done("anna", "payout", "show", run["run"], "--member", line["member"])
        kind, sums = "", defaultdict[str, Decimal](Decimal)
        for said in text.splitlines():
            if not said.startswith(" "):
                kind = said.split(":")[0]
            elif kind in line["earnings"] and not said.startswith("     "):
                sums[kind] += som(AMOUNT.findall(said)[-1])
        for name, amount in line["earnings"].items():
            assert sums[name] == som(amount), text


def settle(books: Books, run: Run, fates: list[str]) -> None:
    """What became of each payment: settled, returned, or nothing yet."""
    paid = [line for line in run["lines"] if line["state"] == "pay"]
    rows = [
        {
            "date": books.today,
            "amount": line["payout"],
            "reference": f"{run['run']}/{line['member']}",
            "status": fate,
        }
        for line, fate in zip(paid, fates, strict=False)
        if fate != "waiting"
    ]
    if rows:
        books.settle(*rows)


def pay(books: Books, period: str) -> Run | None:
    """Draft and approve the month's next run, where there is one."""
    said = books.done("anna", "payout", "draft", period, "-a", ISSYK)
    if "nothing is left" in said:
        return None
    run = next(text for text in said.splitlines() if not text.startswith("warning:")).split(":")[0]
    for line in books.show(run)["lines"]:
        assert line["state"] in ("pay", "carry", "hold")
    books.approve(run)
    return books.show(run)


fate = st.lists(st.sampled_from(["settled", "returned", "waiting"]), min_size=5, max_size=5)
EACH = st.tuples(*(st.tuples(months(p), late(p), fate) for p in PERIODS))


@pytest.fixture(scope="module")
def with_policy(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policy") / "books"
    books = Books(Path(shutil.copytree(base, folder)))
    books.take("policy", POLICY)
    return folder


@given(year=EACH)
@settings(
    max_examples=settings().max_examples // 20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_three_months(
    year: tuple[tuple[Sheets, Sheets, list[str]], ...], with_policy: Path
) -> None:
    runs: list[Run] = []
    with copy_of(with_policy) as books:
        for period, (sheets, later, fates) in zip(PERIODS, year, strict=True):
            books.today = READ_ON[period]
            books.take_all(**sheets)
            mine = [*one_run(books, period, runs, fates)]
            if later:
                books.take_all(**later)
            mine += one_run(books, period, runs, fates)
            must_be_stated(mine, statements(books, period, books.folder.parent / period))
        assert books.done("anna", "check") == "The books are sound.\n"


def one_run(books: Books, period: str, runs: list[Run], fates: list[str]) -> list[Run]:
    """The month's next run, where there is one: it adds up, follows, meets the ledger."""
    run = pay(books, period)
    if run is None:
        return []
    must_add_up(run)
    must_be_explained(books, run)
    if runs:
        must_follow(runs[-1], run)
    runs.append(run)
    must_meet_the_ledger(books, runs)
    settle(books, run, fates)
    return [run]
