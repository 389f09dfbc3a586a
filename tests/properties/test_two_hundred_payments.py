"""200 payments of which 30 come back, some twice, some after they were settled (contract §5).

Half of what comes back is said by a workbook, half by a camt.054. Each return reopens one balance;
it is paid again under a new reference once other details are confirmed; nobody is paid twice.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from banking import details, entry, notification, returned, statement
from worked.books import ISSYK, MARCH, Books, delivery, member

from ovop_payouts.book import load

OWED, TRANSIT = "Liabilities:Payable:IssykKul", "Liabilities:Payable:InTransit"
PAYEES = [f"P{number:03d}" for number in range(200)]
RAILS = {ident: ("bank", "bank", "wallet", "cash")[i % 4] for i, ident in enumerate(PAYEES)}
AMOUNT = {ident: Decimal(100 + i) for i, ident in enumerate(PAYEES)}


def details_of(ident: str, version: int) -> dict[str, Any]:
    """A payee as last changed: on each day other details."""
    number = int(ident[1:])
    where: dict[str, dict[str, str]] = {
        "bank": {"account_no": f"{version}00000000{number:07d}", "bic": "DEMOKG22"},
        "wallet": {"phone": f"+9967{version}0{number:06d}"},
        "cash": {},
    }
    rail = RAILS[ident]
    changed = {"changed": f"2026-04-{5 + version:02d}"} if version else {}
    return {**member(ident, ISSYK, "Akburun", rail), **where[rail], **changed}


def said(run: int, ident: str, status: str, day: str) -> dict[str, Any]:
    reference = f"{MARCH}/{ISSYK}/{run}/{ident}"
    row = {"date": day, "amount": AMOUNT[ident], "reference": reference, "status": status}
    return {**row, "reason": "AC04"} if status == "returned" else row


def settle(books: Books, run: int, payees: Iterable[str], day: str) -> None:
    """A statement of the bank for its own, a workbook for wallets and cash."""
    payees = sorted(payees)
    entries = [
        entry(details(f"{MARCH}/{ISSYK}/{run}/{ident}"), f"{AMOUNT[ident]}.00", day=day)
        for ident in payees
        if RAILS[ident] == "bank"
    ]
    message(books, statement(*entries))
    rest = [said(run, ident, "settled", day) for ident in payees if RAILS[ident] != "bank"]
    if rest:
        books.settle(*rest)


def come_back(books: Books, run: int, payees: Iterable[str], day: str) -> None:
    """Every other one by workbook, the others by camt.054; each file is taken in twice."""
    payees = sorted(payees)
    by_book, by_bank = payees[::2], payees[1::2]
    for _ in range(2):
        books.settle(*(said(run, ident, "returned", day) for ident in by_book))
        backs = [
            returned(f"{MARCH}/{ISSYK}/{run}/{ident}", f"{AMOUNT[ident]}.00", "AC04", day)
            for ident in by_bank
        ]
        message(books, notification(*backs))


def message(books: Books, content: bytes) -> None:
    path = books.folder.parent / f"bank-{len(books.files)}.xml"
    books.files.append(path)
    path.write_bytes(content)
    out = json.loads(books.done("anna", "payout", "settle", str(path), "--json"))
    assert (out["ignored"], out["unmatched"]) == ([], [])


def owed(books: Books) -> dict[str, Decimal]:
    """Payee -> what is owed, where anything is."""
    found = load(books.folder).owed
    start = f"{OWED}:Akburun:"
    return {a.removeprefix(start): -n for a, n in found.items() if a.startswith(start) and n}


def states(run: dict[str, Any]) -> dict[str, str]:
    return {line["member"]: line["state"] for line in run["lines"]}


def renew(books: Books, payees: Iterable[str], version: int) -> None:
    """Other details: entered by one, confirmed by another; cash needs none."""
    changed = [ident for ident in sorted(payees) if RAILS[ident] != "cash"]
    books.take("members", [details_of(ident, version) for ident in changed])
    held = states(books.draft())
    assert {held[ident] for ident in changed} == {"hold"}  # entered, but not confirmed
    for ident in changed:
        books.not_done("anna", "members", "confirm", ident)
        books.done("bermet", "members", "confirm", ident)


@pytest.fixture
def paid(base: Path, tmp_path: Path) -> Books:
    """200 payees by bank, wallet and cash, each owed another amount; approved."""

    from worked.books import Books as Folder

    books = Folder(Path(shutil.copytree(base, tmp_path / "books")))
    books.take("members", [details_of(ident, 0) for ident in PAYEES])
    rows = [
        delivery(f"D-{ident}", "felt-1", 1, ident, unit_price=str(AMOUNT[ident]))
        for ident in PAYEES
    ]
    books.take("deliveries", rows)
    books.pay()
    return books


def test_two_hundred_payments_of_which_thirty_come_back(paid: Books) -> None:
    books, random = paid, Random(4)
    back = random.sample(PAYEES, 30)
    before, twice = back[:20], back[15:24]
    # 170 are paid, 20 come back from transit, 10 once they were settled
    settle(books, 1, set(PAYEES) - set(before), "2026-04-05")
    books.today = "2026-04-06"
    come_back(books, 1, back, "2026-04-06")
    assert owed(books) == {ident: AMOUNT[ident] for ident in back}
    assert books.balance(TRANSIT) == 0
    # held but for cash, until others confirmed other details; then paid under /2
    run = books.draft()
    assert run["run"].endswith("/2")
    assert {i: s for i, s in states(run).items() if RAILS[i] != "cash"} == {
        ident: "hold" for ident in back if RAILS[ident] != "cash"
    }
    renew(books, back, 1)
    assert set(states(books.pay()).values()) == {"pay"}
    assert owed(books) == {}
    settle(books, 2, set(back) - set(twice), "2026-04-06")
    # nine come back a second time, some of them after they were settled
    settle(books, 2, twice[:3], "2026-04-06")
    books.today = "2026-04-07"
    come_back(books, 2, twice, "2026-04-07")
    assert owed(books) == {ident: AMOUNT[ident] for ident in twice}
    renew(books, twice, 2)
    assert books.pay()["run"].endswith("/3")
    settle(books, 3, twice, "2026-04-07")
    nobody_was_paid_twice(books, back, twice)
    told_in_words(books, twice[0])


def nobody_was_paid_twice(books: Books, back: list[str], twice: list[str]) -> None:
    book = load(books.folder)
    kept = dict.fromkeys(PAYEES, Decimal())
    for reference in book.settled:
        kept[book.payments[reference].member] += book.payments[reference].amount
    for reference, gone in book.returned.items():
        if reference in book.settled:
            kept[gone.member] -= gone.amount
    assert kept == AMOUNT
    assert len(book.returned) == len(back) + len(twice)
    assert books.balance(OWED) == 0
    assert books.balance(TRANSIT) == 0
    assert books.done("anna", "check") == "The books are sound.\n"
    books.done("anna", "close", MARCH, "-a", ISSYK)


def told_in_words(books: Books, ident: str) -> None:
    """The statement names each payment that came back, and why."""
    out = books.folder.parent / "statements"
    words = {"en": "account closed", "ru": "счёт закрыт", "ky": "эсеп жабылган"}
    for language, reason in words.items():
        named = ("--lang", language, "--format", "html", "--out", str(out))
        books.done("anna", "statement", MARCH, "-m", ident, *named)
        page = (out / f"{MARCH}_{ident}_{language}.html").read_text()
        for run in (1, 2):
            assert f"{MARCH}/{ISSYK}/{run}/{ident}" in page
        assert reason in page
