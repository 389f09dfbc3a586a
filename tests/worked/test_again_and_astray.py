"""Every kind of row again is known; accounts, rails and passwords that lead astray are refused."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import (
    ISSYK,
    MARCH,
    MARCH_RUN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    opening,
    outcome,
    rule,
    sale,
    worked,
)

AT = {"date": "2026-03-12"}
EVERYTHING: dict[str, list[dict[str, Any]]] = {
    "policy": [rule("fee", "0.05"), rule("minimum", 50, applies_to="cash, bank")],
    "orders": [
        {**AT, "order_no": "O1", "client": "Client", "due": "2026-05-01", "product": "felt-1"}
        | {"quantity": 5, "unit_price": 10, "currency": "USD"}
    ],
    "contributions": [worked("Akburun", "M0345", "2.50")],
    "openings": [
        opening("payable", 5, member="M0345"),
        opening("payable", 7, member="M0346", group="Akburun", association=ISSYK),
        opening("advance", 40, member="M0345", ref="OLD-1"),
        opening("taken", 30, member="M0345", ref="Liabilities:Associations:IssykKul:Shares"),
        opening("stock", 100, product="felt-1", location="osh", quantity=1, ref="S-1"),
        opening("consigned", product="honey-1", location="osh", quantity=1, ref="S-2")
        | {"member": "M0345"},
    ],
    "deliveries": [delivery("A/1", "felt-1", "3.0"), consigned("A/2", "honey-1", 2, "M0346")],
    "transfers": [
        {**AT, "transfer_no": 1, "line_no": 1, "product": "felt-1", "quantity": 1}
        | {"from": "osh", "to": "naryn"}
    ],
    "sales": [
        sale("R1", "felt-1", 1, "350.00"),
        sale("R2", "felt-1", -1, return_of="R1"),
        sale("R3", "honey-1", 1, 10, payment="invoice", currency="USD", rate="87.5"),
    ],
    "stocktakes": [
        {**AT, "count_no": 7, "location": "naryn", "product": "felt-1", "counted": 1},
        {**AT, "count_no": 7, "location": "osh", "product": "felt-1", "counted": 3},
    ],
    "advances": [{**AT, "advance_no": 1, "member": "M0346", "amount": 20}],
    "cashbook": [
        {**AT, "entry_no": 1, "kind": "expense", "amount": 3, "account": "Expenses:Fuel"},
        {**AT, "entry_no": 2, "kind": "advance-repaid", "amount": 5, "member": "M0345"},
    ],
    "distributions": [
        {**AT, "distribution_no": 1, "kind": "award", "amount": 9, "member": "M0345"}
    ],
}


def test_every_kind_of_row_again_is_known(books: Books) -> None:
    """A second file holds the same rows in another order, and nothing is booked of it."""
    books.take_all(**EVERYTHING)
    before = books.changes()
    again = {kind: list(reversed(rows)) for kind, rows in reversed(EVERYTHING.items())}
    said = books.take_all(**again)
    for kind, rows in EVERYTHING.items():
        assert f"{kind}: 0 booked, {len(rows)} already imported" in said
    assert books.changes() == before


@pytest.mark.parametrize(
    ("kind", "column", "other"),
    [
        ("contributions", "quantity", 3),
        ("deliveries", "delivered", 4),
        ("transfers", "quantity", 2),
        ("sales", "unit_price", 351),
        ("stocktakes", "counted", 0),
        ("advances", "amount", 21),
        ("cashbook", "amount", 4),
        ("distributions", "amount", 10),
        ("policy", "value", "0.06"),
        ("orders", "quantity", 6),
        ("openings", "amount", 6),
    ],
)
def test_the_same_key_with_other_content_is_a_problem(
    books: Books, kind: str, column: str, other: Any
) -> None:
    books.take_all(**EVERYTHING)
    said = books.refused(kind, {**EVERYTHING[kind][0], column: other})
    assert "was imported before with other content" in said
    assert f"-0.xlsx/{kind}!2" in said  # the first import: file, sheet and row


# --- accounts and rails of the policy ----------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    [
        "Liabilities:Payable:IssykKul:Akburun:M0346",
        "Liabilities:Payable:InTransit",
        "Assets:Advances:IssykKul:Akburun:M0346",
        "Assets:Stock:IssykKul:Osh:FELT-1",
    ],
)
def test_a_deduction_goes_to_no_account_that_runs_and_goods_move(
    books: Books, account: str
) -> None:
    """A fee to another member's payable would be paid out to that member."""
    row = rule("fee", "0.1", association=ISSYK, account=account)
    assert account in books.refused("policy", row)


@pytest.mark.parametrize("name", ["minimum", "cash_unit"])
def test_a_rule_for_an_unknown_rail_is_a_problem(books: Books, name: str) -> None:
    """`applies_to`: rails. A rule for `csh` would hold for nobody, without a word."""
    assert "csh" in books.refused("policy", rule(name, 100, applies_to="csh"))


@pytest.mark.parametrize("words", ["Cash", "наличные", "cash, Bank"])
def test_rails_of_a_rule_are_written_as_those_of_members(books: Books, words: str) -> None:
    """A member's rail may be `Cash` or `наличные`; 200 below a minimum of 500 is carried."""
    books.take("policy", [rule("minimum", 500, applies_to=words)])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    assert outcome(books.draft(), "M0345") == ("carry", "0.00", "200.00")


@pytest.mark.parametrize("value", ["2", "0.5"])
def test_a_signature_is_asked_for_by_one_or_zero(books: Books, value: str) -> None:
    assert "signature" in books.refused("policy", rule("signature", value))


# --- passwords ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("anna", ("draft", MARCH, "-a", ISSYK)),
        ("anna", ("hold", MARCH_RUN, "M0345", "--reason", "why")),
        ("anna", ("reason", MARCH_RUN, "M0345", "why")),
        ("talgat", ("sign", MARCH_RUN)),
        ("bermet", ("approve", MARCH_RUN)),
        ("anna", ("cancel", MARCH_RUN)),
    ],
)
def test_every_change_of_a_run_asks_for_the_password(
    books: Books, user: str, words: tuple[str, ...]
) -> None:
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    books.draft()
    books.take("deliveries", [delivery("B", "felt-1", 1, "M0345")])
    said = books.not_done(user, "payout", *words, password="felt and jam")
    assert "password" in said.lower()


# --- goods for nothing, late decisions ---------------------------------------------------------


def test_goods_may_be_bought_for_nothing(books: Books) -> None:
    """2 × 0 earns nothing, but lies in stock; sold for 50.00 at a cost of 0."""
    books.take("deliveries", [delivery("A", "felt-1", 2, "M0345", unit_price=0)])
    books.take("sales", [sale("R1", "felt-1", 1, 50)])
    assert books.stock() == {"A/1": 1}
    assert books.balance("Expenses:CostOfSales") == 0
    assert books.draft()["lines"] == []
    books.done("anna", "check")


def test_a_gift_of_goods_weighs_by_quantity(books: Books) -> None:
    """3 accepted for nothing, 1 for 200: 40.00 by quantity is 30.00 and 10.00."""
    free = delivery("A", "felt-1", 3, "M0345", unit_price=0)
    books.take("deliveries", [free, delivery("B", "felt-1", 1, "M0346")])
    shared = {**AT, "distribution_no": "P1", "kind": "premium", "amount": 40, "basis": "quantity"}
    books.take("distributions", [shared])
    assert amounts(books.draft(), "gross") == {"M0345": "30.00", "M0346": "210.00"}


def test_a_later_decision_makes_landed_entries_not_wrong(books: Books) -> None:
    """Revoked as of 5 March, recorded after the delivery of 10 March: that is paid all the same."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345")])
    revoked = {"certificate_no": "C-X", "product": "felt-1", "decision": "revoked"}
    books.take("certificates", [{**revoked, "date": "2026-03-05"}])
    books.done("anna", "check")
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}
    assert "C-X" in books.refused("deliveries", delivery("B", "felt-1", 1, "M0345"))
