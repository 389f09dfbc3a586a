"""Each deduction from its own base, in the policy's order, never more than there is (§5)."""

from __future__ import annotations

from typing import Any

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    READ_ON,
    Books,
    consigned,
    delivery,
    line,
    member,
    opening,
    outcome,
    rule,
    sale,
    taken,
)

SOCIAL = "Liabilities:Funds:Social"
LIVESTOCK = "Liabilities:Funds:Livestock"


def earn(books: Books, amount: Any, policy: list[dict[str, Any]], **sheets: Any) -> dict[str, Any]:
    """March's run in which M0345 has a gross of `amount`."""
    books.take_all(
        policy=policy,
        deliveries=[delivery("D-1", "felt-1", 1, "M0345", unit_price=amount)],
        **sheets,
    )
    return books.draft()


def in_april(books: Books, amount: Any) -> None:
    """M0345 earns `amount` in April; May has come."""
    books.today = "2026-05-02"
    row = delivery("D-4", "felt-1", 1, "M0345", unit_price=amount, date="2026-04-10")
    books.take("deliveries", [row])


def resident(ident: str = "M0348") -> dict[str, Any]:
    return member(ident, ISSYK, "Akburun", tax_status="resident")


# --- fee, social -------------------------------------------------------------------------------


def test_a_fee_is_a_share_of_gross(books: Books) -> None:
    # 15,820 × 0.03 = 474.60
    run = earn(books, 15820, [rule("fee", "0.03")])
    assert line(run, "M0345")["deductions"] == [
        {
            "rule": "fee",
            "amount": "474.60",
            "account": "Liabilities:Associations:IssykKul:Fees",
        }
    ]
    assert line(run, "M0345")["net"] == "15345.40"


def test_a_fee_is_rounded_half_up(books: Books) -> None:
    # 100.50 × 0.03 = 3.015 -> 3.02
    assert taken(earn(books, "100.50", [rule("fee", "0.03")]), "M0345") == [("fee", "3.02")]


def test_the_opening_bears_no_fee(books: Books) -> None:
    # 3 % of the 1,000 earned, not of 1,500 available
    payable = [opening("payable", 500, member="M0345")]
    run = earn(books, 1000, [rule("fee", "0.03")], openings=payable)
    assert taken(run, "M0345") == [("fee", "30.00")]
    assert line(run, "M0345")["net"] == "1470.00"


def test_the_social_fund_goes_to_its_account(books: Books) -> None:
    # 1,000 × 0.01 = 10
    run = earn(books, 1000, [rule("social", "0.01", account=SOCIAL)])
    assert line(run, "M0345")["deductions"] == [
        {"rule": "social", "amount": "10.00", "account": SOCIAL}
    ]
    books.approve()
    assert books.balance(SOCIAL) == -10


def test_without_a_rule_nothing_is_taken(books: Books) -> None:
    run = earn(books, 1000, [])
    assert taken(run, "M0345") == []
    assert outcome(run, "M0345") == ("pay", "1000.00", "0.00")


def test_zeros_are_left_out(books: Books) -> None:
    # 0.10 × 0.03 = 0.003 -> 0.00
    assert taken(earn(books, "0.10", [rule("fee", "0.03")]), "M0345") == []


# --- withholding -------------------------------------------------------------------------------


def test_withholding_is_for_the_statuses_it_names(books: Books) -> None:
    # 1,000 × 0.1 of the resident; M0345 has no status
    books.take_all(
        policy=[rule("withholding", "0.1", applies_to="resident, firm")],
        members=[resident(), member("M0349", ISSYK, "Akburun", tax_status="farmer")],
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0345"),
            delivery("D-2", "felt-1", 5, "M0348"),
            delivery("D-3", "felt-1", 5, "M0349"),
        ],
    )
    run = books.draft()
    assert taken(run, "M0345") == []
    assert taken(run, "M0348") == [("withholding", "100.00")]
    assert taken(run, "M0349") == []


def test_withholding_that_names_nobody_takes_of_nobody(books: Books) -> None:
    books.take_all(
        policy=[rule("withholding", "0.1")],
        members=[resident()],
        deliveries=[delivery("D-1", "felt-1", 5, "M0348")],
    )
    assert taken(books.draft(), "M0348") == []


def test_withholding_is_taken_whole_though_it_leaves_arrears(books: Books) -> None:
    # owed by the member 950, earned 1,000: 50 available, tax 100: -50 is carried
    books.take_all(
        policy=[rule("withholding", "0.1", applies_to="resident")],
        members=[resident()],
        openings=[opening("payable", -950, member="M0348")],
        deliveries=[delivery("D-1", "felt-1", 5, "M0348")],
    )
    run = books.draft()
    assert taken(run, "M0348") == [("withholding", "100.00")]
    assert outcome(run, "M0348") == ("carry", "0.00", "-50.00")


def test_others_take_nothing_after_withholding_left_nothing(books: Books) -> None:
    # withholding first: 100 of 50 available; then the fee may take max(0, 50 - 100) = 0
    books.take_all(
        policy=[
            rule("withholding", "0.1", applies_to="resident", order=1),
            rule("fee", "0.03", order=2),
        ],
        members=[resident()],
        openings=[opening("payable", -950, member="M0348")],
        deliveries=[delivery("D-1", "felt-1", 5, "M0348")],
    )
    assert taken(books.draft(), "M0348") == [("withholding", "100.00")]


def test_withholding_stands_outside_the_floor(books: Books) -> None:
    # 80 % of 1,000 to take home: 200 may be taken. Tax 150 does not count: fee 100, fixed
    # 150 cut to 100, social nothing; 1,000 - 350 = 650
    books.take_all(
        policy=[
            rule("withholding", "0.15", applies_to="resident", order=1),
            rule("fee", "0.1", order=2),
            rule("fixed", 150, order=3),
            rule("social", "0.01", order=4),
            rule("take_home_floor", "0.8"),
        ],
        members=[resident()],
        deliveries=[delivery("D-1", "felt-1", 5, "M0348")],
    )
    run = books.draft()
    assert taken(run, "M0348") == [
        ("withholding", "150.00"),
        ("fee", "100.00"),
        ("fixed", "100.00"),
    ]
    assert line(run, "M0348")["net"] == "650.00"


# --- fixed -------------------------------------------------------------------------------------


def test_a_fixed_amount_is_taken_in_each_month_with_gross(books: Books) -> None:
    # 50 in March, 50 in April
    run = earn(books, 1000, [rule("fixed", 50)])
    assert taken(run, "M0345") == [("fixed", "50.00")]
    books.approve()
    in_april(books, 800)
    assert taken(books.draft(APRIL), "M0345") == [("fixed", "50.00")]


def test_a_month_without_gross_pays_no_fixed_amount(books: Books) -> None:
    # 500 opened, nothing earned: all of it is paid
    books.take_all(policy=[rule("fixed", 50)], openings=[opening("payable", 500, member="M0345")])
    run = books.draft()
    assert taken(run, "M0345") == []
    assert outcome(run, "M0345") == ("pay", "500.00", "0.00")


def test_a_supplement_takes_no_fixed_amount_again(books: Books) -> None:
    # 50 in March's run 1; late 400 in run 2: nothing more
    earn(books, 1000, [rule("fixed", 50)])
    books.approve()
    books.take("deliveries", [delivery("D-2", "felt-1", 2, "M0345")])
    run = books.draft()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert taken(run, "M0345") == []


def test_a_fixed_amount_stops_at_its_limit(books: Books) -> None:
    # limit 500: 300 in March, 200 in April, nothing in May
    earn(books, 1000, [rule("fixed", 300, limit=500)])
    books.approve()
    in_april(books, 1000)
    run = books.pay(APRIL)
    assert taken(run, "M0345") == [("fixed", "200.00")]
    books.today = "2026-06-02"
    books.take("deliveries", [delivery("D-5", "felt-1", 5, "M0345", date="2026-05-10")])
    assert taken(books.draft("2026-05"), "M0345") == []


def test_what_was_taken_before_the_books_counts_to_the_limit(books: Books) -> None:
    # 450 of 500 were taken before: 50 are left
    account = "Liabilities:Associations:IssykKul:Shares"
    before = [opening("taken", 450, member="M0345", ref=account)]
    policy = [rule("fixed", 300, limit=500, account=account, association=ISSYK)]
    run = earn(books, 1000, policy, openings=before)
    assert taken(run, "M0345") == [("fixed", "50.00")]


# --- advances ----------------------------------------------------------------------------------


def advance(number: str, amount: Any, day: str = "2026-03-02") -> dict[str, Any]:
    return {"advance_no": number, "date": day, "member": "M0345", "amount": amount}


def test_advances_are_recovered_up_to_a_share_of_gross(books: Books) -> None:
    # 900 outstanding, half of 1,000: 500 now, and 400 in April of 1,000
    loans = [advance("A-1", 500), advance("A-2", 400)]
    run = earn(books, 1000, [rule("advance", "0.5")], advances=loans)
    assert taken(run, "M0345") == [("advance", "500.00")]
    books.approve()
    assert books.balance("Assets:Advances") == 400
    in_april(books, 1000)
    assert taken(books.pay(APRIL), "M0345") == [("advance", "400.00")]
    assert books.balance("Assets:Advances") == 0


def test_advances_never_take_more_than_is_outstanding(books: Books) -> None:
    run = earn(books, 1000, [rule("advance", "0.5")], advances=[advance("A-1", 120)])
    assert taken(run, "M0345") == [("advance", "120.00")]


def test_an_advance_of_the_next_month_is_not_recovered_yet(books: Books) -> None:
    # 100 of 31 March is, 300 of 1 April is not
    loans = [advance("A-1", 100, "2026-03-31"), advance("A-2", 300, "2026-04-01")]
    run = earn(books, 1000, [rule("advance", "0.5")], advances=loans)
    assert taken(run, "M0345") == [("advance", "100.00")]


def test_an_opening_advance_is_recovered(books: Books) -> None:
    # 250 of before, half of 400 = 200
    old = [opening("advance", 250, member="M0345", ref="A-0")]
    run = earn(books, 400, [rule("advance", "0.5")], openings=old)
    assert taken(run, "M0345") == [("advance", "200.00")]


def test_without_a_rule_advances_stay(books: Books) -> None:
    run = earn(books, 1000, [], advances=[advance("A-1", 500)])
    assert outcome(run, "M0345") == ("pay", "1000.00", "0.00")


def test_an_advance_repaid_in_cash_is_not_recovered_again(books: Books) -> None:
    # 500 - 200 repaid = 300
    repaid = {
        "entry_no": "K-1",
        "date": "2026-03-20",
        "kind": "advance-repaid",
        "amount": 200,
        "member": "M0345",
        "rail": "cash",
    }
    books.take("advances", [advance("A-1", 500)])
    run = earn(books, 1000, [rule("advance", "0.5")], cashbook=[repaid])
    assert taken(run, "M0345") == [("advance", "300.00")]


# --- order and floor ---------------------------------------------------------------------------


def test_deductions_are_taken_in_the_policys_order(books: Books) -> None:
    # -850 + 1,000 = 150 available: social 10 % = 100 first, then the fee's 100 is cut to 50
    policy = [rule("fee", "0.1", order=2), rule("social", "0.1", order=1)]
    run = earn(books, 1000, policy, openings=[opening("payable", -850, member="M0345")])
    assert taken(run, "M0345") == [("social", "100.00"), ("fee", "50.00")]
    assert outcome(run, "M0345") == ("carry", "0.00", "0.00")


def test_ties_go_by_rule_then_account(books: Books) -> None:
    # all of order 1; 100 available of 1,000: fee 60, fixed to Livestock 40 of 50, Social none
    policy = [
        rule("fixed", 50, order=1, account=SOCIAL),
        rule("fixed", 50, order=1, account=LIVESTOCK),
        rule("fee", "0.06", order=1),
    ]
    run = earn(books, 1000, policy, openings=[opening("payable", -900, member="M0345")])
    found = [(each["rule"], each["amount"]) for each in line(run, "M0345")["deductions"]]
    assert found == [("fee", "60.00"), ("fixed", "40.00")]
    assert line(run, "M0345")["deductions"][1]["account"] == LIVESTOCK


def test_nothing_is_taken_of_nothing_available(books: Books) -> None:
    # -1,200 + 1,000 = -200: the fee has nothing to take
    run = earn(
        books, 1000, [rule("fee", "0.1")], openings=[opening("payable", -1200, member="M0345")]
    )
    assert taken(run, "M0345") == []
    assert outcome(run, "M0345") == ("carry", "0.00", "-200.00")


def test_the_floor_cuts_the_one_that_would_pass_it_and_later_ones_get_nothing(
    books: Books,
) -> None:
    # 70 % to take home: 300 of 1,000. Fee 100, advance 500 cut to 200, social nothing
    policy = [
        rule("fee", "0.1", order=1),
        rule("advance", "0.5", order=2),
        rule("social", "0.01", order=3),
        rule("take_home_floor", "0.7"),
    ]
    run = earn(books, 1000, policy, advances=[advance("A-1", 900)])
    assert taken(run, "M0345") == [("fee", "100.00"), ("advance", "200.00")]
    assert line(run, "M0345")["net"] == "700.00"


def test_the_floor_is_rounded_half_up(books: Books) -> None:
    # 0.7 × 100.05 = 70.035 -> 70.04 to take home; 100.05 - 70.04 = 30.01 may be taken
    policy = [rule("fixed", 50), rule("take_home_floor", "0.7")]
    assert taken(earn(books, "100.05", policy), "M0345") == [("fixed", "30.01")]


def test_the_floor_is_of_gross_not_of_the_opening(books: Books) -> None:
    # 5,000 opened and 100 earned: 50 % of 100 may be taken, though the fixed amount is 80
    policy = [rule("fixed", 80), rule("take_home_floor", "0.5")]
    run = earn(books, 100, policy, openings=[opening("payable", 5000, member="M0345")])
    assert taken(run, "M0345") == [("fixed", "50.00")]


# --- which rule holds --------------------------------------------------------------------------


def test_the_latest_rule_on_or_before_the_months_last_day_holds(books: Books) -> None:
    # 4 % from 31 March, 5 % from 1 April: 40 of 1,000
    policy = [
        rule("fee", "0.03"),
        rule("fee", "0.04", valid_from="2026-03-31"),
        rule("fee", "0.05", valid_from="2026-04-01"),
    ]
    assert taken(earn(books, 1000, policy), "M0345") == [("fee", "40.00")]


def test_an_associations_own_rule_replaces_the_general_one(books: Books) -> None:
    policy = [rule("fee", "0.03"), rule("fee", "0.01", association=ISSYK)]
    assert taken(earn(books, 1000, policy), "M0345") == [("fee", "10.00")]


def test_its_own_rule_holds_though_the_general_one_is_younger(books: Books) -> None:
    # own 1 % of January; general 3 % of March
    policy = [
        rule("fee", "0.03", valid_from="2026-03-15"),
        rule("fee", "0.01", association=ISSYK),
    ]
    assert taken(earn(books, 1000, policy), "M0345") == [("fee", "10.00")]


def test_another_associations_rule_is_not_ours(books: Books) -> None:
    policy = [rule("fee", "0.03"), rule("fee", "0.01", association="naryn")]
    assert taken(earn(books, 1000, policy), "M0345") == [("fee", "30.00")]


def test_another_account_is_another_rule(books: Books) -> None:
    # general 1 % to Social and own 2 % to Livestock: 10 and 20
    policy = [
        rule("social", "0.01", account=SOCIAL),
        rule("social", "0.02", account=LIVESTOCK, association=ISSYK),
    ]
    run = earn(books, 1000, policy)
    assert [(d["account"], d["amount"]) for d in line(run, "M0345")["deductions"]] == [
        (LIVESTOCK, "20.00"),
        (SOCIAL, "10.00"),
    ]


def test_a_rule_set_to_zero_ends(books: Books) -> None:
    policy = [rule("fee", "0.03"), rule("fee", 0, valid_from="2026-03-01")]
    assert taken(earn(books, 1000, policy), "M0345") == []


# --- returns and deductions --------------------------------------------------------------------


def test_a_later_months_return_refunds_no_fee(books: Books) -> None:
    # March: 1,000 less 3 % = 970 paid. April: -500, no deduction, -500 carried
    books.take_all(
        policy=[rule("fee", "0.03")],
        deliveries=[consigned("D-1", "felt-1", 2, "M0345")],
        sales=[sale("R-1", "felt-1", 2, 500)],
    )
    assert line(books.pay(), "M0345")["payout"] == "970.00"
    back = sale("R-2", "felt-1", -1, return_of="R-1", date="2026-04-03")
    books.take("sales", [back])
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert taken(run, "M0345") == []
    assert outcome(run, "M0345") == ("carry", "0.00", "-500.00")


def test_a_return_of_the_same_month_lowers_the_base(books: Books) -> None:
    # 2 × 500 - 500 = 500; 3 % = 15
    books.take_all(
        policy=[rule("fee", "0.03")],
        deliveries=[consigned("D-1", "felt-1", 2, "M0345")],
        sales=[
            sale("R-1", "felt-1", 2, 500),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-25"),
        ],
    )
    assert taken(books.draft(), "M0345") == [("fee", "15.00")]


def test_deductions_are_booked_on_the_months_last_day_and_payouts_on_the_pay_day(
    books: Books,
) -> None:
    # 1,000 - 30 = 970 owed on 31 March, nothing on 5 April
    earn(books, 1000, [rule("fee", "0.03")])
    books.approve()
    owed = "Liabilities:Payable:IssykKul:Akburun:M0345"
    assert books.balance(owed, until="2026-03-30") == -1000
    assert books.balance(owed, until="2026-03-31") == -970
    assert books.balance(owed, until=READ_ON) == 0
    assert books.balance("Liabilities:Payable:InTransit", until="2026-04-04") == 0
    assert books.balance("Liabilities:Payable:InTransit", until=READ_ON) == -970
    assert books.show(MARCH_RUN)["cutoff"] == f"{MARCH}-31"
