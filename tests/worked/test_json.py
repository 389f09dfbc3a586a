"""`--json` on every command that prints data; money as strings (contract §6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from worked.books import ISSYK, MARCH, MARCH_RUN, Books, delivery, rule


def numbers(content: Any) -> list[Any]:
    """Every number that is no whole one, wherever it stands."""
    match content:
        case dict():
            return [each for value in content.values() for each in numbers(value)]
        case list():
            return [each for value in content for each in numbers(value)]
        case float():
            return [content]
    return []


@pytest.mark.parametrize(
    "words",
    [
        ("payout", "show", MARCH_RUN),
        ("payout", "show", MARCH_RUN, "--member", "M0345"),
        ("payout", "show", MARCH_RUN, "--diff"),
        ("payout", "draft", MARCH, "-a", ISSYK),
        ("members",),
        ("members", "-a", ISSYK),
        ("check",),
        ("verify",),
    ],
)
def test_what_is_printed_may_be_asked_for_as_json(books: Books, words: tuple[str, ...]) -> None:
    rows = [delivery("D-1", "felt-1", 1, "M0345", unit_price="100.50")]
    books.take_all(policy=[rule("fee", "0.03")], deliveries=rows)
    books.draft()
    books.take("deliveries", [delivery("D-2", "felt-1", 1, "M0345")])
    content = json.loads(books.done("anna", *words, "--json"))
    assert content is not None
    assert numbers(content) == []


def test_approval_and_export_as_json(books: Books) -> None:
    # 1 at 100.50: approval prints the run as `payout show` does, export the files of each run
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345", unit_price="100.50")])
    books.draft()
    approved = json.loads(books.done("bermet", "payout", "approve", MARCH_RUN, "--json"))
    assert approved == [books.show()]
    assert approved[0]["totals"]["payout"] == "100.50"
    out = books.folder.parent / "out"
    said = books.done("anna", "payout", "export", MARCH_RUN, "--out", str(out), "--json")
    assert json.loads(said) == [{"run": MARCH_RUN, "files": sorted(map(str, out.iterdir()))}]


def test_users_as_json(books: Books) -> None:
    users = json.loads(books.done("admin", "user", "list", "--json"))
    assert {"name": "anna", "role": "accountant"} in users
    assert {"name": "talgat", "role": "treasurer:issyk-kul"} in users


def test_problems_as_json_name_their_cells(books: Books) -> None:
    path = books.workbook(deliveries=[delivery("D-1", "felt-1", 1, "M9999")])
    result = books.ovop("anna", "import", str(path), "--json")
    assert result.exit_code == 1
    problem = json.loads(result.output)["problems"][0]
    assert (problem["file"], problem["sheet"], problem["cell"]) == (path.name, "deliveries", "F2")
    assert problem["value"] == "M9999"


def test_the_difference_since_the_snapshot(books: Books) -> None:
    # 100 at first, then 300: 200 more
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345", unit_price=100)])
    books.draft()
    assert "nothing changed" in books.done("anna", "payout", "show", MARCH_RUN, "--diff")
    books.take("deliveries", [delivery("D-2", "felt-1", 1, "M0345")])
    said = books.done("anna", "payout", "show", MARCH_RUN, "--diff")
    assert "M0345" in said
    assert "100.00 -> 300.00" in said
    books.draft()
    assert "nothing changed" in books.done("anna", "payout", "show", MARCH_RUN, "--diff")
