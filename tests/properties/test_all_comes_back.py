"""Whatever was sold: once all of it has come back in steps, nothing is left of it (contract §4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worked.books import Books, sale

from properties.copies import copy_of
from properties.months import POLICY, Sheets, months

NOTHING_LEFT = (
    "Income",
    "Expenses:CostOfSales",
    "Expenses:Discounts",
    "Liabilities:Tax",
    "Assets:Till",
    "Assets:Receivable",
)
KEPT = ("Liabilities:Payable", "Expenses:Rounding")
"""As they were before the first sale."""


@st.composite
def steps_back(draw: st.DrawFn, sold: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns of one line until it is whole again, with or without the receipt's number."""
    rows: list[dict[str, Any]] = []
    left = sold["quantity"]
    while left:
        units = draw(st.integers(1, left))
        left -= units
        receipt = f"B-{len(rows)}-{sold['receipt_no']}"
        row = sale(receipt, sold["product"], -units, date="2026-03-30")
        rows.append({**row, "payment": sold["payment"], "return_of": sold["receipt_no"]})
    return rows


@st.composite
def sold_and_back(draw: st.DrawFn) -> tuple[Sheets, list[dict[str, Any]]]:
    sheets = draw(months("2026-03"))
    sales = [row for row in sheets.pop("sales", []) if row["quantity"] > 0]
    back = [row for sold in sales for row in draw(steps_back(sold))]
    return {**sheets, "sales": sales} if sales else sheets, draw(st.permutations(back))


def lots(books: Books) -> dict[str, Any]:
    return {**books.stock("Assets:Stock"), **books.stock("Assets:Consigned")}


@given(case=sold_and_back(), at_once=st.booleans())
@settings(
    max_examples=settings().max_examples // 10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_all_comes_back(
    case: tuple[Sheets, list[dict[str, Any]]], at_once: bool, base: Path
) -> None:
    sheets, back = case
    with copy_of(base) as books:
        sales = sheets.pop("sales", [])
        books.take_all(policy=POLICY, **sheets)
        before = lots(books), *(books.balance(account) for account in KEPT)
        if sales:
            books.take("sales", sales)
        for rows in [back] if at_once else [[row] for row in back]:
            if rows:
                books.take("sales", rows)
        for account in NOTHING_LEFT:
            for currency in ("KGS", "USD"):
                assert books.balance(account, currency) == 0, account
        assert (lots(books), *(books.balance(account) for account in KEPT)) == before
        assert books.done("anna", "check") == "The books are sound.\n"
