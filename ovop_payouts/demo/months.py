"""The demo's events, day by day: what is delivered, moved, sold, returned and counted."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from ledger import accounts
from ovop_payouts.demo import words
from ovop_payouts.demo.catalogue import Good
from ovop_payouts.demo.people import Group, Row

SALE_LINES = 10_000
Sheets = dict[str, list[Row]]
Place = tuple[str, str]
"""(store, product)."""


@dataclass(slots=True)
class Sold:
    """A sale line that may still come back."""

    store: str
    receipt: str
    good: Good
    left: int


@dataclass(slots=True)
class World:
    """What is where, and what the next numbers are."""

    random: Random
    groups: list[Group]
    goods: list[Good]
    stock: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    filled: list[tuple[str, Good]] = field(default_factory=list)
    sold: list[Sold] = field(default_factory=list)
    taken_in: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    counters: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    known: set[str] = field(default_factory=set)

    def next(self, name: str) -> int:
        self.counters[name] += 1
        return self.counters[name]

    def put(self, store: str, good: Good, quantity: int) -> None:
        if (store, good.product) not in self.stock:
            self.filled.append((store, good))
        self.stock[store, good.product] += quantity
        self.known.add(store)


def openings(world: World, on: date) -> Sheets:
    """What was there before: stock of our own, consigned goods, balances, advances."""
    rows: list[Row] = []
    certified = [good for good in world.goods if good.certified]
    for number, good in enumerate(world.random.sample(certified, 900)):
        store = world.random.choice(words.STORES)
        quantity = world.random.randint(4, 20)
        row: Row = {
            "date": on,
            "association": good.maker.association,
            "group": good.maker.group,
            "product": good.product,
            "location": store,
            "quantity": quantity,
            "ref": f"O-{number + 1}",
        }
        if number % 4 == 0:
            rows.append({**row, "kind": "consigned", "member": good.maker.members[0]})
        else:
            rows.append({**row, "kind": "stock", "amount": quantity * good.buyback})
        world.put(store, good, quantity)
    for group in world.groups:
        for member in group.members[1:4]:
            amount = Decimal(world.random.randint(5, 9000)) / 100
            rows.append({"date": on, "kind": "payable", "member": member, "amount": amount})
        advance = {"date": on, "kind": "advance", "member": group.members[4], "amount": 600}
        rows.append({**advance, "ref": f"A-25-{group.members[4]}"})
        taken = {"date": on, "kind": "taken", "member": group.members[5], "amount": 450}
        rows.append({**taken, "ref": accounts.share_capital(group.association)})
    return {"openings": rows}


def month(world: World, year: int, number: int) -> tuple[Sheets, Sheets]:
    """One month's workbooks: what the associations send, and what the stores send."""
    days = monthrange(year, number)[1]
    period = f"{year}-{number:02d}"
    sent: Sheets = defaultdict(list)
    stores: Sheets = defaultdict(list)
    _contribute(world, period, sent)
    plan = _deliveries_by_day(world, days)
    for day_number in range(1, days + 1):
        day = date(year, number, day_number)
        for group, member in plan.get(day_number, ()):
            _deliver(world, day, group, member, sent)
        _sell(world, day, SALE_LINES // days + 1, stores["sales"])
        _return(world, day, stores["sales"])
    _count(world, date(year, number, days), stores["stocktakes"])
    _advances(world, year, number, sent["advances"])
    return sent, stores


def _deliveries_by_day(world: World, days: int) -> dict[int, list[tuple[Group, str | None]]]:
    plan: dict[int, list[tuple[Group, str | None]]] = defaultdict(list)
    for group in world.groups:
        for member in group.members:
            for _ in range(world.random.choice((1, 1, 2))):
                plan[world.random.randint(1, days - 4)].append((group, member))
        plan[world.random.randint(1, days - 4)].append((group, None))
    return plan


def _deliver(world: World, day: date, group: Group, member: str | None, sent: Sheets) -> None:
    random = world.random
    mine = [g for g in world.goods[world.groups.index(group) :: len(world.groups)] if g.certified]
    good = random.choice(mine)
    delivered = max(3, int(random.randint(900, 2600) / good.buyback))
    rejected = random.randint(1, 2) if random.random() < 0.15 else 0
    consigned = random.random() < 0.25
    store = random.choice(words.STORES)
    warehouse = random.random() < 0.2
    place = f"Warehouse-{group.association}" if warehouse else store
    row: Row = {
        "note_no": f"D-{world.next('note'):05d}",
        "line_no": 1,
        "date": day,
        "association": group.association,
        "group": group.group,
        "member": member,
        "product": good.product,
        "terms": "consignment" if consigned else "buyback",
        "delivered": delivered,
        "location": place,
    }
    if rejected:
        row |= {"rejected": rejected, "reject_reason": random.choice(words.REJECTS)}
    if not consigned and random.random() < 0.1:
        row["grade"] = "B"
    sent["deliveries"].append(row)
    if warehouse and delivered > rejected:
        sent["transfers"].append(
            {
                "transfer_no": f"T-{world.next('transfer'):05d}",
                "line_no": 1,
                "date": day,
                "product": good.product,
                "quantity": delivered - rejected,
                "from": place,
                "to": store,
            }
        )
    world.put(store, good, delivered - rejected)


def _contribute(world: World, period: str, sent: Sheets) -> None:
    """Hours of each member; one group has not sent them yet."""
    for group in world.groups[1:]:
        for member in world.random.sample(group.members, 8):
            hours = Decimal(world.random.randint(4, 80)) / 2
            row: Row = {"period": period, "group": group.group, "member": member}
            sent["contributions"].append({**row, "quantity": hours, "measure": "hours"})


def _sell(world: World, day: date, lines: int, rows: list[Row]) -> None:
    random = world.random
    while lines > 0:
        receipt = f"R{world.next('receipt'):06d}"
        store, _ = random.choice(world.filled)
        payment = random.choice(("cash", "cash", "card", "qr"))
        of_store = [good for place, good in random.sample(world.filled, 60) if place == store]
        picked = 0
        for good in dict.fromkeys(of_store or [random.choice(world.filled)[1]]):
            there = world.stock.get((store, good.product), 0)
            if not there:
                continue
            picked += 1
            rows.append(
                _sale(
                    world,
                    day,
                    store,
                    receipt,
                    picked,
                    good,
                    min(there, random.choice((1, 1, 1, 2, 3))),
                    payment,
                )
            )
            lines -= 1
            if picked == 5:
                break
        lines -= not picked and len(world.filled) == 0


def _sale(
    world: World,
    day: date,
    store: str,
    receipt: str,
    line: int,
    good: Good,
    quantity: int,
    payment: str,
) -> Row:
    world.stock[store, good.product] -= quantity
    world.sold.append(Sold(store, receipt, good, quantity))
    row: Row = {
        "receipt_no": receipt,
        "line_no": line,
        "date": day,
        "store": store,
        "product": good.product,
        "quantity": quantity,
        "unit_price": good.retail,
        "payment": payment,
    }
    if world.random.random() < 0.05:
        row["discount"] = Decimal(world.random.randint(100, 2500)) / 100
    return row


def _return(world: World, day: date, rows: list[Row]) -> None:
    """A few of the goods come back, with their receipt or without."""
    for sold in world.random.sample(world.sold, 4):
        if not sold.left:
            continue
        sold.left -= 1
        row: Row = {
            "receipt_no": f"B{world.next('back'):05d}",
            "line_no": 1,
            "date": day,
            "store": sold.store,
            "product": sold.good.product,
            "quantity": -1,
            "payment": "cash",
            "return_of": sold.receipt,
        }
        rows.append(row)
        world.stock[sold.store, sold.good.product] += 1


def _count(world: World, day: date, rows: list[Row]) -> None:
    """Some stores are counted; a piece is missing here and there, one is found."""
    number = f"C-{day:%Y-%m}"
    for store, good in world.random.sample(world.filled, 60):
        there = world.stock[store, good.product]
        missing = 1 if there and world.random.random() < 0.3 else 0
        row: Row = {
            "count_no": number,
            "date": day,
            "location": store,
            "product": good.product,
            "counted": there - missing,
        }
        world.stock[store, good.product] -= missing
        rows.append(row)


def _advances(world: World, year: int, number: int, rows: list[Row]) -> None:
    for group in world.groups:
        for member in world.random.sample(group.members, 2):
            rows.append(
                {
                    "advance_no": f"A-{world.next('advance'):04d}",
                    "date": date(year, number, world.random.randint(1, 25)),
                    "member": member,
                    "amount": world.random.choice((300, 500, 800, 1000)),
                    "purpose": world.random.choice(words.PURPOSES),
                }
            )
