"""Rows that are wrong in one way each, among others that are right."""

from __future__ import annotations

import random
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal

from .people import Rows
from .state import Books, Row


def crafted(rng: random.Random, books: Books, today: Date, number: int) -> Rows:
    """Up to three wrong rows; whether each is wrong, the calculation judges."""
    day = today - timedelta(1)
    who = rng.choice(sorted(books.members))
    held = books.members[who][-1]
    product = rng.choice(sorted(books.products))
    place = rng.choice(sorted(books.places) or ["Nowhere"])
    note: Row = {
        "note_no": f"W-{number}", "line_no": Decimal(1), "date": day, "product": product,
        "association": held["association"], "group": held["group"], "member": who,
        "terms": "buyback", "unit_price": Decimal("12.5"), "delivered": Decimal(3),
        "location": place,
    }  # fmt: skip
    slip: Row = {
        "receipt_no": f"9{number}", "line_no": Decimal(1), "date": day, "store": place,
        "product": product, "quantity": Decimal(1), "unit_price": Decimal(90), "payment": "cash",
    }  # fmt: skip
    bonus: Row = {"distribution_no": f"W-{number}", "date": day, "kind": "premium", "member": who,
                  "amount": Decimal(10)}  # fmt: skip
    options: Rows = [
        ("deliveries", {**note, "member": "M9999"}),
        ("deliveries", {**note, "product": "no-such-thing"}),
        ("deliveries", {**note, "date": today + timedelta(1)}),
        ("deliveries", {**note, "date": Date(2025, 11, 30)}),
        ("deliveries", {**note, "rejected": Decimal(4)}),
        ("deliveries", note),
        ("sales", {**slip, "store": "Moon"}),
        ("sales", {**slip, "quantity": Decimal(100000)}),
        ("sales", {**slip, "quantity": Decimal(-100000)}),
        ("sales", {**slip, "quantity": Decimal(-1), "return_of": "no-such-receipt"}),
        ("sales", {**slip, "discount": Decimal("0.005")}),
        ("sales", {**slip, "discount": Decimal(91)}),
        ("sales", {**slip, "lot": "D-0/0"}),
        ("transfers", {"transfer_no": f"W-{number}", "line_no": Decimal(1), "date": day,
                       "product": product, "quantity": Decimal(100000), "from": place,
                       "to": "Warehouse"}),
        ("stocktakes", {"count_no": f"W-{number}", "date": day, "location": place,
                        "product": product, "counted": Decimal(99999)}),
        ("advances", {"advance_no": f"W-{number}", "date": day, "member": "M9999",
                      "amount": Decimal(5)}),
        ("distributions", {**bonus, "amount": Decimal(-10)}),
        ("distributions", {**bonus, "amount": Decimal("10.001")}),
    ]  # fmt: skip
    options += about_people(rng, books, held, product, number)
    if books.closed:
        year, month = (int(part) for part in max(books.closed).split("-"))
        options.append(("deliveries", {**note, "date": Date(year, month, 5)}))
    again = other_content(rng, books)
    return [*rng.sample(distinct(options, rng), 2), *again]


def about_people(rng: random.Random, books: Books, held: Row, product: str, number: int) -> Rows:
    """Master data and contributions that contradict what is known."""
    share: Row = {"period": "2026-01", "group": held["group"], "member": held["member"],
                  "quantity": Decimal(2), "measure": "hours"}  # fmt: skip
    known = [(kind, row) for (kind, _), row in books.rows.items() if kind == "contributions"]
    rows: Rows = [
        ("members", {**held, "name": "Another Name"}),
        ("members", {**held, "name": "Another Name", "changed": Date(1999, 1, 1)}),
        ("members", {**held, "member": "M999", "association": "nowhere"}),
        ("products", {**books.products[product], "association": held["association"]}),
        ("products", {"product": f"new-{number}", "name_en": "New", "association": "nowhere"}),
        ("certificates", {"certificate_no": f"W-{number}", "product": "no-such-thing",
                          "decision": "certified", "date": Date(2026, 1, 1)}),
        ("prices", {"product": "no-such-thing", "valid_from": Date(2026, 1, 1)}),
        ("policy", {"rule": "fee", "value": Decimal("0.5"), "association": "nowhere",
                    "valid_from": Date(2026, 1, 1)}),
        ("contributions", {**share, "member": "M9999"}),
        ("contributions", {**share, "group": "Nobodies"}),
        ("contributions", {**share, "product": "no-such-thing"}),
    ]  # fmt: skip
    if known:
        kind, row = rng.choice(known)
        other = next(m for m in ("hours", "kg") if m != row["measure"])
        rows.append((kind, {**row, "measure": other}))
    return rows


def distinct(options: Rows, rng: random.Random) -> Rows:
    """One of each kind: they share their keys."""
    rng.shuffle(options)
    found = {kind: (kind, row) for kind, row in options}
    return list(found.values())


def other_content(rng: random.Random, books: Books) -> Rows:
    """A row that landed, with other content under the same key."""
    known = [(kind, row) for (kind, _), row in books.rows.items() if kind == "deliveries"]
    if not known or rng.random() < 0.5:
        return []
    kind, row = rng.choice(known)
    return [(kind, {**row, "delivered": row["delivered"] + 1})]
