"""What is paid, carried or held, and why; what the sums prove (contract §5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from worked.books import (
    APRIL,
    ISSYK,
    MARCH_RUN,
    NARYN,
    Books,
    amounts,
    delivery,
    line,
    member,
    opening,
    outcome,
    rule,
)

OWED = "Liabilities:Payable:IssykKul"


def gross(ident: str, amount: Any, note: str = "D-1", **more: Any) -> dict[str, Any]:
    """A delivery that earns `amount`."""
    return delivery(note, "felt-1", 1, ident, unit_price=amount, **more)


def run_of(books: Books, *policy: dict[str, Any], **earned: Any) -> dict[str, Any]:
    """March's run in which each member earned so much."""
    rows = [gross(m, a, f"D-{i}") for i, (m, a) in enumerate(earned.items())]
    books.take_all(policy=policy, deliveries=rows)
    return books.draft()


# --- minimum -----------------------------------------------------------------------------------


def test_a_net_below_the_minimum_is_carried(books: Books) -> None:
    run = run_of(books, rule("minimum", 500), M0345="499.99", M0346=500)
    assert outcome(run, "M0345") == ("carry", "0.00", "499.99")
    assert outcome(run, "M0346") == ("pay", "500.00", "0.00")


def test_what_was_carried_reaches_the_minimum_later(books: Books) -> None:
    # 300 carried out of March + 300 of April = 600
    run_of(books, rule("minimum", 500), M0345=300)
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [gross("M0345", 300, "D-9", date="2026-04-10")])
    run = books.draft(APRIL)
    assert line(run, "M0345")["opening"] == "300.00"
    assert outcome(run, "M0345") == ("pay", "600.00", "0.00")


def test_the_minimum_is_of_net_after_deductions(books: Books) -> None:
    # 510 - 3 % = 494.70 < 500
    run = run_of(books, rule("minimum", 500), rule("fee", "0.03"), M0345=510)
    assert outcome(run, "M0345") == ("carry", "0.00", "494.70")


def test_a_minimum_may_name_rails(books: Books) -> None:
    # bank and wallet 500, cash none: 100 is paid in cash only
    policy = rule("minimum", 500, applies_to="bank, wallet")
    run = run_of(books, policy, M0345=100, M0501=100, M0502=100)
    assert amounts(run, "state") == {"M0345": "pay", "M0501": "carry", "M0502": "carry"}


def test_a_rule_that_names_the_rail_goes_before_a_blank_one(books: Books) -> None:
    # blank 50, bank 500
    policy = [rule("minimum", 50), rule("minimum", 500, applies_to="bank")]
    run = run_of(books, *policy, M0345=100, M0501=100)
    assert amounts(run, "state") == {"M0345": "pay", "M0501": "carry"}


def test_a_named_rail_goes_before_a_blank_one_though_it_asks_less(books: Books) -> None:
    # blank 500, cash 50
    policy = [rule("minimum", 500), rule("minimum", 50, applies_to="cash")]
    run = run_of(books, *policy, M0345=100, M0501=100)
    assert amounts(run, "state") == {"M0345": "pay", "M0501": "carry"}


def test_who_left_is_paid_below_the_minimum(books: Books) -> None:
    gone = member("M0348", ISSYK, "Akburun", left="2026-03-20")
    books.take("members", [gone])
    run = run_of(books, rule("minimum", 500), M0345=100, M0348=100)
    assert amounts(run, "state") == {"M0345": "carry", "M0348": "pay"}


# --- cash unit ---------------------------------------------------------------------------------


def test_a_payout_is_floored_to_the_cash_unit(books: Books) -> None:
    # 1,234.56 to tens: 1,230, and 4.56 is carried
    run = run_of(books, rule("cash_unit", 10), M0345="1234.56")
    assert outcome(run, "M0345") == ("pay", "1230.00", "4.56")


def test_the_rest_is_opened_with_next_month(books: Books) -> None:
    # 4.56 + 100 = 104.56: 100 is paid and 4.56 carried again
    run_of(books, rule("cash_unit", 10), M0345="1234.56")
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [gross("M0345", 100, "D-9", date="2026-04-10")])
    run = books.draft(APRIL)
    assert line(run, "M0345")["opening"] == "4.56"
    assert outcome(run, "M0345") == ("pay", "100.00", "4.56")


def test_a_cash_unit_may_name_rails(books: Books) -> None:
    run = run_of(books, rule("cash_unit", 1, applies_to="cash"), M0345="99.99", M0501="99.99")
    assert amounts(run, "payout") == {"M0345": "99.00", "M0501": "99.99"}


def test_a_payout_floored_to_nothing_is_carried(books: Books) -> None:
    # 9.99 to tens: 0
    run = run_of(books, rule("cash_unit", 10), M0345="9.99")
    assert outcome(run, "M0345") == ("carry", "0.00", "9.99")


def test_the_minimum_looks_at_net_before_the_unit(books: Books) -> None:
    # 505 >= 505, though 500 is paid
    run = run_of(books, rule("minimum", 505), rule("cash_unit", 10), M0345=505)
    assert outcome(run, "M0345") == ("pay", "500.00", "5.00")


# --- hold --------------------------------------------------------------------------------------


def test_who_is_on_hold_carries_the_whole_net(books: Books) -> None:
    # 100 - 3 % = 97 held
    books.take("members", [member("M0348", ISSYK, "Akburun", hold="yes")])
    run = run_of(books, rule("fee", "0.03"), M0348=100)
    assert outcome(run, "M0348") == ("hold", "0.00", "97.00")
    assert run["totals"]["held"] == "97.00"
    assert run["totals"]["carried"] == "0.00"


@pytest.mark.parametrize(
    "details",
    [
        {"rail": "bank", "account_no": "1234567890123456"},
        {"rail": "bank", "bic": "DEMOKG22"},
        {"rail": "wallet"},
    ],
)
def test_who_lacks_details_is_held(books: Books, details: dict[str, str]) -> None:
    books.take("members", [member("M0348", ISSYK, "Akburun", **details)])
    run = run_of(books, M0348=100)
    assert outcome(run, "M0348") == ("hold", "0.00", "100.00")
    assert line(run, "M0348")["reason"]


def test_cash_needs_no_details(books: Books) -> None:
    assert outcome(run_of(books, M0345=100), "M0345") == ("pay", "100.00", "0.00")


def test_who_lacks_details_is_held_though_the_net_is_small(books: Books) -> None:
    # hold is looked at before the minimum
    books.take("members", [member("M0348", ISSYK, "Akburun", "wallet")])
    run = run_of(books, rule("minimum", 500), M0348=100)
    assert line(run, "M0348")["state"] == "hold"


def test_changed_details_hold_until_another_person_confirms(books: Books) -> None:
    new = member("M0501", ISSYK, "Akburun", "bank", account_no="99", bic="DEMOKG22")
    books.take("members", [{**new, "changed": "2026-03-15"}])
    run = run_of(books, M0501=100)
    assert line(run, "M0501")["state"] == "hold"
    assert "anna" in books.not_done("anna", "members", "confirm", "M0501")
    books.done("bermet", "members", "confirm", "M0501")
    assert outcome(books.draft(), "M0501") == ("pay", "100.00", "0.00")


def test_an_accountant_holds_and_an_approver_releases(books: Books) -> None:
    run_of(books, M0345=100)
    why = ("--reason", "was seen at two places")
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", *why)
    assert outcome(books.show(), "M0345") == ("hold", "0.00", "100.00")
    assert "two places" in line(books.show(), "M0345")["reason"]
    books.done("bermet", "payout", "release", MARCH_RUN, "M0345", "--reason", "it was her")
    assert outcome(books.show(), "M0345") == ("pay", "100.00", "0.00")


def test_a_treasurers_dispute_is_not_the_accountants_to_release(books: Books) -> None:
    run_of(books, M0345=100)
    why = ("--reason", "three pieces are missing")
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", *why)
    assert line(books.show(), "M0345")["state"] == "hold"
    said = books.not_done(
        "anna", "payout", "release", MARCH_RUN, "M0345", "--reason", "they are not"
    )
    assert "talgat" in said
    books.done("talgat", "payout", "release", MARCH_RUN, "M0345", "--reason", "found them")
    assert line(books.show(), "M0345")["state"] == "pay"


def test_a_hold_needs_a_reason(books: Books) -> None:
    run_of(books, M0345=100)
    books.not_done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", " ")


def test_a_run_with_open_disputes_is_approved_and_their_payees_held(books: Books) -> None:
    # of 100 + 200 only 200 leaves; 100 is opened next month, held still
    run_of(books, M0345=100, M0346=200)
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "too little")
    books.approve()
    assert books.balance("Liabilities:Payable:InTransit") == -200
    assert books.balance(f"{OWED}:Akburun:M0345") == -100
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert line(run, "M0345")["opening"] == "100.00"
    assert line(run, "M0345")["state"] == "hold"


# --- the run as a whole ------------------------------------------------------------------------


def test_openings_come_before_the_first_run(books: Books) -> None:
    # 250.75 owed at the start + 100
    books.take("openings", [opening("payable", "250.75", member="M0345")])
    run = run_of(books, M0345=100)
    assert line(run, "M0345")["opening"] == "250.75"
    assert outcome(run, "M0345") == ("pay", "350.75", "0.00")


def test_who_has_nothing_at_all_has_no_line(books: Books) -> None:
    assert list(amounts(run_of(books, M0346=100), "net")) == ["M0346"]


def test_lines_are_sorted_by_member(books: Books) -> None:
    last = gross("M0401", 1, "D-3", group="Bokonbaev")
    books.take("deliveries", [gross("M0502", 1, "D-1"), gross("M0345", 1, "D-2"), last])
    assert list(amounts(books.draft(), "net")) == ["M0345", "M0401", "M0502"]


def test_the_three_sums_meet_the_ledger(books: Books) -> None:
    # gross 1,234.56 + 300 + 100 (held) + pool 200; fee 3 %: 37.04 + 9 + 3 = 49.04
    # net 1,197.52 -> 1,190 paid + 7.52 carried; 291 < 500 carried; 97 + 200 held
    books.take("members", [member("M0348", ISSYK, "Akburun", hold="yes")])
    books.take("deliveries", [delivery("D-9", "felt-1", 1)])
    policy = [rule("fee", "0.03"), rule("minimum", 500), rule("cash_unit", 10)]
    run = run_of(books, *policy, M0345="1234.56", M0346=300, M0348=100)
    assert run["totals"] == {
        "gross": "1634.56",
        "deductions": "49.04",
        "payout": "1190.00",
        "carried": "298.52",
        "held": "297.00",
    }
    books.approve()
    # 1,190 + 298.52 + 297 = 1,785.52 on 31 March
    assert books.balance(OWED, until="2026-03-31") == Decimal("-1785.52")
    # after the payout 298.52 + 297 = 595.52
    assert books.balance(OWED) == Decimal("-595.52")


def test_one_associations_sums_are_its_own(books: Books) -> None:
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take("deliveries", [gross("N0001", 700, "D-8", **naryn)])
    assert run_of(books, M0345=100)["totals"]["gross"] == "100.00"


def test_who_changed_group_is_paid_on_the_new_account(books: Books) -> None:
    # 60 of the opening in Akburun moves to Bokonbaev on 20 March; 100 of the 10th with it
    books.take("openings", [opening("payable", 60, member="M0345")])
    books.take("deliveries", [gross("M0345", 100)])
    moved = member("M0345", ISSYK, "Bokonbaev", changed="2026-03-20")
    books.take("members", [moved])
    assert books.balance(f"{OWED}:Akburun:M0345") == 0
    assert books.balance(f"{OWED}:Bokonbaev:M0345") == -160
    run = books.pay()
    assert outcome(run, "M0345") == ("pay", "160.00", "0.00")
    assert books.balance(OWED) == 0


def test_the_explanation_names_row_price_rule_and_rounding(books: Books) -> None:
    # (10 - 3) × 200 = 1,400; 3 % = 42; 1,358
    rows = [delivery("D-1", "felt-1", 10, "M0345", rejected=3)]
    books.take_all(policy=[rule("fee", "0.03")], deliveries=rows)
    books.draft()
    said = books.done("anna", "payout", "show", MARCH_RUN, "--member", "M0345")
    for part in ("10 delivered", "3 rejected", "200", "1400.00", "0.03", "42.00", "1358.00"):
        assert part in said, said
    assert "deliveries!2" in said


def test_a_later_row_does_not_let_the_one_who_entered_details_confirm_them(books: Books) -> None:
    # anna changes the account; dana then changes only the name; anna may still not confirm
    books.done("admin", "user", "add", "dana", "--role", "accountant")
    new = member("M0501", ISSYK, "Akburun", "bank", account_no="99", bic="DEMOKG22")
    books.take("members", [{**new, "changed": "2026-03-15"}])
    renamed = {**new, "name": "Aigul B.", "changed": "2026-03-16"}
    books.done("dana", "import", str(books.workbook(members=[renamed])))
    books.not_done("anna", "members", "confirm", "M0501")
    books.done("bermet", "members", "confirm", "M0501")


def test_a_unit_that_names_the_rail_goes_before_a_blank_one(books: Books) -> None:
    # blank 100, cash 10
    policy = [rule("cash_unit", 100), rule("cash_unit", 10, applies_to="cash")]
    run = run_of(books, *policy, M0345=155, M0501=155)
    assert amounts(run, "payout") == {"M0345": "150.00", "M0501": "100.00"}


def test_an_associations_own_minimum_replaces_the_general_one(books: Books) -> None:
    policy = [rule("minimum", 500), rule("minimum", 50, association=ISSYK)]
    assert outcome(run_of(books, *policy, M0345=100), "M0345") == ("pay", "100.00", "0.00")
