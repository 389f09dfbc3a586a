"""Corners of contract §4: where two of its sentences meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    NARYN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    line,
    member,
    opening,
    rule,
    sale,
    worked,
)

ABROAD = {"payment": "invoice", "currency": "USD", "rate": "87.5", "order_no": "ORD-7"}


def two_lots(*sales: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """One piece of M0345 (the first), many of M0346."""
    return {
        "deliveries": [
            consigned("D-1", "felt-1", 1, "M0345", date="2026-03-01"),
            consigned("D-2", "felt-1", 9, "M0346"),
        ],
        "sales": list(sales),
    }


# --- the order of rows -------------------------------------------------------------------------


def test_receipts_with_numbers_go_as_numbers(books: Books) -> None:
    # 9 before 10: the first lot goes to receipt 9 at 100
    books.take_all(**two_lots(sale("10", "felt-1", 1, 200), sale("9", "felt-1", 1, 100)))
    assert earned(books.draft(), "M0345") == {"consignment": "100.00"}


def test_receipts_with_letters_go_as_text(books: Books) -> None:
    # as text R-10 is before R-9
    books.take_all(**two_lots(sale("R-9", "felt-1", 1, 100), sale("R-10", "felt-1", 1, 200)))
    assert earned(books.draft(), "M0345") == {"consignment": "200.00"}


def test_lines_of_a_receipt_go_as_numbers(books: Books) -> None:
    # line 2 before line 10
    books.take_all(**two_lots(sale("R-1/10", "felt-1", 1, 100), sale("R-1/2", "felt-1", 1, 200)))
    assert earned(books.draft(), "M0345") == {"consignment": "200.00"}


def test_an_earlier_day_goes_first_whatever_the_receipts(books: Books) -> None:
    early = sale("R-9", "felt-1", 1, 100, date="2026-03-19")
    books.take_all(**two_lots(sale("R-1", "felt-1", 1, 200), early))
    assert earned(books.draft(), "M0345") == {"consignment": "100.00"}


def test_what_comes_back_may_be_sold_again_only_the_next_day(books: Books) -> None:
    # within a day returns come after sales
    goods = [consigned("D-1", "felt-1", 1, "M0345")]
    first = sale("R-1", "felt-1", 1, 350, date="2026-03-19")
    back = sale("R-2", "felt-1", -1, return_of="R-1")
    books.take_all(deliveries=goods, sales=[first, back])
    assert "only 0" in books.refused("sales", sale("R-3", "felt-1", 1, 350))
    books.take("sales", [sale("R-3", "felt-1", 1, 350, date="2026-03-21")])


def test_several_files_are_one_change(books: Books) -> None:
    # the sale in the first file, its goods in the second
    paths = [
        books.workbook(sales=[sale("R-1", "felt-1", 1, 350)]),
        books.workbook(deliveries=[consigned("D-1", "felt-1", 1, "M0345")]),
    ]
    before = len(books.changes())
    books.done("anna", "import", *map(str, paths))
    assert len(books.changes()) == before + 1
    assert earned(books.draft(), "M0345") == {"consignment": "350.00"}


# --- stock -------------------------------------------------------------------------------------


def test_own_part_of_a_mixed_line_is_taxed_alone(books: Books) -> None:
    # 3 × 112 = 336: 2 consigned keep 224 whole, 1 own of 112 has 12 of tax inside
    books.take_all(
        policy=[rule("vat", "0.12", account="Liabilities:Tax:VAT")],
        deliveries=[
            consigned("D-1", "felt-1", 2, "M0346", date="2026-03-01"),
            delivery("D-2", "felt-1", 5, "M0345"),
        ],
        sales=[sale("R-1", "felt-1", 3, 112)],
    )
    assert earned(books.draft(), "M0346") == {"consignment": "224.00"}
    assert books.balance("Liabilities:Tax:VAT") == -12
    assert books.balance("Income:Sales") == -100
    assert books.balance("Assets:Till") == 336


def test_a_foreign_line_over_two_lots(books: Books) -> None:
    # 3 × 10.01 = 30.03 USD × 87.5 = 2,627.625 -> 2,627.63 over 1 and 2: 875.8766…, 1,751.7533…
    # -> 875.88 and 1,751.75; the client owes 30.03 USD
    books.take_all(**two_lots(sale("R-1", "felt-1", 3, "10.01", **ABROAD)))
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "875.88"}
    assert earned(run, "M0346") == {"consignment": "1751.75"}
    assert books.balance("Assets:Receivable", "USD") == Decimal("30.03")


def test_a_foreign_return_lowers_what_the_client_owes(books: Books) -> None:
    # 2 × 10 USD; 1 back: 10 USD owed, 875 of 1,750 earned
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        sales=[
            sale("R-1", "felt-1", 2, 10, **ABROAD),
            sale("R-2", "felt-1", -1, return_of="R-1", payment="invoice", date="2026-03-22"),
        ],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "875.00"}
    assert books.balance("Assets:Receivable", "USD") == 10


def test_a_foreign_return_after_the_client_paid(books: Books) -> None:
    # paid 20 USD at 88.50 (20 gained); then 1 of 2 comes back: we owe the client 10 USD
    paid = {"entry_no": "K-1", "date": "2026-03-21", "kind": "client-receipt", "amount": 20}
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        sales=[sale("R-1", "felt-1", 2, 10, **ABROAD)],
        cashbook=[{**paid, "currency": "USD", "rate": "88.5", "order_no": "ORD-7"}],
    )
    back = sale("R-2", "felt-1", -1, return_of="R-1", payment="invoice", date="2026-03-22")
    books.take("sales", [back])
    assert earned(books.draft(), "M0345") == {"consignment": "875.00"}
    assert books.balance("Income:FX:Realised") == -20
    assert books.balance("Assets:Receivable", "USD") == -10
    assert "sound" in books.done("anna", "check")


def test_a_return_before_its_sale_is_a_problem(books: Books) -> None:
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 2, 350)]
    )
    books.refused("sales", sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-19"))


def test_a_return_of_another_store_is_a_problem(books: Books) -> None:
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 5, "M0345"),
            consigned("D-2", "felt-1", 5, "M0345", location="talas"),
        ],
        sales=[sale("R-1", "felt-1", 2, 350)],
    )
    books.refused("sales", sale("R-2", "felt-1", -1, return_of="R-1", store="talas"))


def test_nothing_is_sold_in_a_quantity_of_nothing(books: Books) -> None:
    books.take("deliveries", [consigned("D-1", "felt-1", 5, "M0345")])
    books.refused("sales", sale("R-1", "felt-1", 0, 350))


def test_som_may_be_named_without_a_rate(books: Books) -> None:
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        sales=[sale("R-1", "felt-1", 1, 350, currency="KGS")],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "350.00"}


def test_a_sale_without_a_price_is_a_problem(books: Books) -> None:
    # unit_price may be blank on returns only
    books.take("deliveries", [consigned("D-1", "felt-1", 5, "M0345")])
    books.refused("sales", sale("R-1", "felt-1", 1, None))


def test_a_return_after_the_producer_changed_group_finds_the_new_account(books: Books) -> None:
    # 700 in Akburun, moved to Bokonbaev; -350 there
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 2, 350)]
    )
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-03-21")])
    back = sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-22")
    books.take("sales", [back])
    assert books.balance("Liabilities:Payable:IssykKul:Akburun:M0345") == 0
    assert books.balance("Liabilities:Payable:IssykKul:Bokonbaev:M0345") == -350
    assert line(books.draft(), "M0345")["payout"] == "350.00"


def test_a_lot_of_another_product_is_not_sold(books: Books) -> None:
    books.take(
        "deliveries",
        [consigned("D-1", "felt-1", 5, "M0345"), consigned("D-2", "honey-1", 5, "M0345")],
    )
    books.refused("sales", sale("R-1", "felt-1", 1, 350, lot="D-2/1"))


def test_quantities_may_be_parts_of_a_kilogram(books: Books) -> None:
    # 1.25 kg of 2.5 kg at 450 = 562.50; 1.25 kg back by 0.75: 225.00 left
    books.take_all(
        deliveries=[consigned("D-1", "honey-1", "2.5", "M0345")],
        sales=[
            sale("R-1", "honey-1", "1.25", 450),
            sale("R-2", "honey-1", "-0.75", return_of="R-1", date="2026-03-22"),
        ],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "225.00"}


def test_a_count_may_take_reserved_goods_too(books: Books) -> None:
    # 3 reserved, 1 there: 2 × 200 written off
    count = {"count_no": "S-1", "date": "2026-03-25", "location": "osh", "product": "felt-1"}
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 3, "M0345", terms="order", order_no="ORD-7")],
        stocktakes=[{**count, "counted": 1}],
    )
    assert books.balance("Expenses:Shrinkage") == 400


def test_a_surplus_of_consigned_goods_goes_back_to_their_lot(books: Books) -> None:
    # 5 of M0345, 6 counted; all 6 sold: 6 × 350
    count = {"count_no": "S-1", "date": "2026-03-15", "location": "osh", "product": "felt-1"}
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        stocktakes=[{**count, "counted": 6, "explanation": "one more in the box"}],
        sales=[sale("R-1", "felt-1", 6, 350)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "2100.00"}
    assert books.balance("Expenses:Shrinkage") == 0


def test_shrinkage_goes_by_the_retail_price_of_the_day(books: Books) -> None:
    # 1 × 400 (from the 20th) × 0.5 = 200
    count = {"count_no": "S-1", "date": "2026-03-25", "location": "osh", "product": "felt-1"}
    books.take_all(
        policy=[rule("shrinkage", "0.5")],
        prices=[{"product": "felt-1", "valid_from": "2026-03-20", "retail_price": 400}],
        deliveries=[consigned("D-1", "felt-1", 3, "M0345")],
        stocktakes=[{**count, "counted": 2}],
    )
    assert earned(books.draft(), "M0345") == {"correction": "200.00"}


# --- pools and distributions -------------------------------------------------------------------


def share(amount: Any, kind: str = "premium", **more: Any) -> dict[str, Any]:
    row = {"distribution_no": "V-1", "date": "2026-03-31", "kind": kind, "amount": amount}
    return {**row, **more}


def test_a_correction_by_a_count_weighs_nothing_in_a_distribution(books: Books) -> None:
    # M0346 earned 350 × 0.5 by a count only: the premium is M0345's alone
    count = {"count_no": "S-1", "date": "2026-03-25", "location": "osh", "product": "honey-1"}
    books.take_all(
        policy=[rule("shrinkage", "0.5")],
        deliveries=[
            delivery("D-1", "felt-1", 1, "M0345"),
            consigned("D-2", "honey-1", 1, "M0346"),
        ],
        stocktakes=[{**count, "counted": 0}],
        distributions=[share(50)],
    )
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "50.00"
    assert earned(run, "M0346") == {"correction": "225.00"}


def test_shares_of_a_pool_weigh_nothing_of_their_own(books: Books) -> None:
    # the pool's 200 weigh once, as Akburun's: 25 of 50 join the pool
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1), delivery("D-2", "felt-1", 1, "M0345")],
        contributions=[worked("Akburun", "M0345", 1)],
        distributions=[share(50)],
    )
    assert earned(books.draft(), "M0345") == {
        "buyback": "200.00",
        "premium": "25.00",
        "pool": "225.00",
    }


def test_a_part_joins_the_pool_of_the_distributions_month(books: Books) -> None:
    # earned by March's pool, distributed in April: by April's hours
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 8), worked("Akburun", "M0346", 8, period=APRIL)],
    )
    books.pay()
    books.today = "2026-05-02"
    dates = {"date": "2026-04-20", "from": "2026-03-01", "to": "2026-03-31"}
    books.take("distributions", [share(60, **dates)])
    run = books.draft(APRIL)
    assert amounts(run, "gross") == {"M0346": "60.00"}


def test_a_late_distribution_goes_to_a_supplement(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    books.pay()
    books.take("distributions", [share(60)])
    run = books.draft()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert earned(run, "M0345") == {"premium": "60.00"}


def test_a_distribution_is_paid_once(books: Books) -> None:
    books.take_all(deliveries=[delivery("D-1", "felt-1", 1, "M0345")], distributions=[share(60)])
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-2", "felt-1", 1, "M0345", date="2026-04-10")])
    assert earned(books.draft(APRIL), "M0345") == {"buyback": "200.00"}


def test_a_distribution_of_the_next_month_waits(books: Books) -> None:
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1, "M0345")],
        distributions=[share(60, date="2026-04-01")],
    )
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


def test_another_associations_distribution_that_nobody_earned_stops_no_run(books: Books) -> None:
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1, "M0345")],
        distributions=[share(60, association=NARYN)],
    )
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


def test_returns_lower_the_weight_by_value(books: Books) -> None:
    # M0345: 2 × 350 - 350 = 350; M0346: 350 by delivery: halves
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 2, "M0345"),
            delivery("D-2", "honey-1", 1, "M0346", unit_price=350),
        ],
        sales=[
            sale("R-1", "felt-1", 2, 350),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-22"),
        ],
        distributions=[share(50)],
    )
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "25.00"
    assert earned(run, "M0346")["premium"] == "25.00"


def test_ties_in_a_distribution_go_by_id_over_associations(books: Books) -> None:
    # 0.01 over M0345 and N0001, 200 each: to M0345
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 1, "N0001", **naryn),
            delivery("D-2", "felt-1", 1, "M0345"),
        ],
        distributions=[share("0.01")],
    )
    assert earned(books.draft(), "M0345")["premium"] == "0.01"
    assert earned(books.draft(association=NARYN), "N0001") == {"buyback": "200.00"}


@pytest.mark.parametrize("quantity", [-1, "x"])
def test_a_contribution_is_no_negative_number(books: Books, quantity: Any) -> None:
    books.refused("contributions", worked("Akburun", "M0345", quantity))


def test_a_contribution_of_another_association_is_a_problem(books: Books) -> None:
    assert "N0001" in books.refused("contributions", worked("Akburun", "N0001", 1))


def test_contributions_of_nothing_leave_the_pool_held(books: Books) -> None:
    # all weights zero: nobody to share it with
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)], contributions=[worked("Akburun", "M0345", 0)]
    )
    run = books.draft()
    assert {"group": "Akburun", "amount": "200.00"} in run["held_pools"]


def test_who_contributed_nothing_gets_nothing(books: Books) -> None:
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 0), worked("Akburun", "M0346", 3)],
    )
    assert amounts(books.draft(), "gross") == {"M0346": "200.00"}


def test_an_opening_of_the_next_month_waits(books: Books) -> None:
    books.take("openings", [opening("payable", 100, member="M0345", date="2026-04-01")])
    assert books.draft(MARCH)["lines"] == []
