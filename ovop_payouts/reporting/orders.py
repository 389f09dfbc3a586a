"""Orders: delivered against due, on time or late, invoiced and paid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger import accounts
from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material, kgs
from ovop_payouts.reporting._spans import days_between
from reports.report.model import (
    BARS,
    COUNT,
    DATE,
    MONEY,
    PERCENT,
    QUANTITY,
    RATIO,
    Report,
    Table,
    Value,
    share,
)

NAME = "orders"
STATES = ("on_time", "late", "open", "overdue")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order: a product, perhaps of one group."""

    row: dict[str, str]
    ordered: Decimal
    delivered: Decimal
    in_time: Decimal
    """What was accepted up to the due day."""
    complete: date | None
    """The day on which all had been accepted."""
    state: str

    @property
    def due(self) -> date:
        return date.fromisoformat(self.row["due"])


def build(m: Material) -> Report:
    """All orders made up to the last day that were not complete before the first."""
    lines = [line for line in _lines(m) if line.complete is None or line.complete >= m.span.first]
    counts = {state: len([line for line in lines if line.state == state]) for state in STATES}
    done = counts["on_time"] + counts["late"]
    figures = (
        m.figure("order_lines", len(lines), COUNT),
        *(m.figure(f"orders_{state}", counts[state], COUNT) for state in STATES),
        m.figure("on_time_share", share(counts["on_time"], done), PERCENT),
        m.figure("clients_owe", _owed(m)),
    )
    tables = (_orders(m, lines), _money(m, {line.row["order_no"] for line in lines}))
    return m.report(NAME, figures, tables, (m.say("note_orders"),))


def _lines(m: Material) -> list[Line]:
    accepted: dict[tuple[str, str], list[tuple[date, Decimal, str]]] = defaultdict(list)
    for each in m.posted:
        meta = each.entry.meta
        if each.entry.tag == "deliveries" and "order_no" in meta:
            units = Decimal(meta["delivered"]) - Decimal(meta.get("rejected", "0"))
            accepted[meta["order_no"], meta["product"]].append(
                (each.entry.date, units, meta["group"])
            )
    return [
        _line(m, row, accepted[number, row["product"]])
        for number, rows in sorted(m.book.orders.items())
        for row in rows
        if date.fromisoformat(row["date"]) <= m.span.last and _mine(m, row)
    ]


def _mine(m: Material, row: dict[str, str]) -> bool:
    if m.association is None:
        return True
    group = row.get("group")
    product = m.book.products.get(row["product"])
    owner = m.book.groups.get(group) if group else product.association if product else None
    return owner == m.association


def _line(m: Material, row: dict[str, str], accepted: list[tuple[date, Decimal, str]]) -> Line:
    mine = [(day, units) for day, units, by in accepted if row.get("group") in (None, by)]
    ordered, due = Decimal(row.get("quota") or row["quantity"]), date.fromisoformat(row["due"])
    so_far, complete = ZERO, None
    for day, units in sorted(mine):
        so_far += units
        if complete is None and so_far >= ordered:
            complete = day
    if complete is not None:
        state = "on_time" if complete <= due else "late"
    else:
        state = "open" if m.span.last <= due else "overdue"
    in_time = sum((units for day, units in mine if day <= due), ZERO)
    return Line(row, ordered, so_far, in_time, complete, state)


def _orders(m: Material, lines: list[Line]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for line in sorted(lines, key=lambda line: (line.due, line.row["order_no"])):
        end = line.complete or m.span.last
        late = max(days_between(line.due, end), 0)
        group = line.row.get("group")
        rows.append(
            (
                line.row["order_no"],
                line.row["client"],
                m.product(line.row["product"]),
                m.group(group) if group else m.say("all_groups"),
                line.due,
                line.ordered,
                line.delivered,
                share(line.delivered, line.ordered),
                line.in_time,
                line.complete,
                late or None,
                m.say(f"order_{line.state}"),
            )
        )
    columns = (
        m.column("order"),
        m.column("client"),
        m.column("product_name"),
        m.column("group"),
        m.column("due", DATE),
        *m.sums(QUANTITY, "ordered", "accepted"),
        m.column("done_share", PERCENT, RATIO, ("accepted", "ordered")),
        *m.sums(QUANTITY, "in_time"),
        m.column("complete", DATE),
        m.column("days_late", COUNT),
        m.column("state"),
    )
    charts = (m.chart("orders", BARS, "order", "ordered", "accepted"),)
    return m.table("orders", columns, rows, detail=True, charts=charts)


def _money(m: Material, numbers: set[str]) -> Table:
    """What clients were invoiced and have paid, KGS at the rate of the invoice.

    Both balances are rounded, and what was paid is what lies between them.
    """
    names = {accounts.receivable(number): number for number in numbers}
    invoiced: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for each in m.posted:
        for leg in each.entry.legs:
            number = names.get(leg.account)
            if number is not None:
                amount = kgs(leg) or ZERO
                side, sign = (paid, -1) if each.entry.tag == "cashbook" else (invoiced, 1)
                side[number] += sign * amount
    rows: list[tuple[Value, ...]] = [
        (
            number,
            m.book.orders[number][0]["client"],
            money(invoiced[number]),
            money(invoiced[number]) - money(invoiced[number] - paid[number]),
            money(invoiced[number] - paid[number]),
        )
        for number in sorted(numbers)
    ]
    columns = (
        m.column("order"),
        m.column("client"),
        *m.sums(MONEY, "invoiced", "client_paid", "client_owes"),
    )
    return m.table("order_money", columns, rows, detail=True)


def _owed(m: Material) -> Decimal:
    """What all clients owe on the last day."""
    return money(
        sum(
            (
                kgs(leg) or ZERO
                for each in m.posted
                for leg in each.entry.legs
                if accounts.family(leg.account) == "receivables"
            ),
            ZERO,
        )
    )
