"""An approved payment goes where its approver saw it go: details of later never touch it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from worked.books import ISSYK, MARCH_RUN, Books, delivery, member, outcome

OLD, NEW = "1234567890123456", "9999888877776666"


def bank(account: str, **more: Any) -> dict[str, Any]:
    return member("M0501", ISSYK, "Akburun", "bank", account_no=account, bic="DEMOKG22", **more)


def files(books: Books, folder: Path) -> dict[str, bytes]:
    """What an export writes: name -> bytes."""
    books.done("anna", "payout", "export", MARCH_RUN, "--out", str(folder))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def approved(books: Books) -> None:
    books.take(
        "deliveries", [delivery(f"D-{m}", "felt-1", 1, m) for m in ("M0345", "M0501", "M0502")]
    )
    books.pay()


@pytest.mark.parametrize("day", ["2026-03-15", "2026-04-05"])
def test_an_account_changed_after_approval_gets_nothing_of_it(
    books: Books, tmp_path: Path, day: str
) -> None:
    """Anna changes the account and nobody confirmed it: the file still pays the old one."""
    approved(books)
    books.take("members", [bank(NEW, changed=day)])
    written = b"".join(files(books, tmp_path / "out").values())
    assert OLD.encode() in written
    assert NEW.encode() not in written


def test_an_export_is_the_same_bytes_whatever_changed_since(books: Books, tmp_path: Path) -> None:
    """Account, phone, name, language and group of payees change between two exports."""
    approved(books)
    first = files(books, tmp_path / "first")
    other = {"name": "Another Name", "language": "ru", "changed": "2026-04-05"}
    books.take("members", [{**bank(NEW), **other}])
    wallet = member("M0502", ISSYK, "Bokonbaev", "wallet", phone="+996555000111")
    books.take("members", [{**wallet, **other}])
    books.take("members", [{**member("M0345", ISSYK, "Bokonbaev"), **other}])
    assert files(books, tmp_path / "second") == first


def test_who_changed_rail_after_approval_is_paid_as_approved(books: Books, tmp_path: Path) -> None:
    """By bank at approval, by cash since: the bank file pays the account of then."""
    approved(books)
    first = files(books, tmp_path / "first")
    books.take("members", [member("M0501", ISSYK, "Akburun", changed="2026-04-05")])
    assert files(books, tmp_path / "second") == first


def test_details_changed_between_draft_and_approval_hold_the_payee(books: Books) -> None:
    """The draft showed a payment; a new account makes another snapshot, where it is held."""
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0501")])
    assert outcome(books.draft(), "M0501") == ("pay", "200.00", "0.00")
    books.take("members", [bank(NEW, changed="2026-04-05")])
    assert "changed since" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    assert outcome(books.draft(), "M0501") == ("hold", "0.00", "200.00")


def test_confirmed_between_draft_and_approval_needs_a_new_draft(books: Books) -> None:
    books.take("members", [bank(NEW, changed="2026-03-05")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0501")])
    assert outcome(books.draft(), "M0501")[0] == "hold"
    books.done("bermet", "members", "confirm", "M0501")
    assert "changed since" in books.not_done("bermet", "payout", "approve", MARCH_RUN)
    assert outcome(books.draft(), "M0501") == ("pay", "200.00", "0.00")
    books.approve()


def test_confirmed_details_are_paid(books: Books, tmp_path: Path) -> None:
    books.take("members", [bank(NEW, changed="2026-03-05")])
    books.done("bermet", "members", "confirm", "M0501")
    approved(books)
    written = b"".join(files(books, tmp_path / "out").values())
    assert NEW.encode() in written
    assert OLD.encode() not in written


def test_two_changes_are_confirmed_as_the_last_one(books: Books, tmp_path: Path) -> None:
    """Confirmed is what was there: a change after the confirmation holds again."""
    books.take("members", [bank(NEW, changed="2026-03-05")])
    books.done("bermet", "members", "confirm", "M0501")
    books.take("members", [bank(OLD, changed="2026-03-06")])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0501")])
    assert outcome(books.draft(), "M0501")[0] == "hold"


def test_one_wrong_letter_of_the_bic_is_a_change_too(books: Books) -> None:
    books.take("members", [{**bank(OLD, changed="2026-03-05"), "bic": "DEMOKG23"}])
    books.take("deliveries", [delivery("A", "felt-1", 1, "M0501")])
    assert outcome(books.draft(), "M0501")[0] == "hold"


@pytest.mark.parametrize("user", ["anna", "talgat", "admin"])
def test_details_are_confirmed_by_another_of_the_head_office(books: Books, user: str) -> None:
    """Anna entered them; a treasurer and an admin confirm nothing."""
    books.take("members", [bank(NEW, changed="2026-03-05")])
    assert user in books.not_done(user, "members", "confirm", "M0501")


def test_a_password_is_needed_to_confirm(books: Books) -> None:
    books.take("members", [bank(NEW, changed="2026-03-05")])
    said = books.not_done("bermet", "members", "confirm", "M0501", password="felt and jam")
    assert "password" in said.lower()
