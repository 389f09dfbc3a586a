"""`ovop payout show --member` names every row, price, rate, rule and rounding (contract §6)."""

from __future__ import annotations

import re
from typing import Any

from worked.books import (
    ISSYK,
    MARCH_RUN,
    Books,
    consigned,
    delivery,
    member,
    opening,
    rule,
    sale,
    worked,
)

SHARES = "Liabilities:Associations:IssykKul:Shares"


def explained(books: Books, ident: str = "M0345") -> str:
    books.draft()
    return books.done("anna", "payout", "show", MARCH_RUN, "--member", ident)


def must_say(text: str, *parts: str) -> None:
    """One line of the text holds all the parts, in this order."""
    pattern = ".*".join(re.escape(part) for part in parts)
    assert re.search(pattern, text), f"{parts} in no line of\n{text}"


def earn(books: Books, amount: Any, *policy: dict[str, Any], **sheets: Any) -> str:
    row = delivery("D-1", "felt-1", 1, "M0345", unit_price=amount)
    books.take_all(policy=policy, deliveries=[row], **sheets)
    return explained(books)


def test_a_delivery(books: Books) -> None:
    # (10 - 3) × 200 = 1,400
    rows = [delivery("D-1", "felt-1", 10, "M0345", rejected=3, reject_reason="torn")]
    books.take("deliveries", rows)
    must_say(explained(books), "D-1/1", "10", "3", "torn", "7", "200", "1400.00", "deliveries!2")


def test_a_sale_of_a_part_of_a_line(books: Books) -> None:
    # 3 × 33.34 - 0.02 = 100.00, 66.67 of it for 2 of 3; 15 % = 10.00; 56.67
    books.take_all(
        policy=[rule("commission", "0.15")],
        deliveries=[consigned("D-1", "felt-1", 2, "M0345"), consigned("D-2", "felt-1", 1, "M0346")],
        sales=[sale("R-1", "felt-1", 3, "33.34", discount="0.02")],
    )
    said = explained(books)
    must_say(said, "R-1/1", "2", "D-1/1", "3", "33.34", "0.02", "66.67", "10.00", "0.15", "56.67")
    must_say(said, "R-1/1", "sales!2")


def test_a_foreign_sale_names_its_rate(books: Books) -> None:
    # 2 × 5.055 = 10.11 USD × 87.4321 = 883.94
    abroad = {"payment": "invoice", "currency": "USD", "rate": "87.4321"}
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 2, "M0345")],
        sales=[sale("R-1", "felt-1", 2, "5.055", **abroad)],
    )
    must_say(explained(books), "5.055", "USD", "87.4321", "883.94")


def test_a_count(books: Books) -> None:
    # 2 × 350 × 0.5 = 350
    count = {"count_no": "S-1", "date": "2026-03-25", "location": "osh", "product": "felt-1"}
    books.take_all(
        policy=[rule("shrinkage", "0.5")],
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        stocktakes=[{**count, "counted": 3}],
    )
    must_say(explained(books), "S-1", "2", "350", "0.5", "350.00", "stocktakes!2")


def test_a_pool_names_the_contributions_rows(books: Books) -> None:
    # 200 × 3 of 4 hours = 150, by rows 2 and 3 of the sheet
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)],
    )
    said = explained(books)
    must_say(said, "200.00", "3 of 4 hours", "150.00")
    must_say(said, "D-1/1", "200.00", "deliveries!2")
    assert "contributions!2" in said
    assert "contributions!3" in said


def test_a_pool_names_the_part_of_a_distribution_in_a_draft_too(books: Books) -> None:
    # 60 for the pool joins no product's sum: 60 × 1 of 1
    share = {"distribution_no": "V-1", "date": "2026-03-31", "kind": "premium", "amount": 60}
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 1)],
        distributions=[share],
    )
    must_say(explained(books), "in the pool", "V-1", "60.00")


def test_a_distribution(books: Books) -> None:
    # 100.01 × 3,000 of 4,000 = 75.0075 -> 75.01
    share = {"distribution_no": "V-1", "date": "2026-03-31", "kind": "premium"}
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 15, "M0345"), delivery("D-2", "felt-1", 5, "M0346")],
        distributions=[{**share, "amount": "100.01"}],
    )
    must_say(explained(books), "V-1", "100.01", "3000", "4000", "75.01", "distributions!2")


def test_an_opening(books: Books) -> None:
    said = earn(books, 100, openings=[opening("payable", "12.34", member="M0345")])
    must_say(said, "opening: 12.34")
    must_say(said, "12.34", "openings!2")


def test_an_opening_is_named_in_the_run_that_holds_it_alone(books: Books) -> None:
    # 12.34 opened in March and all paid: nothing of it in April
    earn(books, 100, openings=[opening("payable", "12.34", member="M0345")])
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-2", "felt-1", 1, "M0345", date="2026-04-10")])
    run = str(books.draft("2026-04")["run"])
    assert "12.34" not in books.done("anna", "payout", "show", run, "--member", "M0345")


def test_a_rule_of_the_rail_is_the_one_that_is_named(books: Books) -> None:
    # blank 100, cash 10: 1,234.56 to tens
    said = earn(books, "1234.56", rule("cash_unit", 100), rule("cash_unit", 10, applies_to="cash"))
    must_say(said, "1234.56", "multiple of 10")
    assert "multiple of 100" not in said


def test_a_share_of_gross(books: Books) -> None:
    # 0.03 × 100.50 = 3.015 -> 3.02
    said = earn(books, "100.50", rule("fee", "0.03"))
    must_say(said, "fee", "0.03", "100.50", "3.02", "Liabilities:Associations:IssykKul:Fees")


def test_withholding(books: Books) -> None:
    resident = member("M0348", ISSYK, "Akburun", tax_status="resident")
    books.take_all(
        policy=[rule("withholding", "0.1", applies_to="resident")],
        members=[resident],
        deliveries=[delivery("D-1", "felt-1", 5, "M0348")],
    )
    must_say(explained(books, "M0348"), "withholding", "0.1", "1000.00", "100.00")


def test_the_take_home_floor(books: Books) -> None:
    # 1,000 - 0.7 × 1,000 = 300 may be taken; the fee took 100: 200 of the social's 250
    said = earn(
        books,
        1000,
        rule("fee", "0.1", order=1),
        rule("social", "0.25", order=2),
        rule("take_home_floor", "0.7"),
    )
    must_say(said, "social", "200.00", "250.00")
    must_say(said, "0.7", "700.00")


def test_what_was_available_cut_a_deduction(books: Books) -> None:
    # -950 + 1,000 = 50 available of 100
    said = earn(
        books, 1000, rule("fee", "0.1"), openings=[opening("payable", -950, member="M0345")]
    )
    must_say(said, "available", "-950.00", "1000.00", "50.00")
    must_say(said, "fee", "50.00", "100.00")


def test_a_limit(books: Books) -> None:
    # 100 in all, 70 taken before: 30 of 40
    before = [opening("taken", 70, member="M0345", ref=SHARES)]
    fixed = rule("fixed", 40, limit=100, account=SHARES, association=ISSYK)
    said = earn(books, 1000, fixed, openings=before)
    must_say(said, "fixed", "30.00")
    must_say(said, "fixed", "100")
    must_say(said, "fixed", "70")


def test_an_advance_names_what_it_recovers(books: Books) -> None:
    # 500 + 250 = 750 outstanding; half of 1,000 = 500
    loans = [
        {"advance_no": "A-1", "date": "2026-03-02", "member": "M0345", "amount": 500},
        {"advance_no": "A-2", "date": "2026-03-03", "member": "M0345", "amount": 250},
    ]
    said = earn(books, 1000, rule("advance", "0.5"), advances=loans)
    must_say(said, "advance", "500.00")
    must_say(said, "0.5", "1000.00", "500.00")
    must_say(said, "A-1")
    assert "advances!2" in said


def test_the_cash_unit(books: Books) -> None:
    # 1,234.56 to tens
    said = earn(books, "1234.56", rule("cash_unit", 10))
    must_say(said, "1230.00", "10")
    must_say(said, "carried", "4.56")
    assert re.search(r"(unit|multiple).*\b10\b", said), said


def test_the_minimum(books: Books) -> None:
    said = earn(books, 100, rule("minimum", 500))
    must_say(said, "carry", "500")


def test_a_payment_that_came_back(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    books.pay()
    row = {"date": "2026-04-05", "amount": 200, "reference": f"{MARCH_RUN}/M0345"}
    books.settle({**row, "status": "returned", "reason": "nobody came"})
    run = str(books.draft()["run"])
    said = books.done("anna", "payout", "show", run, "--member", "M0345")
    must_say(said, "returned", "200.00", f"{MARCH_RUN}/M0345", "nobody came")
    # the run lists what it takes of them, for the proof
    must_say(books.done("anna", "payout", "show", run), f"{MARCH_RUN}/M0345")


def test_a_reversed_part_of_an_earning(books: Books) -> None:
    # 100.00 for 3 (3 × 33.333333); 2 back: 66.67 in all
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 3, "M0345")],
        sales=[
            sale("R-1", "felt-1", 3, "33.333333"),
            sale("R-2", "felt-1", -2, return_of="R-1", date="2026-03-22"),
        ],
    )
    said = explained(books)
    must_say(said, "R-2/1", "-66.67", "sales!3")
    must_say(said, "R-2", "R-1")


def test_the_explanation_stays_the_same_after_approval(books: Books) -> None:
    books.take_all(
        policy=[rule("fee", "0.03"), rule("commission", "0.15"), rule("cash_unit", 10)],
        deliveries=[
            delivery("D-1", "felt-1", 1),
            consigned("D-2", "honey-1", 2, "M0345"),
            delivery("D-3", "felt-1", 3, "M0345"),
        ],
        sales=[sale("R-1", "honey-1", 1, 450)],
        contributions=[worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)],
    )
    before = explained(books)
    books.approve()
    assert books.done("anna", "payout", "show", MARCH_RUN, "--member", "M0345") == before
