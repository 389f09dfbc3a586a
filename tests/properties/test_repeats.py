"""Import, approve, export and settle, again in any order: once is enough (contract §5)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from banking import details, entry, statement
from worked.books import MARCH_RUN, Books, delivery

from properties.copies import copy_of

WHO = ("M0345", "M0501", "M0502")


@dataclass
class Again:
    """A month that is done, and each of its commands once more."""

    books: Books
    workbook: Path
    bank: Path
    message: Path

    @property
    def out(self) -> Path:
        return self.books.folder.parent / "out"

    def import_(self) -> None:
        assert "3 already imported" in self.books.done("anna", "import", str(self.workbook))

    def approve(self) -> None:
        said = self.books.not_done("bermet", "payout", "approve", MARCH_RUN)
        assert "nothing was booked again" in said

    def export(self) -> None:
        self.books.done("anna", "payout", "export", MARCH_RUN, "--out", str(self.out))

    def settle(self) -> None:
        said = self.books.done("anna", "payout", "settle", str(self.bank))
        assert "0 booked, 2 already imported" in said

    def settle_message(self) -> None:
        said = self.books.done("anna", "payout", "settle", str(self.message))
        assert "0 settled, 0 came back, 1 already known" in said

    @property
    def commands(self) -> tuple[Callable[[], None], ...]:
        return self.import_, self.approve, self.export, self.settle, self.settle_message


def done_once(books: Books) -> Again:
    """The month from import to settlement, each command once."""
    rows = [delivery(f"D-{ident}", "felt-1", 5, ident) for ident in WHO]
    books.take("deliveries", rows)
    workbook = books.files[-1]
    books.pay()
    paid = [
        {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/{who}"}
        for who in (WHO[0], WHO[2])
    ]
    books.settle(*({**row, "status": "settled"} for row in paid))
    message = books.folder.parent / "bank.xml"
    content = entry(details(f"{MARCH_RUN}/{WHO[1]}"), "1000.00", day="2026-04-05")
    message.write_bytes(statement(content))
    again = Again(books, workbook, books.files[-1], message)
    again.export()
    books.done("anna", "payout", "settle", str(message))
    return again


def contents(again: Again) -> dict[str, bytes]:
    """Every byte of the books and of the payment files; caches and locks are no part of them."""
    found = {}
    for folder in (again.books.folder, again.out):
        for above, names, files in os.walk(folder):
            names[:] = [name for name in names if name != ".cache"]
            for name in files:
                if not name.endswith(".lock"):
                    path = Path(above) / name
                    found[str(path)] = path.read_bytes()
    return found


def repeat(base: Path, times: int, every: int) -> None:
    random = Random(times)
    with copy_of(base) as books:
        again = done_once(books)
        first = contents(again)
        landed = books.changes()
        for number in range(1, times + 1):
            random.choice(again.commands)()
            assert books.changes() == landed
            if number % every == 0:
                assert contents(again) == first
        assert contents(again) == first
        assert books.done("anna", "check") == "The books are sound.\n"


def test_again_changes_nothing(base: Path) -> None:
    repeat(base, times=60, every=1)


@pytest.mark.soak
def test_ten_thousand_times_again_change_nothing(base: Path) -> None:
    repeat(base, times=10_000, every=100)
