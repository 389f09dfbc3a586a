"""What is dated in the future, in a closed month, or before what it changes (contract §3, §5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger import accounts
from ledger.directives import Directive, Fact
from ledger.log import Note
from ledger.seals import chain_hash, name_of
from ledger.store import landed
from ovop_payouts.writing import land, writing
from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    NARYN,
    Books,
    consigned,
    delivery,
    earned,
    line,
    member,
    outcome,
    rule,
    sale,
    worked,
)


def close_march(books: Books) -> None:
    """March without payments, sealed."""
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)


def must_be_sound(books: Books) -> None:
    assert "sound" in books.done("anna", "check")
    books.done("anna", "verify")


# --- the future --------------------------------------------------------------------------------


def test_a_change_of_a_member_in_the_future_is_a_problem(books: Books) -> None:
    # it is 5 April; a rail of June must not pay March
    new = member("M0345", ISSYK, "Akburun", "wallet", phone="+996700000001")
    assert "future" in books.refused("members", {**new, "changed": "2026-06-01"})


def test_a_certificate_of_the_future_is_a_problem(books: Books) -> None:
    row = {"certificate_no": "S-1", "product": "soap-1", "decision": "certified"}
    assert "future" in books.refused("certificates", {**row, "date": "2026-04-06"})


def test_prices_and_rules_may_be_of_the_future(books: Books) -> None:
    # known before they hold; March is not touched: 200 - 0 %
    books.take("prices", [{"product": "felt-1", "valid_from": "2026-06-01", "buyback_price": 9}])
    books.take("policy", [rule("fee", "0.5", valid_from="2026-06-01")])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    assert outcome(books.draft(), "M0345") == ("pay", "200.00", "0.00")


def test_a_payment_of_the_future_is_not_settled(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    books.pay()
    row = {"amount": 200, "reference": f"{MARCH_RUN}/M0345", "status": "settled"}
    assert "future" in books.not_settled({**row, "date": "2026-04-06"})


# --- a closed month ----------------------------------------------------------------------------


def in_march(**more: Any) -> dict[str, Any]:
    return {"date": "2026-03-25", **more}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("deliveries", delivery("D-9", "felt-1", 1, "M0345")),
        ("sales", sale("R-9", "felt-1", 1, 350)),
        ("sales", sale("R-9", "felt-1", -1, return_of="R-1", date="2026-03-31")),
        ("advances", in_march(advance_no="A-1", member="M0345", amount=10)),
        (
            "stocktakes",
            in_march(count_no="S-1", location="osh", product="felt-1", counted=1),
        ),
        (
            "transfers",
            in_march(transfer_no="T-1", line_no=1, product="felt-1", quantity=1)
            | {"from": "osh", "to": "talas"},
        ),
        ("openings", in_march(kind="payable", member="M0345", amount=10)),
        (
            "cashbook",
            in_march(entry_no="K-1", kind="fee-paid", association=ISSYK, amount=10, rail="bank"),
        ),
        (
            "distributions",
            in_march(distribution_no="V-1", kind="award", member="M0345", amount=10),
        ),
    ],
)
def test_nothing_is_entered_in_a_closed_month(books: Books, kind: str, row: dict[str, Any]) -> None:
    books.take_all(
        members=[member("M0348", ISSYK, "Akburun", hold="yes")],
        deliveries=[consigned("D-1", "felt-1", 5, "M0348")],
        sales=[sale("R-1", "felt-1", 2, 350)],
    )
    close_march(books)
    assert "2026-04-01" in books.refused(kind, row)


def test_a_count_that_fits_is_not_entered_in_a_closed_month_either(books: Books) -> None:
    # 5 expected and 5 there: nothing to book, but still dated in March
    own = {"product": "rug-1", "name_en": "Rug", "association": ISSYK}
    certified = {"certificate_no": "C-9", "product": "rug-1", "decision": "certified"}
    books.take_all(
        products=[own],
        certificates=[{**certified, "date": "2026-01-01"}],
        members=[member("M0348", ISSYK, "Akburun", hold="yes")],
        deliveries=[consigned("D-1", "rug-1", 5, "M0348")],
    )
    close_march(books)
    count = in_march(count_no="S-1", location="osh", product="rug-1", counted=5)
    assert "2026-04-01" in books.refused("stocktakes", count)


def test_late_master_data_leaves_a_closed_month_sound(books: Books) -> None:
    # a decision, a price, a rule and hours dated in March come in April: all seals hold
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    close_march(books)
    decision = {"certificate_no": "S-1", "product": "felt-1", "group": "Akburun"}
    books.take_all(
        certificates=[{**decision, "decision": "revoked", "date": "2026-03-05"}],
        prices=[{"product": "felt-1", "valid_from": "2026-03-01", "buyback_price": 190}],
        policy=[rule("fee", "0.03", association=ISSYK)],
        contributions=[worked("Akburun", "M0345", 8)],
        members=[member("M0346", ISSYK, "Bokonbaev", changed="2026-03-20")],
    )
    must_be_sound(books)


def common_sealed(books: Books) -> list[str]:
    """The changes in which common data was sealed."""
    return [path.parent.name for path in sorted(books.folder.glob("changes/close*/common.*"))]


def test_common_data_is_sealed_by_who_closes_first_and_again_when_it_grew(books: Books) -> None:
    books.pay()
    books.pay(association=NARYN)
    books.done("anna", "close", MARCH, "-a", ISSYK)
    books.done("anna", "close", MARCH, "-a", NARYN)
    assert common_sealed(books) == [f"close-{MARCH}-{ISSYK}"]
    must_be_sound(books)
    books.take("prices", [{"product": "felt-1", "valid_from": "2026-05-01", "buyback_price": 1}])
    books.today = "2026-05-02"
    books.pay(APRIL)
    books.done("anna", "close", APRIL, "-a", ISSYK)
    assert common_sealed(books) == [f"close-{MARCH}-{ISSYK}", f"close-{APRIL}-{ISSYK}"]
    must_be_sound(books)


def seal_in_the_old_way(books: Books, scope: str) -> None:
    """March, sealed as it once was: each association's seal covers common data itself."""
    today = date.fromisoformat(books.today)
    files = [f for f in landed(books.folder) if f.scope in (scope, accounts.COMMON)]
    meta = {"until": "2026-03-31", "number": "1", "user": "anna", "previous": ""}
    said: list[Directive] = [
        Fact(today, "seal", (scope,), meta),
        *(Fact(today, "sealed-file", (scope, name_of(f)), {"sha256": f.sha256}) for f in files),
    ]
    said[0] = Fact(today, "seal", (scope,), {**meta, "chain": chain_hash(said)})
    with writing(books.folder):
        note = Note("anna", today, "close", MARCH)
        land(books.folder, f"close-{MARCH}-{scope}", [(scope, each) for each in said], note)


def test_books_sealed_in_the_old_way_go_on(books: Books) -> None:
    march = ("report", "sales", MARCH, "-a", ISSYK)
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 2, "M0345")], sales=[sale("R-1", "felt-1", 1, 300)]
    )
    books.pay()
    paid = {"date": "2026-04-05", "amount": 400, "status": "settled"}
    books.settle({**paid, "reference": f"{MARCH_RUN}/M0345"})
    seal_in_the_old_way(books, ISSYK)
    must_be_sound(books)
    before = books.done("anna", *march)
    books.take("products", [{"product": "felt-1", "name_en": "Renamed"}])
    books.today = "2026-05-02"
    books.pay(APRIL)
    books.done("anna", "close", APRIL, "-a", ISSYK)
    assert common_sealed(books) == [f"close-{APRIL}-{ISSYK}"]
    must_be_sound(books)
    assert books.done("anna", *march) == before
    assert "Renamed" not in before


def test_after_a_close_the_next_months_run_is_sound(books: Books) -> None:
    # 200 of March's pool, shared late, in April: 3 % of it = 6
    books.take_all(policy=[rule("fee", "0.03")], deliveries=[delivery("D-1", "felt-1", 1)])
    close_march(books)
    books.take("contributions", [worked("Akburun", "M0345", 8)])
    books.today = "2026-05-02"
    run = books.pay(APRIL)
    assert earned(run, "M0345") == {"pool": "200.00"}
    assert outcome(run, "M0345") == ("pay", "194.00", "0.00")
    must_be_sound(books)


def test_a_general_distribution_of_a_closed_month_reaches_the_next_run(books: Books) -> None:
    # entered in April, dated March: M0348's 1,000 and N0001's 1,000 share 100
    books.take_all(
        members=[member("M0348", ISSYK, "Akburun", hold="yes")],
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0348"),
            delivery("D-2", "felt-1", 5, "N0001", association=NARYN, group="Atbashy"),
        ],
    )
    close_march(books)
    share = {"distribution_no": "V-1", "kind": "premium", "amount": 100}
    books.take("distributions", [{**share, "date": "2026-03-31"}])
    books.today = "2026-05-02"
    run = books.pay(APRIL)
    assert earned(run, "M0348") == {"premium": "50.00"}
    must_be_sound(books)


def test_an_empty_month_is_closed_with_an_empty_run(books: Books) -> None:
    close_march(books)
    must_be_sound(books)


# --- cancelled runs ----------------------------------------------------------------------------


def test_a_month_whose_run_was_cancelled_is_drafted_again_though_it_is_empty(
    books: Books,
) -> None:
    # else March could never be closed
    books.draft()
    books.done("anna", "payout", "cancel", MARCH_RUN)
    run = books.pay()
    assert run["run"] == "2026-03/issyk-kul/2"
    books.done("anna", "close", MARCH, "-a", ISSYK)


def test_cancelling_a_run_does_not_open_the_variance_gate(books: Books) -> None:
    # March 1,000; April 5,000, cancelled and drafted again: still needs a reason
    books.take_all(
        policy=[rule("variance", "0.5")], deliveries=[delivery("D-1", "felt-1", 5, "M0345")]
    )
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-2", "felt-1", 25, "M0345", date="2026-04-10")])
    first = books.draft(APRIL)["run"]
    books.done("anna", "payout", "cancel", first)
    again = books.draft(APRIL)["run"]
    assert "M0345" in books.not_done("bermet", "payout", "approve", again)


def test_the_next_month_is_compared_with_a_run_that_replaced_a_cancelled_one(
    books: Books,
) -> None:
    # March's run 2 paid 1,000 after run 1 was cancelled; April's 5,000 needs a reason
    books.take_all(
        policy=[rule("variance", "0.5")], deliveries=[delivery("D-1", "felt-1", 5, "M0345")]
    )
    books.draft()
    books.done("anna", "payout", "cancel", MARCH_RUN)
    books.pay()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-2", "felt-1", 25, "M0345", date="2026-04-10")])
    run = books.draft(APRIL)["run"]
    assert "M0345" in books.not_done("bermet", "payout", "approve", run)


def test_a_fixed_amount_of_a_cancelled_run_is_taken_by_the_next(books: Books) -> None:
    books.take_all(policy=[rule("fixed", 50)], deliveries=[delivery("D-1", "felt-1", 5, "M0345")])
    books.draft()
    books.done("anna", "payout", "cancel", MARCH_RUN)
    assert line(books.draft(), "M0345")["net"] == "950.00"


# --- odd values that are right -----------------------------------------------------------------


def test_goods_given_away_may_come_back(books: Books) -> None:
    # sold for 0.00: nobody earns, nothing is owed; 1 comes back
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 5, "M0345"),
            delivery("D-2", "honey-1", 5, "M0346", unit_price=0),
        ],
        sales=[
            sale("R-1/1", "felt-1", 2, 0),
            sale("R-1/2", "honey-1", 2, 10, discount=20),
            sale("R-2/1", "felt-1", -1, return_of="R-1", date="2026-03-22"),
            sale("R-2/2", "honey-1", -1, return_of="R-1", date="2026-03-22"),
        ],
    )
    assert books.draft()["lines"] == []
    assert books.stock("Assets:Consigned") == {"D-1/1": 4}
    assert books.stock() == {"D-2/1": 4}
    must_be_sound(books)


def test_a_commission_of_everything(books: Books) -> None:
    # 100 % of 350: the producer earns nothing, and owes nothing when it comes back
    books.take_all(
        policy=[rule("commission", 1)],
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        sales=[
            sale("R-1", "felt-1", 2, 350),
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-22"),
        ],
    )
    assert books.draft()["lines"] == []
    assert books.balance("Income:Commission") == -350


def test_a_return_over_two_associations(books: Books) -> None:
    # 1 of Issyk-Kul and 2 of Naryn sold for 300; 2 back: all of Naryn's
    naryn = {"association": NARYN, "group": "Atbashy", "date": "2026-03-11"}
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 1, "M0345"),
            consigned("D-2", "felt-1", 5, "N0001", **naryn),
        ],
        sales=[
            sale("R-1", "felt-1", 3, 100),
            sale("R-2", "felt-1", -2, return_of="R-1", date="2026-03-22"),
        ],
    )
    assert books.draft(association=NARYN)["lines"] == []
    assert books.balance("Assets:Till") == 100
    assert books.balance("Expenses:CostOfSales:IssykKul") == 200
    must_be_sound(books)


def test_a_named_rail_is_a_set(books: Books) -> None:
    # "wallet,bank" of the association replaces "bank, wallet" of all
    books.take_all(
        policy=[
            rule("minimum", 500, applies_to="bank, wallet"),
            rule("minimum", 50, applies_to="wallet,bank", association=ISSYK),
        ],
        deliveries=[delivery("D-1", "felt-1", 1, "M0501")],
    )
    assert outcome(books.draft(), "M0501") == ("pay", "200.00", "0.00")


def test_takings_are_deposited(books: Books) -> None:
    # 700 in the till of the store, 500 of them to the bank
    deposit = {"entry_no": "K-1", "date": "2026-03-25", "kind": "deposit", "amount": 500}
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")],
        sales=[sale("R-1", "felt-1", 2, 350)],
        cashbook=[{**deposit, "account": "osh", "rail": "bank"}],
    )
    assert books.balance("Assets:Till") == 200
    assert books.balance("Assets:Bank") == 500


def test_partial_refuses_what_a_refused_row_was_needed_for(books: Books) -> None:
    # the goods of D-1 are refused, so their sale is; D-2 and its sale are booked
    path = books.workbook(
        deliveries=[
            consigned("D-1", "felt-1", 5, "M9999"),
            consigned("D-2", "honey-1", 5, "M0345"),
        ],
        sales=[sale("R-1", "felt-1", 1, 350), sale("R-2", "honey-1", 1, 450)],
    )
    assert books.ovop("anna", "import", "--partial", str(path)).exit_code == 3
    assert earned(books.draft(), "M0345") == {"consignment": "450.00"}
