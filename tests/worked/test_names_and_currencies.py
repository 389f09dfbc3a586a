"""Names that are nearly alike stay apart, and currencies keep their own minor units."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import Books, delivery, rule, sale


def received(number: str, amount: Any, **more: Any) -> dict[str, Any]:
    row = {"entry_no": number, "date": "2026-03-25", "kind": "client-receipt", "amount": amount}
    return {**row, "rail": "bank", **more}


def invoice(receipt: str, price: Any, rate: Any, **more: Any) -> dict[str, Any]:
    return sale(receipt, "felt-1", 1, price, payment="invoice", currency="USD", rate=rate, **more)


def test_orders_7_1_and_71_are_owed_apart(books: Books) -> None:
    """Order 71 is invoiced and paid at 90, so nothing is gained; order 7-1 still owes 10 USD."""
    books.take("deliveries", [delivery("A", "felt-1", 2, "M0345")])
    books.take(
        "sales", [invoice("R1", 10, 80, order_no="7-1"), invoice("R2", 10, 90, order_no="71")]
    )
    books.take("cashbook", [received("K1", 10, order_no="71", currency="USD", rate=90)])
    assert books.balance("Income:FX:Realised") == 0


def test_stores_osh_1_and_osh1_have_tills_of_their_own(books: Books) -> None:
    """100 in one and 70 in the other: no account holds 170."""
    stores = ("osh-1", "osh1")
    books.take("deliveries", [delivery(f"A{s}", "felt-1", 1, "M0345", location=s) for s in stores])
    sold = zip(stores, (100, 70), strict=True)
    books.take("sales", [sale("R1", "felt-1", 1, price, store=store) for store, price in sold])
    assert (books.balance("Assets:Till:Osh-1"), books.balance("Assets:Till:Osh1")) == (100, 70)


@pytest.mark.parametrize("name", ["osh", "Osh-bazar"])
def test_a_place_that_would_share_accounts_with_another_is_a_problem(
    books: Books, name: str
) -> None:
    """A slip of the case makes no second store."""
    known = {"osh": "Osh"}.get(name, "Osh-Bazar")
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345", location=known)])
    said = books.refused("deliveries", delivery("B", "felt-1", 1, "M0345", location=name))
    assert f"with {known}; write it like that" in said
    moved = {"transfer_no": "T1", "line_no": 1, "date": "2026-03-20", "from": known, "to": name}
    assert known in books.refused("transfers", {**moved, "product": "felt-1", "quantity": 1})


@pytest.mark.parametrize(
    ("currency", "discount"), [("ISK", "0.5"), ("XAF", "1.25"), ("OMR", "0.1234")]
)
def test_a_discount_has_the_decimals_of_its_currency(
    books: Books, currency: str, discount: str
) -> None:
    """ISK and XAF have no minor unit, OMR has thousandths."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    row = sale("R1", "felt-1", 1, 900, payment="invoice", currency=currency, rate="0.7")
    assert "decimals" in books.refused("sales", {**row, "discount": discount})


def test_thousandths_of_an_omani_rial_are_money(books: Books) -> None:
    """1 × 12.345 OMR − 0.125 = 12.220 OMR; × 227.5 = 2,780.05 KGS of revenue, no tax."""
    books.take("policy", [rule("vat", "0.12")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    row = sale("R1", "felt-1", 1, "12.345", payment="invoice", currency="OMR", rate="227.5")
    books.take("sales", [{**row, "discount": "0.125"}])
    assert str(books.balance("Assets:Receivable", "OMR")) == "12.220"


@pytest.mark.parametrize("currency", ["usd", "dollar", "US", "€"])
def test_a_receipt_names_its_currency_by_three_letters(books: Books, currency: str) -> None:
    said = books.refused("cashbook", received("K1", 10, currency=currency, rate=87))
    assert "USD" in said


def test_a_receipt_in_a_foreign_currency_needs_its_rate(books: Books) -> None:
    assert "rate" in books.refused("cashbook", received("K1", 10, currency="USD"))


@pytest.mark.parametrize("receipt", ["R1", "R3", "R4", "R5"])
def test_the_oldest_invoice_of_an_order_is_paid_first(books: Books, receipt: str) -> None:
    """One of 12 March at 80, entered after R2 of 20 March at 90; 10 USD at 90 settle it: +100."""
    books.take("deliveries", [delivery("A", "felt-1", 2, "M0345")])
    books.take("sales", [invoice("R2", 10, 90, order_no="O1")])
    books.take("sales", [invoice(receipt, 10, 80, order_no="O1", date="2026-03-12")])
    books.take("cashbook", [received("K1", 10, order_no="O1", currency="USD", rate=90)])
    assert books.balance("Income:FX:Realised") == -100


def test_what_is_paid_too_much_is_kept_as_a_prepayment(books: Books) -> None:
    """Owed 10 USD at 80, paid 15 at 90: 10 × (90 − 80) = 100 realised, 5 × 90 = 450 kept."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.take("sales", [invoice("R1", 10, 80, order_no="O1")])
    books.take("cashbook", [received("K1", 15, order_no="O1", currency="USD", rate=90)])
    assert books.balance("Income:FX:Realised") == -100
    assert books.balance("Liabilities:Prepayments") == -450
    assert books.balance("Assets:Bank") == 1350
