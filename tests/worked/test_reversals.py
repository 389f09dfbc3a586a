"""What was imported is taken back while nothing rests on it; else reasons are named (§2, §3)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from ovop_payouts.book import load
from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    Books,
    amounts,
    consigned,
    delivery,
    line,
    member,
    opening,
    outcome,
    rule,
    sale,
    worked,
)

OWED = "Liabilities:Payable:IssykKul"
SOUND = "The books are sound.\n"


def imported(books: Books, **sheets: Any) -> str:
    """Import a workbook of some sheets; its hash."""
    books.take_all(**sheets)
    return digest(books.files[-1])


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def reverse(books: Books, sha: str, *words: str) -> str:
    said = books.done("anna", "import", "--reverse", sha[:12], *words)
    assert books.done("anna", "check") == SOUND
    for association in (ISSYK, "naryn"):
        path = books.folder / "associations" / association / "book.beancount"
        assert loader.load_file(str(path))[1] == []
    return said


def refused(books: Books, sha: str, *words: str) -> str:
    return books.not_done("anna", "import", "--reverse", sha[:12], *words)


def test_a_reversed_delivery_is_as_if_it_had_never_been(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    before = books.draft()
    sha = imported(books, deliveries=[delivery("D-2", "felt-1", 5, "M0345")])
    assert books.balance(OWED) == -1200
    assert "deliveries: 1 reversed" in reverse(books, sha, "--reason", "never came")
    assert books.balance(OWED) == -200
    assert books.stock() == {"D-1/1": 1}
    after = books.draft()
    assert (after["hash"], after["lines"]) == (before["hash"], before["lines"])
    approved = books.pay()
    assert amounts(approved, "payout") == {"M0345": "200.00"}
    assert books.done("anna", "verify") == "Nothing was altered.\n"


def test_the_file_or_a_corrected_one_can_be_imported_again(books: Books) -> None:
    sha = imported(books, deliveries=[delivery("D-1", "felt-1", 5, "M0345")])
    path = books.files[-1]
    for _ in range(3):  # on the same day, too
        reverse(books, sha)
        assert books.balance(OWED) == 0
        assert "deliveries: 1 booked" in books.done("anna", "import", str(path))
        assert "1 already imported" in books.done("anna", "import", str(path))
        assert books.balance(OWED) == -1000
    reverse(books, sha)
    assert "was reversed by anna" in refused(books, sha)
    books.take("deliveries", [delivery("D-1", "felt-1", 4, "M0345")])
    assert books.balance(OWED) == -800


def test_one_row_of_a_file(books: Books) -> None:
    rows = [delivery(f"D-{n}", "felt-1", n, "M0345") for n in (1, 2, 3)]
    sha = imported(books, deliveries=rows)
    reverse(books, sha, "--row", "deliveries!3")
    assert books.balance(OWED) == -800
    assert "was reversed already" in refused(books, sha, "--row", "deliveries!3")
    assert "was not booked" in refused(books, sha, "--row", "deliveries!9")
    books.take("deliveries", [{**rows[1], "delivered": 7}])
    assert books.balance(OWED) == -2200
    reverse(books, sha)  # the rest of the file
    assert books.balance(OWED) == -1400


def test_a_dry_run_says_and_changes_nothing(books: Books) -> None:
    sha = imported(books, deliveries=[delivery("D-1", "felt-1", 5, "M0345")])
    before = books.changes()
    said = books.done("anna", "import", "--reverse", sha, "--dry-run", "--json")
    assert json.loads(said) == {
        "change": None,
        "file": books.files[-1].name,
        "reversed": {"deliveries": 1},
    }
    assert books.changes() == before


def test_only_an_accountant_reverses(books: Books) -> None:
    sha = imported(books, deliveries=[delivery("D-1", "felt-1", 5, "M0345")])
    for user in ("bermet", "talgat", "admin"):
        assert "may not reverse" in books.not_done(user, "import", "--reverse", sha)


@pytest.mark.parametrize("sha", ["0f3b", "0f3b52c10f3b52c1"])
def test_a_hash_that_names_no_file(books: Books, sha: str) -> None:
    books.not_done("anna", "import", "--reverse", sha)


def test_a_sale_of_several_associations_goes_from_each_book(books: Books) -> None:
    books.take(
        "deliveries",
        [
            consigned("D-1", "honey-1", 2, "M0345"),
            consigned("D-2", "honey-1", 2, "N0001", association="naryn", group="Atbashy"),
        ],
    )
    sha = imported(books, sales=[sale("R-1", "honey-1", 3, 400)])
    assert (books.balance(OWED), books.balance("Liabilities:Payable:Naryn")) == (-800, -400)
    reverse(books, sha)
    assert books.balance("Liabilities:Payable") == 0
    assert books.balance("Assets:Till") == 0
    books.take("sales", [sale("R-1", "honey-1", 4, 400)])
    assert books.done("anna", "check") == SOUND


# --- what stands on it -------------------------------------------------------------------------


def test_a_lot_that_was_sold_or_moved_stands(books: Books) -> None:
    sha = imported(books, deliveries=[consigned("D-1", "honey-1", 5, "M0345")])
    later = imported(books, sales=[sale("R-1", "honey-1", 2, 400)])
    said = refused(books, sha)
    assert "2 of lot D-1/1 are in sales of 2026-03-20" in said
    assert "sales!2" in said
    reverse(books, later)
    move = {"transfer_no": "T-1", "line_no": 1, "date": "2026-03-12", "product": "honey-1"}
    moved = imported(books, transfers=[{**move, "quantity": 1, "from": "osh", "to": "bishkek"}])
    assert "are in transfers" in refused(books, sha)
    sold = imported(books, sales=[sale("R-2", "honey-1", 1, 400, store="bishkek")])
    assert "would be missing" in refused(books, moved)
    for each in (sold, moved, sha):
        reverse(books, each)
    assert books.stock("Assets:Consigned") == {}


def test_a_sale_that_came_back_stands(books: Books) -> None:
    books.take("deliveries", [consigned("D-1", "honey-1", 5, "M0345")])
    sold = imported(books, sales=[sale("R-1", "honey-1", 3, 400)])
    back = imported(books, sales=[sale("B-1", "honey-1", -1, date="2026-03-22", return_of="R-1")])
    assert "some of it came back on 2026-03-22" in refused(books, sold)
    reverse(books, back)
    reverse(books, sold)
    assert books.balance(OWED) == 0


def test_what_is_in_an_approved_run_stands(books: Books) -> None:
    sha = imported(books, deliveries=[delivery("D-1", "felt-1", 5, "M0345")])
    april = imported(books, deliveries=[delivery("D-2", "felt-1", 5, "M0345", date="2026-04-02")])
    pool = imported(books, deliveries=[delivery("D-3", "felt-1", 5)])
    books.pay()
    assert f"is in the approved run {MARCH_RUN}" in refused(books, sha)
    assert f"is in the approved run {MARCH_RUN}" in refused(books, pool)
    reverse(books, april)  # seen by March's run, but of April
    assert books.balance(OWED) == -1000


def test_a_closed_month_stands(books: Books) -> None:
    # own goods of the head office earn nobody anything
    stock = opening("stock", 100, product="jam-1", quantity=5, location="osh", ref="A")
    sha = imported(books, openings=[{**stock, "association": ISSYK}])
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)
    assert "is of 2026-03, which is closed for issyk-kul" in refused(books, sha)


def test_an_advance_that_was_taken_back_stands(books: Books) -> None:
    books.take("policy", [rule("advance", "0.5")])
    lent = {"date": "2026-03-01", "member": "M0345", "amount": 100}
    first = imported(books, advances=[{**lent, "advance_no": "A-1"}])
    second = imported(books, advances=[{**lent, "advance_no": "A-2", "date": "2026-03-02"}])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    books.pay()
    assert "100.00 of advance A-1 was taken back" in refused(books, first)
    reverse(books, second)
    assert books.balance("Assets:Advances") == 0


def test_contributions_and_distributions_of_an_approved_run_stand(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 5)])
    work = imported(books, contributions=[worked("Akburun", "M0345", 2)])
    reverse(books, work)
    work = imported(books, contributions=[worked("Akburun", "M0346", 2)])
    gift = {"distribution_no": "V-1", "date": "2026-03-31", "kind": "award", "amount": 10}
    award = imported(books, distributions=[{**gift, "member": "M0345"}])
    reverse(books, award)
    award = imported(books, distributions=[{**gift, "member": "M0346"}])
    assert amounts(books.pay(), "payout") == {"M0346": "1010.00"}
    assert "was shared by it" in refused(books, work)
    assert "shared out in an approved run" in refused(books, award)


def test_master_data_that_is_used_stands(books: Books) -> None:
    made = imported(books, products=[{"product": "cap-1", "name_en": "Cap"}])
    named = {"certificate_no": "C-cap", "product": "cap-1", "decision": "certified"}
    certified = imported(books, certificates=[{**named, "date": "2026-01-01"}])
    priced = imported(
        books, prices=[{"product": "cap-1", "valid_from": "2026-01-01", "buyback_price": 50}]
    )
    people = imported(books, members=[member("M0900", ISSYK, "Kochkor")])
    row = delivery("D-1", "cap-1", 2, "M0900", group="Kochkor")
    delivered = imported(books, deliveries=[row])
    assert "cap-1 is named by" in refused(books, made)
    assert "C-cap is relied on by" in refused(books, certified)
    assert "was booked by a price of this file" in refused(books, priced)
    assert "M0900 is named by deliveries" in refused(books, people)
    assert "group Kochkor is named by" in refused(books, people)
    for sha in (delivered, priced, certified, made, people):
        reverse(books, sha)
    book = load(books.folder)
    assert ("cap-1" in book.products, "M0900" in book.members) == (False, False)


def test_rules_that_were_used_stand(books: Books) -> None:
    commission = imported(books, policy=[rule("commission", "0.1")])
    fee = imported(books, policy=[rule("fee", "0.03")])
    unused = imported(books, policy=[rule("social", "0.01")])
    books.take("deliveries", [consigned("D-1", "honey-1", 5, "M0345")])
    books.take("sales", [sale("R-1", "honey-1", 1, 400)])
    reverse(books, unused)
    assert "was booked by it" in refused(books, commission)
    assert line(books.pay(), "M0345")["deductions"][0]["amount"] == "10.80"
    assert f"the approved run {MARCH_RUN} used it" in refused(books, fee)


def test_settlements(books: Books) -> None:
    books.take("deliveries", [delivery(f"D-{m}", "felt-1", 5, m) for m in ("M0501", "M0345")])
    books.pay()
    row = {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/M0501"}
    settled = imported(books, bank=[{**row, "status": "settled"}])
    back = imported(books, bank=[{**row, "status": "returned", "reason": "AC04"}])
    assert "came back after it was settled" in refused(books, settled)
    reverse(books, back)
    assert books.balance("Assets:Bank") == -1000
    reverse(books, settled)
    assert books.balance("Liabilities:Payable:InTransit") == -2000
    back = imported(books, bank=[{**row, "status": "returned", "reason": "AC04"}])
    books.today = "2026-05-01"
    books.pay(APRIL)
    assert f"which the approved run {APRIL}/{ISSYK}/1 took" in refused(books, back)


def test_a_settlement_on_which_a_month_was_closed_stands(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 5, "M0345")])
    books.pay()
    row = {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/M0345"}
    settled = imported(books, bank=[{**row, "status": "settled"}])
    books.done("anna", "close", MARCH, "-a", ISSYK)
    assert f"{MARCH_RUN} is closed" in refused(books, settled)


# --- people and their details ------------------------------------------------------------------

NEW = {**member("M0501", ISSYK, "Akburun", "bank", bic="DEMOKG22"), "changed": "2026-04-01"}


def test_wrong_details_are_reversed_before_they_are_confirmed_and_the_right_ones_paid(
    books: Books,
) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 5, "M0501")])
    # two files as one change: the other one stays, and with it the file in private/
    wrong = books.workbook(members=[{**NEW, "account_no": "1111111111111111"}])
    other = books.workbook(members=[member("M0900", ISSYK, "Akburun", "wallet", phone="+99670")])
    books.done("anna", "import", str(wrong), str(other))
    reverse(books, digest(wrong))
    assert outcome(books.draft(), "M0501") == ("pay", "1000.00", "0.00")
    books.take("members", [{**NEW, "account_no": "2222222222222222"}])
    assert line(books.draft(), "M0501")["state"] == "hold"
    books.done("bermet", "members", "confirm", "M0501")
    books.pay()
    out = books.folder.parent / "out"
    books.done("anna", "payout", "export", MARCH_RUN, "--out", str(out))
    written = next(out.glob("*.xml")).read_text()
    assert "2222222222222222" in written
    assert "1111111111111111" not in written


def test_confirmed_details_stand(books: Books) -> None:
    sha = imported(books, members=[{**NEW, "account_no": "2222222222222222"}])
    books.done("bermet", "members", "confirm", "M0501")
    assert "were confirmed; enter a change instead" in refused(books, sha)


def test_a_member_that_changed_again_since_stands(books: Books) -> None:
    first = imported(books, members=[{**member("M0345", ISSYK, "Akburun"), "changed": "2026-03-01",
                                      "gender": "f"}])  # fmt: skip
    second = imported(books, members=[{**member("M0345", ISSYK, "Akburun"), "changed": "2026-03-02",
                                       "gender": "m"}])  # fmt: skip
    assert "M0345 was changed again since" in refused(books, first)
    reverse(books, second)
    reverse(books, first)


def test_who_moved_group_and_earned_there_stays(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    moved = {**member("M0345", ISSYK, "Bokonbaev"), "changed": "2026-03-15"}
    sha = imported(books, members=[moved])
    assert books.balance(f"{OWED}:Bokonbaev") == -200
    row = delivery("D-2", "felt-1", 1, "M0345", group="Bokonbaev", date="2026-03-16")
    later = imported(books, deliveries=[row])
    assert "moved to Bokonbaev, where Delivery D-2/1" in refused(books, sha)
    reverse(books, later)
    reverse(books, sha)
    assert books.balance(f"{OWED}:Akburun") == -200
    assert books.balance(f"{OWED}:Bokonbaev") == 0
