"""ЭСФ: purchases from sellers who are exempt, for the register of electronic invoices.

Sellers' personal numbers are in no book: the accountant adds them in the register itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material, Posted, kgs
from ovop_payouts.reporting._movements import payees
from reports.report.model import COUNT, DATE, MONEY, PRICE, QUANTITY, SUM, Report, Table, Value

NAME = "esf"


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a delivery that was bought; amount in KGS."""

    date: date
    note: str
    association: str
    group: str
    member: str | None
    product: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


def build(m: Material) -> Report:
    """Goods bought, seller by seller and line by line; consigned ones are nobody's purchase."""
    bought = sorted(_bought(m), key=lambda each: (each.date, each.note))
    amount = sum((each.amount for each in bought), ZERO)
    sellers = {(each.group, each.member) for each in bought}
    figures = (
        m.figure("bought", amount),
        m.figure("sellers", len(sellers), COUNT),
        m.figure("documents", len(bought), COUNT),
    )
    tables = (_sellers(m, bought), _lines(m, bought))
    return m.report(NAME, figures, tables, (m.say("note_esf"),))


def _bought(m: Material) -> list[Bought]:
    known = payees(m.book)
    return [
        _line(each, sum((-(kgs(leg) or ZERO) for leg in owed), ZERO))
        for each in m.within()
        if each.entry.tag == "deliveries"
        if (owed := [leg for leg in each.entry.legs if leg.account in known])
    ]


def _line(posted: Posted, amount: Decimal) -> Bought:
    meta = posted.entry.meta
    return Bought(
        posted.entry.date,
        f"{meta['note_no']}/{meta['line_no']}",
        meta["association"],
        meta["group"],
        meta.get("member"),
        meta["product"],
        Decimal(meta["delivered"]) - Decimal(meta.get("rejected", "0")),
        Decimal(meta["price"]),
        amount,
    )


def _seller(m: Material, member: str | None, group: str) -> tuple[str, str, str]:
    """Name, id and tax status as of the last day; a pool's seller is the group."""
    if member is None:
        return m.group(group), group, ""
    known = m.book.member(member, m.span.last)
    return known.name, member, known.tax_status or ""


def _sellers(m: Material, bought: list[Bought]) -> Table:
    found: dict[tuple[str, str | None], list[Bought]] = defaultdict(list)
    for each in bought:
        found[each.group, each.member].append(each)
    sums = {key: sum((e.amount for e in mine), ZERO) for key, mine in found.items()}
    rows: list[tuple[Value, ...]] = []
    for key in sorted(found, key=lambda key: (-sums[key], key[0], key[1] or "")):
        group, member = key
        name, ident, status = _seller(m, member, group)
        rows.append((ident, name, m.group(group), status, len(found[key]), sums[key]))
    columns = (
        m.column("seller"),
        m.column("name"),
        m.column("group"),
        m.column("tax_status"),
        m.column("lines", COUNT, SUM),
        *m.sums(MONEY, "amount"),
    )
    return m.table("by_seller", columns, rows, detail=True)


def _lines(m: Material, bought: list[Bought]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for each in bought:
        name, ident, _ = _seller(m, each.member, each.group)
        product = m.book.products.get(each.product)
        rows.append(
            (
                each.date,
                each.note,
                ident,
                name,
                m.product(each.product),
                (product.unit if product else None) or "",
                each.quantity,
                each.price,
                each.amount,
                ZERO,
            )
        )
    columns = (
        m.column("date", DATE),
        m.column("note"),
        m.column("seller"),
        m.column("name"),
        m.column("product_name"),
        m.column("unit"),
        m.column("quantity", QUANTITY, SUM),
        m.column("price", PRICE),
        *m.sums(MONEY, "amount", "vat"),
    )
    return m.table("purchases", columns, rows, detail=True)
