"""Play a scenario through the real commands, and list every figure that differs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date as Date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core.data import Posting, Transaction
from click.testing import CliRunner, Result
from openpyxl import Workbook

from ovop_payouts.cli import main

from . import people
from .state import Row
from .steps import (
    Approve,
    Cancel,
    Close,
    Confirm,
    Count,
    Draft,
    Import,
    Mark,
    Scenario,
    Settle,
    Step,
)

ASSOCIATIONS = {"".join(x.title() for x in n.split("-")): n for n in people.ASSOCIATIONS}
ACCOUNTS = {name: segment for segment, name in ASSOCIATIONS.items()}
PASSWORD = "one-password-for-all"
USERS = {"anna": "accountant", "bermet": "accountant", "aida": "approver"}


@dataclass
class Stage:
    """The books on disk, and what differed so far."""

    folder: Path
    runner: CliRunner = field(default_factory=CliRunner)
    differences: list[str] = field(default_factory=list)
    imports: int = 0
    treasurers: set[str] = field(default_factory=set)

    @property
    def books(self) -> Path:
        return self.folder / "books"

    def ovop(self, user: str, today: Date | None, *arguments: str) -> Result:
        options = ["--books", str(self.books), "--as", user]
        options += ["--today", today.isoformat()] if today else []
        env = {"OVOP_PASSWORD": PASSWORD, "OVOP_NEW_PASSWORD": PASSWORD}
        return self.runner.invoke(main, [*options, *arguments], env=env)

    def differ(self, text: str) -> None:
        self.differences.append(text)

    def expect(self, code: int, result: Result, what: str) -> bool:
        """Whether the command ended as expected; a traceback never is."""
        crash = result.exception and not isinstance(result.exception, SystemExit)
        if result.exit_code == code and not crash:
            return True
        self.differ(f"{what}: exit {result.exit_code}, not {code}: {result.output[-1500:]}"
                    f"{result.exception!r}")  # fmt: skip
        return False


def differences(scenario: Scenario, folder: Path) -> list[str]:
    """Play until a step ends otherwise than expected; differing figures alone do not stop it."""
    stage = Stage(folder)
    with quiet_environment():
        begin(stage, scenario)
        for number, step in enumerate(scenario.steps):
            before = len(stage.differences)
            going_on = PLAY[type(step)](stage, step)
            for index in range(before, len(stage.differences)):
                label = f"seed {scenario.seed} step {number} {type(step).__name__}: "
                stage.differences[index] = label + stage.differences[index]
            if not going_on:
                break
    return stage.differences


@contextmanager
def quiet_environment() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def begin(stage: Stage, scenario: Scenario) -> None:
    day = Date(2026, 1, 1)
    stage.expect(0, stage.ovop("admin", day, "init", str(stage.books)), "init")
    for user, role in USERS.items():
        add_user(stage, day, user, role)


def add_user(stage: Stage, day: Date, user: str, role: str) -> None:
    result = stage.ovop("admin", day, "user", "add", user, "--role", role)
    stage.expect(0, result, f"user add {user}")


def play_import(stage: Stage, step: Import) -> bool:
    files, cells = write_rows(stage, step)
    options = ["--partial"] if step.partial else []
    result = stage.ovop(step.user, step.today, "import", *map(str, files), *options, "--json")
    code = (3 if step.partial and step.booked else 1) if step.problems else 0
    if not stage.expect(code, result, "import"):
        return False
    found = json.loads(result.stdout)
    if code != 1:
        check_counts(stage, step, found)
    expected = {cells[problem.place]: problem for problem in step.problems}
    refused = {(p["file"], p["sheet"], row_of(p["cell"])) for p in found["problems"]}
    for place in expected.keys() - refused:
        stage.differ(f"import took a row that should be refused: {expected[place]}")
    for place in refused - expected.keys():
        stage.differ(f"import refused a row that is right: {place} {found['problems']}")
    return not stage.differences


def row_of(cell: str) -> int:
    found = re.search(r"\d+", cell)
    return int(found[0]) if found else 0


def check_counts(stage: Stage, step: Import, found: dict[str, Any]) -> None:
    for name, expected in (("booked", step.booked), ("already_imported", step.again)):
        if sum(found[name].values()) != expected:
            stage.differ(f"import: {name} {found[name]}, expected {expected}")


def write_rows(stage: Stage, step: Import) -> tuple[list[Path], dict[int, tuple[str, str, int]]]:
    """Workbooks, and where each row stands: (file, sheet, row)."""
    stage.imports += 1
    books = [Workbook() for _ in range(step.files)]
    cells: dict[int, tuple[str, str, int]] = {}
    paths = [stage.folder / f"import-{stage.imports}-{n}.xlsx" for n in range(step.files)]
    kinds = sorted({kind for kind, _ in step.rows})
    for number, book in enumerate(books):
        for first in book.worksheets:
            book.remove(first)
        for kind in kinds:
            mine = [
                i for i, (k, _) in enumerate(step.rows) if k == kind and i % step.files == number
            ]
            sheet = book.create_sheet(kind)
            columns = sorted({name for i in mine for name in step.rows[i][1]})
            sheet.append(columns)
            for line, index in enumerate(mine, start=2):
                sheet.append([cell(step.rows[index][1].get(name)) for name in columns])
                cells[index] = (paths[number].name, kind, line)
            if not mine:
                book.remove(sheet)
        if book.worksheets:
            book.save(paths[number])
    return [path for path in paths if path.exists()], cells


def cell(value: object) -> object:
    """Booleans as people write them; all else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def play_draft(stage: Stage, step: Draft) -> bool:
    result = stage.ovop("anna", step.today, "payout", "draft", step.period, "-a", step.association)
    return stage.expect(0, result, f"draft {step.shown['run']}") and compare(stage, step.shown)


def compare(stage: Stage, expected: dict[str, Any]) -> bool:
    """Every figure of the run."""
    result = stage.ovop("anna", None, "payout", "show", expected["run"], "--json")
    if not stage.expect(0, result, f"show {expected['run']}"):
        return False
    found = json.loads(result.stdout)
    nothing_to_pay = (expected["status"], expected["totals"]["payout"]) == ("approved", "0.00")
    if nothing_to_pay and found["status"] == "settled":
        found["status"] = "approved"
    for name in ("run", "status", "cutoff", "totals"):
        differ(stage, f"{expected['run']} {name}", expected[name], found[name])
    held = [pool for pool in found["held_pools"] if pool["amount"] != "0.00"]
    differ(stage, f"{expected['run']} held_pools", expected["held_pools"], held)
    lines = {line["member"]: line for line in found["lines"]}
    differ(stage, "members", [line["member"] for line in expected["lines"]], list(lines))
    for line in expected["lines"]:
        compare_line(stage, expected["run"], line, lines.get(line["member"], {}))
    return True


def compare_line(stage: Stage, run: str, expected: Row, found: Row) -> None:
    for name in expected:
        wanted, shown = expected[name], found.get(name)
        if name == "deductions":
            wanted, shown = accounts_named(wanted, shown or [])
        differ(stage, f"{run} {expected['member']} {name}", wanted, shown)


def accounts_named(expected: list[Row], found: list[Row]) -> tuple[list[Row], list[Row]]:
    """Where the policy names no account, any will do."""
    named = [row["account"] != "" for row in expected] + [True] * len(found)
    plain = [{**row, "account": row["account"] if named[i] else ""} for i, row in enumerate(found)]
    return expected, plain


def differ(stage: Stage, what: str, expected: object, found: object) -> None:
    if expected != found:
        stage.differ(f"{what}: expected {expected}, found {found}")


def play_mark(stage: Stage, step: Mark) -> bool:
    words = [] if step.verb == "release" else ["--reason", "to be looked at"]
    if step.verb == "release":
        words = ["--reason", "looked at"]
    result = stage.ovop(step.user, step.today, "payout", step.verb, step.run, step.member, *words)
    return stage.expect(0, result, step.verb) and compare(stage, step.shown)


def play_approve(stage: Stage, step: Approve) -> bool:
    association = step.run.split("/")[1]
    for member in step.reasons if not step.refused else []:
        result = stage.ovop("anna", step.today, "payout", "reason", step.run, member, "new work")
        if not stage.expect(0, result, f"reason {member}"):
            return False
    if step.sign and not step.refused:
        if association not in stage.treasurers:
            stage.treasurers.add(association)
            add_user(stage, step.today, f"t-{association}", f"treasurer:{association}")
        signed = stage.ovop(f"t-{association}", step.today, "payout", "sign", step.run)
        if not stage.expect(0, signed, f"sign {step.run}"):
            return False
    result = stage.ovop("aida", step.today, "payout", "approve", step.run)
    if step.refused:
        return stage.expect(1, result, f"approve {step.run} on other inputs")
    if not stage.expect(0, result, f"approve {step.run}") or not compare(stage, step.shown):
        return False
    prove_complete(stage, step.shown)
    return True


def prove_complete(stage: Stage, shown: dict[str, Any]) -> None:
    """Paid, carried and held are the payables at the month's end in the ledger.

    Deductions and shares are of that day; later payouts of earlier runs and what came back of
    them count, the run's own payouts do not.
    """
    account = ACCOUNTS[shown["run"].split("/")[1]]
    entries, _, _ = loader.load_file(str(stage.books / "main.beancount"))
    ledger = Decimal(0)
    for entry in (e for e in entries if isinstance(e, Transaction)):
        own = "payout" in entry.tags and entry.meta.get("run") == shown["run"]
        if (entry.date.isoformat() <= shown["cutoff"] or "reference" in entry.meta) and not own:
            ledger -= sum(
                p.units.number or 0
                for p in entry.postings
                if p.units and p.account.startswith(f"Liabilities:Payable:{account}:")
            )
    sums = (Decimal(shown["totals"][name]) for name in ("payout", "carried", "held"))
    differ(stage, f"{shown['run']} completeness", sum(sums), ledger)


def play_cancel(stage: Stage, step: Cancel) -> bool:
    result = stage.ovop("anna", step.today, "payout", "cancel", step.run)
    return stage.expect(0, result, f"cancel {step.run}")


def play_confirm(stage: Stage, step: Confirm) -> bool:
    result = stage.ovop("bermet", step.today, "members", "confirm", step.member)
    return stage.expect(0, result, f"confirm {step.member}")


def play_settle(stage: Stage, step: Settle) -> bool:
    rows = [("bank", row) for row in step.rows]
    files, _ = write_rows(stage, Import(step.today, "anna", rows))
    result = stage.ovop("anna", step.today, "payout", "settle", str(files[0]))
    return stage.expect(1 if step.wrong else 0, result, "settle")


def play_close(stage: Stage, step: Close) -> bool:
    result = stage.ovop("anna", step.today, "close", step.period)
    return stage.expect(0, result, f"close {step.period}")


def play_count(stage: Stage, step: Count) -> bool:
    """Stock by place and lot, and balances, as plain Beancount sees them."""
    entries, errors, _ = loader.load_file(str(stage.books / "main.beancount"))
    if errors:
        stage.differ(f"bean-check: {errors[:3]}")
    stock: dict[tuple[str, str, str], Fraction] = {}
    balances: dict[str, int] = {}
    for posting in (p for e in entries if isinstance(e, Transaction) for p in e.postings):
        add_posting(posting, stock, balances)
    compare_sums(stage, "stock", plain(step.stock), {k: v for k, v in stock.items() if v})
    sure = {k: v for k, v in step.balances.items() if k not in step.unsure}
    there = {k: v for k, v in balances.items() if v and k not in step.unsure}
    compare_sums(stage, "balance", sure, there)
    return True


def plain(stock: dict[tuple[str, str, str], Fraction]) -> dict[tuple[str, str, str], Fraction]:
    """Places and products as account names spell them."""
    return {(place.replace("-", ""), product.upper(), lot): quantity
            for (place, product, lot), quantity in stock.items()}  # fmt: skip


def add_posting(
    posting: Posting, stock: dict[tuple[str, str, str], Fraction], balances: dict[str, int]
) -> None:
    assert posting.units is not None
    number = posting.units.number
    assert isinstance(number, Decimal)
    match posting.account.split(":"):
        case ["Assets", "Stock" | "Consigned", _, place, product]:
            lot = posting.cost.label if posting.cost else (posting.meta or {}).get("lot")
            key = (place, product, str(lot))
            stock[key] = stock.get(key, Fraction(0)) + Fraction(number)
        case ["Liabilities", "Payable", "InTransit"]:
            add_balance(balances, "transit", -number)
        case ["Liabilities", "Payable", _, group, "Pool"]:
            add_balance(balances, f"pool {group}", -number)
        case ["Liabilities", "Payable", _, _, member]:
            add_balance(balances, member, -number)
        case ["Assets", "Advances", *_, member]:
            add_balance(balances, f"advances {member}", number)
        case ["Liabilities", "Tax", "Vat" | "Sales" as tax]:
            add_balance(balances, {"Vat": "vat", "Sales": "sales_tax"}[tax], -number)
        case ["Income", "Commission", association]:
            name = ASSOCIATIONS[association]
            add_balance(balances, f"commission {name}", -number)


def add_balance(balances: dict[str, int], name: str, amount: Decimal) -> None:
    balances[name] = balances.get(name, 0) + int(amount * 100)


def compare_sums(stage: Stage, what: str, expected: dict[Any, Any], found: dict[Any, Any]) -> None:
    for key in sorted(expected.keys() | found.keys()):
        wanted, there = expected.get(key, 0), found.get(key, 0)
        if wanted != there:
            stage.differ(f"{what} {key}: expected {wanted}, found {there}")


PLAY: dict[type[Step], Any] = {
    Import: play_import, Draft: play_draft, Mark: play_mark, Approve: play_approve,
    Cancel: play_cancel, Confirm: play_confirm, Settle: play_settle, Close: play_close,
    Count: play_count,
}  # fmt: skip
