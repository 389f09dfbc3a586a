"""What the bank, the wallet or the cashier says became of payments (contract §5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    Books,
    delivery,
    line,
    member,
    outcome,
)

TRANSIT = "Liabilities:Payable:InTransit"


def paid(books: Books, *members: str) -> None:
    """1,000 to each in March, approved on 5 April."""
    books.take("deliveries", [delivery(f"D-{m}", "felt-1", 5, m) for m in members])
    books.pay()


def said(ident: str, status: str = "settled", amount: Any = 1000, **more: Any) -> dict[str, Any]:
    row = {"date": "2026-04-05", "amount": amount, "reference": f"{MARCH_RUN}/{ident}"}
    return {**row, "status": status, **more}


def test_settled_moves_from_transit_to_the_rails_account(books: Books) -> None:
    # 1,000 each by cash, bank and wallet
    paid(books, "M0345", "M0501", "M0502")
    books.settle(said("M0345"), said("M0501"), said("M0502"))
    assert books.balance(TRANSIT) == 0
    assert books.balance("Assets:Cash") == -1000
    assert books.balance("Assets:Bank") == -1000
    assert books.balance("Assets:Wallet") == -1000
    assert books.show()["status"] == "settled"


def test_a_run_is_settled_when_all_is(books: Books) -> None:
    paid(books, "M0345", "M0501")
    books.settle(said("M0345"))
    assert books.show()["status"] == "approved"
    assert books.balance(TRANSIT) == -1000


def test_returned_reopens_the_balance_and_holds_it(books: Books) -> None:
    # 1,000 came back: the next run takes it, held until the details are others
    paid(books, "M0501")
    books.settle(said("M0501", "returned", reason="account closed"))
    assert books.balance(TRANSIT) == 0
    assert books.balance("Liabilities:Payable:IssykKul:Akburun:M0501") == -1000
    run = books.draft()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert line(run, "M0501")["returned"] == "1000.00"
    assert line(run, "M0501")["gross"] == "0.00"
    assert outcome(run, "M0501") == ("hold", "0.00", "1000.00")
    assert "account closed" in line(run, "M0501")["reason"]


def test_changed_and_confirmed_details_release_it(books: Books) -> None:
    # new account entered by anna: still held; confirmed by bermet: paid
    paid(books, "M0501")
    books.settle(said("M0501", "returned", reason="account closed"))
    new = member("M0501", ISSYK, "Akburun", "bank", account_no="77", bic="DEMOKG22")
    books.take("members", [{**new, "changed": "2026-04-05"}])
    assert line(books.draft(), "M0501")["state"] == "hold"
    books.done("bermet", "members", "confirm", "M0501")
    assert outcome(books.pay(), "M0501") == ("pay", "1000.00", "0.00")
    assert books.balance(TRANSIT) == -1000


def test_a_returned_payment_bears_no_second_fee(books: Books) -> None:
    # 1,000 - 3 % = 970 came back; 970 is all there is, nothing is deducted again
    books.take("policy", [{"valid_from": "2026-01-01", "rule": "fee", "value": "0.03"}])
    paid(books, "M0345")
    books.settle(said("M0345", "returned", 970))
    assert outcome(books.draft(), "M0345") == ("pay", "970.00", "0.00")


def test_cash_that_came_back_is_carried_without_a_hold(books: Books) -> None:
    # nobody fetched it: paid with the supplement
    paid(books, "M0345")
    books.settle(said("M0345", "returned", reason="nobody came"))
    run = books.draft()
    assert line(run, "M0345")["returned"] == "1000.00"
    assert outcome(run, "M0345") == ("pay", "1000.00", "0.00")


def test_the_next_months_run_takes_what_came_back(books: Books) -> None:
    # no supplement: April's run has returned 1,000 and gross 400
    paid(books, "M0345")
    books.settle(said("M0345", "returned"))
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-9", "felt-1", 2, "M0345", date="2026-04-10")])
    run = books.draft(APRIL)
    assert line(run, "M0345")["returned"] == "1000.00"
    assert outcome(run, "M0345") == ("pay", "1400.00", "0.00")


def test_settled_and_then_returned(books: Books) -> None:
    # the money was gone and came back to the bank's account
    paid(books, "M0501")
    books.settle(said("M0501"))
    books.settle(said("M0501", "returned", reason="account closed"))
    assert books.balance("Assets:Bank") == 0
    assert books.balance(TRANSIT) == 0
    assert books.balance("Liabilities:Payable:IssykKul") == -1000


def test_a_reference_is_settled_once(books: Books) -> None:
    paid(books, "M0345")
    books.settle(said("M0345"))
    again = books.not_settled({**said("M0345"), "date": "2026-04-04"})
    assert f"{MARCH_RUN}/M0345" in again


def test_the_same_row_again_is_known(books: Books) -> None:
    paid(books, "M0345")
    books.settle(said("M0345"))
    assert "bank: 0 booked, 1 already imported" in books.settle(said("M0345"))
    assert books.balance("Assets:Cash") == -1000


def test_two_rows_for_one_reference_in_one_file_are_a_problem(books: Books) -> None:
    paid(books, "M0345", "M0346")
    books.not_settled(said("M0345"), said("M0345", reason="again"))


def test_a_doubled_row_is_a_problem_though_both_say_the_same(books: Books) -> None:
    # 1,000 left transit once; a workbook that names it twice tells of 2,000
    paid(books, "M0345", "M0501")
    problem = books.not_settled(said("M0345"), said("M0501"), said("M0345"))
    assert "stands twice" in problem
    assert books.balance(TRANSIT) == -2000
    books.settle(said("M0345"))
    books.settle(said("M0345"), said("M0501"))  # a later workbook may overlap
    assert books.balance(TRANSIT) == 0


def test_an_unknown_reference_is_a_problem(books: Books) -> None:
    paid(books, "M0345")
    assert "M0346" in books.not_settled(said("M0346"))


def test_another_amount_is_a_problem(books: Books) -> None:
    paid(books, "M0345")
    assert "1000" in books.not_settled(said("M0345", amount="999.99"))


def test_an_amount_below_zero_is_a_problem(books: Books) -> None:
    paid(books, "M0345")
    books.not_settled(said("M0345", amount=-1000))


def test_after_settlement_the_month_is_closed(books: Books) -> None:
    paid(books, "M0345")
    books.settle(said("M0345"))
    books.done("anna", "close", MARCH, "-a", ISSYK)
    late = delivery("D-9", "felt-1", 1, "M0345", date="2026-03-31")
    assert "2026-04-01" in books.refused("deliveries", late)


def test_a_month_with_payments_in_transit_is_not_closed(books: Books) -> None:
    paid(books, "M0345")
    assert "transit" in books.not_done("anna", "close", MARCH, "-a", ISSYK)


def test_a_month_without_its_run_is_not_closed(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    books.not_done("anna", "close", MARCH, "-a", ISSYK)
    books.draft()
    books.not_done("anna", "close", MARCH, "-a", ISSYK)


def test_held_payees_and_held_pools_do_not_block_the_close(books: Books) -> None:
    books.take("members", [member("M0348", ISSYK, "Akburun", hold="yes")])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0348"), delivery("D-2", "felt-1", 1)])
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)


def test_the_proof_counts_what_a_supplement_paid_later(books: Books) -> None:
    # March: 1,000 paid on 5 April and returned; run 2 pays 1,000 again. 31 March owes 1,000 once
    paid(books, "M0345")
    books.settle(said("M0345", "returned"))
    run = books.pay()
    assert run["totals"]["payout"] == "1000.00"
    owed = books.balance("Liabilities:Payable:IssykKul", until="2026-03-31")
    assert owed == Decimal("-1000.00")
    assert books.balance("Liabilities:Payable:IssykKul") == 0


def test_a_wallet_that_came_back_is_held_until_the_phone_is_another(books: Books) -> None:
    paid(books, "M0502")
    books.settle(said("M0502", "returned", reason="no such number"))
    assert outcome(books.draft(), "M0502") == ("hold", "0.00", "1000.00")
    new = member("M0502", ISSYK, "Akburun", "wallet", phone="+996700999999")
    books.take("members", [{**new, "changed": "2026-04-05"}])
    books.done("bermet", "members", "confirm", "M0502")
    assert outcome(books.draft(), "M0502") == ("pay", "1000.00", "0.00")


def test_who_takes_cash_after_the_bank_sent_it_back_is_paid_once_confirmed(
    books: Books,
) -> None:
    paid(books, "M0501")
    books.settle(said("M0501", "returned", reason="account closed"))
    cash = member("M0501", ISSYK, "Akburun")
    books.take("members", [{**cash, "changed": "2026-04-05"}])
    assert line(books.draft(), "M0501")["state"] == "hold"
    books.done("bermet", "members", "confirm", "M0501")
    run = books.pay()
    assert line(run, "M0501")["rail"] == "cash"
    assert outcome(run, "M0501") == ("pay", "1000.00", "0.00")
