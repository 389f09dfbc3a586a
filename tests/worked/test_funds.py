"""Accounts that the settings name must cover a run and what is on its way (contract §2, §5)."""

from __future__ import annotations

from typing import Any

import pytest

from worked.books import MARCH_RUN, NARYN, Books, delivery

BY_RAIL = {"cash": "M0345", "bank": "M0501", "wallet": "M0502"}


def covered_by(books: Books, **rails: list[str]) -> None:
    text = "".join(f"[rails.{rail}]\ncover = {names!r}\n" for rail, names in rails.items())
    (books.folder / "ovop.toml").write_text(text.replace("'", '"'))


def money(books: Books, **amounts: int) -> None:
    """Put money on accounts: from the equity of the founders."""
    rows: list[dict[str, Any]] = [
        {
            "entry_no": f"K-{len(books.files)}-{rail}",
            "date": "2026-03-01",
            "kind": "deposit",
            "amount": amount,
            "account": "Equity:Founders",
            "rail": rail,
        }
        for rail, amount in amounts.items()
    ]
    books.take("cashbook", rows)


@pytest.fixture
def drafted(books: Books) -> Books:
    """1,000 to each of three, by cash, bank and wallet."""
    books.take("deliveries", [delivery(f"D-{m}", "felt-1", 5, m) for m in BY_RAIL.values()])
    books.draft()
    return books


def test_without_accounts_named_nothing_is_checked_or_said(drafted: Books) -> None:
    assert "holds" not in drafted.approve()


def test_a_run_that_is_not_covered_is_refused(drafted: Books) -> None:
    covered_by(drafted, bank=["Assets:Bank"])
    money(drafted, bank=999)
    said = drafted.not_done("bermet", "payout", "approve", MARCH_RUN)
    assert (
        "the money is not there: Assets:Bank holds 999.00; 0.00 are on their way by bank,"
        " 1000.00 are to be paid: 1.00 are missing" in said
    )
    money(drafted, bank=1)
    drafted.draft()
    said = drafted.approve()
    assert "Assets:Bank holds 1000.00; 1000.00 are on their way by bank: 0.00 are left" in said


def test_what_is_on_its_way_counts_until_it_is_settled(drafted: Books) -> None:
    covered_by(drafted, cash=["Assets:Cash"])
    money(drafted, cash=1000)
    drafted.approve()
    row = delivery("D-9", "felt-1", 1, "N0001", association=NARYN, group="Atbashy")
    drafted.take("deliveries", [row])
    drafted.draft(association=NARYN)
    run = f"2026-03/{NARYN}/1"
    assert "200.00 are missing" in drafted.not_done("bermet", "payout", "approve", run)
    paid = {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/M0345"}
    drafted.settle({**paid, "status": "settled"})
    assert "200.00 are missing" in drafted.not_done("bermet", "payout", "approve", run)
    drafted.settle({**paid, "status": "returned"})  # nobody fetched it: the cash is there again
    assert "800.00 are left" in drafted.approve(run)


def test_rails_that_share_an_account_need_it_together(drafted: Books) -> None:
    covered_by(drafted, bank=["Assets:Bank"], wallet=["Assets:Bank", "Assets:Wallet"])
    money(drafted, bank=1500, wallet=100)
    said = drafted.not_done("bermet", "payout", "approve", MARCH_RUN)
    assert "Assets:Bank and Assets:Wallet hold 1600.00" in said
    assert "400.00 are missing" in said
    money(drafted, wallet=400)
    drafted.draft()
    assert "on their way by bank and wallet: 0.00 are left" in drafted.approve()


def test_several_runs_at_once_are_covered_together_or_none_is_booked(drafted: Books) -> None:
    row = delivery("D-9", "felt-1", 1, "N0001", association=NARYN, group="Atbashy")
    drafted.take("deliveries", [row])
    drafted.draft(association=NARYN)
    covered_by(drafted, cash=["Assets:Cash"])
    money(drafted, cash=1199)
    runs = (MARCH_RUN, f"2026-03/{NARYN}/1")
    for run in runs:
        drafted.draft(association=run.split("/")[1])
    said = drafted.not_done("bermet", "payout", "approve", *runs)
    assert "1200.00 are to be paid: 1.00 are missing" in said


def test_a_run_that_pays_nobody_needs_no_money(books: Books) -> None:
    covered_by(books, cash=["Assets:Cash"])
    books.draft()
    assert "0.00 are left" in books.approve()


def test_money_of_later_days_is_not_there_yet(drafted: Books) -> None:
    covered_by(drafted, cash=["Assets:Cash"])
    money(drafted, cash=1000)
    drafted.today = "2026-04-06"
    drafted.take("advances", [{"advance_no": "A-1", "date": "2026-04-06", "member": "M0346",
                               "amount": 1}])  # fmt: skip
    drafted.draft()
    assert "1.00 are missing" in drafted.not_done("bermet", "payout", "approve", MARCH_RUN)
