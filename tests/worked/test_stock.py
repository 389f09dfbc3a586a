"""Which lots a sale takes: named, reserved, else first in, first out (contract §4)."""

from __future__ import annotations

from decimal import Decimal

from worked.books import Books, consigned, delivery, earned, opening, sale

COST = "Expenses:CostOfSales"


def test_the_oldest_delivery_goes_first(books: Books) -> None:
    # 5 at 200 of the 3rd, then 3 at 210 of the 5th: 5 × 200 + 3 × 210 = 1,630
    books.take_all(
        deliveries=[
            delivery("D-2", "felt-1", 5, "M0345", date="2026-03-05", unit_price=210),
            delivery("D-3", "felt-1", 5, "M0345", date="2026-03-03", unit_price=200),
        ],
        sales=[sale("R-1", "felt-1", 8, 350)],
    )
    assert books.balance(COST) == 1630
    assert books.stock() == {"D-2/1": 2}


def test_own_and_consigned_goods_stand_in_one_queue(books: Books) -> None:
    # of 3: the consigned one of the 1st, then 2 own of the 2nd; 1 × 350 to its producer
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0345", date="2026-03-02"),
            consigned("D-2", "felt-1", 1, "M0346", date="2026-03-01"),
        ],
        sales=[sale("R-1", "felt-1", 3, 350)],
    )
    assert earned(books.draft(), "M0346") == {"consignment": "350.00"}
    assert books.balance(COST) == 400


def test_ties_go_by_note_as_text_then_by_line_as_number(books: Books) -> None:
    # as text D-10 comes before D-9; as numbers line 2 before line 10
    books.take_all(
        deliveries=[
            delivery("D-9", "felt-1", 1, "M0345", unit_price=1),
            delivery("D-10/10", "felt-1", 1, "M0345", unit_price=20),
            delivery("D-10/2", "felt-1", 1, "M0345", unit_price=300),
        ],
        sales=[sale("R-1", "felt-1", 1, 350), sale("R-2", "felt-1", 1, 350)],
    )
    assert books.balance(COST) == 320
    assert books.stock() == {"D-9/1": 1}


def test_a_named_lot_is_taken_though_it_is_younger(books: Books) -> None:
    # 2 of D-2 at 210 = 420
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0345", date="2026-03-01"),
            delivery("D-2", "felt-1", 5, "M0345", unit_price=210),
        ],
        sales=[sale("R-1", "felt-1", 2, 350, lot="D-2/1")],
    )
    assert books.balance(COST) == 420


def test_a_named_lot_is_not_made_up_from_others(books: Books) -> None:
    books.take(
        "deliveries",
        [delivery("D-1", "felt-1", 1, "M0345"), delivery("D-2", "felt-1", 5, "M0345")],
    )
    said = books.refused("sales", sale("R-1", "felt-1", 2, 350, lot="D-1/1"))
    assert "only 1 felt-1 of lot D-1/1" in said


def test_deliveries_come_before_sales_within_a_day(books: Books) -> None:
    # sold on the day it came; the sale's sheet stands first
    books.take_all(
        sales=[sale("R-1", "felt-1", 2, 350, date="2026-03-10")],
        deliveries=[delivery("D-1", "felt-1", 2, "M0345")],
    )
    assert books.stock() == {}


def test_a_sale_takes_nothing_that_comes_later(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345", date="2026-03-21")])
    assert "only 0" in books.refused("sales", sale("R-1", "felt-1", 1, 350))


def test_more_than_is_there_is_a_problem(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345")])
    assert "only 2" in books.refused("sales", sale("R-1", "felt-1", 3, 350))


def test_a_store_that_nobody_named_is_a_problem(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345")])
    assert "ozh" in books.refused("sales", sale("R-1", "felt-1", 1, 350, store="ozh"))


def test_other_lines_leave_reserved_goods_alone(books: Books) -> None:
    # 3 reserved for ORD-7 and 1 free: who has no order gets 1 at most
    ordered = delivery("D-1", "felt-1", 3, "M0345", terms="order", order_no="ORD-7")
    books.take("deliveries", [ordered, delivery("D-2", "felt-1", 1, "M0345", date="2026-03-11")])
    assert "only 1" in books.refused("sales", sale("R-1", "felt-1", 2, 350))
    assert "only 1" in books.refused("sales", sale("R-1", "felt-1", 2, 350, order_no="ORD-8"))
    books.take("sales", [sale("R-1", "felt-1", 1, 350)])
    assert books.stock() == {"D-1/1": 3}


def test_an_orders_line_takes_its_reserved_goods_first_then_free_ones(books: Books) -> None:
    # 2 reserved at 210 though younger, then 1 free at 200: 2 × 210 + 1 × 200 = 620
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0345", date="2026-03-01"),
            delivery("D-2", "felt-1", 2, "M0345", unit_price=210, terms="order", order_no="ORD-7"),
        ],
        sales=[sale("R-1", "felt-1", 3, 350, order_no="ORD-7")],
    )
    assert books.balance(COST) == 620


def test_goods_on_order_without_a_number_are_free(books: Books) -> None:
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1, "M0345", terms="order")],
        sales=[sale("R-1", "felt-1", 1, 350)],
    )
    assert books.stock() == {}


def test_a_transferred_lot_keeps_its_delivery_date(books: Books) -> None:
    # D-1 of the 1st reaches the store on the 15th, and is still sold before D-2 of the 10th
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 3, "M0345", date="2026-03-01", location="main"),
            delivery("D-2", "felt-1", 3, "M0345", unit_price=210),
        ],
        transfers=[move("T-1", 2, "2026-03-15")],
        sales=[sale("R-1", "felt-1", 3, 350)],
    )
    # 2 × 200 + 1 × 210
    assert books.balance(COST) == 610
    assert books.stock("Assets:Stock:IssykKul:Main") == {"D-1/1": 1}


def test_a_transfer_moves_reserved_lots_too_and_they_stay_reserved(books: Books) -> None:
    # the oldest of the warehouse is reserved: 2 of it move, 1 of the free one
    ordered = {"terms": "order", "order_no": "ORD-7", "date": "2026-03-01"}
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 2, "M0345", location="main", **ordered),
            delivery("D-2", "felt-1", 2, "M0345", location="main"),
        ],
        transfers=[move("T-1", 3, "2026-03-15")],
    )
    assert "only 1" in books.refused("sales", sale("R-1", "felt-1", 2, 350))
    books.take("sales", [sale("R-2", "felt-1", 3, 350, order_no="ORD-7")])
    assert books.stock() == {"D-2/1": 1}


def test_more_cannot_be_transferred_than_is_there(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345", location="main")])
    assert "only 2" in books.refused("transfers", move("T-1", 3, "2026-03-15"))


def test_opening_stock_is_own_goods_in_a_lot_of_its_reference(books: Books) -> None:
    # 6 for 1,000 in all: 166.666667 each; 3 of them cost 500.00; the rest stays
    stock = opening("stock", 1000, product="felt-1", location="osh", quantity=6, ref="OLD-1")
    books.take("openings", [stock])
    books.take("sales", [sale("R-1", "felt-1", 3, 350, lot="OLD-1")])
    assert books.balance(COST) == 500
    assert books.stock() == {"OLD-1": 3}


def test_opening_stock_is_older_than_later_deliveries(books: Books) -> None:
    # 2 × 100 of the opening, then 1 × 200
    stock = opening("stock", 200, product="felt-1", location="osh", quantity=2, ref="OLD-1")
    books.take_all(
        openings=[stock],
        deliveries=[delivery("D-1", "felt-1", 5, "M0345")],
        sales=[sale("R-1", "felt-1", 3, 350)],
    )
    assert books.balance(COST) == 400


def test_consigned_goods_of_the_opening_earn_when_they_are_sold(books: Books) -> None:
    # 2 × 350 = 700
    goods = {"product": "felt-1", "location": "osh", "quantity": 5, "ref": "OLD-2"}
    books.take_all(
        openings=[opening("consigned", member="M0345", **goods)],
        sales=[sale("R-1", "felt-1", 2, 350)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "700.00"}


def test_a_line_of_several_lots_is_allocated_by_quantity(books: Books) -> None:
    # 3 × 33.34 - 0.02 = 100.00 over 2 and 1 pieces: 66.666… and 33.333… -> 66.67 and 33.33
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 2, "M0345"),
            consigned("D-2", "felt-1", 5, "M0346"),
        ],
        sales=[sale("R-1", "felt-1", 3, "33.34", discount="0.02")],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "66.67"}
    assert earned(run, "M0346") == {"consignment": "33.33"}


def test_equal_fractions_go_to_the_lowest_note_and_line(books: Books) -> None:
    # 100.00 over three lots of one: 33.34 to D-1/2 (before D-1/10), 33.33 to the others
    books.take_all(
        deliveries=[
            consigned("D-1/10", "felt-1", 1, "M0345"),
            consigned("D-1/2", "felt-1", 1, "M0346"),
            consigned("D-2", "felt-1", 1, "M0347"),
        ],
        sales=[sale("R-1", "felt-1", 3, "33.333333")],
    )
    run = books.draft()
    assert [earned(run, m)["consignment"] for m in ("M0345", "M0346", "M0347")] == [
        "33.33",
        "33.34",
        "33.33",
    ]


def test_commission_is_taken_of_each_lots_value(books: Books) -> None:
    # 100.00 over 2 and 1: 66.67 and 33.33; commission of 10 %: 6.667 -> 6.67, 3.333 -> 3.33
    books.take_all(
        policy=[{"valid_from": "2026-01-01", "rule": "commission", "value": "0.1"}],
        deliveries=[
            consigned("D-1", "felt-1", 2, "M0345"),
            consigned("D-2", "felt-1", 1, "M0346"),
        ],
        sales=[sale("R-1", "felt-1", 3, "33.34", discount="0.02")],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "60.00"}
    assert earned(run, "M0346") == {"consignment": "30.00"}
    assert books.balance("Income:Commission") == Decimal("-10.00")


def test_a_later_file_never_chooses_lots_again(books: Books) -> None:
    # sold from D-2 while D-1 was not known; D-1 of an earlier day comes in a later file
    books.take("deliveries", [delivery("D-2", "felt-1", 2, "M0345", unit_price=210)])
    books.take("sales", [sale("R-1", "felt-1", 2, 350)])
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345", date="2026-03-01")])
    assert books.balance(COST) == 420
    assert books.stock() == {"D-1/1": 2}


def move(number: str, quantity: int, day: str) -> dict[str, object]:
    return {
        "transfer_no": number,
        "line_no": 1,
        "date": day,
        "product": "felt-1",
        "quantity": quantity,
        "from": "main",
        "to": "osh",
    }
