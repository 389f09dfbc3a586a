"""Banks' XML into the books: what fits is booked, what does not is listed (contract §5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from banking import block, details, entry, notification, order, payment, returned, statement

from worked.books import APRIL, ISSYK, MARCH, MARCH_RUN, Books, delivery, line, outcome

TRANSIT = "Liabilities:Payable:InTransit"
OWED = "Liabilities:Payable:IssykKul"
BANKED = ("M0501", "M0345", "M0346")
M0501, M0345, M0346 = (f"{MARCH_RUN}/{member}" for member in BANKED)


@pytest.fixture
def sent(books: Books) -> Books:
    """1,000 to each of three, approved on 5 April; it is the 10th."""
    books.take("deliveries", [delivery(f"D-{m}", "felt-1", 5, m) for m in BANKED])
    books.pay()
    books.today = "2026-04-10"
    return books


def file(books: Books, content: bytes) -> Path:
    path = books.folder.parent / f"bank-{len(books.files)}.xml"
    books.files.append(path)
    path.write_bytes(content)
    return path


def settled(books: Books, content: bytes) -> dict[str, Any]:
    path = file(books, content)
    return dict(json.loads(books.done("anna", "payout", "settle", str(path), "--json")))


def counts(said: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """(settled, returned, known, ignored, unmatched)."""
    return (
        said["settled"],
        said["returned"],
        said["already_known"],
        len(said["ignored"]),
        len(said["unmatched"]),
    )


def paid(reference: str, amount: str = "1000.00", day: str = "2026-04-07") -> str:
    return entry(details(reference), amount, day=day)


def test_a_statement_settles_what_it_names_and_ignores_the_rest(sent: Books) -> None:
    foreign = entry(details("INV-77"), "55.00")
    said = settled(sent, statement(paid(M0501), foreign, paid(M0345)))
    assert counts(said) == (2, 0, 0, 1, 0)
    assert said["ignored"][0]["reason"] == "is none of our references"
    assert sent.balance(TRANSIT) == -1000
    assert sent.balance("Assets:Bank") == -1000
    assert sent.done("anna", "check") == "The books are sound.\n"
    kept = list((sent.folder / "archive").glob("*.xml"))
    assert [path.read_bytes() for path in kept] == [statement(paid(M0501), foreign, paid(M0345))]


def test_a_return_reopens_the_balance_and_says_why_in_words(sent: Books) -> None:
    said = settled(sent, notification(returned(M0501, "1000.00", "AC04")))
    assert (said["kind"], *counts(said)) == ("camt.054", 0, 1, 0, 0, 0)
    told = {"reference": M0501, "amount": "1000.00", "reason": "AC04 account closed"}
    assert said["came_back"] == [told]
    run = sent.draft()
    assert outcome(run, "M0501") == ("hold", "0.00", "1000.00")
    assert "AC04 account closed" in line(run, "M0501")["reason"]


def test_a_bare_code_in_a_workbook_is_explained_too(sent: Books) -> None:
    row = {"date": "2026-04-09", "amount": 1000, "reference": M0501, "status": "returned"}
    sent.settle({**row, "reason": "AC04"})
    assert "AC04 account closed" in line(sent.draft(), "M0501")["reason"]
    assert "1 already imported" in sent.settle({**row, "reason": "AC04"})


def test_the_same_message_again_changes_nothing(sent: Books) -> None:
    message = statement(paid(M0501), returned(M0345, "1000.00", "AC01"), paid(M0346, "999.00"))
    first = settled(sent, message)
    landed = sent.changes()
    again = settled(sent, message)
    assert counts(first) == (1, 1, 0, 0, 1)
    assert counts(again) == (0, 0, 2, 0, 1)
    assert again["unmatched"] == first["unmatched"]
    assert (again["change"], sent.changes()) == (None, landed)


def test_messages_overlap(sent: Books) -> None:
    # a notification, then the day's statement that holds the same entry and one more
    settled(sent, notification(paid(M0501)))
    assert counts(settled(sent, statement(paid(M0501), paid(M0345)))) == (1, 0, 1, 0, 0)
    # a report on the order says of all of them that they are paid, on a day of its own
    report = order("", block("", *(payment(f"{MARCH_RUN}/{m}", "ACSC") for m in BANKED[:1])))
    assert counts(settled(sent, report)) == (0, 0, 1, 1, 0)


@pytest.mark.parametrize("first", ["paid", "back"])
def test_paid_and_come_back_in_any_order(sent: Books, first: str) -> None:
    messages = {
        "paid": statement(paid(M0501)),
        "back": notification(returned(M0501, "1000", "AC04")),
    }
    second = "back" if first == "paid" else "paid"
    settled(sent, messages[first])
    settled(sent, messages[second])
    for account, on_the_8th, at_last in (("Assets:Bank", -1000, 0), (TRANSIT, -2000, -2000)):
        assert sent.balance(account, until="2026-04-08") == on_the_8th
        assert sent.balance(account) == at_last
    assert sent.balance(OWED) == -1000
    assert sent.done("anna", "check") == "The books are sound.\n"


def test_paid_again_after_it_came_back_does_not_fit(sent: Books) -> None:
    settled(sent, notification(returned(M0501, "1000", "AC04", day="2026-04-06")))
    said = settled(sent, statement(paid(M0501, day="2026-04-08")))
    assert said["unmatched"][0]["reason"] == "came back on 2026-04-06 already"
    assert sent.balance(OWED) == -1000


def test_paid_twice_is_seen_in_one_message_and_in_two(sent: Books) -> None:
    said = settled(sent, statement(paid(M0501), paid(M0501)))
    assert counts(said) == (1, 0, 0, 0, 1)
    assert "twice as settled" in said["unmatched"][0]["reason"]
    later = settled(sent, statement(paid(M0501, day="2026-04-08")))
    assert later["unmatched"][0]["reason"] == "was settled on 2026-04-07 already"
    assert sent.balance("Assets:Bank") == -1000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (paid(M0501, "999.99"), "1000.00 was sent under this reference"),
        (paid(f"{MARCH_RUN}/M9999"), "no payment has this reference (RUN/MEMBER)"),
        (paid("2026-03/osh/1/M0001"), "no payment has this reference (RUN/MEMBER)"),
        (paid(M0501, day="2026-04-04"), "the payment was only sent on 2026-04-05"),
        (entry(details(M0501), "1000.00", ccy="USD"), "is no positive amount in KGS"),
    ],
)
def test_what_does_not_fit_blocks_the_close_until_it_is_resolved(
    sent: Books, content: str, reason: str
) -> None:
    # the rest of the message is booked
    good = [paid(f"{MARCH_RUN}/{member}") for member in BANKED if member not in content]
    (item,) = settled(sent, statement(content, *good))["unmatched"]
    assert item["reason"] == reason
    row = {"date": "2026-04-07", "amount": 1000, "reference": M0501, "status": "settled"}
    if M0501 in content:
        sent.settle(row)
    assert sent.balance(TRANSIT) == 0
    assert f"{item['item']} " in sent.not_done("anna", "close", MARCH, "-a", ISSYK)
    listed = json.loads(sent.done("anna", "payout", "unmatched", "-a", ISSYK, "--json"))
    assert [each["item"] for each in listed] == [item["item"]]
    words = ("payout", "resolve", item["item"], "--reason")
    assert "a reason is needed" in sent.not_done("anna", *words, " ")
    sent.done("anna", *words, "the bank will correct it")
    assert "the bank will correct it" in sent.not_done("anna", *words, "again")
    assert sent.done("anna", "payout", "unmatched") == "0 unmatched\n"
    sent.done("anna", "close", MARCH, "-a", ISSYK)
    assert sent.done("anna", "check") == "The books are sound.\n"


def test_a_rejected_order_reopens_every_balance(sent: Books) -> None:
    # of three, one alone is paid through the bank: the run's bank order held that one
    group = f"<OrgnlMsgId>{MARCH_RUN}</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
    assert counts(settled(sent, order(group))) == (0, 1, 0, 0, 0)
    assert sent.balance(OWED) == -1000


def test_what_a_bank_dates_in_a_closed_month_is_entered_on_the_first_open_day(sent: Books) -> None:
    settled(sent, statement(*(paid(f"{MARCH_RUN}/{member}") for member in BANKED)))
    sent.today = "2026-05-04"
    sent.draft(APRIL)
    sent.approve(f"{APRIL}/{ISSYK}/1")
    for period in (MARCH, APRIL):
        sent.done("anna", "close", period, "-a", ISSYK)
    late = notification(returned(M0501, "1000.00", "AC04", day="2026-04-29"))
    assert counts(settled(sent, late)) == (0, 1, 0, 0, 0)
    assert counts(settled(sent, late)) == (0, 0, 1, 0, 0)
    assert sent.moves(OWED)[-1] == ("bank", "2026-05-01", -1000)
    sent.done("anna", "verify")


def test_a_treasurer_sees_the_unmatched_of_their_own(sent: Books) -> None:
    settled(sent, statement(paid("2026-03/naryn/1/N0001"), paid(f"{MARCH_RUN}/M9")))
    listed = json.loads(sent.done("talgat", "payout", "unmatched", "--json"))
    assert [each["association"] for each in listed] == [ISSYK]
    sent.not_done("talgat", "payout", "unmatched", "-a", "naryn")


def test_samples_of_banks_are_read_and_change_nothing(sent: Books, realdata: Path) -> None:
    samples = sorted((realdata / "iso20022/samples").glob("*/*.xml"))
    assert len(samples) > 30
    before = sent.changes()
    for path in samples:
        result = sent.ovop("anna", "payout", "settle", str(path))
        assert isinstance(result.exception, SystemExit | None), (path.name, result.exception)
        refused = result.output.startswith("refused: ") and result.output.count("\n") == 1
        assert result.exit_code == 0 or refused, (path.name, result.output)
        assert "0 settled, 0 came back" in result.output or refused
    assert sent.changes() == before


def test_import_says_which_command_takes_a_message(sent: Books) -> None:
    said = sent.not_done("anna", "import", str(file(sent, statement(paid(M0501)))))
    assert "is a bank's message: `ovop payout settle` takes it" in said


def test_what_is_no_message_is_refused_in_one_line(sent: Books, realdata: Path) -> None:
    for path in sorted((realdata / "hostile/xml").glob("*.xml")):
        said = sent.not_done("anna", "payout", "settle", str(path))
        assert said.count("\n") == 1
