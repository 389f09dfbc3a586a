"""Books of a whole country, quickly: one association's month is imported, then planted many times.

The model association goes through the real commands (init, import). Its directives are then
repeated under other ids and landed as changes of their own, one for each association, as if each
had sent its workbook. The same numbers give the same books.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from ledger import accounts
from ledger.books import PRIVATE
from ledger.changes import keep
from ledger.directives import Directive, Fact
from ledger.log import Note
from ledger.store import landed
from ovop_payouts.demo.workbooks import write
from ovop_payouts.writing import land, writing

MARK = "q7q"
"""Stands in the model's ids where an association's number goes."""
PERIOD, READ_ON = "2026-03", date(2026, 4, 5)
EVE = date(2026, 2, 28)
PASSWORD = "bench-password"
GROUPS, PRODUCTS = 4, 40
OVOP = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]
_directives = msgspec.json.Decoder(list[Directive])


def association(number: int) -> str:
    return f"d{number:03d}"


def ovop(books: Path, user: str, *words: str, today: date = READ_ON) -> str:
    """One command as a process of its own; what it prints."""
    env = os.environ | {"OVOP_PASSWORD": PASSWORD, "OVOP_NEW_PASSWORD": PASSWORD}
    options = ["--books", str(books), "--as", user, "--today", today.isoformat()]
    done = subprocess.run(
        [*OVOP, *options, *words], check=False, capture_output=True, text=True, env=env
    )
    if done.returncode:
        raise SystemExit(f"ovop {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def new_books(books: Path) -> None:
    ovop(books, "admin", "init", str(books), today=EVE)
    for name, role in (("anna", "accountant"), ("bek", "approver")):
        ovop(books, "admin", "user", "add", name, "--role", role, today=EVE)


def make_country(books: Path, associations: int, producers: int, lines: int) -> None:
    """New books with so many associations, each of so many producers and sale lines in a month."""
    new_books(books)
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "model"
        new_books(model)
        sheets = _month(producers, lines)
        ovop(model, "anna", "import", str(write(Path(name) / "month.xlsx", sheets, EVE)))
        seed = _Seed(model)
    with writing(books):
        note = Note("anna", READ_ON, "import")
        land(books, "0000-policy", seed.shared, note)
        for number in range(1, associations + 1):
            planned, private = seed.planted(number)
            for content in private:
                keep(books / PRIVATE, content, suffix=".json")
            name_ = f"{READ_ON}-import-{number:04d}"
            land(books, name_, planned, note, {association(number): f"District {number}"})


class _Seed:
    """What the model's import landed, by scope, as text in which ids can be replaced."""

    def __init__(self, model: Path) -> None:
        self.shared: list[tuple[str, Directive]] = []
        """What names no association: landed once."""
        self._own: list[tuple[str, bytes]] = []
        for file in landed(model):
            if "import" not in file.change:
                continue
            for directive in _without_log(file.directives):
                text = msgspec.json.encode([directive])
                if MARK.encode() in text.lower() or file.scope == accounts.HEAD_OFFICE:
                    self._own.append((file.scope, text))
                else:
                    self.shared.append((file.scope, directive))
        self._private = {path.stem: path.read_bytes() for path in (model / PRIVATE).glob("*.json")}

    def planted(self, number: int) -> tuple[list[tuple[str, Directive]], list[bytes]]:
        """One association's directives with their scopes, and its private files."""
        private = {name: _numbered(content, number) for name, content in self._private.items()}
        planned: list[tuple[str, Directive]] = []
        for scope, text in self._own:
            text = _numbered(text, number)
            for name, content in private.items():
                text = text.replace(name.encode(), hashlib.sha256(content).hexdigest().encode())
            target = association(number) if scope == f"d{MARK}" else scope
            planned += [(target, directive) for directive in _directives.decode(text)]
        return planned, list(private.values())


def _without_log(directives: list[Directive]) -> list[Directive]:
    return [d for d in directives if not (isinstance(d, Fact) and d.type == "log")]


def _numbered(content: bytes, number: int) -> bytes:
    digits = f"{number:03d}".encode()
    for mark in (MARK, MARK.upper(), MARK.capitalize()):
        content = content.replace(mark.encode(), digits)
    return content


# --- the model's month -------------------------------------------------------------------------


def _month(producers: int, lines: int) -> dict[str, list[dict[str, object]]]:
    """Everything of one association: bought and consigned goods, sales of both, deductions."""
    chosen = random.Random(lines)
    own = f"d{MARK}"
    groups = [f"G{MARK}{letter}" for letter in "abcd"[:GROUPS]]
    members = [
        {
            "association": own,
            "group": groups[n % GROUPS],
            "member": f"M{MARK}{n:02d}" if producers <= 100 else f"{MARK}{n:05d}",
            "name": f"Айнура Токтогулова {n}",
            "language": "ky",
            **_rail(n),
        }
        for n in range(producers)
    ]
    products = [f"p{MARK}-{n}" for n in range(PRODUCTS)]
    store = f"s{MARK}"
    return {
        "associations": [{"association": own, "name_en": f"District {MARK}"}],
        "members": members,
        "products": [{"product": p, "name_en": f"Felt {p}", "association": own} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": EVE}
            for p in products
        ],
        "policy": [
            {"valid_from": date(2026, 1, 1), "rule": rule, "value": value, "order": order}
            for order, (rule, value) in enumerate(
                (("fee", "0.03"), ("social", "0.01"), ("commission", "0.15"), ("minimum", 100))
            )
        ],
        "deliveries": [
            {
                "note_no": f"N{MARK}-{n}",
                "line_no": 1,
                "date": date(2026, 3, n % 20 + 1),
                "association": own,
                "group": members[n % producers]["group"],
                "member": members[n % producers]["member"],
                "product": products[n % PRODUCTS],
                "terms": "consignment" if n % 3 else "buyback",
                "unit_price": None if n % 3 else Decimal(100 + n % 50),
                "delivered": lines,
                "location": store,
            }
            for n in range(2 * producers)
        ],
        "sales": [
            {
                "receipt_no": f"R{MARK}-{n // 3}",
                "line_no": n % 3 + 1,
                "date": date(2026, 3, 20 + n * 11 // lines),
                "store": store,
                "product": chosen.choice(products),
                "quantity": chosen.randint(1, 3),
                "unit_price": Decimal(chosen.randint(10_000, 90_000)) / 100,
                "payment": "cash",
            }
            for n in range(lines)
        ],
    }


def _rail(number: int) -> dict[str, object]:
    if number % 3 == 0:
        return {"rail": "bank", "account_no": f"10{number:014d}", "bic": "DEMOKG22"}
    if number % 3 == 1:
        return {"rail": "wallet", "phone": f"+996700{number:06d}"}
    return {"rail": "cash"}


if __name__ == "__main__":
    make_country(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
