"""What a group earned together, shared by its members' contributions (contract §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from worked.books import (
    APRIL,
    MARCH,
    MARCH_RUN,
    Books,
    amounts,
    delivery,
    earned,
    line,
    opening,
    sale,
    worked,
)


def held(run: dict[str, Any], group: str = "Akburun") -> str:
    found = [each["amount"] for each in run["held_pools"] if each["group"] == group]
    return str(found[0]) if found else "0.00"


def test_a_pool_is_shared_by_hours(books: Books) -> None:
    # 5 × 200 = 1,000 by 3 : 2 : 1 = 500, 333.333… and 166.666… -> 333.33 and 166.67
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 5)],
        contributions=[
            worked("Akburun", "M0345", 3),
            worked("Akburun", "M0346", 2),
            worked("Akburun", "M0347", 1),
        ],
    )
    run = books.draft()
    assert amounts(run, "gross") == {"M0345": "500.00", "M0346": "333.33", "M0347": "166.67"}
    assert earned(run, "M0345") == {"pool": "500.00"}
    assert held(run) == "0.00"


def test_equal_fractions_go_by_ascending_id(books: Books) -> None:
    # 200.00 over three: 66.666… each; two tyiyn are left, to the first two ids
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", m, 1) for m in ("M0347", "M0346", "M0345")],
    )
    gross = amounts(books.draft(), "gross")
    assert gross == {"M0345": "66.67", "M0346": "66.67", "M0347": "66.66"}


def test_each_product_is_a_sum_of_its_own(books: Books) -> None:
    # 100.01 of each product by halves: 50.01 and 50.00, twice (not 200.02 by halves)
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 1, unit_price="100.01"),
            delivery("D-2", "honey-1", 1, unit_price="100.01"),
        ],
        contributions=[worked("Akburun", "M0345", 4), worked("Akburun", "M0346", 4)],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "100.02", "M0346": "100.00"}


def test_several_deliveries_of_a_product_are_summed_first(books: Books) -> None:
    # 100.01 + 100.01 = 200.02 by halves: 100.01 each
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 1, unit_price="100.01"),
            delivery("D-2", "felt-1", 1, unit_price="100.01"),
        ],
        contributions=[worked("Akburun", "M0345", 4), worked("Akburun", "M0346", 4)],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "100.01", "M0346": "100.01"}


def test_contributions_for_the_product_go_before_general_ones(books: Books) -> None:
    # felt by pieces, 1 : 3 of 400 = 100 and 300; honey by hours, 1 : 1 of 601 = 300.50 each
    pieces = {"product": "felt-1", "measure": "pieces"}
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 2), delivery("D-2", "honey-1", 2)],
        contributions=[
            worked("Akburun", "M0345", 8),
            worked("Akburun", "M0346", 8),
            worked("Akburun", "M0346", 5, **pieces),
            worked("Akburun", "M0347", 15, **pieces),
        ],
    )
    gross = amounts(books.draft(), "gross")
    assert gross == {"M0345": "300.50", "M0346": "400.50", "M0347": "300.00"}


def test_another_groups_contributions_do_not_count(books: Books) -> None:
    # Bokonbaev's hours share nothing of Akburun's pool
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)], contributions=[worked("Bokonbaev", "M0401", 8)]
    )
    run = books.draft()
    assert run["lines"] == []
    assert held(run) == "200.00"


def test_without_contributions_a_pool_is_held_and_listed(books: Books) -> None:
    # 200 + 300.50 = 500.50 held; the run's sums hold it too
    books.take("deliveries", [delivery("D-1", "felt-1", 1), delivery("D-2", "honey-1", 1)])
    run = books.draft()
    assert held(run) == "500.50"
    assert run["totals"]["held"] == "500.50"
    assert run["totals"]["gross"] == "0.00"


def test_contributions_of_one_product_leave_the_others_held(books: Books) -> None:
    # felt 200 is shared, honey 300.50 is held
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1), delivery("D-2", "honey-1", 1)],
        contributions=[worked("Akburun", "M0345", 8, product="felt-1")],
    )
    run = books.draft()
    assert amounts(run, "gross") == {"M0345": "200.00"}
    assert held(run) == "300.50"


def test_late_contributions_are_shared_by_a_supplement_of_the_month(books: Books) -> None:
    # 200 held in March's run 1, shared in its run 2
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    assert held(books.pay()) == "200.00"
    books.take("contributions", [worked("Akburun", "M0345", 8)])
    run = books.draft()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert earned(run, "M0345") == {"pool": "200.00"}
    assert held(run) == "0.00"


def test_once_the_month_is_closed_the_next_run_shares_it(books: Books) -> None:
    # March is closed with 200 held; April's run shares it by March's contributions
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    books.pay()
    books.done("anna", "close", MARCH, "-a", "issyk-kul")
    books.take("contributions", [worked("Akburun", "M0345", 8)])
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert earned(run, "M0345") == {"pool": "200.00"}


def test_held_pools_are_cumulative(books: Books) -> None:
    # 200 of March and 400 of April are both held in April's run
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-2", "felt-1", 2, date="2026-04-10")])
    run = books.draft(APRIL)
    assert held(run) == "600.00"
    assert run["totals"]["held"] == "600.00"


def test_each_month_is_shared_by_its_own_contributions(books: Books) -> None:
    # April's 400 by April's hours, while March's 200 stays held
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    books.pay()
    books.today = "2026-05-02"
    books.take_all(
        deliveries=[delivery("D-2", "felt-1", 2, date="2026-04-10")],
        contributions=[worked("Akburun", "M0346", 8, period=APRIL)],
    )
    run = books.draft(APRIL)
    assert earned(run, "M0346") == {"pool": "400.00"}
    assert held(run) == "200.00"


def test_sums_are_shared_whole_to_the_ledger(books: Books) -> None:
    # the pool's account is empty after approval; the members' accounts hold 200 - 200 paid
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 1), worked("Akburun", "M0346", 2)],
    )
    books.pay()
    assert books.balance("Liabilities:Payable:IssykKul:Akburun:Pool") == 0
    assert books.balance("Liabilities:Payable:IssykKul") == 0
    assert books.balance("Liabilities:Payable:InTransit") == Decimal("-200.00")


def test_two_measures_for_one_sum_are_a_problem(books: Books) -> None:
    books.take("contributions", [worked("Akburun", "M0345", 8)])
    said = books.refused("contributions", worked("Akburun", "M0346", 8, measure="pieces"))
    assert "hours" in said


def test_an_opening_payable_names_its_member(books: Books) -> None:
    # what was owed to a group before is entered for its members
    assert "member" in books.refused("openings", opening("payable", 300, group="Akburun"))


def test_a_groups_return_and_sale_are_netted_before_sharing(books: Books) -> None:
    # 3 × 350 - 1 × 350 = 700 by halves: 350 each
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 5, terms="consignment")],
        sales=[
            sale("R-1", "felt-1", 3, 350),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-22"),
        ],
        contributions=[worked("Akburun", "M0345", 1), worked("Akburun", "M0346", 1)],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "350.00", "M0346": "350.00"}


def test_a_pool_that_was_shared_is_not_shared_again(books: Books) -> None:
    # after run 1 nothing is left; more contributions of March change nothing
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)], contributions=[worked("Akburun", "M0345", 1)]
    )
    books.pay()
    books.take("contributions", [worked("Akburun", "M0346", 1)])
    said = books.done("anna", "payout", "draft", MARCH, "-a", "issyk-kul")
    assert "nothing is left for a supplement" in said
    assert line(books.show(MARCH_RUN), "M0345")["payout"] == "200.00"
