"""Small books in which every report has something to say: one month closed, another begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worked.books import (
    ISSYK,
    MARCH,
    NARYN,
    Books,
    consigned,
    delivery,
    make_base,
    member,
    opening,
    rule,
    sale,
    worked,
    write_sheets,
)

from ovop_payouts.shards import load_everybody

LIVE = '@SUM(1+1)*cmd|"/c calc"!A1'
"""A name that a careless workbook would run."""


def person(ident: str, association: str, group: str, name: str, **more: Any) -> dict[str, Any]:
    return member(ident, association, group, **{"tax_status": "patent", **more, "name": name})


MASTER: dict[str, list[dict[str, Any]]] = {
    "associations": [
        {
            "association": ISSYK,
            "name_en": "Issyk-Kul",
            "name_ru": "Иссык-Куль",
            "name_ky": "Ысык-Көл",
            "province": "Issyk-Kul",
        },
        {
            "association": NARYN,
            "name_en": "Naryn",
            "name_ru": "Нарын",
            "name_ky": "Нарын",
            "province": "Naryn",
        },
    ],
    "members": [
        person("M1", ISSYK, "Akburun", "Айгүл Асан кызы", gender="f", birth_year=1984),
        person("M2", ISSYK, "Akburun", "Бермет Үсөн кызы", gender="f", birth_year=2003),
        person("M3", ISSYK, "Akburun", LIVE, gender="m", birth_year=1961, rail="cash"),
        person(
            "M4",
            ISSYK,
            "Bokonbaev",
            "Ёлкина №4",
            gender="f",
            birth_year=1999,
            rail="bank",
            account_no="1280010020040012",
            bic="DEMIKG22",
        ),
        person("N1", NARYN, "Atbashy", "Нурлан Осмон уулу", gender="m", birth_year=1990),
        person("N2", NARYN, "Atbashy", "Өмүр Жаңыл", birth_year=1950, rail="wallet"),
    ],
    "products": [
        {
            "product": name,
            "name_en": english,
            "name_ru": russian,
            "name_ky": kyrgyz,
            "category": category,
            "unit": unit,
        }
        for name, english, russian, kyrgyz, category, unit in (
            ("felt-1", "Felt slippers", "Войлочные тапочки", "Кийиз таман", "felt", "pair"),
            ("honey-1", "Honey, 500 g", "Мёд, 500 г", "Бал, 500 г", "honey", "jar"),
            ("jam-1", "Apricot jam", "Варенье абрикосовое", "Өрүк кыямы", "jam", "jar"),
        )
    ],
    "policy": [
        rule("fee", "0.03", order=1),
        rule("advance", "0.5", order=2),
        rule("commission", "0.2"),
        rule("cash_unit", 1, applies_to="cash"),
        rule("minimum", 100, applies_to="bank"),
        rule("vat", "0.12"),
        rule("sales_tax", "0.02"),
    ],
    "certificates": [
        {
            "certificate_no": "BC-9",
            "product": "jam-1",
            "decision": "revoked",
            "date": "2026-03-28",
        },
        {
            "certificate_no": "BC-8",
            "product": "honey-1",
            "decision": "certified",
            "date": "2026-02-01",
            "valid_until": "2026-04-30",
        },
    ],
}
SUSPENDED = {
    "certificate_no": "BC-7",
    "product": "jam-1",
    "decision": "suspended",
    "date": "2026-03-08",
}
"""Recorded after goods were delivered on a certificate that it takes back."""
NARYN_WAY = {"association": NARYN, "group": "Atbashy"}
EVENTS: dict[str, list[dict[str, Any]]] = {
    "openings": [
        opening("payable", "12.40", member="M1"),
        opening("advance", "600", member="M1", ref="A-0"),
        opening(
            "stock",
            "1000.01",
            association=ISSYK,
            group="Akburun",
            product="felt-1",
            location="osh",
            quantity=6,
            ref="O-1",
        )
        | {"date": "2026-03-01"},
    ],
    "advances": [
        {
            "advance_no": "A-1",
            "date": "2026-03-02",
            "member": "M2",
            "amount": 500,
            "purpose": "wool",
        }
    ],
    "orders": [
        {
            "order_no": "EX-1",
            "client": "Nordic Felt AB",
            "date": "2026-03-01",
            "due": "2026-03-20",
            "product": "felt-1",
            "quantity": 10,
            "unit_price": "12.50",
            "currency": "EUR",
            "group": "Akburun",
            "quota": 10,
        },
        {
            "order_no": "EX-2",
            "client": "Kyoto Crafts",
            "date": "2026-03-05",
            "due": "2026-03-25",
            "product": "honey-1",
            "quantity": 40,
            "unit_price": "900",
            "currency": "JPY",
        },
    ],
    "deliveries": [
        delivery("D-1", "felt-1", 102, "M1", rejected=2, reject_reason="seam open"),
        delivery("D-2", "felt-1", 10, None),
        delivery("D-3", "felt-1", 10, "M2", terms="order", order_no="EX-1", unit_price="220.005"),
        consigned("D-4", "honey-1", 20, "N1", **NARYN_WAY),
        delivery("D-5", "honey-1", 30, "N2", **NARYN_WAY, rejected=3, reject_reason="unsealed"),
        delivery("D-6", "jam-1", 5, "M3", unit_price="0.30"),
        delivery("D-7", "honey-1", 1, "M4", group="Bokonbaev", unit_price="40"),
        delivery("D-8", "felt-1", 7, None, group="Bokonbaev"),
    ],
    "contributions": [worked("Akburun", "M1", 1), worked("Akburun", "M2", 2)],
    "sales": [
        sale("R-1", "felt-1", 30, 350),
        sale("R-2", "honey-1", 6, 450, discount="50.50", payment="card"),
        sale("R-3", "honey-1", 16, 455, payment="qr"),
        sale("R-4", "felt-1", -1, payment="cash", return_of="R-1") | {"date": "2026-03-22"},
        sale(
            "I-1",
            "felt-1",
            10,
            "12.50",
            payment="invoice",
            order_no="EX-1",
            currency="EUR",
            rate="95.1234",
        ),
    ],
    "stocktakes": [
        {
            "count_no": "C-1",
            "date": "2026-03-30",
            "location": "osh",
            "product": "felt-1",
            "counted": 93,
        }
    ],
    "cashbook": [
        {
            "entry_no": "CB-1",
            "date": "2026-03-27",
            "kind": "client-receipt",
            "amount": "60",
            "currency": "EUR",
            "rate": "96",
            "order_no": "EX-1",
            "rail": "bank",
        },
        {
            "entry_no": "CB-2",
            "date": "2026-03-29",
            "kind": "expense",
            "amount": "77.70",
            "account": "Expenses:Post",
        },
    ],
    "distributions": [
        {
            "distribution_no": "P-1",
            "date": "2026-03-30",
            "kind": "premium",
            "amount": "100.01",
            "association": ISSYK,
        }
    ],
}


def make_small(folder: Path) -> Books:
    """March wholly: imported, paid, one payment back, closed. April: one delivery."""
    make_base(folder)
    books = Books(folder)
    books.done("anna", "import", str(write_sheets(folder.with_name("1.xlsx"), MASTER)))
    books.done("anna", "import", str(write_sheets(folder.with_name("2.xlsx"), EVENTS)))
    late = {"certificates": [SUSPENDED]}
    books.done("anna", "import", str(write_sheets(folder.with_name("2b.xlsx"), late)))
    books.done("anna", "payout", "draft", MARCH)
    for association in (ISSYK, NARYN):
        books.done("bermet", "payout", "approve", f"{MARCH}/{association}/1")
    books.today = "2026-04-12"
    back = {f"{MARCH}/{ISSYK}/1/M2": "no such wallet"}
    rows = [
        {
            "date": "2026-04-12" if payment.member == "M3" else "2026-04-08",
            "amount": payment.amount,
            "reference": reference,
            "status": "returned" if reference in back else "settled",
            "reason": back.get(reference),
        }
        for reference, payment in sorted(load_everybody(folder).payments.items())
    ]
    settled = write_sheets(folder.with_name("3.xlsx"), {"bank": rows})
    books.done("anna", "payout", "settle", str(settled))
    books.done("anna", "close", MARCH)
    later = {"deliveries": [delivery("D-9", "felt-1", 3, "M1", date="2026-04-09")]}
    books.done("anna", "import", str(write_sheets(folder.with_name("4.xlsx"), later)))
    return books


def go_on(books: Books) -> None:
    """What comes after March was closed: new names, a new member, another association."""
    sheets: dict[str, list[dict[str, Any]]] = {
        "associations": [
            {"association": ISSYK, "name_en": "Issyk-Kul Union", "name_ru": "Союз Иссык-Куля"},
            {"association": "osh", "name_en": "Osh"},
        ],
        "products": [{"product": "felt-1", "name_en": "Slippers", "category": "wool"}],
        "members": [
            person("M9", ISSYK, "Akburun", "Жаңы мүчө", gender="f"),
            person("M1", ISSYK, "Bokonbaev", "Айгүл Т.", gender="m", changed="2026-05-02"),
        ],
        "certificates": [
            {
                "certificate_no": "BC-10",
                "product": "felt-1",
                "decision": "revoked",
                "date": "2026-03-02",
            }
        ],
        "deliveries": [delivery("D-10", "honey-1", 4, "M2", date="2026-04-20")],
    }
    books.take_all(**sheets)
    for association in (ISSYK, NARYN):
        books.pay("2026-04", association)
