"""Any month of a small association: what comes in, is sold, comes back, is shared and lent."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from worked.books import ISSYK, NARYN, delivery, rule, sale

Sheets = dict[str, list[dict[str, Any]]]
AKBURUN = ("M0345", "M0346", "M0501", "M0502")
PRODUCTS = ("felt-1", "honey-1")
SHARES = "Liabilities:Associations:IssykKul:Shares"

POLICY = [
    rule("commission", "0.15"),
    rule("vat", "0.12", account="Liabilities:Tax:VAT"),
    rule("fee", "0.03", order=1),
    rule("fixed", 40, limit=100, order=2, account=SHARES, association=ISSYK),
    rule("advance", "0.5", order=3),
    rule("social", "0.01", order=4),
    rule("take_home_floor", "0.6"),
    rule("minimum", 100),
    rule("minimum", 200, applies_to="bank"),
    rule("cash_unit", 10, applies_to="cash"),
]

prices = st.decimals(1, 500, allow_nan=False, places=6).map(str)
pieces = st.integers(1, 9)


@st.composite
def months(draw: st.DrawFn, period: str) -> Sheets:
    """One month's rows that can all be booked, whatever stands in the books before."""
    deliveries = draw(_deliveries(period))
    sales = draw(_sales(period, _free(deliveries)))
    sheets = {
        "deliveries": deliveries,
        "sales": [*sales, *draw(_returns(period, sales))],
        "contributions": draw(_contributions(period)),
        "advances": draw(_advances(period)),
        "distributions": draw(_distributions(period)),
    }
    return {kind: rows for kind, rows in sheets.items() if rows}


@st.composite
def late(draw: st.DrawFn, period: str) -> Sheets:
    """What comes after a month's run was approved: perhaps nothing."""
    count = draw(st.integers(0, 2))
    rows = [draw(_delivery(period, f"L-{number}")) for number in range(count)]
    return {"deliveries": rows} if rows else {}


@st.composite
def _delivery(draw: st.DrawFn, period: str, note: str) -> dict[str, Any]:
    payee = draw(st.sampled_from([*AKBURUN, None, "M0401", "N0001"]))
    group = {"M0401": "Bokonbaev", "N0001": "Atbashy"}.get(str(payee), "Akburun")
    delivered = draw(pieces)
    return delivery(
        f"{note}-{period}",
        draw(st.sampled_from(PRODUCTS)),
        delivered,
        payee,
        date=f"{period}-{draw(st.integers(1, 10)):02d}",
        association=NARYN if payee == "N0001" else ISSYK,
        group=group,
        terms=draw(st.sampled_from(["buyback", "consignment", "order"])),
        rejected=draw(st.integers(0, 1)),
        unit_price=draw(st.one_of(st.none(), prices)),
    )


@st.composite
def _deliveries(draw: st.DrawFn, period: str) -> list[dict[str, Any]]:
    """Up to six, and one that surely earns something by which to share."""
    sure = delivery(f"D-0-{period}", "felt-1", 3, "M0345", date=f"{period}-02")
    count = draw(st.integers(1, 6))
    return [sure, *(draw(_delivery(period, f"D-{number + 1}")) for number in range(count))]


def _free(deliveries: list[dict[str, Any]]) -> dict[str, int]:
    """Product -> how many pieces the month brought into the store."""
    free: dict[str, int] = defaultdict(int)
    for row in deliveries:
        free[row["product"]] += row["delivered"] - (row.get("rejected") or 0)
    return free


@st.composite
def _sales(draw: st.DrawFn, period: str, free: dict[str, int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 5))):
        product = draw(st.sampled_from(PRODUCTS))
        if not free.get(product):
            continue
        quantity = draw(st.integers(1, free[product]))
        free[product] -= quantity
        price = draw(prices)
        abroad = {"payment": "invoice", "currency": "USD", "rate": "87.4321"}
        row = sale(f"R-{number}-{period}", product, quantity, price)
        row["date"] = f"{period}-{draw(st.integers(10, 20)):02d}"
        row["discount"] = draw(st.sampled_from([None, "0.01", "0.99"]))
        rows.append({**row, **(abroad if draw(st.booleans()) else {})})
    return rows


@st.composite
def _returns(draw: st.DrawFn, period: str, sales: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for sold in sales:
        back = draw(st.integers(0, sold["quantity"]))
        if back:
            row = sale(f"B-{sold['receipt_no']}", sold["product"], -back)
            row |= {"return_of": sold["receipt_no"], "payment": sold["payment"]}
            rows.append({**row, "date": f"{period}-{draw(st.integers(21, 25)):02d}"})
    return rows


@st.composite
def _contributions(draw: st.DrawFn, period: str) -> list[dict[str, Any]]:
    members = draw(st.lists(st.sampled_from(AKBURUN), unique=True, max_size=4))
    general = [
        {"period": period, "group": "Akburun", "member": m, "quantity": draw(pieces)}
        for m in members
    ]
    if draw(st.booleans()):
        general.append(
            {
                "period": period,
                "group": "Akburun",
                "member": draw(st.sampled_from(AKBURUN)),
                "product": "honey-1",
                "quantity": draw(pieces),
            }
        )
    return general


@st.composite
def _advances(draw: st.DrawFn, period: str) -> list[dict[str, Any]]:
    members = draw(st.lists(st.sampled_from(AKBURUN), unique=True, max_size=2))
    return [
        {
            "advance_no": f"A-{m}-{period}",
            "date": f"{period}-{draw(st.integers(1, 28)):02d}",
            "member": m,
            "amount": draw(st.integers(1, 200_000).map(lambda n: str(n * Decimal("0.01")))),
        }
        for m in members
    ]


@st.composite
def _distributions(draw: st.DrawFn, period: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if draw(st.booleans()):
        rows.append({"kind": "premium", "amount": draw(prices.map(_two_decimals))})
    if draw(st.booleans()):
        rows.append({"kind": "correction", "amount": "-33.33", "member": "M0346"})
    if draw(st.booleans()):
        rows.append({"kind": "second-payment", "amount": 100, "basis": "quantity"})
    return [
        {"distribution_no": f"V-{number}-{period}", "date": f"{period}-28", **row}
        for number, row in enumerate(rows)
    ]


def _two_decimals(text: str) -> str:
    return str(Decimal(text).quantize(Decimal("0.01")))
