"""Draft, sign, approve, export, cancel: who, when, on which snapshot (contract §5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    Books,
    delivery,
    earned,
    line,
    outcome,
    rule,
)

TRANSIT = "Liabilities:Payable:InTransit"


def march(books: Books, amount: Any = 1000, **sheets: Any) -> dict[str, Any]:
    books.take_all(deliveries=[delivery("D-1", "felt-1", 1, "M0345", unit_price=amount)], **sheets)
    return books.draft()


def late(books: Books, note: str = "D-2", amount: Any = 200) -> None:
    """A delivery of 11 March that comes after the draft."""
    row = delivery(note, "felt-1", 1, "M0345", unit_price=amount, date="2026-03-11")
    books.take("deliveries", [row])


# --- draft -------------------------------------------------------------------------------------


def test_a_draft_books_nothing(books: Books) -> None:
    run = march(books)
    assert run["status"] == "draft"
    assert run["cutoff"] == "2026-03-31"
    assert run["hash"].startswith("sha256:")
    assert books.balance("Liabilities:Payable:IssykKul") == -1000
    assert books.balance(TRANSIT) == 0


def test_drafting_again_on_the_same_inputs_changes_nothing(books: Books) -> None:
    first, changes = march(books), books.changes()
    assert books.draft() == first
    assert books.changes() == changes


def test_drafting_again_on_other_inputs_shows_the_difference(books: Books) -> None:
    # 1,000 -> 1,200
    first = march(books)
    late(books)
    said = books.done("anna", "payout", "draft", MARCH, "-a", ISSYK)
    assert "M0345" in said
    assert "1000.00 -> 1200.00" in said
    assert books.show()["hash"] != first["hash"]


def test_an_import_of_another_association_changes_no_hash(books: Books) -> None:
    first = march(books)
    naryn = {"association": "naryn", "group": "Atbashy"}
    books.take("deliveries", [delivery("D-9", "felt-1", 1, "N0001", **naryn)])
    assert books.draft()["hash"] == first["hash"]


# --- approve -----------------------------------------------------------------------------------


def test_another_person_approves_and_the_payout_leaves(books: Books) -> None:
    march(books)
    books.approve()
    assert books.show()["status"] == "approved"
    assert books.balance(TRANSIT) == -1000
    assert books.balance("Liabilities:Payable:IssykKul") == 0


def test_an_accountant_may_not_approve(books: Books) -> None:
    march(books)
    assert "accountant" in books.not_done("anna", "payout", "approve", MARCH_RUN)


def test_who_drafted_may_not_approve_even_as_an_approver(books: Books) -> None:
    march(books)
    books.done("admin", "user", "add", "anna", "--role", "approver")
    said = books.not_done("anna", "payout", "approve", MARCH_RUN)
    assert "drafted" in said
    assert books.balance(TRANSIT) == 0


def test_a_wrong_password_approves_nothing(books: Books) -> None:
    march(books)
    said = books.not_done("bermet", "payout", "approve", MARCH_RUN, password="felt and money")
    assert "wrong password" in said
    assert books.show()["status"] == "draft"


def test_approving_twice_books_once(books: Books) -> None:
    march(books)
    books.approve()
    assert "approved already" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    assert books.balance(TRANSIT) == -1000


def test_after_an_input_changed_approval_is_refused(books: Books) -> None:
    march(books)
    late(books)
    assert "changed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    books.draft()
    books.approve()
    assert books.balance(TRANSIT) == -1200


def test_after_the_policy_changed_approval_is_refused(books: Books) -> None:
    march(books)
    books.take("policy", [rule("fee", "0.03")])
    assert "changed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_the_month_must_be_over(books: Books) -> None:
    books.today = "2026-03-20"
    march(books)
    assert "not over" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_a_cancelled_run_is_not_approved(books: Books) -> None:
    march(books)
    books.done("anna", "payout", "cancel", MARCH_RUN)
    assert books.show()["status"] == "cancelled"
    assert "cancelled" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_after_a_cancelled_run_the_month_is_drafted_whole_again(books: Books) -> None:
    # run 1 is cancelled, run 2 holds the whole 1,000
    march(books)
    books.done("anna", "payout", "cancel", MARCH_RUN)
    run = books.draft()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert outcome(run, "M0345") == ("pay", "1000.00", "0.00")


def test_an_approved_run_is_not_cancelled(books: Books) -> None:
    march(books)
    books.approve()
    assert "approved" in books.not_done("bermet", "payout", "cancel", MARCH_RUN)


# --- signature and variance --------------------------------------------------------------------


def test_where_policy_asks_the_treasurer_signs_first(books: Books) -> None:
    march(books, policy=[rule("signature", 1)])
    assert "not signed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    books.done("talgat", "payout", "sign", MARCH_RUN)
    assert books.show()["status"] == "signed"
    books.approve()
    assert books.balance(TRANSIT) == -1000


def test_a_signature_holds_for_its_hash_alone(books: Books) -> None:
    march(books, policy=[rule("signature", 1)])
    books.done("talgat", "payout", "sign", MARCH_RUN)
    late(books)
    books.draft()
    assert books.show()["status"] == "draft"
    assert "not signed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_another_associations_treasurer_does_not_sign(books: Books) -> None:
    march(books, policy=[rule("signature", 1)])
    books.done("admin", "user", "add", "nurlan", "--role", "treasurer:naryn")
    books.not_done("nurlan", "payout", "sign", MARCH_RUN)


def test_an_association_may_be_free_of_signatures(books: Books) -> None:
    march(books, policy=[rule("signature", 1), rule("signature", 0, association=ISSYK)])
    books.approve()
    assert books.show()["status"] == "approved"


def april(books: Books, amount: Any, ratio: str = "0.5") -> str:
    """March paid 1,000 to M0345; April's draft has `amount`."""
    march(books, policy=[rule("variance", ratio)])
    books.approve()
    books.today = "2026-05-02"
    row = delivery("D-4", "felt-1", 1, "M0345", unit_price=amount, date="2026-04-10")
    books.take("deliveries", [row])
    return str(books.draft(APRIL)["run"])


def test_a_change_by_more_than_the_ratio_needs_a_reason(books: Books) -> None:
    # |1,500.01 - 1,000| = 500.01 > 0.5 × 1,000
    run = april(books, "1500.01")
    assert "M0345" in books.not_done("bermet", "payout", "approve", run)
    books.done("anna", "payout", "reason", run, "M0345", "two months came at once")
    assert "two months" in line(books.show(run), "M0345")["reason"]
    books.approve(run)
    assert books.show(run)["status"] == "approved"


def test_a_change_by_just_the_ratio_needs_none(books: Books) -> None:
    # |1,500 - 1,000| = 500
    books.approve(april(books, 1500))


def test_a_fall_counts_as_a_rise_does(books: Books) -> None:
    # |499.99 - 1,000| = 500.01
    assert "M0345" in books.not_done("bermet", "payout", "approve", april(books, "499.99"))


def four_months(books: Books, last: Any) -> str:
    """1,000, 1,400 and 1,800 are paid for March to May; June's draft has `last`."""
    books.approve(april(books, 1400))
    for month, today, amount in (("05", "2026-06-02", 1800), ("06", "2026-07-02", last)):
        books.today = today
        row = delivery(f"D-{month}", "felt-1", 1, "M0345", unit_price=amount)
        books.take("deliveries", [{**row, "date": f"2026-{month}-10"}])
        run = str(books.draft(f"2026-{month}")["run"])
        if month == "05":
            books.approve(run)
    return run


def test_the_mean_is_of_three_runs_before(books: Books) -> None:
    # (1,000 + 1,400 + 1,800) / 3 = 1,400; 2,100 is half more, exactly
    books.approve(four_months(books, 2100))


def test_a_tyiyn_above_the_mean_and_half_of_it(books: Books) -> None:
    # 2,100.01 - 1,400 = 700.01 > 700
    assert "M0345" in books.not_done("bermet", "payout", "approve", four_months(books, "2100.01"))


def test_the_first_run_of_all_varies_from_nothing(books: Books) -> None:
    march(books, policy=[rule("variance", "0.1")])
    books.approve()
    assert books.show()["status"] == "approved"


# --- supplements -------------------------------------------------------------------------------


def test_a_supplement_holds_only_what_no_run_held(books: Books) -> None:
    # run 1: 1,000; late 200: run 2 pays 200
    march(books)
    books.approve()
    late(books)
    run = books.pay()
    assert run["run"] == "2026-03/issyk-kul/2"
    assert earned(run, "M0345") == {"buyback": "200.00"}
    assert outcome(run, "M0345") == ("pay", "200.00", "0.00")
    assert books.balance(TRANSIT) == -1200


def test_a_supplement_opens_with_what_the_run_before_carried(books: Books) -> None:
    # 300 < 500 carried out of run 1; + 200 late = 500 in run 2
    march(books, 300, policy=[rule("minimum", 500)])
    books.approve()
    late(books)
    run = books.draft()
    assert line(run, "M0345")["opening"] == "300.00"
    assert outcome(run, "M0345") == ("pay", "500.00", "0.00")


def test_without_news_there_is_no_supplement(books: Books) -> None:
    march(books)
    books.approve()
    changes = books.changes()
    said = books.done("anna", "payout", "draft", MARCH, "-a", ISSYK)
    assert "nothing is left" in said
    assert books.changes() == changes


def test_once_a_later_month_is_approved_late_items_go_to_the_next_run(books: Books) -> None:
    # April is approved; 200 of 11 March come after it: March has no more runs, May pays them
    march(books)
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-4", "felt-1", 2, "M0345", date="2026-04-10")])
    books.pay(APRIL)
    late(books)
    books.not_done("anna", "payout", "draft", MARCH, "-a", ISSYK)
    books.today = "2026-06-02"
    assert earned(books.draft("2026-05"), "M0345") == {"buyback": "200.00"}


def test_late_items_may_also_go_to_a_supplement_of_the_later_month(books: Books) -> None:
    # …or April's run 2 pays them
    march(books)
    books.approve()
    books.today = "2026-05-02"
    books.take("deliveries", [delivery("D-4", "felt-1", 2, "M0345", date="2026-04-10")])
    books.pay(APRIL)
    late(books)
    run = books.draft(APRIL)
    assert run["run"] == "2026-04/issyk-kul/2"
    assert earned(run, "M0345") == {"buyback": "200.00"}


def test_an_undecided_month_comes_first(books: Books) -> None:
    march(books)
    books.today = "2026-05-02"
    said = books.not_done("anna", "payout", "draft", APRIL, "-a", ISSYK)
    assert MARCH_RUN in said


# --- export ------------------------------------------------------------------------------------


def exported(books: Books, folder: Path) -> dict[str, bytes]:
    books.done("anna", "payout", "export", MARCH_RUN, "--out", str(folder))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_exporting_again_gives_the_same_bytes(books: Books, tmp_path: Path) -> None:
    rows = [delivery(f"D-{m}", "felt-1", 5, m) for m in ("M0345", "M0501", "M0502")]
    books.take("deliveries", rows)
    books.pay()
    first = exported(books, tmp_path / "one")
    assert first == exported(books, tmp_path / "two")
    assert books.show()["status"] == "exported"
    assert any(name.endswith(".xml") for name in first)


def test_a_draft_is_not_exported(books: Books, tmp_path: Path) -> None:
    march(books)
    books.not_done("anna", "payout", "export", MARCH_RUN, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_export_books_no_money(books: Books, tmp_path: Path) -> None:
    march(books)
    books.approve()
    exported(books, tmp_path / "out")
    assert books.balance(TRANSIT) == -1000


# --- what counts as a change ------------------------------------------------------------------


def test_a_rule_without_effect_is_a_change_of_the_policy_all_the_same(books: Books) -> None:
    # a minimum of 1 som changes no amount, but the hash is over the policy
    first = march(books)
    books.take("policy", [rule("minimum", 1)])
    assert "changed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    again = books.draft()
    assert again["lines"] == first["lines"]
    assert again["hash"] != first["hash"]


def test_other_payment_details_are_a_change(books: Books) -> None:
    march(books)
    new = {"association": ISSYK, "group": "Akburun", "member": "M0345", "name": "Member M0345"}
    row = {**new, "rail": "wallet", "phone": "+996700000001", "changed": "2026-04-05"}
    books.take("members", [row])
    assert "changed" in books.not_done("bermet", "payout", "approve", MARCH_RUN)


def test_a_delivery_of_the_next_month_is_no_change(books: Books) -> None:
    march(books)
    row = delivery("D-2", "felt-1", 1, "M0345", date="2026-04-01")
    books.take("deliveries", [row])
    books.approve()
    assert books.balance(TRANSIT) == -1000


# --- several associations at once -------------------------------------------------------------


def test_of_several_drafts_one_is_refused_and_none_is_kept(books: Books) -> None:
    # Naryn's March is undecided: April is drafted for nobody, and the exit code says so
    naryn = {"association": "naryn", "group": "Atbashy"}
    march(books)
    books.approve()
    books.take("deliveries", [delivery("D-9", "felt-1", 1, "N0001", **naryn)])
    books.draft(association="naryn")
    books.today = "2026-05-02"
    said = books.not_done("anna", "payout", "draft", APRIL)
    assert "2026-03/naryn/1" in said


def test_an_unknown_association_is_refused_before_any_draft(books: Books) -> None:
    march(books)
    late(books)
    books.not_done("anna", "payout", "draft", MARCH, "-a", ISSYK, "-a", "talas")


def test_of_several_closes_one_is_refused_and_none_is_sealed(books: Books) -> None:
    books.pay()
    said = books.not_done("anna", "close", MARCH)
    assert "naryn" in said
