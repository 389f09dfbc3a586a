"""A command that is refused changes nothing, whatever part of it could have been done."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    NARYN,
    Books,
    delivery,
    line,
    outcome,
    rule,
)


def both(books: Books, **more: Any) -> None:
    """200 for M0345 in issyk-kul, 200 for N0001 in naryn."""
    theirs = delivery("N", "felt-1", 1, "N0001", association=NARYN, group="Atbashy", **more)
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0345", **more), theirs])


def settled(run: str, ident: str, amount: int = 200) -> dict[str, Any]:
    row = {"date": "2026-04-05", "amount": amount, "reference": f"{run}/{ident}"}
    return {**row, "status": "settled"}


def test_drafting_for_all_is_refused_whole(books: Books) -> None:
    """Naryn's March is undecided, so its April waits, and so does Issyk-Kul's of this command."""
    both(books)
    books.draft(association=NARYN)
    assert "naryn" in books.not_done("anna", "payout", "draft", APRIL)


def test_drafting_for_two_is_refused_for_an_unknown_one(books: Books) -> None:
    both(books)
    said = books.not_done("anna", "payout", "draft", MARCH, "-a", ISSYK, "-a", "talas")
    assert "talas" in said


def test_closing_for_all_is_refused_whole(books: Books) -> None:
    """Issyk-Kul's payment is settled, Naryn's is in transit: nobody is closed."""
    both(books)
    books.pay()
    books.pay(association=NARYN)
    books.settle(settled(MARCH_RUN, "M0345"))
    said = books.not_done("anna", "close", MARCH)
    assert "2026-03/naryn/1/N0001" in said
    books.done("anna", "close", MARCH, "-a", ISSYK)
    books.settle(settled("2026-03/naryn/1", "N0001"))
    books.done("anna", "close", MARCH)
    books.done("anna", "verify")


def test_settling_is_refused_whole(books: Books) -> None:
    both(books)
    books.pay()
    said = books.not_settled(settled(MARCH_RUN, "M0345"), settled(MARCH_RUN, "M0346"))
    assert "M0346" in said
    assert books.show()["status"] == "approved"


@pytest.mark.parametrize(
    "words",
    [
        'she said "wait"',
        "two\nlines",
        "=1+1",
        "@SUM(A1)",
        "back\\slash and ; semicolon",
        "2026-03-01 open Assets:Bank",
        "кийинки айга калтырылды 🐑",
    ],
)
def test_reasons_are_words_whatever_they_look_like(books: Books, words: str) -> None:
    """Held with these words, shown with them, and the books are sound."""
    both(books)
    books.draft()
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", words)
    shown = line(books.show(), "M0345")
    assert shown["state"] == "hold"
    assert " ".join(words.split()) in " ".join(shown["reason"].split())
    books.approve()
    assert outcome(books.show(), "M0345") == ("hold", "0.00", "200.00")
    books.done("anna", "check")


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_blank_words_are_no_reason(books: Books, words: str) -> None:
    both(books)
    books.draft()
    for action in ("hold", "dispute"):
        books.not_done("anna", "payout", action, MARCH_RUN, "M0345", "--reason", words)
    books.not_done("anna", "payout", "reason", MARCH_RUN, "M0345", words)


def test_who_has_no_line_is_not_held(books: Books) -> None:
    both(books)
    books.draft()
    for ident in ("M0346", "N0001", "M9999"):
        said = books.not_done("anna", "payout", "hold", MARCH_RUN, ident, "--reason", "why")
        assert ident in said


def test_nobody_who_is_not_held_is_released(books: Books) -> None:
    both(books)
    books.draft()
    books.not_done("bermet", "payout", "release", MARCH_RUN, "M0345", "--reason", "why")


def test_two_holds_are_released_one_by_one(books: Books) -> None:
    """Anna holds, Talgat disputes; each releases the own one, and only then it is paid."""
    both(books)
    books.draft()
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", "papers")
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "weight")
    books.done("anna", "payout", "release", MARCH_RUN, "M0345", "--reason", "papers came")
    assert outcome(books.show(), "M0345")[0] == "hold"
    books.done("talgat", "payout", "release", MARCH_RUN, "M0345", "--reason", "weighed")
    assert outcome(books.show(), "M0345") == ("pay", "200.00", "0.00")


def test_an_approver_releases_all_at_once(books: Books) -> None:
    both(books)
    books.draft()
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", "papers")
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "weight")
    books.done("bermet", "payout", "release", MARCH_RUN, "M0345", "--reason", "seen")
    assert outcome(books.show(), "M0345") == ("pay", "200.00", "0.00")


def test_a_hold_of_a_cancelled_draft_stays_until_it_is_released(books: Books) -> None:
    """Cancelling and drafting again must not pay whom somebody held."""
    both(books)
    books.draft()
    books.done("talgat", "payout", "dispute", MARCH_RUN, "M0345", "--reason", "weight")
    books.done("anna", "payout", "cancel", MARCH_RUN)
    assert outcome(books.draft(), "M0345")[0] == "hold"


def test_a_hold_stays_in_the_next_month_until_it_is_released(books: Books) -> None:
    """March 200 held, April 200: held again with 400, released and paid whole."""
    both(books)
    books.draft()
    books.done("anna", "payout", "hold", MARCH_RUN, "M0345", "--reason", "papers")
    books.approve()
    books.today = "2026-05-05"
    books.take("deliveries", [delivery("B", "felt-1", 1, "M0345", date="2026-04-10")])
    run = books.draft(APRIL)
    assert outcome(run, "M0345") == ("hold", "0.00", "400.00")
    books.done("anna", "payout", "release", run["run"], "M0345", "--reason", "papers came")
    assert outcome(books.show(run["run"]), "M0345") == ("pay", "400.00", "0.00")


def test_a_gate_that_is_shut_books_nothing(books: Books) -> None:
    """Signature and variance both missing: both are said, nothing leaves."""
    both(books)
    books.pay()
    books.today = "2026-05-05"
    books.take("policy", [rule("variance", "0.5"), rule("signature", 1)])
    row = delivery("B", "felt-1", 2, "M0345", date="2026-04-10")
    books.take("deliveries", [row])
    run = books.draft(APRIL)["run"]
    said = books.not_done("bermet", "payout", "approve", run)
    assert "signed" in said
    assert "M0345" in said
