"""What a delivery earns, and which price of the list it earns by (contract §4)."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import APRIL, NARYN, Books, consigned, delivery, earned


def price(valid_from: str, buyback_price: Any, **more: Any) -> dict[str, Any]:
    return {
        "product": "felt-1",
        "valid_from": valid_from,
        "buyback_price": buyback_price,
        **more,
    }


def test_only_what_was_accepted_earns(books: Books) -> None:
    # 10 delivered - 3 rejected = 7 × 200 = 1,400
    books.take(
        "deliveries", [delivery("D-1", "felt-1", 10, "M0345", rejected=3, reject_reason="torn")]
    )
    assert earned(books.draft(), "M0345") == {"buyback": "1400.00"}
    assert books.stock() == {"D-1/1": 7}


def test_all_rejected_earns_nothing_and_is_no_problem(books: Books) -> None:
    # 4 - 4 = 0
    books.take("deliveries", [delivery("D-1", "felt-1", 4, "M0345", rejected=4)])
    assert books.draft()["lines"] == []


def test_more_rejected_than_delivered_is_a_problem(books: Books) -> None:
    assert "rejected" in books.refused("deliveries", delivery("D-1", "felt-1", 3, rejected=4))


def test_an_order_delivery_is_told_apart(books: Books) -> None:
    # 5 × 200 = 1,000 by order
    books.take(
        "deliveries", [delivery("D-1", "felt-1", 5, "M0345", terms="order", order_no="ORD-7")]
    )
    assert earned(books.draft(), "M0345") == {"order": "1000.00"}


def test_a_consignment_delivery_earns_nothing(books: Books) -> None:
    books.take("deliveries", [consigned("D-1", "felt-1", 5, "M0345")])
    assert books.draft()["lines"] == []
    assert books.stock("Assets:Consigned") == {"D-1/1": 5}


def test_the_rows_own_price_goes_before_the_list(books: Books) -> None:
    # 2 × 215.50 = 431, not 2 × 200
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345", unit_price="215.50")])
    assert earned(books.draft(), "M0345") == {"buyback": "431.00"}


def test_the_earning_is_of_the_delivery_date(books: Books) -> None:
    # 31 March is March's, 1 April is not
    books.take(
        "deliveries",
        [
            delivery("D-1", "felt-1", 1, "M0345", date="2026-03-31"),
            delivery("D-2", "felt-1", 2, "M0345", date="2026-04-01"),
        ],
    )
    assert earned(books.pay(), "M0345") == {"buyback": "200.00"}
    books.today = "2026-05-02"
    assert earned(books.draft(APRIL), "M0345") == {"buyback": "400.00"}


def test_without_a_member_the_groups_pool_earns(books: Books) -> None:
    # 3 × 200 = 600 waits in the pool
    books.take("deliveries", [delivery("D-1", "felt-1", 3)])
    run = books.draft()
    assert run["lines"] == []
    assert {"group": "Akburun", "amount": "600.00"} in run["held_pools"]


LIST = [
    price("2026-02-01", 240, grade="A"),
    price("2026-02-01", 260, grade="A", order_no="ORD-7"),
    price("2026-02-01", 999, order_no="ORD-7"),
]


@pytest.mark.parametrize(
    ("grade", "order_no", "earning"),
    [
        ("A", "ORD-7", "260.00"),  # product, grade and order, exactly
        ("A", "ORD-8", "240.00"),  # product and grade, no order
        ("B", "ORD-7", "200.00"),  # neither: product alone, never another's order price
        ("B", None, "200.00"),
        (None, "ORD-7", "999.00"),  # no grade is matched exactly, too
        (None, None, "200.00"),
    ],
)
def test_the_most_exact_price_holds(
    books: Books, grade: str | None, order_no: str | None, earning: str
) -> None:
    books.take("prices", LIST)
    row = delivery("D-1", "felt-1", 1, "M0345", terms="order", grade=grade, order_no=order_no)
    books.take("deliveries", [row])
    assert earned(books.draft(), "M0345") == {"order": earning}


def test_the_latest_price_on_or_before_the_day_holds(books: Books) -> None:
    # 10 March: the entry of that day, not the next day's
    books.take("prices", [price("2026-03-10", 210), price("2026-03-11", 220)])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    assert earned(books.draft(), "M0345") == {"buyback": "210.00"}


def test_an_entry_with_a_retail_price_alone_hides_no_buyback_price(books: Books) -> None:
    # 5 March changes the retail price only; 200 of January holds
    books.take("prices", [price("2026-03-05", None, retail_price=400)])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


def test_an_exact_price_of_a_later_day_is_not_used(books: Books) -> None:
    # grade A costs 240 only from 11 March
    books.take("prices", [price("2026-03-11", 240, grade="A")])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345", grade="A")])
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


def test_goods_without_any_price_are_a_problem(books: Books) -> None:
    assert "price" in books.refused("deliveries", delivery("D-1", "jam-1", 1, "M0345"))


def test_each_association_has_a_run_of_its_own(books: Books) -> None:
    # 2 × 200 = 400 in Issyk-Kul, 1 × 200 = 200 in Naryn
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take(
        "deliveries",
        [delivery("D-1", "felt-1", 2, "M0345"), delivery("D-2", "felt-1", 1, "N0001", **naryn)],
    )
    assert [each["member"] for each in books.draft()["lines"]] == ["M0345"]
    assert earned(books.draft(association=NARYN), "N0001") == {"buyback": "200.00"}
