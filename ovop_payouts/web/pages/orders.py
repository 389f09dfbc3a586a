"""Orders: what was delivered against what is due, by whom, and what is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from datetime import date as Date
from decimal import Decimal
from typing import Any

from ovop_payouts.book import LandedRow
from ovop_payouts.money import ZERO
from ovop_payouts.naming import product_name
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.lookup import chosen
from ovop_payouts.web.pages.tables import Slice, finds, sliced

STATES = ("open", "late", "done", "done_late")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of an order: a product, or one group's quota of it."""

    order_no: str
    client: str
    product: str
    product_name: str
    unit: str
    group: str
    date: Date
    due: Date
    due_quantity: Decimal
    delivered: Decimal
    """Accepted up to today."""
    on_time: Decimal
    """Accepted by the due day."""
    rejected: Decimal
    unit_price: Decimal
    currency: str
    status: str
    last: Date | None
    """The day of the last delivery that counted."""
    source: str

    @property
    def share(self) -> Decimal:
        return self.delivered / self.due_quantity if self.due_quantity else ZERO

    @property
    def missing(self) -> Decimal:
        return max(ZERO, self.due_quantity - self.delivered)


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One group over all its orders; `rate` is what was accepted by the due day of all due."""

    group: str
    orders: int
    due: Decimal
    on_time: Decimal
    late: int
    rejected: Decimal
    delivered: Decimal

    @property
    def rate(self) -> Decimal:
        return min(Decimal(1), self.on_time / self.due) if self.due else ZERO


@dataclass(frozen=True, slots=True)
class Orders:
    table: Slice[OrderRow]
    groups: tuple[GroupRate, ...]
    counts: dict[str, int]
    rate: Decimal | None
    """Over all orders that have come due."""
    states: tuple[str, ...] = STATES


KEYS: dict[str, Callable[[OrderRow], Any]] = {
    "order": lambda r: (r.order_no, r.product, r.group),
    "client": lambda r: (r.client.casefold(), r.order_no),
    "product": lambda r: (r.product_name.casefold(), r.order_no),
    "group": lambda r: (r.group, r.order_no),
    "due": lambda r: (r.due, r.order_no),
    "share": lambda r: r.share,
    "status": lambda r: (STATES.index(r.status), r.due),
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Orders:
    everything = rows_of(desk)
    rows = [r for r in everything if _passes(desk, r)]
    come_due = [r for r in everything if r.due <= desk.today]
    due = sum((r.due_quantity for r in come_due), ZERO)
    in_time = sum((min(r.on_time, r.due_quantity) for r in come_due), ZERO)
    return Orders(
        sliced(rows, len(everything), desk.asked, KEYS, "due"),
        tuple(_groups(desk, come_due)),
        {state: sum(1 for r in everything if r.status == state) for state in STATES},
        in_time / due if due else None,
    )


def rows_of(desk: Desk) -> list[OrderRow]:
    """Every order line that may be seen; one of no group is everybody's."""
    wanted = set(chosen(desk))
    delivered = _delivered(desk)
    rows = []
    for row in desk.book.rows["orders"].values():
        group = row.columns.get("group")
        if group is not None and desk.book.groups.get(group) not in wanted:
            continue
        if group is None and not (desk.sees(row.scope) or row.scope == "common"):
            continue
        rows.append(_row(desk, row, delivered))
    return rows


Accepted = tuple[date, Decimal, Decimal]


def _delivered(desk: Desk) -> dict[tuple[str, str], list[tuple[str, Accepted]]]:
    """(order, product) -> (group, (day, accepted, rejected)) of each delivery, by day."""
    found: dict[tuple[str, str], list[tuple[str, Accepted]]] = defaultdict(list)
    for row in desk.book.rows["deliveries"].values():
        meta = row.columns
        if "order_no" not in meta or not desk.sees(meta["association"]):
            continue
        rejected = Decimal(meta.get("rejected", "0"))
        accepted = Decimal(meta["delivered"]) - rejected
        day = date.fromisoformat(meta["date"])
        key = meta["order_no"], meta["product"]
        found[key].append((meta["group"], (day, accepted, rejected)))
    for deliveries in found.values():
        deliveries.sort(key=lambda d: d[1][0])
    return found


def _row(
    desk: Desk,
    row: LandedRow,
    delivered: dict[tuple[str, str], list[tuple[str, Accepted]]],
) -> OrderRow:
    meta, book = row.columns, desk.book
    group = meta.get("group")
    product = meta["product"]
    known = delivered.get((meta["order_no"], product), [])
    mine = [d for of, d in known if group in (None, of) and d[0] <= desk.today]
    wanted = Decimal(meta.get("quota") or meta["quantity"])
    due = date.fromisoformat(meta["due"])
    accepted = sum((d[1] for d in mine), ZERO)
    in_time = sum((d[1] for d in mine if d[0] <= due), ZERO)
    of_product = book.products.get(product)
    return OrderRow(
        meta["order_no"],
        meta["client"],
        product,
        product_name(book, product, desk.words.language),
        (of_product.unit if of_product else None) or "",
        group or "",
        date.fromisoformat(meta["date"]),
        due,
        wanted,
        accepted,
        in_time,
        sum((d[2] for d in mine), ZERO),
        Decimal(meta["unit_price"]),
        meta["currency"],
        status_of(wanted, accepted, in_time, due, desk.today),
        mine[-1][0] if mine else None,
        row.source,
    )


def status_of(wanted: Decimal, accepted: Decimal, in_time: Decimal, due: date, today: date) -> str:
    """`done` by the due day, `done_late`, `late` where something lacks after it, else `open`."""
    if in_time >= wanted:
        return "done"
    if accepted >= wanted:
        return "done_late"
    return "late" if due < today else "open"


def _passes(desk: Desk, row: OrderRow) -> bool:
    return desk.text("status") in ("", row.status) and finds(
        desk.text("q"), row.order_no, row.client, row.product, row.product_name, row.group
    )


def _groups(desk: Desk, rows: list[OrderRow]) -> Iterator[GroupRate]:
    by_group: dict[str, list[OrderRow]] = defaultdict(list)
    for row in rows:
        if row.group:
            by_group[row.group].append(row)
    for group, mine in sorted(by_group.items()):
        yield GroupRate(
            group,
            len({r.order_no for r in mine}),
            sum((r.due_quantity for r in mine), ZERO),
            sum((min(r.on_time, r.due_quantity) for r in mine), ZERO),
            sum(1 for r in mine if r.status in ("late", "done_late")),
            sum((r.rejected for r in mine), ZERO),
            sum((r.delivered for r in mine), ZERO),
        )


PAGE = Page("orders", build)
