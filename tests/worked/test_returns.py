"""Goods that come back: what is reversed, of which portion, and when (contract §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from worked.books import (
    APRIL,
    MARCH,
    Books,
    consigned,
    delivery,
    earned,
    line,
    outcome,
    rule,
    sale,
)

VAT = "Liabilities:Tax:VAT"


def back(receipt: str, quantity: int, of: str | None = "R-1", **more: Any) -> dict[str, Any]:
    """So many of felt-1 come back on 22 March."""
    more = {"date": "2026-03-22", "return_of": of, **more}
    return sale(receipt, "felt-1", -quantity, **more)


def consign(books: Books, *sales: dict[str, Any]) -> None:
    """Ten of M0345's, of which some are sold."""
    books.take_all(deliveries=[consigned("D-1", "felt-1", 10, "M0345")], sales=sales)


def test_a_whole_return_leaves_nothing(books: Books) -> None:
    # 2 × 350 - 2 × 350 = 0; the lot is whole again
    consign(books, sale("R-1", "felt-1", 2, 350), back("R-2", 2))
    assert books.draft()["lines"] == []
    assert books.stock("Assets:Consigned") == {"D-1/1": 10}
    assert books.balance("Assets:Till") == 0


def test_returns_are_reversed_cumulatively(books: Books) -> None:
    # 3 for 100.00 (3 × 33.333333): after 1 of 3 back 33.33, after 2 66.67, after 3 100.00
    consign(books, sale("R-1", "felt-1", 3, "33.333333"), back("R-2", 1))
    assert earned(books.draft(), "M0345") == {"consignment": "66.67"}
    books.take("sales", [back("R-3", 1)])
    assert earned(books.draft(), "M0345") == {"consignment": "33.33"}
    books.take("sales", [back("R-4", 1)])
    assert books.draft()["lines"] == []


def test_commission_comes_back_with_the_value(books: Books) -> None:
    # 3 × 350 = 1,050; 10 % = 105; 1 of 3 back: 350 less 35; 945 - 315 = 630 left
    books.take_all(
        policy=[rule("commission", "0.1")],
        deliveries=[consigned("D-1", "felt-1", 10, "M0345")],
        sales=[sale("R-1", "felt-1", 3, 350), back("R-2", 1)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "630.00"}
    assert books.balance("Income:Commission") == -70


def test_the_portion_taken_last_comes_back_first(books: Books) -> None:
    # sold: 1 of M0345's D-1, then 2 of M0346's D-2; back: 2 of D-2, and only then D-1
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 1, "M0345"),
            consigned("D-2", "felt-1", 5, "M0346"),
        ],
        sales=[sale("R-1", "felt-1", 3, 100), back("R-2", 2)],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "100.00"}
    assert [each["member"] for each in run["lines"]] == ["M0345"]
    assert books.stock("Assets:Consigned") == {"D-2/1": 5}


def test_a_return_may_reach_over_portions(books: Books) -> None:
    # back 3 of (1 of D-1, 2 of D-2, 1 of line 2, also D-2): line 2 whole, then D-2 whole
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 1, "M0345"),
            consigned("D-2", "felt-1", 5, "M0346"),
        ],
        sales=[
            sale("R-1/1", "felt-1", 3, 100),
            sale("R-1/2", "felt-1", 1, 110),
            back("R-2", 3),
        ],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "100.00"}
    assert [each["member"] for each in run["lines"]] == ["M0345"]


def test_a_return_is_of_its_own_month_and_may_make_a_member_negative(books: Books) -> None:
    # March: 2 × 350 = 700, paid. April: 2 come back: -700, carried as arrears
    consign(books, sale("R-1", "felt-1", 2, 350))
    books.pay(MARCH)
    books.take("sales", [back("R-2", 2, date="2026-04-03")])
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert earned(run, "M0345") == {"consignment": "-700.00"}
    assert outcome(run, "M0345") == ("carry", "0.00", "-700.00")


def test_arrears_are_taken_of_the_next_month(books: Books) -> None:
    # -700 out of April, 1,000 earned in May: 300 is paid
    consign(books, sale("R-1", "felt-1", 2, 350))
    books.pay(MARCH)
    books.take("sales", [back("R-2", 2, date="2026-04-03")])
    books.today = "2026-05-02"
    books.pay(APRIL)
    books.today = "2026-06-02"
    books.take("deliveries", [delivery("D-9", "felt-1", 5, "M0345", date="2026-05-10")])
    run = books.draft("2026-05")
    assert line(run, "M0345")["opening"] == "-700.00"
    assert outcome(run, "M0345") == ("pay", "300.00", "0.00")


def test_a_refilled_lot_is_sold_again(books: Books) -> None:
    # one lot of 1, sold, back, sold dearer: 350 - 350 + 400
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 1, "M0345")],
        sales=[
            sale("R-1", "felt-1", 1, 350),
            back("R-2", 1),
            sale("R-3", "felt-1", 1, 400, date="2026-03-23"),
        ],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "400.00"}


def test_more_than_was_sold_cannot_come_back(books: Books) -> None:
    consign(books, sale("R-1", "felt-1", 2, 350))
    assert "more is returned than was sold" in books.refused("sales", back("R-2", 3))


def test_more_cannot_come_back_in_steps_either(books: Books) -> None:
    consign(books, sale("R-1", "felt-1", 3, 350), back("R-2", 2))
    assert "only 1" in books.refused("sales", back("R-3", 2))


def test_a_return_of_an_unknown_receipt_is_a_problem(books: Books) -> None:
    consign(books, sale("R-1", "felt-1", 2, 350))
    assert "R-9" in books.refused("sales", back("R-2", 1, of="R-9"))


def test_another_price_is_a_warning_and_the_original_is_reversed(books: Books) -> None:
    # returned "at 300": 350 is reversed all the same
    consign(books, sale("R-1", "felt-1", 2, 350))
    assert "(warning)" in books.take("sales", [back("R-2", 1, unit_price=300)])
    assert earned(books.draft(), "M0345") == {"consignment": "350.00"}


def test_without_a_receipt_the_latest_sale_comes_back(books: Books) -> None:
    # the sale of the 20th at 400, not the one of the 19th at 350, nor one after the return
    consign(
        books,
        sale("R-1", "felt-1", 1, 350, date="2026-03-19"),
        sale("R-2", "felt-1", 1, 400),
        sale("R-4", "felt-1", 1, 500, date="2026-03-23"),
        back("R-3", 1, of=None),
    )
    assert earned(books.draft(), "M0345") == {"consignment": "850.00"}


def test_without_a_receipt_what_is_back_already_is_passed_over(books: Books) -> None:
    # 400 came back before; the next is 350 of the day before
    consign(
        books,
        sale("R-1", "felt-1", 1, 350, date="2026-03-19"),
        sale("R-2", "felt-1", 1, 400),
        back("R-3/1", 1, of=None),
        back("R-3/2", 1, of=None),
    )
    assert books.draft()["lines"] == []


def test_revenue_discount_tax_and_cost_come_back_of_own_goods(books: Books) -> None:
    # sold 3 × 400 - 80 = 1,120 (tax 120, cost 600); 1 of 3 back:
    # paid back 373.33, tax 40.00, discount 26.67, cost 200; revenue gross 1,080 - 360
    books.take_all(
        policy=[rule("vat", "0.12", account=VAT)],
        deliveries=[delivery("D-1", "felt-1", 10, "M0345")],
        sales=[sale("R-1", "felt-1", 3, 400, discount=80), back("R-2", 1)],
    )
    assert books.balance("Assets:Till") == Decimal("746.67")
    assert books.balance(VAT) == -80
    assert books.balance("Expenses:CostOfSales") == 400
    assert books.balance("Expenses:Discounts") == Decimal("53.33")
    assert books.balance("Income:Sales") == -720
    assert books.stock() == {"D-1/1": 8}


def test_a_return_of_goods_sold_while_certified_is_accepted(books: Books) -> None:
    # revoked on the 21st, returned on the 22nd
    consign(books, sale("R-1", "felt-1", 2, 350))
    gone = {
        "certificate_no": "C-9",
        "product": "felt-1",
        "decision": "revoked",
        "date": "2026-03-21",
    }
    books.take("certificates", [gone])
    books.take("sales", [back("R-2", 1)])
    assert earned(books.draft(), "M0345") == {"consignment": "350.00"}


def test_a_return_into_a_pool_is_borne_by_its_months_contributors(books: Books) -> None:
    # March: 700 to M0345 who worked alone. April: -350 to M0346 who worked alone then
    hours = {"group": "Akburun", "quantity": 10, "measure": "hours"}
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 10, None)],
        sales=[sale("R-1", "felt-1", 2, 350)],
        contributions=[
            {**hours, "period": MARCH, "member": "M0345"},
            {**hours, "period": APRIL, "member": "M0346"},
        ],
    )
    assert earned(books.pay(), "M0345") == {"pool": "700.00"}
    books.take("sales", [back("R-2", 1, date="2026-04-03")])
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert earned(run, "M0346") == {"pool": "-350.00"}
    assert [each["member"] for each in run["lines"]] == ["M0346"]


def test_a_foreign_sale_that_came_back_in_steps_leaves_no_income(books: Books) -> None:
    # 3 × 3.335 = 10.005 -> 10.01 USD × 87.4321 = 875.195 -> 875.20; 15 % = 131.28 of commission.
    # Back one by one: 3.34 + 3.33 + 3.34 USD, in som 292.02 + 291.15 + 292.02 = 875.19; but
    # 875.20 and 131.28 in all have been reversed when 3 of 3 are back
    abroad = {"payment": "invoice", "currency": "USD", "rate": "87.4321"}
    books.take_all(
        policy=[rule("commission", "0.15")],
        deliveries=[consigned("D-1", "felt-1", 3, "M0345")],
        sales=[sale("R-1", "felt-1", 3, "3.335", **abroad)],
    )
    for number in range(3):
        books.take("sales", [back(f"B-{number}", 1, payment="invoice")])
    assert books.draft()["lines"] == []
    assert books.balance("Assets:Receivable", "USD") == 0
    assert books.balance("Income:Commission") == 0


def test_an_own_foreign_sale_that_came_back_in_steps_leaves_no_revenue(books: Books) -> None:
    # the same of own goods: 875.20 of revenue, reversed in all
    abroad = {"payment": "invoice", "currency": "USD", "rate": "87.4321"}
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 3, "M0345")],
        sales=[sale("R-1", "felt-1", 3, "3.335", **abroad)],
    )
    assert books.balance("Income:Sales") == Decimal("-875.20")
    for number in range(3):
        books.take("sales", [back(f"B-{number}", 1, payment="invoice")])
    assert books.balance("Income:Sales") == 0
    assert books.stock() == {"D-1/1": 3}
