"""What a count finds missing, or too much (contract §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from worked.books import Books, consigned, delivery, earned, rule, sale


def count(counted: Any, **more: Any) -> dict[str, Any]:
    """So many of felt-1 were counted in the store on 25 March."""
    row = {"count_no": "S-1", "date": "2026-03-25", "location": "osh", "product": "felt-1"}
    return {**row, "counted": counted, **more}


OWN = [
    delivery("D-1", "felt-1", 5, "M0345"),
    delivery("D-2", "felt-1", 5, "M0345", date="2026-03-11", unit_price=210),
]


def test_a_shortage_of_own_goods_is_written_off_at_cost_oldest_first(books: Books) -> None:
    # 10 expected, 3 there: 5 × 200 + 2 × 210 = 1,420
    books.take_all(deliveries=OWN, stocktakes=[count(3)])
    assert books.balance("Expenses:Shrinkage") == 1420
    assert books.stock() == {"D-2/1": 3}
    assert earned(books.draft(), "M0345") == {"buyback": "2050.00"}


def test_a_count_that_fits_books_nothing(books: Books) -> None:
    # 10 - 4 sold = 6
    books.take_all(deliveries=OWN, sales=[sale("R-1", "felt-1", 4, 350)], stocktakes=[count(6)])
    assert books.balance("Expenses:Shrinkage") == 0


def test_consigned_goods_that_are_missing_earn_by_the_shrinkage_rate(books: Books) -> None:
    # 3 missing × 350 × 0.5 = 525 as a correction
    books.take_all(
        policy=[rule("shrinkage", "0.5")],
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        stocktakes=[count(2)],
    )
    assert earned(books.draft(), "M0345") == {"correction": "525.00"}
    assert books.stock("Assets:Consigned") == {"D-1/1": 2}


def test_without_a_rule_missing_consigned_goods_earn_nothing(books: Books) -> None:
    books.take_all(deliveries=[consigned("D-1", "felt-1", 5, "M0345")], stocktakes=[count(2)])
    assert books.draft()["lines"] == []
    assert books.stock("Assets:Consigned") == {"D-1/1": 2}


def test_a_shortage_goes_through_own_and_consigned_lots_by_age(books: Books) -> None:
    # 6 expected, 1 there: 3 of M0346 (the 1st) × 350 × 0.4 = 420, then 2 own × 200 = 400
    books.take_all(
        policy=[rule("shrinkage", "0.4")],
        deliveries=[
            consigned("D-1", "felt-1", 3, "M0346", date="2026-03-01"),
            delivery("D-2", "felt-1", 3, "M0345"),
        ],
        stocktakes=[count(1)],
    )
    assert earned(books.draft(), "M0346") == {"correction": "420.00"}
    assert books.stock() == {"D-2/1": 1}
    assert books.balance("Expenses:Shrinkage") == 820


def test_a_surplus_needs_an_explanation(books: Books) -> None:
    books.take("deliveries", OWN)
    assert "explain" in books.refused("stocktakes", count(11))


def test_a_surplus_of_own_goods_enters_at_the_latest_cost(books: Books) -> None:
    # 2 too many × 210 (D-2 is the latest) = 420
    books.take_all(deliveries=OWN, stocktakes=[count(12, explanation="miscounted in May")])
    assert books.balance("Expenses:Shrinkage") == -420
    assert books.balance("Assets:Stock", "FELT-1") == 12
    # sold after the others: 5 × 200 + 5 × 210 + 1 × 210
    books.take("sales", [sale("R-1", "felt-1", 11, 350, date="2026-03-26")])
    assert books.balance("Expenses:CostOfSales") == 2260


def test_a_count_comes_after_the_days_sales_and_returns(books: Books) -> None:
    # 10 - 4 + 1 = 7 on the same day
    books.take_all(
        stocktakes=[count(7)],
        sales=[
            sale("R-1", "felt-1", 4, 350, date="2026-03-25"),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-25"),
        ],
        deliveries=OWN,
    )
    assert books.balance("Expenses:Shrinkage") == Decimal(0)
