"""The books are proved part by part; nothing that the whole would show is missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from worked.books import ISSYK, NARYN, Books, delivery, sale

from ovop_payouts.proving import prove


@pytest.fixture
def earning(books: Books) -> Books:
    books.take_all(
        deliveries=[
            delivery("D-1", "felt-1", 7, "M0345"),
            delivery("D-2", "honey-1", 3, "N0001", association=NARYN, group="Atbashy"),
        ],
        sales=[sale("R-1", "felt-1", 2, "350")],
    )
    return books


def file_of(books: Books, scope: str) -> Path:
    """The scope's part of the last import."""
    return max((books.folder / "changes").glob(f"2026-04-05-import-*/{scope}.2026.beancount"))


def test_sound_books_are_sound(earning: Books) -> None:
    assert prove(earning.folder) == []


def test_an_entry_of_the_main_book_itself_is_found(earning: Books) -> None:
    main = earning.folder / "main.beancount"
    main.write_text(
        main.read_text() + '\n2026-03-01 * "x"\n  Assets:Cash  1.00 KGS\n  Assets:Bank  -1.00 KGS\n'
    )
    (problem,) = prove(earning.folder)
    assert problem.startswith("main.beancount:")
    assert "says something of its own" in problem


def test_a_main_book_that_leaves_out_changes_is_found(earning: Books) -> None:
    main = earning.folder / "main.beancount"
    text = main.read_text().replace("changes/*/*.beancount", "changes/init/*.beancount")
    main.write_text(text)
    assert any("does not include the changes" in problem for problem in prove(earning.folder))


@pytest.mark.parametrize("scope", [ISSYK, NARYN])
def test_an_amount_altered_in_one_part_is_found(earning: Books, scope: str) -> None:
    path = file_of(earning, scope)
    text = path.read_text()
    path.write_text(
        text.replace("-1400.00 KGS", "-1400.01 KGS").replace("-901.50 KGS", "-901.51 KGS")
    )
    assert path.read_text() != text
    problems = prove(earning.folder)
    assert any(f"{path.parent.name}/{path.name}" in problem for problem in problems), problems


def test_an_account_opened_in_the_books_of_two_is_found(earning: Books) -> None:
    """Each part by itself is sound; the whole would say that an account is opened twice."""
    opening = "1970-01-01 open Expenses:Twice\n"
    for scope in (ISSYK, NARYN):
        path = earning.folder / "changes" / "init" / f"{scope}.1970.beancount"
        path.write_text(opening)
    problems = prove(earning.folder)
    assert f"Expenses:Twice is opened in the books of both {ISSYK} and {NARYN}" in problems
