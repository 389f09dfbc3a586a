"""`money(x)` rounds half up, by absolute value, to the minor unit (contract §4)."""

from __future__ import annotations

from decimal import Decimal

from worked.books import Books, consigned, delivery, earned, rule, sale


def test_half_a_tyiyn_is_rounded_up(books: Books) -> None:
    # 1.5 × 300.33 = 450.495 -> 450.50; 0.5 × 300.50 = 150.25, exactly
    books.take(
        "deliveries",
        [
            delivery("D-1", "honey-1", "0.5", "M0345"),
            delivery("D-2", "honey-1", "1.5", "M0346", unit_price="300.33"),
        ],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "150.25"}
    assert earned(run, "M0346") == {"buyback": "450.50"}


def test_less_than_half_a_tyiyn_is_dropped(books: Books) -> None:
    # 3 × 33.331666 = 99.994998 -> 99.99
    books.take("deliveries", [delivery("D-1", "felt-1", 3, "M0345", unit_price="33.331666")])
    assert earned(books.draft(), "M0345") == {"buyback": "99.99"}


def test_a_negative_half_is_rounded_away_from_zero(books: Books) -> None:
    # sold 2 for 100.01; one comes back: 100.01 / 2 = 50.005 -> 50.01 reversed; 100.01 - 50.01
    books.take("deliveries", [consigned("D-1", "felt-1", 2, "M0345")])
    books.take(
        "sales",
        [sale("R-1", "felt-1", 2, "50.005"), sale("R-2", "felt-1", -1, return_of="R-1")],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "50.00"}


def test_what_unit_costs_leave_beyond_the_tyiyn_is_an_explicit_leg(books: Books) -> None:
    # 3 × 33.331666 = 99.994998 of stock for 99.99 owed: 0.004998 on rounding
    books.take("deliveries", [delivery("D-1", "felt-1", 3, "M0345", unit_price="33.331666")])
    assert books.balance("Expenses:Rounding") == Decimal("-0.004998")


def test_yen_have_no_minor_unit(books: Books) -> None:
    # 3 × 333.5 = 1000.5 JPY -> 1001 JPY; 1001 × 0.58 = 580.58 KGS
    books.take("deliveries", [consigned("D-1", "felt-1", 3, "M0345")])
    abroad = {"payment": "invoice", "currency": "JPY", "rate": "0.58"}
    books.take("sales", [sale("R-1", "felt-1", 3, "333.5", **abroad)])
    assert earned(books.draft(), "M0345") == {"consignment": "580.58"}
    assert books.balance("Assets:Receivable", "JPY") == 1001


def test_commission_is_rounded_before_it_is_taken(books: Books) -> None:
    # 100.50 × 0.15 = 15.075 -> 15.08; 100.50 - 15.08 = 85.42
    books.take_all(
        policy=[rule("commission", "0.15")],
        deliveries=[consigned("D-1", "felt-1", 1, "M0345")],
        sales=[sale("R-1", "felt-1", 1, "100.50")],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "85.42"}
