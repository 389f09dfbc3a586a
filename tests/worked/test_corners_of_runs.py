"""Corners of contract §5: where two of its sentences meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    NARYN,
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

OWED = "Liabilities:Payable:IssykKul"
TRANSIT = "Liabilities:Payable:InTransit"


def gross(ident: str, amount: Any, note: str = "D-1", **more: Any) -> dict[str, Any]:
    return delivery(note, "felt-1", 1, ident, unit_price=amount, **more)


def in_april(ident: str, amount: Any, note: str = "D-9") -> dict[str, Any]:
    return gross(ident, amount, note, date="2026-04-10")


def back(ident: str, amount: Any, status: str = "returned", **more: Any) -> dict[str, Any]:
    row = {"date": "2026-04-05", "amount": amount, "reference": f"{MARCH_RUN}/{ident}"}
    return {**row, "status": status, **more}


# --- the contract's own example ----------------------------------------------------------------


def test_the_runs_json_is_exactly_the_contracts(books: Books) -> None:
    # 75 × 200 = 15,000; 1,000 less 18 % = 820; 3 % of 15,820 = 474.60; 15,345.40 to whole som
    books.take_all(
        policy=[rule("fee", "0.03"), rule("commission", "0.18"), rule("cash_unit", 1)],
        deliveries=[
            delivery("D-1", "felt-1", 75, "M0345"),
            consigned("D-2", "honey-1", 1, "M0345"),
        ],
        sales=[sale("R-1", "honey-1", 1, 1000)],
    )
    run = books.draft()
    fees = "Liabilities:Associations:IssykKul:Fees"
    nothing = ("pool", "second-payment", "premium", "award", "correction")
    assert run == {
        "run": "2026-03/issyk-kul/1",
        "status": "draft",
        "hash": run["hash"],
        "cutoff": "2026-03-31",
        "lines": [
            {
                "member": "M0345",
                "group": "Akburun",
                "opening": "0.00",
                "earnings": {
                    "buyback": "15000.00",
                    "order": "0.00",
                    "consignment": "820.00",
                    **dict.fromkeys(nothing, "0.00"),
                },
                "gross": "15820.00",
                "returned": "0.00",
                "deductions": [{"rule": "fee", "amount": "474.60", "account": fees}],
                "net": "15345.40",
                "payout": "15345.00",
                "carried": "0.40",
                "rail": "cash",
                "state": "pay",
                "reason": None,
            }
        ],
        "held_pools": [
            {"group": "Akburun", "amount": "0.00"},
            {"group": "Bokonbaev", "amount": "0.00"},
        ],
        "totals": {
            "gross": "15820.00",
            "deductions": "474.60",
            "payout": "15345.00",
            "carried": "0.40",
            "held": "0.00",
        },
    }


# --- who moves, leaves, changes ----------------------------------------------------------------


def test_an_advance_moves_with_its_member_and_is_recovered_there(books: Books) -> None:
    # 500 given in Akburun, moved in April; March's run recovers 400 on the account where it is
    loan = {"advance_no": "A-1", "date": "2026-03-02", "member": "M0345", "amount": 500}
    books.take_all(
        policy=[rule("advance", "0.5")], advances=[loan], deliveries=[gross("M0345", 800)]
    )
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-04-02")])
    assert taken(books.pay(), "M0345") == [("advance", "400.00")]
    assert books.balance("Assets:Advances:IssykKul:Akburun:M0345") == 0
    assert books.balance("Assets:Advances:IssykKul:Bokonbaev:M0345") == 100
    assert "sound" in books.done("anna", "check")


def test_who_moves_between_two_runs_carries_along(books: Books) -> None:
    # 300 < 500 carried in Akburun; moved; with 400 of April in Bokonbaev 700 is paid
    books.take_all(policy=[rule("minimum", 500)], deliveries=[gross("M0345", 300)])
    books.pay()
    books.today = "2026-05-02"
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-04-20")])
    books.take("deliveries", [in_april("M0345", 400)])
    run = books.pay(APRIL)
    assert line(run, "M0345")["group"] == "Bokonbaev"
    assert outcome(run, "M0345") == ("pay", "700.00", "0.00")
    assert books.balance(OWED) == 0


def test_a_payment_that_comes_back_after_a_move_is_owed_in_the_new_group(books: Books) -> None:
    books.take("deliveries", [gross("M0345", 300)])
    books.pay()
    books.take("members", [member("M0345", ISSYK, "Bokonbaev", changed="2026-04-05")])
    books.settle(back("M0345", 300))
    assert books.balance(f"{OWED}:Akburun:M0345") == 0
    assert books.balance(f"{OWED}:Bokonbaev:M0345") == -300
    assert outcome(books.pay(), "M0345") == ("pay", "300.00", "0.00")


def test_who_leaves_later_is_no_leaver_yet(books: Books) -> None:
    # left on 1 April: March's minimum still holds
    gone = member("M0348", ISSYK, "Akburun", left="2026-04-01")
    books.take("members", [gone])
    books.take_all(policy=[rule("minimum", 500)], deliveries=[gross("M0348", 100)])
    assert outcome(books.draft(), "M0348") == ("carry", "0.00", "100.00")


def test_a_new_name_is_no_change_of_payment_details(books: Books) -> None:
    old = member("M0501", ISSYK, "Akburun", "bank", account_no="1234567890123456", bic="DEMOKG22")
    books.take("members", [{**old, "name": "Aigul B.", "changed": "2026-03-15"}])
    books.take("deliveries", [gross("M0501", 100)])
    assert outcome(books.draft(), "M0501") == ("pay", "100.00", "0.00")


def test_another_rail_is_a_change_of_payment_details(books: Books) -> None:
    new = member("M0345", ISSYK, "Akburun", "wallet", phone="+996700000001")
    books.take("members", [{**new, "changed": "2026-03-15"}])
    books.take("deliveries", [gross("M0345", 100)])
    assert line(books.draft(), "M0345")["state"] == "hold"
    books.done("bermet", "members", "confirm", "M0345")
    run = books.draft()
    assert line(run, "M0345")["rail"] == "wallet"
    assert outcome(run, "M0345") == ("pay", "100.00", "0.00")


def test_a_hold_of_a_member_ends_with_a_later_row(books: Books) -> None:
    books.take("members", [member("M0348", ISSYK, "Akburun", hold="yes")])
    books.take("deliveries", [gross("M0348", 100)])
    assert line(books.draft(), "M0348")["state"] == "hold"
    free = member("M0348", ISSYK, "Akburun", hold="no", changed="2026-03-31")
    books.take("members", [free])
    assert line(books.draft(), "M0348")["state"] == "pay"


def test_details_changed_before_the_payment_came_back_need_no_new_ones(books: Books) -> None:
    # paid to the old account; new details entered and confirmed; then the payment comes back
    books.take("deliveries", [gross("M0501", 100)])
    books.pay()
    new = member("M0501", ISSYK, "Akburun", "bank", account_no="77", bic="DEMOKG22")
    books.take("members", [{**new, "changed": "2026-04-05"}])
    books.done("bermet", "members", "confirm", "M0501")
    books.settle(back("M0501", 100, reason="account closed"))
    assert outcome(books.draft(), "M0501") == ("pay", "100.00", "0.00")


# --- notes on a draft --------------------------------------------------------------------------


def test_a_reason_makes_a_new_snapshot_that_is_signed_anew(books: Books) -> None:
    books.take_all(policy=[rule("signature", 1)], deliveries=[gross("M0345", 100)])
    first = books.draft()["hash"]
    books.done("talgat", "payout", "sign", MARCH_RUN)
    books.done("anna", "payout", "reason", MARCH_RUN, "M0345", "as every month")
    assert books.show()["hash"] != first
    assert books.show()["status"] == "draft"
    assert "not signed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    books.done("talgat", "payout", "sign", MARCH_RUN)
    books.approve()


def test_a_dispute_makes_a_new_snapshot_that_is_signed_anew(books: Books) -> None:
    books.take_all(
        policy=[rule("signature", 1)], deliveries=[gross("M0345", 100), gross("M0346", 100, "D-2")]
    )
    books.draft()
    books.done("talgat", "payout", "sign", MARCH_RUN)
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "a piece missing")
    assert "not signed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_drafting_again_keeps_holds_and_reasons(books: Books) -> None:
    books.take("deliveries", [gross("M0345", 100), gross("M0346", 100, "D-2")])
    books.draft()
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", "seen twice")
    books.done("anna", "payout", "reason", MARCH_RUN, "M0346", "as agreed")
    books.take("deliveries", [gross("M0345", 50, "D-3")])
    run = books.draft()
    assert outcome(run, "M0345") == ("hold", "0.00", "150.00")
    assert "as agreed" in line(run, "M0346")["reason"]
    assert outcome(run, "M0346") == ("pay", "100.00", "0.00")


def test_what_was_disputed_is_paid_by_a_supplement_once_released(books: Books) -> None:
    # 100 held in run 1 by the treasurer; released in the run of April by the approver
    books.take("deliveries", [gross("M0345", 100)])
    books.draft()
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "a piece missing")
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [in_april("M0345", 50)])
    run = books.draft(APRIL)["run"]
    books.done("bermet", "payout", "release", run, "M0345", "--reason", "it was found")
    assert outcome(books.show(run), "M0345") == ("pay", "150.00", "0.00")


def test_a_decided_run_takes_no_more_notes(books: Books) -> None:
    books.take("deliveries", [gross("M0345", 100)])
    books.pay()
    words = ("M0345", "--reason", "too late")
    books.not_done("anna", "payout", "hold", MARCH_RUN, *words)


def test_a_treasurer_acts_for_one_association(books: Books) -> None:
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take("deliveries", [gross("N0001", 100, **naryn)])
    run = books.draft(association=NARYN)["run"]
    books.not_done("talgat", "payout", "show", run)
    books.not_done("talgat", "payout", "dispute", run, "N0001", "--reason", "curious")


@pytest.mark.parametrize("command", ["approve", "cancel", "sign"])
def test_an_unknown_run_is_refused_in_words(books: Books, command: str) -> None:
    user = "talgat" if command == "sign" else "bermet"
    assert "2026-02" in books.not_done(user, "payout", command, "2026-02/issyk-kul/1")


def test_after_five_wrong_passwords_the_right_one_waits(books: Books) -> None:
    books.take("deliveries", [gross("M0345", 100)])
    books.draft()
    for _ in range(5):
        books.not_done("bermet", "payout", "approve", MARCH_RUN, password="felt and money")
    assert "locked" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


# --- supplements and order of runs -------------------------------------------------------------


def test_a_return_in_a_supplement_is_negative(books: Books) -> None:
    # 700 paid; 1 of 2 comes back, dated in March: run 2 has -350
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 2, 350)]
    )
    books.pay()
    row = sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-30")
    books.take("sales", [row])
    run = books.pay()
    assert earned(run, "M0345") == {"consignment": "-350.00"}
    assert outcome(run, "M0345") == ("carry", "0.00", "-350.00")


def test_a_supplements_fee_is_of_its_own_gross(books: Books) -> None:
    # 3 % of 1,000, then 3 % of the late 200
    books.take_all(policy=[rule("fee", "0.03")], deliveries=[gross("M0345", 1000)])
    assert taken(books.pay(), "M0345") == [("fee", "30.00")]
    books.take("deliveries", [gross("M0345", 200, "D-2")])
    assert taken(books.pay(), "M0345") == [("fee", "6.00")]
    assert books.balance("Liabilities:Associations:IssykKul:Fees") == -36


def test_a_supplement_recovers_more_of_an_advance(books: Books) -> None:
    # half of 1,000, then half of 200, of 900
    loan = {"advance_no": "A-1", "date": "2026-03-02", "member": "M0345", "amount": 900}
    books.take_all(
        policy=[rule("advance", "0.5")], advances=[loan], deliveries=[gross("M0345", 1000)]
    )
    assert taken(books.pay(), "M0345") == [("advance", "500.00")]
    books.take("deliveries", [gross("M0345", 200, "D-2")])
    assert taken(books.pay(), "M0345") == [("advance", "100.00")]


def test_who_is_in_no_supplement_opens_the_next_month_all_the_same(books: Books) -> None:
    # M0345 carries 4.56 out of run 1; run 2 is M0346's; April opens with 4.56
    books.take_all(policy=[rule("cash_unit", 10)], deliveries=[gross("M0345", "104.56")])
    books.pay()
    books.take("deliveries", [gross("M0346", 200, "D-2")])
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [in_april("M0345", 100)])
    run = books.draft(APRIL)
    assert line(run, "M0345")["opening"] == "4.56"


def test_a_supplement_after_the_next_draft_makes_that_draft_old(books: Books) -> None:
    # 100 < 500 carried out of March, April is drafted; then March's run 2 carries 100 + 50:
    # April opens with 150 and has to be drafted again: 150 + 400 = 550
    books.take_all(policy=[rule("minimum", 500)], deliveries=[gross("M0345", 100)])
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [in_april("M0345", 400)])
    run = books.draft(APRIL)["run"]
    books.take("deliveries", [gross("M0345", 50, "D-2")])
    books.pay(MARCH)
    assert "changed" in books.not_done("bermet", "payout", "approve", run)
    assert line(books.draft(APRIL), "M0345")["opening"] == "150.00"
    books.approve(run)
    assert books.balance(TRANSIT) == -550


def test_two_months_run_on_one_day(books: Books) -> None:
    # March is paid on 2 May only, so that April's month end still owes it: the proof holds
    books.today = "2026-05-02"
    books.take("deliveries", [gross("M0345", 100), in_april("M0345", 400)])
    books.pay()
    run = books.pay(APRIL)
    assert line(run, "M0345")["opening"] == "0.00"
    assert outcome(run, "M0345") == ("pay", "400.00", "0.00")
    assert books.balance(OWED, until="2026-04-30") == -500
    assert books.balance(OWED) == 0


def test_two_months_run_on_one_day_with_a_return_between(books: Books) -> None:
    # March's 100 is sent and comes back on 2 May; April's run pays 500
    books.today = "2026-05-02"
    books.take("deliveries", [gross("M0345", 100), in_april("M0345", 400)])
    books.pay()
    books.settle(back("M0345", 100, date="2026-05-02"))
    run = books.pay(APRIL)
    assert line(run, "M0345")["returned"] == "100.00"
    assert outcome(run, "M0345") == ("pay", "500.00", "0.00")
    assert books.balance(OWED) == 0


def test_a_return_after_the_supplement_waits_for_the_next_run(books: Books) -> None:
    # come back twice: run 2 takes the first 100; it comes back too, run 3 takes it again
    books.take("deliveries", [gross("M0345", 100)])
    books.pay()
    books.settle(back("M0345", 100))
    assert line(books.pay(), "M0345")["payout"] == "100.00"
    again = {**back("M0345", 100), "reference": "2026-03/issyk-kul/2/M0345"}
    books.settle(again)
    run = books.pay()
    assert run["run"] == "2026-03/issyk-kul/3"
    assert line(run, "M0345")["returned"] == "100.00"
    assert books.balance(TRANSIT) == -100
    assert books.balance(OWED) == 0


def test_a_closed_month_takes_no_supplement(books: Books) -> None:
    # an empty month may be closed with its empty run
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)
    assert "closed" in books.not_done("anna", "payout", "draft", MARCH, "-a", ISSYK)


def test_settlement_before_the_payment_left_is_a_problem(books: Books) -> None:
    books.take("deliveries", [gross("M0345", 100)])
    books.pay()
    books.not_settled(back("M0345", 100, "settled", date="2026-04-04"))
    books.not_settled(back("M0345", 100, "settled", date="2026-04-06"))


# --- sums --------------------------------------------------------------------------------------


def test_a_negative_held_net_counts_as_held(books: Books) -> None:
    # on hold with -50, and 200 held in the pool: 150
    books.take("members", [member("M0348", ISSYK, "Akburun", hold="yes")])
    books.take_all(
        openings=[opening("payable", -50, member="M0348")],
        deliveries=[delivery("D-1", "felt-1", 1)],
    )
    run = books.draft()
    assert outcome(run, "M0348") == ("hold", "0.00", "-50.00")
    assert run["totals"]["held"] == "150.00"
    books.approve()


def test_arrears_count_as_carried(books: Books) -> None:
    # -50 and 30 below the minimum: -20
    books.take_all(
        policy=[rule("minimum", 100)],
        openings=[opening("payable", -50, member="M0345")],
        deliveries=[gross("M0346", 30)],
    )
    run = books.draft()
    assert run["totals"]["carried"] == "-20.00"
    assert amounts(run, "state") == {"M0345": "carry", "M0346": "carry"}


def test_each_member_of_a_pool_pays_their_own_deductions(books: Books) -> None:
    # 200 by 1 : 3 = 50 and 150; 3 % of each = 1.50 and 4.50
    books.take_all(
        policy=[rule("fee", "0.03")],
        deliveries=[delivery("D-1", "felt-1", 1)],
        contributions=[worked("Akburun", "M0345", 1), worked("Akburun", "M0346", 3)],
    )
    run = books.pay()
    assert amounts(run, "net") == {"M0345": "48.50", "M0346": "145.50"}
    assert books.balance("Liabilities:Associations:IssykKul:Fees") == -6


def test_runs_of_all_associations_are_drafted_at_once(books: Books) -> None:
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take("deliveries", [gross("M0345", 100), gross("N0001", 70, "D-2", **naryn)])
    books.done("anna", "payout", "draft", MARCH)
    assert books.show(MARCH_RUN)["totals"]["payout"] == "100.00"
    assert books.show("2026-03/naryn/1")["totals"]["payout"] == "70.00"


def test_every_leg_of_the_books_sums_to_nothing(books: Books) -> None:
    # own and foreign sales, a pool, a fee, a payment that came back: money legs in KGS
    books.take_all(
        policy=[rule("fee", "0.03"), rule("vat", "0.12", account="Liabilities:Tax:VAT")],
        deliveries=[
            delivery("D-1", "felt-1", 3, "M0345", unit_price="33.331666"),
            delivery("D-2", "felt-1", 2),
        ],
        sales=[sale("R-1", "felt-1", 4, "99.99", discount="0.99")],
        contributions=[worked("Akburun", "M0346", 1)],
    )
    books.pay()
    books.settle(back("M0346", "388.00", "settled"))
    assert "sound" in books.done("anna", "check")
    owed = sum(
        (books.balance(f"{OWED}:Akburun:{m}") for m in ("M0345", "M0346", "Pool")), Decimal()
    )
    assert owed == books.balance(OWED) == 0
