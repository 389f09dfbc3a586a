"""A price that changes after its month was paid: corrections that show their sums (contract §4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from worked.books import (
    APRIL,
    APRIL_RUN,
    ISSYK,
    MARCH,
    Books,
    consigned,
    delivery,
    earned,
    worked,
)


def priced(books: Books, price: str, product: str = "felt-1", since: str = "2026-03-01") -> None:
    row = {"product": product, "valid_from": since, "buyback_price": price}
    books.take("prices", [row])


def corrected(books: Books, period: str = MARCH) -> dict[str, Any]:
    text = books.done("anna", "payout", "correct", period, "-a", ISSYK, "--json")
    return dict(json.loads(text))


def written(books: Books) -> Path:
    path = books.folder.parent / f"corrections-{len(books.files)}.xlsx"
    books.files.append(path)
    books.done("anna", "payout", "correct", MARCH, "-a", ISSYK, "--out", str(path))
    return path


def closed_march(books: Books) -> None:
    books.take(
        "deliveries",
        [
            delivery("D-1", "felt-1", 5, "M0345"),
            delivery("D-2", "felt-1", 3, "M0346", rejected=1),
            delivery("D-3", "felt-1", 9, "M0346", unit_price=150),  # a price of its own
            consigned("D-4", "felt-1", 9, "M0346"),
            delivery("D-5", "honey-1", 1, "M0346"),  # another product
        ],
    )
    books.pay()
    paid = [
        {
            "date": "2026-04-05",
            "reference": f"{MARCH}/{ISSYK}/1/{who}",
            "status": "settled",
            "amount": a,
        }
        for who, a in (("M0345", "1000.00"), ("M0346", "2050.50"))
    ]
    books.settle(*paid)
    books.done("anna", "close", MARCH, "-a", ISSYK)
    books.today = "2026-04-20"


def test_a_closed_months_price_is_corrected_in_the_open_month(books: Books) -> None:
    closed_march(books)
    priced(books, "210.505")
    found = corrected(books)["corrections"]
    # 5 × 210.505 = 1052.525 -> 1052.53, less 1000; 2 × 210.505 = 421.01, less 400
    assert [(c["member"], c["delivery"], c["amount"]) for c in found] == [
        ("M0345", "D-1/1", "52.53"),
        ("M0346", "D-2/1", "21.01"),
    ]
    before = books.changes()
    path = written(books)
    assert books.changes() == before  # nothing is booked before somebody looked at it
    assert "distributions: 2 booked" in books.done("anna", "import", str(path))
    assert corrected(books)["corrections"] == []
    books.today = "2026-05-02"
    run = books.draft(APRIL)
    assert earned(run, "M0345") == {"correction": "52.53"}
    told = books.done("anna", "payout", "show", APRIL_RUN, "--member", "M0345")
    assert (
        "PC-D-1/1@210.505: 5 felt-1 accepted on 2026-03-10 × 210.505 = 1052.53 now,"
        " × 200 = 1000.00 then: 52.53" in told
    )
    books.approve(APRIL_RUN)
    assert "× 210.505 = 1052.53 now" in books.done(
        "anna", "payout", "show", APRIL_RUN, "--member", "M0345"
    )
    assert books.done("anna", "check") == "The books are sound.\n"


def test_the_workbook_shows_the_sum_behind_each(books: Books) -> None:
    closed_march(books)
    priced(books, "190")
    path = written(books)
    first = path.read_bytes()
    sheet = load_workbook(path)["arithmetic"]
    head, *rows = sheet.iter_rows(values_only=True)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(t["price then"], t["price now"], t["difference"]) for t in told] == [
        ("200", "190", -50),
        ("200", "190", -20),
    ]
    assert told[0]["source"] == f"{books.files[0].name}/deliveries!2"
    assert written(books).read_bytes() == first


def test_corrected_again_and_back(books: Books) -> None:
    closed_march(books)
    for day, price, amount in (
        ("01", "210", "50.00"),
        ("02", "220", "50.00"),
        ("03", "210", "-50.00"),
    ):
        priced(books, price, since=f"2026-03-{day}")
        found = corrected(books)["corrections"]
        assert found[0]["amount"] == amount
        assert "2 booked" in books.done("anna", "import", str(written(books)))
        assert corrected(books)["corrections"] == []
    books.today = "2026-05-02"
    assert earned(books.draft(APRIL), "M0345") == {"correction": "50.00"}
    told = books.done("anna", "payout", "show", APRIL_RUN, "--member", "M0345")
    assert "then, 50.00 corrected before: 50.00" in told
    assert "then, 100.00 corrected before: -50.00" in told


def test_a_pool_is_shared_as_its_month_was(books: Books) -> None:
    books.take(
        "deliveries",
        [delivery("D-1", "felt-1", 5), delivery("D-2", "felt-1", 1, group="Bokonbaev")],
    )
    books.take("contributions", [worked("Akburun", "M0345", 2), worked("Akburun", "M0346", 1)])
    books.pay()
    books.today = "2026-04-20"
    priced(books, "210")
    found = corrected(books)
    # 50 by 2 and 1 hours: 33.33 and 16.67
    assert [(c["distribution_no"], c["amount"], c["share"]) for c in found["corrections"]] == [
        ("PC-D-1/1@210/M0345", "33.33", "2 of 3 hours"),
        ("PC-D-1/1@210/M0346", "16.67", "1 of 3 hours"),
    ]
    assert "the pool of Bokonbaev for 2026-03 is held: no contributions" in found["left"][0]
    books.done("anna", "import", str(written(books)))
    assert corrected(books)["corrections"] == []
    books.today = "2026-05-02"
    assert earned(books.draft(APRIL), "M0346") == {"correction": "16.67"}
    told = books.done("anna", "payout", "show", APRIL_RUN, "--member", "M0346")
    assert "then: 50.00, shared by contributions: 16.67" in told


def test_what_no_run_holds_yet_is_reversed_and_imported_again(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 5, "M0345")])
    priced(books, "210")
    found = corrected(books)
    assert found["corrections"] == []
    assert "is in no approved run yet" in found["left"][0]
