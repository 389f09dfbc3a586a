"""Sums shared over members by what they earned (contract §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from worked.books import (
    ISSYK,
    NARYN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    outcome,
    sale,
    worked,
)


def share(amount: Any, kind: str = "premium", **more: Any) -> dict[str, Any]:
    row = {"distribution_no": "V-1", "date": "2026-03-31", "kind": kind, "amount": amount}
    return {**row, **more}


NARYN_GOODS = delivery("D-9", "felt-1", 5, "N0001", association=NARYN, group="Atbashy")
EARNED = [
    delivery("D-1", "felt-1", 15, "M0345", date="2026-03-05"),  # 3,000
    delivery("D-2", "felt-1", 5, "M0346"),  # 1,000
    NARYN_GOODS,  # 1,000
]


def test_by_value_over_all_associations(books: Books) -> None:
    # 100.01 × 3,000 / 5,000 = 60.006; × 1,000 / 5,000 = 20.002 twice; the tyiyn left to 60.006
    books.take_all(deliveries=EARNED, distributions=[share("100.01")])
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "3000.00", "premium": "60.01"}
    assert earned(run, "M0346")["premium"] == "20.00"
    assert earned(books.draft(association=NARYN), "N0001")["premium"] == "20.00"


def test_by_quantity(books: Books) -> None:
    # 15 pieces at 200 and 5 at 1,000 weigh 15 : 5 of 100 = 75 and 25
    books.take_all(
        deliveries=[EARNED[0], delivery("D-2", "felt-1", 5, "M0346", unit_price=1000)],
        distributions=[share(100, basis="quantity")],
    )
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "75.00"
    assert earned(run, "M0346")["premium"] == "25.00"


def test_by_accepted_quantity_and_sold_quantity_less_returns(books: Books) -> None:
    # M0345: 10 - 4 rejected = 6 accepted; M0346: 5 sold - 2 back = 3 of 10 consigned; 6 : 3 of 90
    books.take_all(
        deliveries=[
            delivery("D-1", "honey-1", 10, "M0345", rejected=4),
            consigned("D-2", "felt-1", 10, "M0346"),
        ],
        sales=[
            sale("R-1", "felt-1", 5, 350),
            sale("R-2", "felt-1", -2, return_of="R-1", date="2026-03-22"),
        ],
        distributions=[share(90, basis="quantity")],
    )
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "60.00"
    assert earned(run, "M0346")["premium"] == "30.00"


def test_consigned_sales_weigh_by_what_they_earned(books: Books) -> None:
    # 3 × 350 = 1,050 less 10 % = 945; buyback 945 of M0346 (3 × 315): halves of 100
    books.take_all(
        policy=[{"valid_from": "2026-01-01", "rule": "commission", "value": "0.1"}],
        deliveries=[
            consigned("D-1", "felt-1", 5, "M0345"),
            delivery("D-2", "honey-1", 3, "M0346", unit_price=315),
        ],
        sales=[sale("R-1", "felt-1", 3, 350)],
        distributions=[share(100)],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "945.00", "premium": "50.00"}
    assert earned(run, "M0346") == {"buyback": "945.00", "premium": "50.00"}


def test_only_what_was_earned_from_and_to(books: Books) -> None:
    # from the 10th on only M0346 and N0001, 1,000 each: halves of 50
    books.take_all(deliveries=EARNED, distributions=[share(50, **{"from": "2026-03-10"})])
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "3000.00"}
    assert earned(run, "M0346")["premium"] == "25.00"


def test_the_last_day_counts(books: Books) -> None:
    # up to and with the 5th: M0345 alone
    books.take_all(deliveries=EARNED, distributions=[share(50, to="2026-03-05")])
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "50.00"
    assert earned(run, "M0346") == {"buyback": "1000.00"}


def test_within_one_association(books: Books) -> None:
    # 3 : 1 of 100 = 75 and 25, nothing for Naryn
    books.take_all(deliveries=EARNED, distributions=[share(100, association=ISSYK)])
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "75.00"
    assert earned(books.draft(association=NARYN), "N0001") == {"buyback": "1000.00"}


def test_within_one_group(books: Books) -> None:
    # Bokonbaev's M0401 alone, though Akburun earned more
    mine = delivery("D-3", "felt-1", 1, "M0401", group="Bokonbaev")
    books.take_all(deliveries=[*EARNED, mine], distributions=[share(40, group="Bokonbaev")])
    run = books.draft()
    assert earned(run, "M0401") == {"buyback": "200.00", "premium": "40.00"}
    assert earned(run, "M0345") == {"buyback": "3000.00"}


def test_within_one_product(books: Books) -> None:
    # honey: 2 × 300.50 of M0347 alone
    honey = delivery("D-3", "honey-1", 2, "M0347")
    books.take_all(deliveries=[*EARNED, honey], distributions=[share(40, product="honey-1")])
    run = books.draft()
    assert earned(run, "M0347") == {"buyback": "601.00", "premium": "40.00"}
    assert earned(run, "M0345") == {"buyback": "3000.00"}


def test_a_pool_counts_as_one_payee_and_its_part_joins_the_pool(books: Books) -> None:
    # pool 1,000 and M0345 1,000: 50 each; the pool's 50 by hours 1 : 4 = 10 and 40,
    # its own 1,000 by the same = 200 and 800
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 5), delivery("D-2", "felt-1", 5, "M0345")],
        contributions=[worked("Akburun", "M0346", 1), worked("Akburun", "M0347", 4)],
        distributions=[share(100)],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "1000.00", "premium": "50.00"}
    assert earned(run, "M0346") == {"pool": "210.00"}
    assert earned(run, "M0347") == {"pool": "840.00"}


def test_a_products_part_joins_that_products_pool(books: Books) -> None:
    # felt's pool of 200 and a premium of 60 on felt: 260 to M0346 who made the felt
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[
            worked("Akburun", "M0345", 8),
            worked("Akburun", "M0346", 8, product="felt-1"),
        ],
        distributions=[share(60, product="felt-1")],
    )
    assert amounts(books.draft(), "gross") == {"M0346": "260.00"}


def test_a_part_without_product_joins_the_pool_of_none(books: Books) -> None:
    # felt's pool of 200 goes by felt; the premium of 60 by the general hours
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[
            worked("Akburun", "M0345", 8),
            worked("Akburun", "M0346", 8, product="felt-1"),
        ],
        distributions=[share(60)],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "60.00", "M0346": "200.00"}


def test_a_part_of_a_pool_without_hours_is_held(books: Books) -> None:
    # 200 of the pool + 60 = 260
    books.take_all(deliveries=[delivery("D-1", "felt-1", 1)], distributions=[share(60)])
    run = books.draft()
    assert {"group": "Akburun", "amount": "260.00"} in run["held_pools"]
    assert run["totals"]["held"] == "260.00"


def test_an_award_to_one_member(books: Books) -> None:
    # whole to M0347, who earned nothing
    books.take_all(deliveries=EARNED, distributions=[share(5000, "award", member="M0347")])
    assert earned(books.draft(), "M0347") == {"award": "5000.00"}


def test_a_second_payment_is_told_apart(books: Books) -> None:
    books.take_all(
        deliveries=EARNED, distributions=[share(4000, "second-payment", group="Akburun")]
    )
    assert earned(books.draft(), "M0345") == {"buyback": "3000.00", "second-payment": "3000.00"}


def test_a_correction_may_be_negative(books: Books) -> None:
    # -100.01 over 3 : 1 = -75.0075 and -25.0025: absolute 75.01 and 25.00
    books.take_all(
        deliveries=EARNED, distributions=[share("-100.01", "correction", group="Akburun")]
    )
    run = books.draft()
    assert earned(run, "M0345")["correction"] == "-75.01"
    assert earned(run, "M0346")["correction"] == "-25.00"


def test_a_negative_correction_of_one_member_makes_arrears(books: Books) -> None:
    books.take("distributions", [share(-50, "correction", member="M0347")])
    assert outcome(books.draft(), "M0347") == ("carry", "0.00", "-50.00")


@pytest.mark.parametrize("kind", ["premium", "award", "second-payment"])
def test_nothing_else_may_be_negative(books: Books, kind: str) -> None:
    said = books.refused("distributions", share(-50, kind, member="M0347"))
    assert "distributions!D2" in said


def test_nobody_to_share_it_is_said_when_drafting(books: Books) -> None:
    books.take("distributions", [share(50)])
    said = books.not_done("anna", "payout", "draft", "2026-03", "-a", ISSYK)
    assert "V-1" in said


def test_the_first_approval_freezes_all_parts(books: Books) -> None:
    # 100 over 3,000 : 1,000 : 1,000 = 60, 20, 20; Naryn approves its 20. Then M0346 brings 5
    # more: Issyk-Kul still shares 60 and 20, not by 3,000 : 2,000
    books.take_all(deliveries=EARNED, distributions=[share(100)])
    assert earned(books.pay(association=NARYN), "N0001")["premium"] == "20.00"
    books.take("deliveries", [delivery("D-4", "felt-1", 5, "M0346")])
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "60.00"
    assert earned(run, "M0346") == {"buyback": "2000.00", "premium": "20.00"}


def test_before_any_approval_parts_are_computed_anew(books: Books) -> None:
    # 100 over 3,000 : 1,000 : 1,000, then over 3,000 : 2,000 : 1,000 = 50, 33.33 and 16.67
    books.take_all(deliveries=EARNED, distributions=[share(100)])
    assert earned(books.draft(), "M0345")["premium"] == "60.00"
    books.take("deliveries", [delivery("D-4", "felt-1", 5, "M0346")])
    run = books.draft()
    assert earned(run, "M0345")["premium"] == "50.00"
    assert earned(run, "M0346")["premium"] == "33.33"


def test_the_parts_of_all_associations_sum_to_the_amount_in_the_ledger(books: Books) -> None:
    # 60.01 + 20 + 20 = 100.01
    books.take_all(deliveries=EARNED, distributions=[share("100.01")])
    books.pay()
    books.pay(association=NARYN)
    assert books.balance("Expenses:Distributions") == Decimal("100.01")


def test_in_a_tie_a_pool_stands_under_its_groups_id(books: Books) -> None:
    # 0.01 over Akburun's pool and M0345, 200 each: "Akburun" comes before "M0345"
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1), delivery("D-2", "felt-1", 1, "M0345")],
        distributions=[share("0.01")],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "200.00"}
    assert {"group": "Akburun", "amount": "200.01"} in run["held_pools"]


def test_whose_goods_all_came_back_weighs_below_nothing(books: Books) -> None:
    # April: M0345 -350 by a return, M0346 200: one negative weight is a problem
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 5, "M0345"),
            delivery("D-2", "felt-1", 1, "M0346", date="2026-04-02"),
        ],
        sales=[
            sale("R-1", "felt-1", 1, 350),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-04-02"),
        ],
    )
    books.pay()
    books.take("distributions", [share(50, **{"date": "2026-04-05", "from": "2026-04-01"})])
    books.today = "2026-05-02"
    said = books.not_done("anna", "payout", "draft", "2026-04", "-a", ISSYK)
    assert "V-1" in said
    assert "M0345" in said
