"""Writes ledger/example with the commands themselves: two associations, one month. `make docs`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from ovop_payouts.cli import main
from ovop_payouts.demo.people import Row
from ovop_payouts.demo.workbooks import write

START, TODAY, LATER = date(2026, 3, 1), date(2026, 4, 5), date(2026, 4, 8)
KEPT = ("main.beancount", "ovop.toml", "heads.txt", "associations", "changes")


def ovop(books: Path, user: str, today: date, *words: str) -> None:
    """One command; it must succeed."""
    line = ["--books", str(books), "--as", user, "--today", today.isoformat(), *words]
    env = {"OVOP_PASSWORD": "example-password", "OVOP_NEW_PASSWORD": "example-password"}
    result = CliRunner().invoke(main, line, env=env, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def master() -> dict[str, list[Row]]:
    def member(association: str, group: str, ident: str, name: str, **more: object) -> Row:
        return {"association": association, "group": group, "member": ident, "name": name, **more}

    return {
        "associations": [
            {"association": "issyk-kul", "name_en": "Issyk-Kul", "name_ky": "Ысык-Көл"},
            {"association": "naryn", "name_en": "Naryn", "name_ky": "Нарын"},
        ],
        "members": [
            member("issyk-kul", "Akburun", "M0345", "Айгүл Асан кызы", rail="cash", language="ky"),
            member(
                "issyk-kul",
                "Akburun",
                "M0346",
                "Бермет Үсөн кызы",
                rail="wallet",
                phone="+996555123456",
                language="ky",
            ),
            member(
                "naryn",
                "Kochkor",
                "M0501",
                "Нурлан Осмон уулу",
                rail="bank",
                account_no="1280010020040012",
                bic="DEMIKG22",
                language="ru",
            ),
        ],
        "products": [
            {"product": "felt-slippers", "name_en": "Felt slippers", "name_ky": "Кийиз таман"},
            {"product": "honey-500", "name_en": "Honey, 500 g", "name_ky": "Бал, 500 г"},
        ],
        "certificates": [
            {
                "certificate_no": f"BC-{n}",
                "product": product,
                "decision": "certified",
                "date": date(2026, 1, 15),
                "valid_until": date(2026, 12, 31),
            }
            for n, product in enumerate(("felt-slippers", "honey-500"), 1)
        ],
        "prices": [
            {
                "product": "felt-slippers",
                "valid_from": START,
                "buyback_price": 150,
                "retail_price": 300,
            },
        ],
        "policy": [
            {"valid_from": START, "rule": "fee", "value": "0.03", "order": 1},
            {"valid_from": START, "rule": "advance", "value": "0.5", "order": 2},
            {"valid_from": START, "rule": "commission", "value": "0.2"},
            {"valid_from": START, "rule": "cash_unit", "value": 1, "applies_to": "cash"},
        ],
    }


def month() -> dict[str, list[Row]]:
    def delivery(
        note: str,
        who: tuple[str, str, str | None],
        product: str,
        terms: str,
        delivered: int,
        **more: object,
    ) -> Row:
        association, group, member = who
        return {
            "note_no": note,
            "line_no": 1,
            "date": date(2026, 3, 3),
            "association": association,
            "group": group,
            "member": member,
            "product": product,
            "terms": terms,
            "delivered": delivered,
            "location": "Karakol",
            **more,
        }

    def sale(receipt: str, day: int, product: str, quantity: int, **more: object) -> Row:
        return {
            "receipt_no": receipt,
            "line_no": 1,
            "date": date(2026, 3, day),
            "store": "Karakol",
            "product": product,
            "quantity": quantity,
            "payment": "cash",
            **more,
        }

    return {
        "deliveries": [
            delivery(
                "D-17",
                ("issyk-kul", "Akburun", "M0345"),
                "felt-slippers",
                "buyback",
                102,
                rejected=2,
                reject_reason="seam open",
            ),
            delivery("D-18", ("naryn", "Kochkor", "M0501"), "honey-500", "consignment", 20),
            delivery("D-19", ("issyk-kul", "Akburun", None), "felt-slippers", "buyback", 10),
        ],
        "contributions": [
            {"period": "2026-03", "group": "Akburun", "member": "M0345", "quantity": 1},
            {"period": "2026-03", "group": "Akburun", "member": "M0346", "quantity": 2},
        ],
        "advances": [
            {
                "advance_no": "A-1",
                "date": START,
                "member": "M0345",
                "amount": 500,
                "purpose": "wool",
            },
        ],
        "sales": [
            sale("R-1", 10, "felt-slippers", 30, unit_price=300),
            sale("R-2", 12, "honey-500", 3, unit_price=500),
            sale("R-3", 14, "honey-500", -1, return_of="R-2"),
        ],
    }


def bank() -> dict[str, list[Row]]:
    def paid(run: str, member: str, amount: str) -> Row:
        return {
            "date": TODAY,
            "amount": amount,
            "reference": f"{run}/{member}",
            "status": "settled",
        }

    return {
        "bank": [
            paid("2026-03/issyk-kul/1", "M0345", "14535"),
            paid("2026-03/issyk-kul/1", "M0346", "970"),
            paid("2026-03/naryn/1", "M0501", "776"),
        ]
    }


def make(books: Path, sheets: Path) -> None:
    """The whole month, as in the README."""
    env = {"OVOP_NEW_PASSWORD": "example-password"}
    begin = ["--today", START.isoformat(), "init", str(books)]
    result = CliRunner().invoke(main, begin, env=env, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    ovop(books, "admin", START, "user", "add", "anna", "--role", "accountant")
    ovop(books, "admin", START, "user", "add", "bek", "--role", "approver")
    files = [
        write(sheets / "master.xlsx", master(), START),
        write(sheets / "march.xlsx", month(), TODAY),
    ]
    ovop(books, "anna", TODAY, "import", *map(str, files))
    ovop(books, "anna", TODAY, "payout", "draft", "2026-03")
    for association in ("issyk-kul", "naryn"):
        ovop(books, "bek", TODAY, "payout", "approve", f"2026-03/{association}/1")
    settled = write(sheets / "bank.xlsx", bank(), LATER)
    ovop(books, "anna", LATER, "payout", "settle", str(settled))
    ovop(books, "anna", LATER, "close", "2026-03")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "books"
        make(made, Path(folder))
        for name in KEPT:
            source = made / name
            shutil.rmtree(target / name, ignore_errors=True)
            if source.is_dir():
                shutil.copytree(source, target / name)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / name)
