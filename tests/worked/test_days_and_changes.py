"""What stands first within a day, across changes, and when two people act at once (§2, §3, §5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from worked.books import (
    ISSYK,
    MARCH_RUN,
    PASSWORD,
    Books,
    consigned,
    delivery,
    earned,
    member,
    opening,
    sale,
)

COST = "Expenses:CostOfSales"


def move(number: str, quantity: int, source: str, target: str) -> dict[str, Any]:
    """felt-1 is moved on 10 March."""
    row = {"transfer_no": number, "line_no": 1, "date": "2026-03-10", "product": "felt-1"}
    return {**row, "quantity": quantity, "from": source, "to": target}


def count(counted: int, day: str = "2026-03-10") -> dict[str, Any]:
    row = {"count_no": "S-1", "date": day, "location": "osh", "product": "felt-1"}
    return {**row, "counted": counted}


# --- one day -----------------------------------------------------------------------------------


def test_all_of_one_day_goes_by_kind(books: Books) -> None:
    # 10 March: 2 opened in main, 3 delivered there, 4 moved to osh, 3 sold, 1 back, 2 counted
    stock = opening("stock", 200, product="felt-1", location="main", quantity=2, ref="OLD")
    books.take_all(
        stocktakes=[count(2)],
        sales=[
            sale("R-2", "felt-1", -1, return_of="R-1", date="2026-03-10"),
            sale("R-1", "felt-1", 3, 350, date="2026-03-10"),
        ],
        transfers=[move("T-1", 4, "main", "osh")],
        deliveries=[delivery("D-1", "felt-1", 3, "M0345", location="main")],
        openings=[{**stock, "date": "2026-03-10"}],
    )
    # ties of a day go by note_no: D-1 before OLD; 3 of D-1 are sold, 1 of them comes back
    assert books.balance(COST) == 400
    assert books.balance("Expenses:Shrinkage") == 0
    assert books.stock() == {"OLD": 2, "D-1/1": 1}


def test_transfers_of_a_day_go_by_number(books: Books) -> None:
    # T-1 brings to osh what T-2 takes on to talas; T-2 stands first in the sheet
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 3, "M0345", location="main")],
        transfers=[move("T-2", 3, "osh", "talas"), move("T-1", 3, "main", "osh")],
    )
    books.take("sales", [sale("R-1", "felt-1", 3, 350, store="talas")])
    assert earned(books.draft(), "M0345") == {"consignment": "1050.00"}


# --- across changes ----------------------------------------------------------------------------


def test_what_was_sold_later_is_not_there_for_an_earlier_day(books: Books) -> None:
    # 5 delivered, 5 sold on the 20th; a late line of the 15th finds none
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 5, 350)]
    )
    late = sale("R-0", "felt-1", 1, 350, date="2026-03-15")
    assert "only 0" in books.refused("sales", late)


def test_what_is_left_is_there_for_an_earlier_day(books: Books) -> None:
    # 5 delivered, 4 sold on the 20th; a late line of the 15th takes the last one
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 4, 350)]
    )
    late = sale("R-0", "felt-1", 1, 350, date="2026-03-15")
    books.take("sales", [late])
    assert earned(books.draft(), "M0345") == {"consignment": "1750.00"}


def test_a_late_delivery_of_an_earlier_day_is_sold_first_from_then_on(books: Books) -> None:
    # D-2 (210) is half sold when D-1 (200) of an earlier day comes: next 2 × 200, then 1 × 210
    books.take("deliveries", [delivery("D-2", "felt-1", 2, "M0345", unit_price=210)])
    books.take("sales", [sale("R-1", "felt-1", 1, 350)])
    books.take("deliveries", [delivery("D-1", "felt-1", 2, "M0345", date="2026-03-01")])
    books.take("sales", [sale("R-2", "felt-1", 3, 350)])
    assert books.balance(COST) == 210 + 2 * 200 + 210


def test_a_count_leaves_what_later_sales_took(books: Books) -> None:
    # 5 there on the 15th, 4 of them sold on the 20th; a late count of the 15th finds 3: one of
    # the missing is written off, but the other is sold: to be counted again
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 5, "M0345")], sales=[sale("R-1", "felt-1", 4, 350)]
    )
    assert "count again" in books.refused("stocktakes", count(3, "2026-03-15"))
    books.take("stocktakes", [count(4, "2026-03-15")])
    assert books.balance("Expenses:Shrinkage") == 200


def test_an_old_file_of_members_is_known_after_they_changed(books: Books) -> None:
    # the first row again, after a later one: nothing new
    first = member("M0345", ISSYK, "Akburun")
    changed = member("M0345", ISSYK, "Akburun", "wallet", phone="+996700000001")
    books.take("members", [{**changed, "changed": "2026-03-15"}])
    assert "members: 0 booked, 1 already imported" in books.take("members", [first])
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345")])
    assert books.draft()["lines"][0]["rail"] == "wallet"


@pytest.mark.parametrize("turn", [1, -1])
def test_a_row_that_stands_in_two_files_is_booked_once(books: Books, turn: int) -> None:
    paths = [
        books.workbook(deliveries=[delivery("D-1", "felt-1", 1, "M0345")]),
        books.workbook(
            deliveries=[
                delivery("D-2", "felt-1", 1, "M0345"),
                delivery("D-1", "felt-1", 1, "M0345"),
            ]
        ),
    ]
    said = books.done("anna", "import", *map(str, paths[::turn]))
    assert "deliveries: 2 booked, 1 already imported" in said
    assert earned(books.draft(), "M0345") == {"buyback": "400.00"}


# --- currencies --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "amount", "good"),
    [
        ("KGS", "10.05", True),
        ("KGS", "10.005", False),
        ("USD", "10.005", False),
        ("JPY", "10", True),
        ("JPY", "10.5", False),
        ("KWD", "10.005", True),
        ("KWD", "10.0005", False),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    books: Books, currency: str, amount: str, good: bool
) -> None:
    row: dict[str, Any] = {"entry_no": "K-1", "date": "2026-03-25", "kind": "expense"}
    row |= {
        "amount": amount,
        "currency": currency,
        "rate": 2,
        "account": "Expenses:Transport",
        "rail": "bank",
    }
    if good:
        books.take("cashbook", [row])
    else:
        assert amount in books.refused("cashbook", row)


@pytest.mark.parametrize(
    ("currency", "discount", "good"),
    [("JPY", "1", True), ("JPY", "0.5", False), ("KWD", "0.005", True), ("USD", "0.005", False)],
)
def test_discounts_have_the_decimals_of_their_currency(
    books: Books, currency: str, discount: str, good: bool
) -> None:
    books.take("deliveries", [consigned("D-1", "felt-1", 5, "M0345")])
    row = sale("R-1", "felt-1", 1, 350, discount=discount, payment="invoice")
    row |= {"currency": currency, "rate": 2}
    if good:
        books.take("sales", [row])
    else:
        assert discount in books.refused("sales", row)


# --- two at once -------------------------------------------------------------------------------


def together(books: Books, *commands: tuple[str, ...]) -> list[int]:
    """Exit codes of commands that run at the same time, each a process of its own."""
    names = {"OVOP_BOOKS": str(books.folder), "OVOP_TODAY": books.today}
    env = {**os.environ, **names, "OVOP_PASSWORD": PASSWORD}
    code = "from ovop_payouts.cli import main; main()"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, "--as", *words],
            env=env,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]
    return [each.wait() for each in running]


def test_two_who_approve_at_once_book_once(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 5, "M0345")])
    books.draft()
    books.done("admin", "user", "add", "chynara", "--role", "approver")
    approve = ("payout", "approve", MARCH_RUN)
    codes = together(books, ("bermet", *approve), ("chynara", *approve))
    assert sorted(codes) == [0, 1]
    assert books.balance("Liabilities:Payable:InTransit") == -1000


def test_one_file_imported_at_once_by_two_is_booked_once(books: Books) -> None:
    path = str(books.workbook(deliveries=[delivery("D-1", "felt-1", 5, "M0345")]))
    codes = together(books, ("anna", "import", path), ("anna", "import", path))
    assert 0 in codes
    assert earned(books.draft(), "M0345") == {"buyback": "1000.00"}
