"""Random rows of a co-operative's days: each is tried on a copy of the books first."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from .booking import judged, key_of
from .master import member_on
from .people import PLACES, Rows, amount_of, price_of
from .state import Books, Lot, Row
from .stock import SALE, candidates

RATES = {"USD": ("87.45", "89.123456"), "EUR": ("95.5",), "JPY": ("0.58", "0.6123")}


@dataclass
class Maker:
    """`scratch`: books that the day's rows are tried on; `bad`: rows it refused."""

    rng: random.Random
    scratch: Books
    today: Date
    good: Rows = field(default_factory=list)
    bad: Rows = field(default_factory=list)
    number: int = 95

    @property
    def letter(self) -> str:
        """Some co-operatives number their notes with digits alone."""
        return "" if len(self.scratch.members) % 4 == 0 else "D-"

    def next(self) -> int:
        self.number += 1
        return self.number

    def offer(self, kind: str, row: Row) -> None:
        """Keep the row among the good ones or the bad ones."""
        row = {name: value for name, value in row.items() if value is not None}
        key = key_of(kind, row)
        refusal = judged(self.scratch, kind, key, row, self.today)
        (self.bad if refusal else self.good).append((kind, row))
        if not refusal:
            self.scratch.rows[kind, key] = row


def days(first: Date, last: Date) -> list[Date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def busy_days(make: Maker, first: Date, last: Date, pace: float) -> None:
    """Rows dated from first to last; `pace`: how many of a kind to expect."""
    span = days(first, last)
    for day in sorted(make.rng.sample(span, min(len(span), 6))):
        repeat(make, day, pace, delivery)
        repeat(make, day, pace / 4, transfer)
        repeat(make, day, pace, sale)
        repeat(make, day, pace / 3, give_back)
        repeat(make, day, pace / 10, stocktake)
        repeat(make, day, pace / 8, advance)
        repeat(make, day, pace / 20, repayment)


def repeat(make: Maker, day: Date, pace: float, one: object) -> None:
    count = int(pace) + (make.rng.random() < pace % 1)
    for _ in range(count):
        one(make, day)  # type: ignore[operator]


def quantity(rng: random.Random, product: str) -> Decimal:
    if product.startswith("honey"):
        return Decimal(rng.randint(500, 30000)) / rng.choice((1000, 100, 500))
    return Decimal(rng.randint(1, 20))


def delivery(make: Maker, day: Date) -> None:
    rng, books = make.rng, make.scratch
    who = rng.choice(sorted(books.members))
    held = member_on(books, who, day)
    product = rng.choice(sorted(books.products))
    delivered = quantity(rng, product)
    terms = rng.choice(("buyback", "order", "consignment", "consignment"))
    row: Row = {
        "note_no": f"{make.letter}{make.next()}", "line_no": Decimal(1), "date": day,
        "association": held["association"], "group": held["group"],
        "member": who if rng.random() < 0.65 else None, "product": product, "terms": terms,
        "order_no": rng.choice(("O-1", "O-2", None)) if terms == "order" else None,
        "grade": rng.choice(("A", "B", None, None)), "delivered": delivered,
        "location": rng.choice(PLACES),
    }  # fmt: skip
    if rng.random() < 0.2:
        row["rejected"] = min(delivered, Decimal(rng.randint(1, 3)))
        row["reject_reason"] = "wet"
    if rng.random() < 0.3 and terms != "consignment":
        row["unit_price"] = price_of(rng, 30, 600)
    for line in range(1, rng.choice((2, 2, 2, 3, 13))):
        make.offer("deliveries", {**row, "line_no": Decimal(line)})
        row = {**row, "delivered": quantity(rng, product), "rejected": None}


def somewhere(make: Maker, day: Date) -> tuple[str, str, list[tuple[Lot, Fraction]]] | None:
    """A place and a product that has stock there."""
    books = make.scratch
    pairs = sorted({(m.place, books.lots[m.lot].product) for m in books.moves})
    make.rng.shuffle(pairs)
    for place, product in pairs:
        found = candidates(books, place, product, (day, SALE))
        surplus = any(not lot.association for lot, _ in found)
        if found and not surplus:
            return place, product, found
    return None


def some_of(rng: random.Random, found: list[tuple[Lot, Fraction]]) -> Decimal:
    """A part of what is there, often over several lots, now and then too much."""
    whole = sum((part for _, part in found), Fraction(0))
    if rng.random() < 0.04:
        whole += 5
    part = Fraction(rng.choice((1, 1, 2, 3, 4)), 4) * whole
    step = 1 if whole.denominator == 1 and rng.random() < 0.9 else 1000
    units = max(1, int(part * step))
    return Decimal(units) / step


def transfer(make: Maker, day: Date) -> None:
    found = somewhere(make, day)
    if found:
        place, product, lots = found
        to = make.rng.choice([p for p in (*PLACES, "Warehouse") if p != place])
        make.offer("transfers", {
            "transfer_no": f"T-{make.next()}", "line_no": Decimal(1), "date": day,
            "product": product, "quantity": some_of(make.rng, lots), "from": place, "to": to,
        })  # fmt: skip


def sale(make: Maker, day: Date) -> None:
    rng = make.rng
    receipt = str(make.next())
    for line in range(1, rng.choice((2, 2, 3))):
        found = somewhere(make, day)
        if found:
            place, product, lots = found
            row = {
                "receipt_no": receipt, "line_no": Decimal(line), "date": day, "store": place,
                "product": product, "quantity": some_of(rng, lots),
                "unit_price": price_of(rng, 40, 900), "payment": rng.choice(("cash", "card", "qr")),
            }  # fmt: skip
            make.offer("sales", {**row, **particulars(rng, lots)})


def particulars(rng: random.Random, lots: list[tuple[Lot, Fraction]]) -> Row:
    """An order, a named lot, a discount, foreign money: each sometimes."""
    more: Row = {}
    ordered = [lot.order_no for lot, _ in lots if lot.order_no]
    if ordered and rng.random() < 0.7:
        more["order_no"] = rng.choice(ordered)
    elif rng.random() < 0.15:
        lot, there = rng.choice(lots)
        if not lot.order_no:
            more |= {"lot": lot.name, "quantity": Decimal(int(there * 1000)) / 1000}
    if rng.random() < 0.25:
        more["discount"] = amount_of(rng, 0, 30)
    if rng.random() < 0.15:
        currency = rng.choice(sorted(RATES))
        more |= {"payment": "invoice", "currency": currency,
                 "rate": Decimal(rng.choice(RATES[currency]))}  # fmt: skip
        if currency == "JPY" and "discount" in more:
            more["discount"] = more["discount"].quantize(Decimal(1))
    return more


def give_back(make: Maker, day: Date) -> None:
    rng = make.rng
    sold = [p for p in make.scratch.portions if p.left > 0 and p.date <= day]
    if not sold:
        return
    portion = rng.choice(sold)
    left = int(portion.left * 1000)
    units = rng.choice((left, left // 2 or left, rng.randint(1, left)))
    if left % 1000 == 0 and rng.random() < 0.8:
        units = max(1000, units // 1000 * 1000)
    make.offer("sales", {
        "receipt_no": str(make.next()), "line_no": Decimal(1), "date": day, "store": portion.store,
        "product": portion.product, "quantity": -Decimal(units) / 1000, "payment": "cash",
        "return_of": portion.receipt if rng.random() < 0.7 else None,
        "unit_price": price_of(rng, 40, 900) if rng.random() < 0.1 else None,
    })  # fmt: skip


def stocktake(make: Maker, day: Date) -> None:
    """Mostly a shortage; a surplus only with an explanation."""
    rng = make.rng
    found = somewhere(make, day)
    if not found:
        return
    place, product, lots = found
    there = sum((part for _, part in found[2]), Fraction(0))
    counted = Decimal(int(there * rng.choice((1, 3, 3)) / rng.choice((3, 4)) * 1000)) / 1000
    row: Row = {"count_no": f"C-{make.next()}", "date": day, "location": place,
                "product": product, "counted": counted}  # fmt: skip
    if rng.random() < 0.15 and all(lot.own for lot, _ in lots):
        row |= {"counted": Decimal(int(there) + 2), "explanation": "found behind the shelf"}
    make.offer("stocktakes", row)


def advance(make: Maker, day: Date) -> None:
    who = make.rng.choice(sorted(make.scratch.members))
    make.offer("advances", {"advance_no": f"A-{make.next()}", "date": day, "member": who,
                            "amount": amount_of(make.rng, 50, 3000)})  # fmt: skip


def repayment(make: Maker, day: Date) -> None:
    """A member brings back some of what is owed."""
    rng, books = make.rng, make.scratch
    owing = sorted({a.member for a in books.advances if a.left and a.date <= day})
    if owing:
        who = rng.choice(owing)
        whole = sum(a.left for a in books.advances if a.member == who and a.date <= day)
        paid = Decimal(rng.randint(1, whole)) / 100
        make.offer("cashbook", {"entry_no": f"K-{make.next()}", "date": day, "rail": "cash",
                                "kind": "advance-repaid", "amount": paid,
                                "member": who})  # fmt: skip


def contributions(make: Maker, period: str, likely: float) -> None:
    """By product or for the whole group; some groups forget."""
    rng, books = make.rng, make.scratch
    groups = sorted({row["group"] for rows in books.members.values() for row in rows})
    for group in groups:
        people = sorted(m for m, rows in books.members.items() if rows[-1]["group"] == group)
        if not people:
            continue
        products = {e.product for e in books.earnings if e.group == group and not e.member}
        for product in (None, *sorted(p for p in products if p)):
            done = any((c["group"], c["period"], c.get("product")) == (group, period, product)
                       for c in books.contributions)  # fmt: skip
            if done or rng.random() > (likely if product is None else likely / 2):
                continue
            measure = rng.choice(("pieces", "hours", "kg", "share"))
            for who in rng.sample(people, rng.randint(1, len(people))):
                make.offer("contributions", {
                    "period": period, "group": group, "member": who, "product": product,
                    "quantity": Decimal(rng.randint(1, 200)) / rng.choice((1, 2, 10)),
                    "measure": measure,
                })  # fmt: skip


def distribution(make: Maker, day: Date) -> None:
    rng, books = make.rng, make.scratch
    kind = rng.choice(("second-payment", "premium", "award", "correction"))
    amount = amount_of(rng, 10, 4000)
    if rng.random() < (0.5 if kind == "correction" else 0.02):
        amount = -amount
    row: Row = {"distribution_no": f"V-{make.next()}", "date": day, "kind": kind, "amount": amount}
    if rng.random() < 0.2:
        make.offer("distributions", {**row, "member": rng.choice(sorted(books.members))})
        return
    row |= {"from": rng.choice((Date(2025, 12, 1), day.replace(day=1))), "to": day,
            "basis": rng.choice(("value", "quantity", None))}  # fmt: skip
    if rng.random() < 0.3:
        row["association"] = rng.choice(sorted(books.associations))
    elif rng.random() < 0.2:
        row["group"] = rng.choice(sorted({r[-1]["group"] for r in books.members.values()}))
    if rng.random() < 0.35:
        row["product"] = rng.choice(sorted(books.products))
    make.offer("distributions", row)
