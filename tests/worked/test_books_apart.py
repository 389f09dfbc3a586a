"""Each association's book stands alone, is sound, and names nobody else's (contract §2)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from worked.books import (
    ISSYK,
    MARCH,
    MARCH_RUN,
    NARYN,
    Books,
    consigned,
    delivery,
    member,
    opening,
    rule,
    sale,
    worked,
)

OTHERS = {
    NARYN: ("issyk", "IssykKul", "Akburun", "Bokonbaev", "M0345", "M0346", "M0401", "M0501"),
    ISSYK: ("naryn", "Naryn", "Atbashy", "N0001", "N0002"),
}


def theirs(note: str, product: str, delivered: Any, ident: str | None, **more: Any) -> Any:
    where = {"association": NARYN, "group": "Atbashy"}
    return delivery(note, product, delivered, ident, **where, **more)


def full_month(books: Books) -> None:
    """Both associations deliver, share a sale line and a premium, and are paid."""
    day = {"date": "2026-03-31"}
    who = member("M0348", ISSYK, "Akburun", hold="yes")
    books.take_all(
        members=[who, member("N0002", NARYN, "Atbashy", tax_status="resident")],
        certificates=[
            {"certificate_no": "G1", "product": "soap-1", "group": "Akburun", **day}
            | {"decision": "certified"},
            {"certificate_no": "G2", "product": "soap-1", "group": "Atbashy", **day}
            | {"decision": "certified"},
        ],
        policy=[
            rule("fee", "0.05"),
            rule("fee", "0.04", association=NARYN),
            rule("fixed", 10, association=ISSYK, limit=50),
            rule("minimum", 5, association=NARYN),
            rule("commission", "0.1"),
        ],
        openings=[
            opening("payable", 30, member="M0345"),
            opening("advance", 20, member="N0001", ref="V1"),
        ],
        deliveries=[
            consigned("A", "felt-1", 2, "M0345"),
            delivery("B", "honey-1", 1, None),
            theirs("C", "felt-1", 2, "N0001", terms="consignment"),
            theirs("D", "honey-1", 1, None),
        ],
        contributions=[worked("Akburun", "M0346", 1), worked("Atbashy", "N0002", 1)],
        sales=[
            sale("R1", "felt-1", 3, 100),
            sale("R2", "felt-1", -2, return_of="R1", date="2026-03-21"),
        ],
        distributions=[
            {**day, "distribution_no": "P1", "kind": "premium", "amount": "33.33"},
            {**day, "distribution_no": "P2", "kind": "award", "amount": 5, "member": "N0001"},
            {**day, "distribution_no": "P3", "kind": "award", "amount": 5, "group": "Akburun"},
        ],
        advances=[{**day, "advance_no": "V2", "member": "M0346", "amount": 7}],
        cashbook=[
            {**day, "entry_no": "K1", "kind": "advance-repaid", "amount": 2, "member": "N0001"}
        ],
        stocktakes=[
            {**day, "count_no": "S1", "location": "osh", "product": "felt-1", "counted": 2}
        ],
    )
    books.pay()
    books.pay(association=NARYN)
    row = {"date": "2026-04-05", "amount": "30", "reference": f"{MARCH_RUN}/M0345"}
    paid = {each["member"]: each["payout"] for each in books.show()["lines"]}
    books.settle({**row, "amount": paid["M0345"], "status": "settled"})


def read_by(books: Books, association: str) -> dict[str, str]:
    """Name of a file -> text, of everything that an association's book includes."""
    main = books.folder / "associations" / association / "book.beancount"
    _, errors, options = loader.load_file(str(main))
    assert not errors, errors
    folder = books.folder.resolve()
    included = [Path(name) for name in options["include"]]
    return {str(path.relative_to(folder)): path.read_text() for path in included}


@pytest.mark.parametrize("association", [ISSYK, NARYN])
def test_an_associations_book_names_nobody_elses(books: Books, association: str) -> None:
    full_month(books)
    frozen = 0
    for name, text in read_by(books, association).items():
        found = [word for word in OTHERS[association] if word in f"{name}\n{text}"]
        assert not found, f"{name} tells of {found}"
        frozen += "distribution-part" in text
    assert frozen, "nothing reached the others: this would prove nothing"


@pytest.mark.parametrize("association", [ISSYK, NARYN])
def test_an_associations_book_has_all_that_is_its_own(books: Books, association: str) -> None:
    """What it owes and what lies in stock for it is the same there and in the consolidated."""
    full_month(books)
    prefix = {ISSYK: "Liabilities:Payable:IssykKul", NARYN: "Liabilities:Payable:Naryn"}
    main = books.folder / "associations" / association / "book.beancount"
    entries, errors, _ = loader.load_file(str(main))
    assert not errors, errors
    owed = Decimal()
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            if posting.account.startswith(prefix[association]) and posting.units:
                owed += posting.units.number or Decimal()
    assert owed == books.balance(prefix[association])


def test_every_transaction_stands_in_one_file(books: Books) -> None:
    """The consolidated book holds as many transactions as its parts together."""
    full_month(books)
    whole, errors, _ = loader.load_file(str(books.folder / "main.beancount"))
    assert not errors, errors
    places = [
        (entry.meta["filename"], entry.meta["lineno"])
        for entry in whole
        if isinstance(entry, Transaction)
    ]
    assert len(places) == len(set(places))
    assert {Path(name).relative_to(books.folder).parts[0] for name, _ in places} == {"changes"}


def test_accounts_and_phones_are_in_no_book(books: Books) -> None:
    """Only the last four digits of an account stand in the books; a phone stands nowhere."""
    full_month(books)
    for path in books.folder.rglob("*"):
        if not path.is_file() or {"private", "archive"} & set(path.parts):
            continue
        text = path.read_bytes()
        assert b"1234567890123456" not in text, path
        assert b"996700123456" not in text, path


def test_what_is_private_is_readable_by_the_owner_alone(books: Books) -> None:
    full_month(books)
    kept = [p for name in ("private", "archive") for p in (books.folder / name).rglob("*")]
    assert kept
    assert {oct(p.stat().st_mode & 0o777) for p in kept if p.is_file()} == {"0o600"}


def test_the_books_are_sound_and_proven(books: Books) -> None:
    full_month(books)
    assert "sound" in books.done("anna", "check")
    books.done("anna", "verify")
    assert books.show()["status"] == "approved"
    assert MARCH in books.show()["run"]
