"""Small books for worked examples: rows in by workbooks, runs out as JSON, all through `ovop`.

The base has two associations, three groups, seven members, four products with certificates, and
three users. Every day is in March 2026 unless said otherwise; it is read on 5 April.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from beancount import loader
from beancount.core.data import Transaction
from click.testing import CliRunner, Result
from openpyxl import Workbook

from ovop_payouts.cli import main

Cells = Mapping[str, Any]
Line = dict[str, Any]
ISSYK, NARYN = "issyk-kul", "naryn"
PASSWORD = "felt and honey"
READ_ON = "2026-04-05"
MARCH, APRIL, MAY = "2026-03", "2026-04", "2026-05"
MARCH_RUN, APRIL_RUN = "2026-03/issyk-kul/1", "2026-04/issyk-kul/1"


def member(ident: str, association: str, group: str, rail: str = "cash", **more: Any) -> Line:
    named = {"association": association, "group": group, "member": ident}
    return {**named, "name": f"Member {ident}", "rail": rail, **more}


def delivery(
    note: str, product: str, delivered: Any, member: str | None = None, **more: Any
) -> Line:
    """Bought back on 10 March at the price list, in Akburun's name, into the store `osh`."""
    note_no, _, line_no = note.partition("/")
    row = {
        "note_no": note_no,
        "line_no": int(line_no or 1),
        "date": "2026-03-10",
        "association": ISSYK,
        "group": "Akburun",
        "member": member,
        "product": product,
        "terms": "buyback",
        "delivered": delivered,
        "location": "osh",
    }
    return {**row, **more}


def consigned(note: str, product: str, delivered: Any, member: str | None, **more: Any) -> Line:
    return delivery(note, product, delivered, member, **{"terms": "consignment", **more})


def sale(receipt: str, product: str, quantity: Any, unit_price: Any = None, **more: Any) -> Line:
    """Sold for cash in the store `osh` on 20 March."""
    receipt_no, _, line_no = receipt.partition("/")
    row = {
        "receipt_no": receipt_no,
        "line_no": int(line_no or 1),
        "date": "2026-03-20",
        "store": "osh",
        "product": product,
        "quantity": quantity,
        "unit_price": unit_price,
        "payment": "cash",
    }
    return {**row, **more}


def rule(name: str, value: Any, **more: Any) -> Line:
    return {"valid_from": "2026-01-01", "rule": name, "value": value, **more}


def opening(kind: str, amount: Any = None, **more: Any) -> Line:
    return {"date": "2026-03-01", "kind": kind, "amount": amount, **more}


def worked(group: str, member: str, quantity: Any, **more: Any) -> Line:
    """A contribution to March's work of a group, in hours."""
    named = {"period": MARCH, "group": group, "member": member, "quantity": quantity}
    return {**named, "measure": "hours", **more}


BASE: dict[str, list[Line]] = {
    "associations": [
        {"association": ISSYK, "name_en": "Issyk-Kul producers"},
        {"association": NARYN, "name_en": "Naryn producers"},
    ],
    "members": [
        member("M0345", ISSYK, "Akburun"),
        member("M0346", ISSYK, "Akburun"),
        member("M0347", ISSYK, "Akburun"),
        member("M0401", ISSYK, "Bokonbaev"),
        member("M0501", ISSYK, "Akburun", "bank", account_no="1234567890123456", bic="DEMOKG22"),
        member("M0502", ISSYK, "Akburun", "wallet", phone="+996700123456"),
        member("N0001", NARYN, "Atbashy"),
    ],
    "products": [
        {"product": name, "name_en": name} for name in ("felt-1", "honey-1", "jam-1", "soap-1")
    ],
    "certificates": [
        {
            "certificate_no": f"C-{name}",
            "product": name,
            "decision": "certified",
            "date": "2026-01-01",
        }
        for name in ("felt-1", "honey-1", "jam-1")
    ],
    "prices": [
        {
            "product": "felt-1",
            "valid_from": "2026-01-01",
            "buyback_price": "200",
            "retail_price": "350",
        },
        {
            "product": "honey-1",
            "valid_from": "2026-01-01",
            "buyback_price": "300.50",
            "retail_price": "450",
        },
    ],
}
USERS = {"anna": "accountant", "bermet": "approver", "talgat": "treasurer:issyk-kul"}


def invoke(folder: Path, user: str, today: str, *words: str, password: str = PASSWORD) -> Result:
    """One command as `user` on the day `today`."""
    options = ["--books", str(folder), "--as", user, "--today", today]
    secrets = {"OVOP_PASSWORD": password, "OVOP_NEW_PASSWORD": PASSWORD}
    return CliRunner().invoke(main, [*options, *words], env=secrets)


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Cells]]) -> Path:
    """A workbook with one sheet per kind and English headers."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for kind, rows in sheets.items():
        sheet = book.create_sheet(kind)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([_cell(row.get(name)) for name in columns])
    book.save(path)
    return path


def _cell(value: Any) -> Any:
    """Days as the date cells that people write; all else as given."""
    if isinstance(value, str) and len(value) == 10 and value[4:8:3] == "--":
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def make_base(folder: Path) -> None:
    """The books that every example starts from."""
    first = "2026-01-02"
    _must(invoke(folder, "admin", first, "init", str(folder)))
    path = write_sheets(folder.with_suffix(".xlsx"), BASE)
    _must(invoke(folder, "admin", first, "import", str(path)))
    for name, role in USERS.items():
        _must(invoke(folder, "admin", first, "user", "add", name, "--role", role))
    _make_passwords_quick(folder)


def _make_passwords_quick(folder: Path) -> None:
    """The same password under a hash that takes a millisecond: it is verified all the same."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for path in (folder / "private" / "users").glob("*.json"):
        secret = json.loads(path.read_text())
        assert secret["hash"].startswith("$argon2id$")
        path.write_text(json.dumps({**secret, "hash": quick}))


def _must(result: Result) -> str:
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert not result.exit_code, f"exit {result.exit_code}: {result.output}"
    return result.output


@dataclass
class Books:
    """One folder of books and what a person does with it."""

    folder: Path
    today: str = READ_ON
    files: list[Path] = field(default_factory=list)

    def ovop(self, user: str, *words: str, password: str = PASSWORD) -> Result:
        return invoke(self.folder, user, self.today, *words, password=password)

    def done(self, user: str, *words: str) -> str:
        """What a command says that must succeed."""
        return _must(self.ovop(user, *words))

    def not_done(self, user: str, *words: str, password: str = PASSWORD) -> str:
        """What a command says that must be refused, with nothing booked."""
        before = self.changes()
        result = self.ovop(user, *words, password=password)
        assert result.exit_code == 1, f"exit {result.exit_code}: {result.output}"
        assert isinstance(result.exception, SystemExit), result.exception
        assert self.changes() == before
        return result.output

    def changes(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "changes").iterdir())

    # --- workbooks in

    def workbook(self, **sheets: Sequence[Cells]) -> Path:
        path = self.folder.parent / f"{'-'.join(sheets)}-{len(self.files)}.xlsx"
        self.files.append(path)
        return write_sheets(path, sheets)

    def take(self, kind: str, rows: Sequence[Cells]) -> str:
        """Import rows of one kind; they must all be booked (or known)."""
        return self.take_all(**{kind: rows})

    def take_all(self, **sheets: Sequence[Cells]) -> str:
        """Import one workbook of several sheets."""
        return self.done("anna", "import", str(self.workbook(**sheets)))

    def refused(self, kind: str, *rows: Cells) -> str:
        """The problems of rows that must not be booked."""
        return self.not_done("anna", "import", str(self.workbook(**{kind: rows})))

    # --- runs

    def draft(self, period: str = MARCH, association: str = ISSYK) -> Line:
        """Draft, and return the run as `payout show --json` gives it."""
        text = self.done("anna", "payout", "draft", period, "-a", association, "--json")
        runs = json.loads(text)
        assert len(runs) == 1, text
        return self.show(runs[0]["run"])

    def show(self, run: str = MARCH_RUN) -> Line:
        shown: Line = json.loads(self.done("anna", "payout", "show", run, "--json"))
        return shown

    def approve(self, run: str = MARCH_RUN) -> str:
        return self.done("bermet", "payout", "approve", run)

    def pay(self, period: str = MARCH, association: str = ISSYK) -> Line:
        """Draft and approve."""
        run = self.draft(period, association)
        self.approve(run["run"])
        return self.show(run["run"])

    def settle(self, *rows: Cells) -> str:
        return self.done("anna", "payout", "settle", str(self.workbook(bank=rows)))

    def not_settled(self, *rows: Cells) -> str:
        return self.not_done("anna", "payout", "settle", str(self.workbook(bank=rows)))

    # --- the ledger, as Beancount alone reads it

    def balance(self, account: str, currency: str = "KGS", until: str = "9999-12-31") -> Decimal:
        """Units of an account (and all below it) up to a day."""
        found = _balances(str(self.folder), tuple(self.changes()))
        return sum(
            (
                units
                for (name, unit, day), units in found.items()
                if unit == currency
                and day <= until
                and (name == account or name.startswith(f"{account}:"))
            ),
            Decimal(),
        )

    def moves(self, account: str) -> list[tuple[str, str, Decimal]]:
        """(tag of the entry, day, KGS) of each leg on an account or below it."""
        return [
            (sorted(entry.tags)[0], entry.date.isoformat(), posting.units.number or Decimal())
            for entry in _entries(str(self.folder), tuple(self.changes()))
            for posting in entry.postings
            if posting.account.startswith(f"{account}:")
            and posting.units is not None
            and posting.units.currency == "KGS"
        ]

    def stock(self, account: str = "Assets:Stock") -> dict[str, Decimal]:
        """Lots left: label -> units, where there are any."""
        return {label: units for label, units in _lots(self.folder, account).items() if units}


@lru_cache(maxsize=64)
def _entries(folder: str, changes: tuple[str, ...]) -> list[Transaction]:
    entries, errors, _ = loader.load_file(f"{folder}/main.beancount")
    assert not errors, errors
    return [entry for entry in entries if isinstance(entry, Transaction)]


@lru_cache(maxsize=64)
def _balances(folder: str, changes: tuple[str, ...]) -> dict[tuple[str, str, str], Decimal]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in _entries(folder, changes):
        for posting in entry.postings:
            assert posting.units is not None
            assert posting.units.number is not None
            key = posting.account, posting.units.currency, entry.date.isoformat()
            sums[key] += posting.units.number
    return dict(sums)


def _lots(folder: Path, account: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    changes = tuple(sorted(path.name for path in (folder / "changes").iterdir()))
    for entry in _entries(str(folder), changes):
        for posting in entry.postings:
            if posting.account.startswith(account) and posting.units is not None:
                held = posting.cost.label if posting.cost else (posting.meta or {}).get("lot")
                sums[str(held)] += posting.units.number or Decimal()
    return dict(sums)


# --- reading a run's JSON -----------------------------------------------------------------------


def line(run: Line, member: str) -> Line:
    """The one line of a payee."""
    found = [each for each in run["lines"] if each["member"] == member]
    assert len(found) == 1, f"{member} in {[each['member'] for each in run['lines']]}"
    return dict(found[0])


def amounts(run: Line, column: str) -> dict[str, str]:
    """Payee -> one column of the run."""
    return {each["member"]: each[column] for each in run["lines"]}


def earned(run: Line, member: str) -> dict[str, str]:
    """Kind -> earning, where it is not zero."""
    found = line(run, member)["earnings"]
    return {kind: amount for kind, amount in found.items() if amount != "0.00"}


def taken(run: Line, member: str) -> list[tuple[str, str]]:
    """(rule, amount) of each deduction, in the order taken."""
    return [(each["rule"], each["amount"]) for each in line(run, member)["deductions"]]


def outcome(run: Line, member: str) -> tuple[str, str, str]:
    """(state, payout, carried)."""
    found = line(run, member)
    return found["state"], found["payout"], found["carried"]
