"""Counts, transfers and people who move: what holds on the day in question."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import (
    APRIL,
    ISSYK,
    MARCH_RUN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    line,
    member,
    opening,
    outcome,
    rule,
    sale,
    taken,
    worked,
)


def count(number: str, counted: Any, **more: Any) -> dict[str, Any]:
    row = {"count_no": number, "date": "2026-03-12", "location": "osh", "product": "felt-1"}
    return {**row, "counted": counted, **more}


def moved(number: str, quantity: Any, **more: Any) -> dict[str, Any]:
    row = {"transfer_no": number, "line_no": 1, "date": "2026-03-11", "product": "felt-1"}
    return {**row, "quantity": quantity, "from": "osh", "to": "naryn", **more}


# --- counts ------------------------------------------------------------------------------------


def test_a_surplus_costs_what_the_latest_goods_of_that_day_cost(books: Books) -> None:
    """Counted on 12 March: 200 each since 10 March; those of 15 March at 250 are not there yet."""
    late = delivery("B", "felt-1", 1, "M0345", unit_price=250, date="2026-03-15")
    books.take("deliveries", [delivery("A", "felt-1", 2, "M0345"), late])
    books.take("stocktakes", [count("C1", 3, explanation="found behind the shelf")])
    assert books.balance("Expenses:Shrinkage:IssykKul") == -200


def test_a_consigned_surplus_joins_a_lot_that_is_there_already(books: Books) -> None:
    """Counted on 12 March: of M0345's lot, not of M0346's that comes on 15 March."""
    books.take(
        "deliveries",
        [
            consigned("A", "felt-1", 2, "M0345"),
            consigned("B", "felt-1", 1, "M0346", date="2026-03-15"),
        ],
    )
    books.take("stocktakes", [count("C1", 3, explanation="found")])
    books.take("sales", [sale("R1", "felt-1", 3, 100)])
    assert amounts(books.draft(), "gross") == {"M0345": "300.00"}


def test_a_shortage_is_of_the_place_that_was_counted(books: Books) -> None:
    """4 delivered to osh, 2 moved to naryn: 2 expected in osh, 1 counted, 1 × 200 written off."""
    books.take("deliveries", [delivery("A", "felt-1", 4, "M0345")])
    books.take("transfers", [moved("T1", 2)])
    books.take("stocktakes", [count("C1", 1)])
    assert books.balance("Expenses:Shrinkage:IssykKul") == 200
    assert books.stock() == {"A/1": 3}


def test_a_count_of_goods_of_a_group_earns_for_its_pool(books: Books) -> None:
    """1 of 2 missing at 350 × 0.5 = 175.00, shared 3 : 1 by hours = 131.25 and 43.75."""
    books.take("policy", [rule("shrinkage", "0.5")])
    books.take("deliveries", [consigned("A", "felt-1", 2, None)])
    books.take("stocktakes", [count("C1", 1)])
    books.take("contributions", [worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)])
    assert amounts(books.draft(), "gross") == {"M0345": "131.25", "M0346": "43.75"}


def test_shrinkage_is_rounded_half_up(books: Books) -> None:
    """1 piece × 350 × 0.333333 = 116.66655 -> 116.67."""
    books.take("policy", [rule("shrinkage", "0.333333")])
    books.take("deliveries", [consigned("A", "felt-1", 1, "M0345")])
    books.take("stocktakes", [count("C1", 0)])
    assert earned(books.draft(), "M0345") == {"correction": "116.67"}


def test_two_counts_of_a_day_go_by_number(books: Books) -> None:
    """C1 finds 3 of 5 (two written off), C2 finds 2 of 3: 3 × 200 in all."""
    books.take("deliveries", [delivery("A", "felt-1", 5, "M0345")])
    books.take("stocktakes", [count("C2", 2), count("C1", 3)])
    assert books.balance("Expenses:Shrinkage:IssykKul") == 600


# --- transfers ---------------------------------------------------------------------------------


def test_a_transferred_lot_is_sold_by_its_delivery_date_there_too(books: Books) -> None:
    """In naryn: B of 5 March, and A of 3 March which came later by transfer: A is sold first."""
    books.take(
        "deliveries",
        [
            consigned("A", "felt-1", 1, "M0345", date="2026-03-03"),
            consigned("B", "felt-1", 1, "M0346", date="2026-03-05", location="naryn"),
        ],
    )
    books.take("transfers", [moved("T1", 1)])
    books.take("sales", [sale("R1", "felt-1", 1, 100, store="naryn")])
    assert amounts(books.draft(), "gross") == {"M0345": "100.00"}


def test_a_lot_in_two_places_earns_for_one_member(books: Books) -> None:
    """1 of A sold in osh at 100, 1 in naryn at 110 by two receipts of one number: 210.00."""
    books.take("deliveries", [consigned("A", "felt-1", 2, "M0345")])
    books.take("transfers", [moved("T1", 1)])
    books.take(
        "sales",
        [sale("R1", "felt-1", 1, 100), sale("R1", "felt-1", 1, 110, store="naryn")],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "210.00"}


def test_goods_come_back_to_the_store_that_sold_them(books: Books) -> None:
    """R1 of naryn comes back in naryn: the piece lies there again, osh has none to sell."""
    books.take("deliveries", [consigned("A", "felt-1", 1, "M0345")])
    books.take("transfers", [moved("T1", 1)])
    books.take("sales", [sale("R1", "felt-1", 1, 100, store="naryn")])
    back = sale("R2", "felt-1", -1, return_of="R1", store="naryn", date="2026-03-21")
    books.take("sales", [back])
    assert "osh has only 0" in books.refused(
        "sales", sale("R3", "felt-1", 1, 90, date="2026-03-22")
    )
    books.take("sales", [sale("R4", "felt-1", 1, 90, store="naryn", date="2026-03-22")])
    assert amounts(books.draft(), "gross") == {"M0345": "90.00"}


# --- people ------------------------------------------------------------------------------------


def test_tax_status_is_that_of_the_months_last_day(books: Books) -> None:
    """Resident until 31 March: 0.1 × 200 = 20.00; patent-holder from 1 April pays none."""
    who = member("M0348", ISSYK, "Akburun")
    books.take("members", [{**who, "tax_status": "resident"}])
    books.take("members", [{**who, "tax_status": "patent", "changed": "2026-04-01"}])
    books.take("policy", [rule("withholding", "0.1", applies_to="resident")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0348")])
    assert taken(books.pay(), "M0348") == [("withholding", "20.00")]
    books.today = "2026-05-04"
    books.take("deliveries", [delivery("B", "felt-1", 1, "M0348", date="2026-04-02")])
    assert taken(books.draft(APRIL), "M0348") == []


def test_consigned_goods_of_who_moved_are_paid_on_the_new_account(books: Books) -> None:
    """Delivered in Akburun, moved on 15 March, sold on 20 March: Bokonbaev owes the 100."""
    books.take("deliveries", [consigned("A", "felt-1", 1, "M0345")])
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-03-15")])
    books.take("sales", [sale("R1", "felt-1", 1, 100)])
    assert books.balance("Liabilities:Payable:IssykKul:Bokonbaev:M0345") == -100
    assert line(books.draft(), "M0345")["group"] == "Bokonbaev"


def test_who_moves_after_the_months_end_is_listed_in_the_old_group(books: Books) -> None:
    """March's line names Akburun; what is owed stands on Bokonbaev's account, and is paid."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-04-02")])
    run = books.pay()
    assert line(run, "M0345")["group"] == "Akburun"
    assert outcome(run, "M0345") == ("pay", "200.00", "0.00")
    assert books.balance("Liabilities:Payable:IssykKul") == 0


def test_a_pool_of_the_old_group_is_shared_though_a_member_moved(books: Books) -> None:
    """The pool of Akburun, 2 × 200, 1 : 1; M0345, now of Bokonbaev, is owed there."""
    books.take("deliveries", [delivery("A", "felt-1", 2)])
    books.take("contributions", [worked("Akburun", "M0345", 5), worked("Akburun", "M0346", 5)])
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-04-02")])
    run = books.pay()
    assert amounts(run, "payout") == {"M0345": "200.00", "M0346": "200.00"}
    assert books.balance("Liabilities:Payable:IssykKul") == 0


def test_an_opening_of_who_moved_is_owed_in_the_new_group(books: Books) -> None:
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-03-15")])
    books.take("openings", [opening("payable", 70, member="M0345")])
    run = books.pay()
    assert outcome(run, "M0345") == ("pay", "70.00", "0.00")
    assert books.balance("Liabilities:Payable:IssykKul") == 0


# --- who may see and do what -------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("payout", "show", "2026-03/naryn/1"),
        ("payout", "dispute", "2026-03/naryn/1", "N0001", "--reason", "why"),
        ("payout", "sign", "2026-03/naryn/1"),
        ("members", "-a", "naryn"),
        ("payout", "draft", "2026-03", "-a", "issyk-kul"),
    ],
)
def test_a_treasurer_sees_and_does_nothing_elsewhere(books: Books, words: tuple[str, ...]) -> None:
    row = delivery("A", "felt-1", 1, "N0001", association="naryn", group="Atbashy")
    books.take("deliveries", [row])
    books.draft(association="naryn")
    said = books.not_done("talgat", *words)
    assert "talgat" in said
    assert "200" not in said


def test_a_treasurer_lists_the_own_members_alone(books: Books) -> None:
    listed = books.done("talgat", "members")
    assert "M0345" in listed
    assert "N0001" not in listed


@pytest.mark.parametrize("user", ["bermet", "talgat", "admin"])
def test_only_an_accountant_drafts_and_settles(books: Books, user: str) -> None:
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.not_done(user, "payout", "draft", "2026-03", "-a", ISSYK)
    books.pay()
    row = {"date": "2026-04-05", "amount": 200, "reference": f"{MARCH_RUN}/M0345"}
    path = str(books.workbook(bank=[{**row, "status": "settled"}]))
    books.not_done(user, "payout", "settle", path)


@pytest.mark.parametrize("period", ["2026-13", "March", "2026-3", "26-03"])
def test_a_period_is_a_month(books: Books, period: str) -> None:
    assert "2026-03" in books.not_done("anna", "payout", "draft", period)
