"""Texts written by a second process are those that one alone writes, whatever becomes of it."""

from __future__ import annotations

import os
import signal
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledger.directives import Directive, Entry, Fact, Leg, Open
from ledger.scribe import Scribe, Unsound, texts_of

DAY = date(2026, 1, 1)
FIRST: list[tuple[str, Directive]] = [("head-office", Fact(DAY, "import", ("f" * 64,)))]


def entry(number: int, left: str = "0") -> Entry:
    amount = Decimal(number) / 100
    legs = (Leg("Assets:Cash", amount, "KGS"), Leg("Income:Sales", Decimal(left) - amount, "KGS"))
    meta = {"row": str(number), "name": 'Айгүл "A" \\ B'}
    return Entry(DAY + timedelta(days=number % 700), "sales", "Ош", f"Line {number}", legs, meta)


def many(count: int = 5_000) -> list[tuple[str, Directive]]:
    """Entries of two scopes and years, and what opens in between."""
    planned: list[tuple[str, Directive]] = []
    for number in range(count):
        planned.append((("osh", "naryn")[number % 2], entry(number)))
        if number % 100 == 0:
            planned.append(("common", Open(DAY, f"Assets:Till:S{number}")))
    return planned


def followed(scribe: Scribe, planned: list[tuple[str, Directive]]) -> None:
    for end in range(0, len(planned) + 500, 500):
        scribe.follow(planned[:end])


def test_two_processes_write_what_one_writes() -> None:
    planned = many()
    with Scribe() as scribe:
        followed(scribe, planned)
        assert scribe._process is not None
        texts = scribe.texts([*FIRST, *planned], len(FIRST))
        assert scribe._process.poll() is None or scribe._process.returncode == 0
    assert texts == texts_of([*FIRST, *planned])


def test_little_is_written_by_one_alone() -> None:
    planned = many(50)
    with Scribe() as scribe:
        followed(scribe, planned)
        assert scribe._process is None
        assert scribe.texts([*FIRST, *planned], len(FIRST)) == texts_of([*FIRST, *planned])


@pytest.mark.parametrize("before_all", [True, False])
def test_a_second_process_that_is_killed_is_not_missed(before_all: bool) -> None:
    planned = many()
    with Scribe() as scribe:
        scribe.follow(planned[:2500] if before_all else planned)
        assert scribe._process is not None
        os.kill(scribe._process.pid, signal.SIGKILL)
        scribe._process.wait()
        scribe.follow(planned)
        assert scribe.texts([*FIRST, *planned], len(FIRST)) == texts_of([*FIRST, *planned])


@pytest.mark.parametrize("at", [10, 4_990])
def test_what_does_not_balance_is_refused_by_both(at: int) -> None:
    planned = many()
    planned[at] = "osh", entry(at, left="0.01")
    with pytest.raises(Unsound, match="does not balance"):
        texts_of(planned)
    with Scribe() as scribe:
        followed(scribe, planned)
        with pytest.raises(Unsound, match="does not balance"):
            scribe.texts(planned)


def test_what_would_not_read_back_is_refused() -> None:
    with pytest.raises(Unsound, match="read back"):
        texts_of([("osh", Fact(DAY, "note", ("a",), {"filename": "of Beancount"}))])
