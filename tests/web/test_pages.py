"""What pages say, held against the books that they are built from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ovop_payouts.book import Book, load
from ovop_payouts.payout.history import lines_of, runs
from ovop_payouts.settings import Settings
from ovop_payouts.users import User
from ovop_payouts.web.desk import Desk, NothingThere
from ovop_payouts.web.pages import (
    certificates,
    imports,
    log,
    members,
    orders,
    overview,
    payee,
    run,
    settlement,
    stock,
)
from ovop_payouts.web.pages import runs as list_of_runs
from ovop_payouts.web.pages.tables import sliced
from ovop_payouts.web.words import page_words

TODAY = date(2026, 4, 9)
ANNA = User("anna", "accountant")
TAMARA = User("tamara", "treasurer", "issyk-kul")
RUN = "2026-03/issyk-kul/1"


@pytest.fixture(scope="module")
def books(demo_folder: Path) -> Path:
    return demo_folder / "books"


@pytest.fixture(scope="module")
def book(books: Path) -> Book:
    return load(books)


@pytest.fixture(scope="module")
def own(books: Path) -> Book:
    return load(books, frozenset(("issyk-kul", "common")))


def desk(book: Book, books: Path, user: User = ANNA, **asked: str) -> Desk:
    return Desk(
        user, book, books, Settings(), TODAY, page_words("ky"), asked, lambda page, **_: page
    )


def test_a_runs_totals_are_those_of_its_lines_and_of_the_ledger(book: Book, books: Path) -> None:
    for each in runs(book):
        view = run.view_of(desk(book, books, run=str(each)))
        lines = lines_of(book, each).values()
        assert view.row.payout == sum(line.payout for line in lines) == view.sums["payout"]
        assert view.ties
        assert all(tie.holds for tie in view.ties), each


def test_filters_of_a_run_part_its_payees(book: Book, books: Path) -> None:
    whole = run.view_of(desk(book, books, run=RUN))
    parts = [run.view_of(desk(book, books, run=RUN, show=s)) for s in ("pay", "carry", "hold")]
    assert sum(part.table.found for part in parts) == whole.table.whole
    assert sum(part.sums["net"] for part in parts) == whole.sums["net"]
    found = run.view_of(desk(book, books, run=RUN, q="m0001"))
    assert [row.line.member for row in found.table.rows] == ["M0001"]


def test_a_payees_amounts_come_from_rows(book: Book, books: Path) -> None:
    for member in list(lines_of(book, runs(book)[-5]))[:25]:
        view = payee.view_of(desk(book, books, run=str(runs(book)[-5]), member=member))
        assert sum((row.amount for row in view.earned), Decimal()) == view.line.gross
        taken = sum((row.deduction.amount for row in view.taken), Decimal())
        assert taken == view.line.deducted
        assert all(row.source for row in view.earned if row.kind in ("buyback", "consignment"))


def test_what_members_are_owed_meets_the_ledger(book: Book, books: Path) -> None:
    view = members.view_of(desk(book, books))
    assert view.owed + view.pools == overview.view_of(desk(book, books)).owed
    assert view.table.found == len(book.members)
    assert sum(group.members for group in view.groups) == view.members


def test_payments_are_settled_returned_or_under_way(book: Book, books: Path) -> None:
    view = settlement.view_of(desk(book, books))
    assert view.done + view.back + view.waiting == len(book.payments)
    total = sum((p.amount for p in book.payments.values()), Decimal())
    assert view.settled + view.returned + view.transit == total


def test_stock_is_what_lies_in_lots(book: Book, books: Path) -> None:
    view = stock.view_of(desk(book, books))
    assert sum((value for _, value in view.ages), Decimal()) == view.own
    assert sum((store.own for store in view.stores), Decimal()) == view.own
    assert sum((value for _, value in view.categories), Decimal()) == view.own


def test_a_certificate_is_good_on_its_last_day() -> None:
    last = date(2026, 4, 9)
    day = date(2026, 1, 1)
    assert certificates.status_of("certified", day, last, False, last) == "expiring"
    assert certificates.status_of("certified", day, last, False, date(2026, 4, 10)) == "expired"
    assert certificates.status_of("rejected", day, None, False, last) == "refused"
    assert certificates.status_of("certified", day, None, True, last) == "replaced"
    assert certificates.status_of("certified", date(2026, 5, 1), None, False, last) == "future"


def test_an_order_is_late_the_day_after_it_was_due() -> None:
    due, ten, nine = date(2026, 4, 9), Decimal(10), Decimal(9)
    assert orders.status_of(ten, nine, nine, due, due) == "open"
    assert orders.status_of(ten, nine, nine, due, date(2026, 4, 10)) == "late"
    assert orders.status_of(ten, ten, nine, due, date(2026, 4, 10)) == "done_late"
    assert orders.status_of(ten, ten, ten, due, date(2026, 4, 10)) == "done"


def test_every_certificate_has_one_state(book: Book, books: Path) -> None:
    view = certificates.view_of(desk(book, books))
    assert sum(view.counts.values()) == view.table.whole == len(book.rows["certificates"])


def test_a_treasurer_is_told_of_nobody_else(own: Book, books: Path, book: Book) -> None:
    others = set(book.associations) - {"issyk-kul"}
    strangers = {m for m, v in book.members.items() if v[-1].association in others}
    for view in (overview, list_of_runs, members, stock, orders, imports, settlement, log):
        said = repr(view.view_of(desk(own, books, TAMARA)))
        assert not any(f"'{name}'" in said or f"/{name}/" in said for name in others), view
        assert not any(f"'{member}'" in said for member in strangers), view
    with pytest.raises(NothingThere):
        run.view_of(desk(book, books, TAMARA, run="2026-03/naryn/1"))
    with pytest.raises(NothingThere):
        run.view_of(desk(book, books, TAMARA, run="2026-03/nowhere/1"))


def test_the_log_knows_each_step_and_each_file(book: Book, books: Path) -> None:
    view = log.view_of(desk(book, books))
    assert view.table.whole >= sum(map(len, book.steps.values())) + len(book.imports)


def test_a_page_of_a_table_is_one_that_exists() -> None:
    rows = list(range(120))
    keys = {"number": lambda row: row}
    last = sliced(rows, 120, {"page": "99", "sort": "-number"}, keys, "number")
    assert (last.page, last.pages, last.first, last.last) == (3, 3, 101, 120)
    assert last.rows[-1] == 0
    odd = sliced(rows, 120, {"page": "-1", "sort": "no", "size": "7"}, keys, "number")
    assert (odd.page, odd.sort, len(odd.rows)) == (1, "number", 50)
    none = sliced([], 120, {}, keys, "number")
    assert (none.first, none.last, none.pages) == (0, 0, 1)
