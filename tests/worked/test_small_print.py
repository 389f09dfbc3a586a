"""Small print of the contract: cases that are easily passed over."""

from __future__ import annotations

import pytest

from worked.books import (
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    opening,
    outcome,
    rule,
    sale,
    taken,
)

# --- §3: the same row again, numbers -----------------------------------------------------------


def test_an_opening_that_names_no_group_is_booked_once(books: Books) -> None:
    """Key: kind, group, member, product, location, ref. The same row twice is 500.00, not 1000."""
    row = opening("payable", 500, member="M0345")
    books.take("openings", [row])
    second = books.take("openings", [row, opening("payable", 30, member="M0346")])
    assert "openings: 1 booked, 1 already imported" in second
    assert amounts(books.draft(), "opening") == {"M0345": "500.00", "M0346": "30.00"}


def test_other_content_of_an_opening_without_a_group_is_a_problem(books: Books) -> None:
    books.take("openings", [opening("payable", 500, member="M0345")])
    said = books.refused("openings", opening("payable", 600, member="M0345"))
    assert "imported before with other content" in said


def test_line_numbers_with_a_point_go_as_numbers(books: Books) -> None:
    """Lots A/1.5 and A/2 of one day: 1.5 < 2 < 10, so A/1.5 is sold first and A/10 is left."""
    rows = [{**delivery("A", "felt-1", 1, "M0345"), "line_no": line} for line in ("10", "2", "1.5")]
    books.take("deliveries", rows)
    books.take("sales", [sale("R1", "felt-1", 2, 100)])
    assert books.stock() == {"A/10": 1}


def test_sale_lines_with_a_point_go_as_numbers(books: Books) -> None:
    """Line 1.5 before line 2: the older lot (M0345's) goes at 100, the younger at 70."""
    books.take(
        "deliveries",
        [
            consigned("A", "felt-1", 1, "M0345", date="2026-03-01"),
            consigned("B", "felt-1", 1, "M0346", date="2026-03-02"),
        ],
    )
    books.take(
        "sales",
        [
            {**sale("R1", "felt-1", 1, 70), "line_no": "2"},
            {**sale("R1", "felt-1", 1, 100), "line_no": "1.5"},
        ],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "100.00", "M0346": "70.00"}


@pytest.mark.parametrize("name", ["fixed", "minimum", "cash_unit"])
def test_amounts_of_the_policy_have_the_decimals_of_som(books: Books, name: str) -> None:
    assert "decimals" in books.refused("policy", rule(name, "0.003"))


def test_a_limit_of_the_policy_has_the_decimals_of_som(books: Books) -> None:
    assert "decimals" in books.refused("policy", rule("fixed", 50, limit="120.005"))


# --- §4: quantities that earn nothing weigh all the same ---------------------------------------


def test_what_was_given_away_weighs_by_quantity(books: Books) -> None:
    """Sold 3 pieces for nothing and 1 for 100.00: 400.00 goes 3 : 1."""
    books.take(
        "deliveries",
        [
            consigned("A", "felt-1", 3, "M0345", date="2026-03-01"),
            consigned("B", "felt-1", 1, "M0346", date="2026-03-02"),
        ],
    )
    books.take("sales", [sale("R1", "felt-1", 3, 0), sale("R2", "felt-1", 1, 100)])
    premium = {
        "distribution_no": "P1",
        "date": "2026-03-31",
        "kind": "premium",
        "amount": 400,
        "basis": "quantity",
    }
    books.take("distributions", [premium])
    run = books.draft()
    assert earned(run, "M0345") == {"premium": "300.00"}
    assert earned(run, "M0346") == {"consignment": "100.00", "premium": "100.00"}


def test_what_comes_back_without_money_weighs_by_quantity(books: Books) -> None:
    """3 pieces for 0.01 in all: the first back reverses money(0.01 × 1/3) = 0.00, yet 2 are sold.

    Beside them 2 pieces of another: 400.00 goes 2 : 2.
    """
    books.take(
        "deliveries",
        [
            consigned("A", "felt-1", 3, "M0345"),
            consigned("B", "honey-1", 2, "M0346"),
        ],
    )
    books.take(
        "sales",
        [
            sale("R1", "felt-1", 3, "0.004"),
            sale("R2", "honey-1", 2, 100),
            sale("R3", "felt-1", -1, return_of="R1", date="2026-03-21"),
        ],
    )
    premium = {
        "distribution_no": "P1",
        "date": "2026-03-31",
        "kind": "premium",
        "amount": 400,
        "basis": "quantity",
    }
    books.take("distributions", [premium])
    run = books.draft()
    assert earned(run, "M0345") == {"consignment": "0.01", "premium": "200.00"}


# --- §4: prices, reservation -------------------------------------------------------------------


def test_a_price_for_the_order_without_grade_is_not_used_for_a_grade(books: Books) -> None:
    """Matches are (product, grade, order), (product, grade), (product): 200, not 999."""
    listed = {"product": "felt-1", "valid_from": "2026-01-01", "order_no": "O1"}
    books.take("prices", [{**listed, "buyback_price": 999}])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345", grade="first", order_no="O1")])
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


@pytest.mark.parametrize("terms", ["buyback", "consignment"])
def test_only_goods_on_terms_order_are_reserved(books: Books, terms: str) -> None:
    books.take("deliveries", [delivery("A", "felt-1", 2, "M0345", terms=terms, order_no="O1")])
    books.take("sales", [sale("R1", "felt-1", 2, 350)])
    assert books.stock() == {}


# --- §5 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["hold", "dispute"])
def test_an_approver_raises_no_hold(books: Books, word: str) -> None:
    """Raised by an accountant or the association's treasurer."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    run = books.draft()["run"]
    said = books.not_done("bermet", "payout", word, run, "M0345", "--reason", "no")
    assert "bermet" in said


def test_who_left_is_paid_in_whole_cash_units_all_the_same(books: Books) -> None:
    """Left on the month's last day: 200.00 < minimum 500 is paid, floored to 150 = 1 × 150."""
    who = {"association": "issyk-kul", "group": "Akburun", "member": "M0348", "rail": "cash"}
    books.take("members", [{**who, "name": "Member M0348", "left": "2026-03-31"}])
    books.take("policy", [rule("minimum", 500), rule("cash_unit", 150)])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0348")])
    assert outcome(books.draft(), "M0348") == ("pay", "150.00", "50.00")


def test_a_rule_whose_order_changes_is_taken_once(books: Books) -> None:
    """The later row of the same rule, account and applies_to holds: 0.05 × 200 = 10.00."""
    books.take("policy", [rule("fee", "0.1", order=1)])
    books.take("policy", [rule("fee", "0.05", order=2, valid_from="2026-03-01")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    assert taken(books.draft(), "M0345") == [("fee", "10.00")]
