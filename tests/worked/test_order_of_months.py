"""Months one after another, and what one association's month means to the others."""

from __future__ import annotations

from typing import Any

from worked.books import (
    APRIL,
    APRIL_RUN,
    ISSYK,
    MARCH,
    MARCH_RUN,
    MAY,
    NARYN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    line,
    outcome,
    rule,
    sale,
    taken,
    worked,
)


def shared(number: str, amount: Any, **more: Any) -> dict[str, Any]:
    row = {"distribution_no": number, "date": "2026-03-31", "kind": "premium", "amount": amount}
    return {**row, **more}


def in_naryn(note: str, **more: Any) -> dict[str, Any]:
    return delivery(note, "felt-1", 1, "N0001", association=NARYN, group="Atbashy", **more)


# --- order of months ---------------------------------------------------------------------------


def test_a_month_is_not_approved_before_an_earlier_one_that_is_drafted(books: Books) -> None:
    """April was drafted first, then March: March must be decided before April is approved."""
    books.today = "2026-05-05"
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.draft(APRIL)
    books.draft(MARCH)
    assert MARCH_RUN in books.not_done("bermet", "payout", "approve", APRIL_RUN)


def test_an_earlier_run_makes_the_later_draft_old(books: Books) -> None:
    """April's draft had March's 200 as well; once March is approved, it must be drafted again."""
    books.today = "2026-05-05"
    later = delivery("B", "felt-1", 2, "M0345", date="2026-04-10")
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), later])
    assert amounts(books.draft(APRIL), "gross") == {"M0345": "600.00"}
    books.pay(MARCH)
    assert "changed since" in books.not_done("bermet", "payout", "approve", APRIL_RUN)
    assert amounts(books.pay(APRIL), "gross") == {"M0345": "400.00"}


def test_a_quiet_month_between_carries_on(books: Books) -> None:
    """March 200 below the minimum, nothing in April: 200 opens April, and opens May."""
    books.today = "2026-06-05"
    books.take("policy", [rule("minimum", 500)])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    for period in (MARCH, APRIL, MAY):
        run = books.pay(period)
        assert outcome(run, "M0345") == ("carry", "0.00", "200.00")
    assert line(run, "M0345")["opening"] == "200.00"


def test_a_month_without_a_run_is_taken_by_the_next(books: Books) -> None:
    """Nobody drafted March: April's run holds its 200 beside the 400 of April."""
    books.today = "2026-05-05"
    later = delivery("B", "felt-1", 2, "M0345", date="2026-04-10")
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), later])
    assert amounts(books.pay(APRIL), "payout") == {"M0345": "600.00"}


def test_what_was_sold_in_march_of_goods_of_february(books: Books) -> None:
    """Consigned on 20 February, sold on 20 March: earned in March, and none in February's run."""
    books.take("deliveries", [consigned("A", "felt-1", 1, "M0345", date="2026-02-20")])
    books.take("sales", [sale("R1", "felt-1", 1, 100)])
    assert books.pay("2026-02")["lines"] == []
    assert amounts(books.pay(MARCH), "payout") == {"M0345": "100.00"}


def test_the_month_of_an_earning_has_thirty_one_days(books: Books) -> None:
    """31 March is March's, 1 April is April's."""
    days = ("2026-03-31", "2026-04-01")
    books.take("deliveries", [delivery(d, "felt-1", 1, "M0345", date=d) for d in days])
    assert amounts(books.pay(), "gross") == {"M0345": "200.00"}
    books.today = "2026-05-05"
    assert amounts(books.pay(APRIL), "gross") == {"M0345": "200.00"}


def test_a_leap_day_is_februarys(books: Books) -> None:
    books.today = "2028-03-05"
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345", date="2028-02-29")])
    run = books.pay("2028-02")
    assert run["cutoff"] == "2028-02-29"
    assert amounts(run, "payout") == {"M0345": "200.00"}


def test_a_fixed_amount_is_taken_for_march_and_for_april(books: Books) -> None:
    """50 in each month with gross, though both are run on one day: 50 and 50."""
    books.today = "2026-05-05"
    books.take("policy", [rule("fixed", 50)])
    later = delivery("B", "felt-1", 1, "M0345", date="2026-04-10")
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), later])
    assert taken(books.pay(MARCH), "M0345") == [("fixed", "50.00")]
    assert taken(books.pay(APRIL), "M0345") == [("fixed", "50.00")]


# --- others ------------------------------------------------------------------------------------


def test_a_distribution_of_others_that_nobody_earned_stops_no_run(books: Books) -> None:
    """Naryn's own P1 has nobody to share it; Issyk-Kul shares P2 with Naryn, and never sees P1."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), in_naryn("N")])
    books.take(
        "distributions",
        [
            shared("P1", 50, association=NARYN, product="jam-1"),
            shared("P2", 40),
        ],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "220.00"}


def test_one_associations_distribution_waits_for_its_own_run(books: Books) -> None:
    """Each approval books its own part: 20 + 20 of 40."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), in_naryn("N")])
    books.take("distributions", [shared("P2", 40)])
    books.pay()
    assert books.balance("Expenses:Distributions") == 20
    books.pay(association=NARYN)
    assert books.balance("Expenses:Distributions") == 40


def test_a_part_of_a_distribution_bears_the_fee(books: Books) -> None:
    """gross 200 + 40 = 240; 0.1 × 240 = 24.00."""
    books.take("policy", [rule("fee", "0.1")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.take("distributions", [shared("P2", 40)])
    assert taken(books.draft(), "M0345") == [("fee", "24.00")]


def test_a_negative_correction_lowers_what_deductions_are_of(books: Books) -> None:
    """gross 200 − 60 = 140; 0.1 × 140 = 14.00."""
    books.take("policy", [rule("fee", "0.1")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.take("distributions", [shared("P2", -60, kind="correction")])
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "200.00", "correction": "-60.00"}
    assert taken(run, "M0345") == [("fee", "14.00")]


def test_a_late_delivery_into_an_old_pool_goes_by_the_old_hours(books: Books) -> None:
    """March's hours 3 : 1, April's 1 : 1; a note of March entered in May: 150 and 50."""
    books.take("contributions", [worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)])
    books.pay()
    books.today = "2026-05-05"
    hours = [worked("Akburun", m, 1, period=APRIL) for m in ("M0345", "M0346")]
    books.take("contributions", hours)
    books.pay(APRIL)
    books.take("deliveries", [delivery("A", "felt-1", 1)])
    run = books.draft(APRIL)
    assert run["run"] == "2026-04/issyk-kul/2"
    assert amounts(run, "gross") == {"M0345": "150.00", "M0346": "50.00"}


def test_a_return_into_a_pool_without_hours_is_held(books: Books) -> None:
    """Sold in March for 100 and shared; back in April, which has no hours: −100 stays held."""
    books.take("deliveries", [consigned("A", "felt-1", 1, None)])
    books.take("sales", [sale("R1", "felt-1", 1, 100)])
    books.take("contributions", [worked("Akburun", "M0345", 3)])
    assert amounts(books.pay(), "payout") == {"M0345": "100.00"}
    books.today = "2026-05-05"
    back = sale("R2", "felt-1", -1, return_of="R1", date="2026-04-20")
    books.take("sales", [back])
    run = books.pay(APRIL)
    assert {"group": "Akburun", "amount": "-100.00"} in run["held_pools"]
    assert run["totals"]["held"] == "-100.00"


def test_an_association_of_its_own_sees_no_hold_of_another(books: Books) -> None:
    """Both hold N0001's and M0345's; each total holds its own 200 alone."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345"), in_naryn("N")])
    books.draft(association=ISSYK)
    books.draft(association=NARYN)
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", "why")
    assert books.show()["totals"]["held"] == "200.00"
    assert books.show("2026-03/naryn/1")["totals"]["held"] == "0.00"
