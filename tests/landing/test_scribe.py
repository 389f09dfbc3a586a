"""Texts written by a second process are those that one alone writes, whatever becomes of it."""

from __future__ import annotations

import os
import signal
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from ledger.directives import Directive, Entry, Fact, Leg, Open
from ledger.drafts import Draft, Unsound, listed, texts_of
from ledger.scribe import Scribe
from ledger.text import read

DAY = date(2026, 1, 1)
_packed = msgspec.msgpack.Decoder(list[Directive])
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


def taken(scribe: Scribe, planned: list[tuple[str, Directive]]) -> list[tuple[str, Directive]]:
    """Give it what is planned, as it grows; what it left."""
    left: list[tuple[str, Directive]] = []
    for start in range(0, len(planned), 500):
        left += planned[start : start + 500]
        scribe.take(left)
    return left


def as_texts(drafts: dict[str, Draft]) -> dict[str, str]:
    """The texts of drafts; what they keep for the cache says the same."""
    for name, draft in drafts.items():
        text = draft.text.whole().decode()
        assert _packed.decode(listed(draft.count) + draft.packed.whole()) == read(text, name)
    return {name: draft.text.whole().decode() for name, draft in drafts.items()}


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    planned = many()
    with Scribe(tmp_path) as scribe:
        left = taken(scribe, planned)
        assert scribe.took
        assert scribe._process is not None
        texts = as_texts(scribe.drafts(FIRST, left))
        assert scribe._process.wait() == 0
        assert not list(tmp_path.iterdir())
    assert texts == texts_of([*FIRST, *planned])


def test_little_is_written_by_one_alone(tmp_path: Path) -> None:
    planned = many(50)
    with Scribe(tmp_path) as scribe:
        left = taken(scribe, planned)
        assert not scribe.took
        assert left == planned
        assert as_texts(scribe.drafts(FIRST, left)) == texts_of([*FIRST, *planned])


@pytest.mark.parametrize("before_all", [True, False])
def test_a_second_process_that_is_killed_is_not_missed(tmp_path: Path, before_all: bool) -> None:
    planned = many()
    with Scribe(tmp_path) as scribe:
        at = 2500 if before_all else len(planned)
        left = taken(scribe, planned[:at])
        assert scribe._process is not None
        os.kill(scribe._process.pid, signal.SIGKILL)
        scribe._process.wait()
        left += planned[at:]
        scribe.take(left)
        assert as_texts(scribe.drafts(FIRST, left)) == texts_of([*FIRST, *planned])


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("at", [10, 4_990])
def test_what_does_not_balance_is_refused_by_both(tmp_path: Path, at: int, killed: bool) -> None:
    planned = many()
    planned[at] = "osh", entry(at, left="0.01")
    with pytest.raises(Unsound, match="does not balance"):
        texts_of(planned)
    with Scribe(tmp_path) as scribe:
        left = taken(scribe, planned)
        if killed:
            assert scribe._process is not None
            scribe._process.kill()
            scribe._process.wait()
        with pytest.raises(Unsound, match="does not balance"):
            scribe.drafts(FIRST, left)


def test_what_would_not_read_back_is_refused() -> None:
    with pytest.raises(Unsound, match="read back"):
        texts_of([("osh", Fact(DAY, "note", ("a",), {"filename": "of Beancount"}))])
