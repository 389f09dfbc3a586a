"""Sales of own goods: tax inside the price, revenue, cost, and what the cashbook clears (§4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from worked.books import NARYN, Books, delivery, rule, sale

VAT, TURNOVER = "Liabilities:Tax:VAT", "Liabilities:Tax:Turnover"
TAXES = [rule("vat", "0.12", account=VAT), rule("sales_tax", "0.02", account=TURNOVER)]
GOODS = [delivery("D-1", "felt-1", 20, "M0345")]
ABROAD = {"payment": "invoice", "order_no": "ORD-7", "currency": "USD"}


def entry(number: str, kind: str, amount: Any, **more: Any) -> dict[str, Any]:
    """A line of the cashbook, on 25 March."""
    return {"entry_no": number, "date": "2026-03-25", "kind": kind, "amount": amount, **more}


def revenue(books: Books) -> Decimal:
    """Sales less discounts, as a positive amount."""
    return -books.balance("Income:Sales") - books.balance("Expenses:Discounts")


def test_both_taxes_stand_inside_the_price(books: Books) -> None:
    # 1,140 × 0.12 / 1.14 = 120; 1,140 × 0.02 / 1.14 = 20; the rest 1,000
    books.take_all(policy=TAXES, deliveries=GOODS, sales=[sale("R-1", "felt-1", 4, 285)])
    assert books.balance(VAT) == -120
    assert books.balance(TURNOVER) == -20
    assert revenue(books) == 1000


def test_each_tax_is_rounded_and_revenue_is_the_rest(books: Books) -> None:
    # 100 × 0.12 / 1.14 = 10.526 -> 10.53; 100 × 0.02 / 1.14 = 1.754 -> 1.75; 100 - 12.28 = 87.72
    books.take_all(policy=TAXES, deliveries=GOODS, sales=[sale("R-1", "felt-1", 1, 100)])
    assert books.balance(VAT) == Decimal("-10.53")
    assert books.balance(TURNOVER) == Decimal("-1.75")
    assert revenue(books) == Decimal("87.72")


def test_vat_alone(books: Books) -> None:
    # 1,120 × 0.12 / 1.12 = 120
    books.take_all(policy=TAXES[:1], deliveries=GOODS, sales=[sale("R-1", "felt-1", 4, 280)])
    assert books.balance(VAT) == -120
    assert revenue(books) == 1000


def test_tax_is_on_the_value_after_the_discount(books: Books) -> None:
    # 3 × 400 - 80 = 1,120: 120 of tax, 1,000 of revenue
    row = sale("R-1", "felt-1", 3, 400, discount=80)
    books.take_all(policy=TAXES[:1], deliveries=GOODS, sales=[row])
    assert books.balance(VAT) == -120
    assert revenue(books) == 1000
    assert books.balance("Assets:Till") == 1120


def test_without_a_rule_there_is_no_tax(books: Books) -> None:
    books.take_all(deliveries=GOODS, sales=[sale("R-1", "felt-1", 2, 350)])
    assert revenue(books) == 700
    assert books.balance("Liabilities:Tax") == 0


def test_the_rate_of_the_day_of_the_sale_holds(books: Books) -> None:
    # 19 March: 12 % of 1,120 inside = 120; 20 March: 10 % of 1,100 inside = 100
    later = rule("vat", "0.10", account=VAT, valid_from="2026-03-20")
    books.take_all(
        policy=[TAXES[0], later],
        deliveries=GOODS,
        sales=[
            sale("R-1", "felt-1", 4, 280, date="2026-03-19"),
            sale("R-2", "felt-1", 4, 275),
        ],
    )
    assert books.balance(VAT) == -220


def test_no_tax_on_an_invoice_in_foreign_currency(books: Books) -> None:
    # 2 × 10 USD × 87.50 = 1,750 KGS of revenue, whole; the receivable is 20 USD
    row = sale("R-1", "felt-1", 2, 10, rate="87.5", **ABROAD)
    books.take_all(policy=TAXES, deliveries=GOODS, sales=[row])
    assert books.balance("Liabilities:Tax") == 0
    assert revenue(books) == 1750
    assert books.balance("Assets:Receivable", "USD") == 20


def test_an_invoice_in_som_is_taxed(books: Books) -> None:
    # 1,120 × 0.12 / 1.12 = 120; the client owes 1,120
    row = sale("R-1", "felt-1", 4, 280, payment="invoice", order_no="ORD-7")
    books.take_all(policy=TAXES[:1], deliveries=GOODS, sales=[row])
    assert books.balance(VAT) == -120
    assert books.balance("Assets:Receivable") == 1120


def test_cost_of_sales_is_what_the_lots_cost(books: Books) -> None:
    # 2 × 200 + 1 × 215.50 = 615.50
    more = delivery("D-2", "felt-1", 5, "M0346", unit_price="215.50", date="2026-03-11")
    first = delivery("D-1", "felt-1", 2, "M0345")
    books.take_all(deliveries=[first, more], sales=[sale("R-1", "felt-1", 3, 350)])
    assert books.balance("Expenses:CostOfSales") == Decimal("615.50")
    assert books.balance("Assets:Stock", "FELT-1") == 4


def test_a_line_over_two_associations_is_one_entry_in_each(books: Books) -> None:
    # 1 of Issyk-Kul at 200 and 2 of Naryn at 210: cost 200 and 420
    naryn = {"association": NARYN, "group": "Atbashy", "unit_price": 210, "date": "2026-03-11"}
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 1, "M0345"),
            delivery("D-2", "felt-1", 5, "N0001", **naryn),
        ],
        sales=[sale("R-1", "felt-1", 3, 350)],
    )
    assert books.balance("Expenses:CostOfSales:IssykKul") == 200
    assert books.balance("Expenses:CostOfSales:Naryn") == 420
    assert books.balance("Income:Sales:IssykKul") == -350
    assert books.balance("Income:Sales:Naryn") == -700


def test_the_cashbook_clears_a_receivable(books: Books) -> None:
    # invoiced 4 × 280 = 1,120, received 1,000: 120 is still owed
    row = sale("R-1", "felt-1", 4, 280, payment="invoice", order_no="ORD-7")
    books.take_all(deliveries=GOODS, sales=[row])
    books.take("cashbook", [entry("K-1", "client-receipt", 1000, order_no="ORD-7", rail="bank")])
    assert books.balance("Assets:Receivable") == 120
    assert books.balance("Assets:Bank") == 1000


def test_what_the_rate_changed_until_payment_is_realised(books: Books) -> None:
    # 20 USD invoiced at 87.50 = 1,750, paid at 88.25 = 1,765: 15 gained
    books.take_all(deliveries=GOODS, sales=[sale("R-1", "felt-1", 2, 10, rate="87.5", **ABROAD)])
    paid = entry("K-1", "client-receipt", 20, order_no="ORD-7", currency="USD", rate="88.25")
    books.take("cashbook", [paid])
    assert books.balance("Income:FX:Realised") == -15
    assert books.balance("Assets:Receivable", "USD") == 0
    assert books.balance("Assets:Bank") == 1765


def test_a_loss_is_realised_too_and_in_part(books: Books) -> None:
    # 5 of 20 USD at 87.50 = 437.50, paid at 86.00 = 430: 7.50 lost; 15 USD are still owed
    books.take_all(deliveries=GOODS, sales=[sale("R-1", "felt-1", 2, 10, rate="87.5", **ABROAD)])
    paid = entry("K-1", "client-receipt", 5, order_no="ORD-7", currency="USD", rate="86")
    books.take("cashbook", [paid])
    assert books.balance("Income:FX:Realised") == Decimal("7.50")
    assert books.balance("Assets:Receivable", "USD") == 15


def test_the_cashbook_pays_tax_on(books: Books) -> None:
    # 120 due, 100 paid
    books.take_all(policy=TAXES[:1], deliveries=GOODS, sales=[sale("R-1", "felt-1", 4, 280)])
    books.take("cashbook", [entry("K-1", "tax-paid", 100, account=VAT, rail="bank")])
    assert books.balance(VAT) == -20
    assert books.balance("Assets:Bank") == -100


def test_the_cashbook_pays_fees_on(books: Books) -> None:
    # 3 % of 4,000 = 120 taken for the association and paid to it
    books.take_all(policy=[rule("fee", "0.03")], deliveries=GOODS)
    books.pay()
    paid = entry("K-1", "fee-paid", 120, association="issyk-kul", rail="bank")
    books.take("cashbook", [{**paid, "date": "2026-04-05"}])
    assert books.balance("Liabilities:Associations:IssykKul:Fees") == 0


def test_a_discount_above_the_value_is_a_problem(books: Books) -> None:
    books.take("deliveries", GOODS)
    assert "discount" in books.refused("sales", sale("R-1", "felt-1", 1, 350, discount=351))


def test_the_cashbook_pays_a_fund_on(books: Books) -> None:
    # 1 % of 4,000 = 40 taken for the fund, 30 of it spent
    books.take_all(policy=[rule("social", "0.01")], deliveries=GOODS)
    books.pay()
    paid = entry("K-1", "fund-paid", 30, account="Liabilities:Funds:Social", rail="bank")
    books.take("cashbook", [{**paid, "date": "2026-04-05"}])
    assert books.balance("Liabilities:Funds:Social") == -10


def test_what_a_client_pays_too_much_is_kept_for_them(books: Books) -> None:
    # 1,120 invoiced in USD at 112 (10 USD), 12 USD received at 112: 2 USD = 224 too much
    row = sale("R-1", "felt-1", 1, 10, rate="112", **ABROAD)
    books.take_all(deliveries=GOODS, sales=[row])
    paid = entry("K-1", "client-receipt", 12, order_no="ORD-7", currency="USD", rate="112")
    assert "(warning)" in books.take("cashbook", [paid])
    assert books.balance("Assets:Receivable", "USD") == 0
    assert books.balance("Assets:Bank") == 1344
    assert books.balance("Income:FX:Realised") == 0
