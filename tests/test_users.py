"""Users stand in the books, their passwords do not; guessing is slow and soon over."""

from __future__ import annotations

import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ledger import accounts, books, changes
from ledger.directives import Fact
from ledger.log import Note
from ovop_payouts.book import Book, load
from ovop_payouts.refusal import Refusal
from ovop_payouts.users import (
    PAUSE,
    TRIES,
    User,
    WrongPassword,
    check_name,
    check_password,
    check_role,
    removal_fact,
    set_password,
    stamp,
    user_fact,
    users,
)
from ovop_payouts.writing import land

TODAY = date(2026, 3, 1)
NOTE = Note("admin", TODAY, "test")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "felt and honey"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    books.create(tmp_path / "books", "", NOTE, [])
    return tmp_path / "books"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    set_password(tmp_path / "private", "anna", PASSWORD)
    return tmp_path / "private"


def put(folder: Path, make: object, *words: str) -> Book:
    """Land one fact about a user; returns the books after it."""
    assert callable(make)
    book = load(folder)
    fact = make(book, *words, "admin", TODAY)
    assert isinstance(fact, Fact)
    land(folder, f"user-{words[0]}-{fact.meta['revision']}", [(accounts.HEAD_OFFICE, fact)], NOTE)
    return load(folder)


def refused(private: Path, password: str, now: datetime = NOON, name: str = "anna") -> str:
    with pytest.raises(WrongPassword) as caught:
        check_password(private, name, password, now)
    return str(caught.value)


def test_users_are_facts_in_the_books(folder: Path) -> None:
    put(folder, user_fact, "anna", "accountant")
    book = put(folder, user_fact, "aida", "treasurer:issyk-kul")
    assert users(book) == {
        "aida": User("aida", "treasurer", "issyk-kul"),
        "anna": User("anna", "accountant"),
    }


def test_a_later_role_replaces_the_earlier_and_a_removed_user_may_return(folder: Path) -> None:
    put(folder, user_fact, "anna", "accountant")
    assert users(put(folder, user_fact, "anna", "approver"))["anna"].role == "approver"
    assert users(put(folder, removal_fact, "anna")) == {}
    book = put(folder, user_fact, "anna", "auditor")
    assert users(book)["anna"].role == "auditor"
    assert [event["revision"] for event in book.users["anna"]] == ["1", "2", "3", "4"]


def test_two_changes_of_one_user_at_once_have_one_winner(folder: Path) -> None:
    fact = user_fact(load(folder), "anna", "accountant", "admin", TODAY)
    other = user_fact(load(folder), "anna", "admin", "anna", TODAY)
    assert fact.meta["revision"] == other.meta["revision"]
    land(folder, "user-anna-1", [(accounts.HEAD_OFFICE, fact)], NOTE)
    with pytest.raises(changes.AlreadyLanded):
        land(folder, "user-anna-1", [(accounts.HEAD_OFFICE, other)], NOTE)


def test_no_password_stands_in_the_books(folder: Path) -> None:
    set_password(folder / books.PRIVATE, "anna", PASSWORD)
    put(folder, user_fact, "anna", "accountant")
    texts = [path.read_text() for path in (folder / changes.CHANGES).rglob("*.beancount")]
    assert texts
    assert not [text for text in texts if "argon2" in text or PASSWORD in text]


@pytest.mark.parametrize("name", ["anna", "a", "Anna-2", "a.b_c", "9", "x" * 32])
def test_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name", ["", "x" * 33, "../anna", "an na", "анна", "anna\n", ".anna", "-a", "a/b", "a\0b"]
)
def test_what_is_no_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is no user name"):
        check_name(name)
    with pytest.raises(Refusal):
        set_password(tmp_path, name, PASSWORD)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("role", ["accountant", "auditor", "treasurer:issyk-kul"])
def test_roles(role: str) -> None:
    check_role(role, {"issyk-kul"})


@pytest.mark.parametrize(
    "role", ["", "boss", "Admin", "treasurer", "treasurer:", "treasurer:naryn", "admin:issyk-kul"]
)
def test_what_is_no_role(role: str) -> None:
    with pytest.raises(Refusal):
        check_role(role, {"issyk-kul"})


def test_users_may_be_added_before_the_first_import() -> None:
    check_role("treasurer:issyk-kul", set())


@pytest.mark.parametrize("role", ["treasurer", "treasurer:", "treasurer:Ысык-Көл"])
def test_what_is_no_treasurer_before_the_first_import(role: str) -> None:
    with pytest.raises(Refusal):
        check_role(role, set())


def test_the_right_password(private: Path) -> None:
    check_password(private, "anna", PASSWORD, NOON)


@pytest.mark.parametrize("password", ["", " ", PASSWORD.upper(), PASSWORD + " ", "felt\0and honey"])
def test_a_wrong_password(private: Path, password: str) -> None:
    assert refused(private, password) == "wrong password"


@pytest.mark.parametrize("password", ["", "   ", "\t\n"])
def test_an_empty_password_is_none(tmp_path: Path, password: str) -> None:
    with pytest.raises(Refusal, match="a password is needed"):
        set_password(tmp_path, "anna", password)


def test_nobody_else_on_the_machine_reads_the_hashes(private: Path) -> None:
    kept = [path for path in private.rglob("*") if path.is_file()]
    assert kept
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE((private / "users").stat().st_mode) == 0o700


def test_locked_out_after_five_failures_for_a_quarter_of_an_hour(private: Path) -> None:
    for _ in range(TRIES):
        assert refused(private, "guess") == "wrong password"
    assert "locked out" in refused(private, PASSWORD)
    assert "locked out" in refused(private, PASSWORD, NOON + PAUSE - timedelta(seconds=1))
    check_password(private, "anna", PASSWORD, NOON + PAUSE)


def test_every_five_more_failures_lock_out_again(private: Path) -> None:
    later = NOON
    for _ in range(3):
        for _ in range(TRIES):
            assert refused(private, "guess", later) == "wrong password"
        assert "locked out" in refused(private, PASSWORD, later)
        later += PAUSE


def test_a_right_password_forgets_the_failures(private: Path) -> None:
    for _ in range(TRIES - 1):
        refused(private, "guess")
    check_password(private, "anna", PASSWORD, NOON)
    for _ in range(TRIES - 1):
        refused(private, "guess")
    check_password(private, "anna", PASSWORD, NOON)


def test_a_new_password_ends_the_lock_out_and_the_old_password(private: Path) -> None:
    for _ in range(TRIES):
        refused(private, "guess")
    set_password(private, "anna", "another felt")
    check_password(private, "anna", "another felt", NOON)
    assert refused(private, PASSWORD) == "wrong password"


def test_guessing_from_many_threads_is_counted_in_full(private: Path) -> None:
    """Of forty guesses at once only five are looked at, even where the last one is right."""
    guesses = [f"guess {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda guess: refused(private, guess), guesses))
    assert said.count("wrong password") == TRIES
    assert "locked out" in refused(private, PASSWORD)


def test_ten_thousand_guesses_over_time_find_nothing(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each quarter of an hour five guesses: the clock is an argument, so this takes no time."""
    looked_at: list[str] = []

    def verify(self: object, hash_: str, password: str) -> bool:
        from argon2.exceptions import VerifyMismatchError

        looked_at.append(password)
        raise VerifyMismatchError

    monkeypatch.setattr("ovop_payouts.users.PasswordHasher.verify", verify)
    said = [refused(private, f"{n}", NOON + timedelta(seconds=n)) for n in range(10_000)]
    quarters = 10_000 // PAUSE.seconds + 1
    assert said.count("wrong password") <= TRIES * quarters
    assert len(looked_at) == 10_000, "a locked-out name takes as long as any other"


def test_an_unknown_name_takes_as_long_as_a_known_one(private: Path) -> None:
    def taken(name: str) -> float:
        began = time.process_time()
        refused(private, "guess", name=name)
        return time.process_time() - began

    known, unknown, nameless = [], [], []
    for turn in range(7):
        set_password(private, "anna", PASSWORD)
        known.append(taken("anna"))
        unknown.append(taken(f"nobody{turn}"))
        nameless.append(taken("../../etc/passwd"))
    assert 0.5 < min(unknown) / min(known) < 2
    assert 0.5 < min(nameless) / min(known) < 2


def test_unknown_names_leave_nothing_behind(private: Path) -> None:
    before = sorted(private.rglob("*"))
    for name in ("nobody", "../anna", "", "anna/../anna"):
        assert refused(private, PASSWORD, name=name) == "wrong password"
    assert sorted(private.rglob("*")) == before


def test_a_damaged_file_lets_nobody_in(private: Path) -> None:
    (private / "users" / "anna.json").write_text("{")
    assert refused(private, PASSWORD) == "wrong password"


def test_the_stamp_changes_with_role_password_and_removal_and_with_nothing_else(
    folder: Path,
) -> None:
    private = folder / books.PRIVATE
    set_password(private, "anna", PASSWORD)
    book = put(folder, user_fact, "anna", "accountant")
    stamps = [stamp(book, private, "anna")]
    refused(private, "guess")
    check_password(private, "anna", PASSWORD, NOON)
    assert stamp(load(folder), private, "anna") == stamps[0]
    stamps.append(stamp(put(folder, user_fact, "anna", "approver"), private, "anna"))
    set_password(private, "anna", PASSWORD)
    stamps.append(stamp(load(folder), private, "anna"))
    assert stamp(put(folder, removal_fact, "anna"), private, "anna") is None
    stamps.append(stamp(put(folder, user_fact, "anna", "approver"), private, "anna"))
    assert None not in stamps
    assert len(set(stamps)) == 4
