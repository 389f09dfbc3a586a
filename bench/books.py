"""Books of a year from a seed: members, monthly deliveries on commission, sales, approved runs."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from measuring import ENVIRONMENT, OVOP
from sales import CENT, as_sheets

YEAR = 2025
ASSOCIATION = "issyk-kul"
TO_A_GROUP = 12
STORES = ("Bishkek", "Karakol", "Osh")
Row = dict[str, Any]


def ovop(books: Path, words: list[str], user: str = "admin", today: str = "") -> None:
    """One command, which must be done."""
    before = ["--books", str(books), "--as", user, *(["--today", today] if today else [])]
    done = subprocess.run([*OVOP, *before, *words], capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode:
        raise SystemExit(f"ovop {' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-2000:]}")


def members(many: int) -> list[Row]:
    return [
        {
            "association": ASSOCIATION,
            "group": f"g-{number // TO_A_GROUP}",
            "member": f"M{number:05d}",
            "name": f"Member {number}",
            "rail": "cash",
        }
        for number in range(many)
    ]


def master(many: int) -> dict[str, list[Row]]:
    """Each member makes one product, which is certified."""
    first = date(YEAR, 1, 1)
    products = [f"p-{number}" for number in range(many)]
    return {
        "associations": [{"association": ASSOCIATION, "name_en": "Issyk-Kul"}],
        "members": members(many),
        "products": [{"product": p, "name_en": p} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": first}
            for p in products
        ],
        "policy": [
            {"valid_from": first, "rule": "commission", "value": CENT * 20},
            {"valid_from": first, "rule": "fee", "value": CENT * 3, "order": 1},
        ],
    }


def month(number: int, lines: int, many: int) -> dict[str, list[Row]]:
    """Deliveries to every store on the first, and sale lines over the days after."""
    chosen = random.Random(number)
    first = date(YEAR, number, 1)
    sold = list(_sales(chosen, first, lines, many))
    needed: dict[tuple[str, str], int] = {}
    for row in sold:
        where = row["store"], row["product"]
        needed[where] = needed.get(where, 0) + row["quantity"]
    deliveries = [
        {
            "note_no": f"D-{number}-{place}",
            "line_no": line,
            "date": first,
            "association": ASSOCIATION,
            "group": f"g-{int(product[2:]) // TO_A_GROUP}",
            "member": f"M{int(product[2:]):05d}",
            "product": product,
            "terms": "consignment",
            "delivered": pieces,
            "location": place,
        }
        for line, ((place, product), pieces) in enumerate(sorted(needed.items()), 1)
    ]
    return {"deliveries": deliveries, "sales": sold}


def _sales(chosen: random.Random, first: date, lines: int, many: int) -> Iterator[Row]:
    for line in range(lines):
        yield {
            "receipt_no": f"R{first.month}-{line // 3}",
            "line_no": line % 3 + 1,
            "date": first + timedelta(days=line * 27 // lines),
            "store": STORES[line // 3 % len(STORES)],
            "product": f"p-{chosen.randrange(many)}",
            "quantity": chosen.randint(1, 3),
            "unit_price": CENT * chosen.randint(10_000, 90_000),
            "payment": "cash",
        }


def year(folder: Path, lines: int, many: int) -> Path:
    """Books of twelve months, of which eleven are approved; so many sale lines in all."""
    books = folder / "books"
    first = f"{YEAR}-01-01"
    begun = [*OVOP, "--today", first, "init", str(books)]
    subprocess.run(begun, check=True, capture_output=True, env=ENVIRONMENT)
    for user, role in (("anna", "accountant"), ("bek", "approver")):
        ovop(books, ["user", "add", user, "--role", role], today=first)
    start = as_sheets(folder / "master.xlsx", master(many))
    ovop(books, ["import", str(start)], "anna", first)
    for number in range(1, 13):
        file = as_sheets(folder / f"{number:02d}.xlsx", month(number, lines // 12, many))
        last = date(YEAR + number // 12, number % 12 + 1, 1) - timedelta(days=1)
        ovop(books, ["import", str(file)], "anna", last.isoformat())
        if number < 12:
            period = f"{YEAR}-{number:02d}"
            ovop(books, ["payout", "draft", period], "anna", last.isoformat())
            ovop(books, ["payout", "approve", f"{period}/{ASSOCIATION}/1"], "bek", last.isoformat())
    return books
