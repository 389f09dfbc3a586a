"""Lineage: from a row to what became of it, and back from a member or a payment (contract §2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from banking import details, entry, statement

from worked.books import ISSYK, MARCH_RUN, Books, consigned, delivery, sale, worked

Row = dict[str, Any]


def traced(books: Books, what: str, user: str = "anna") -> dict[str, Any]:
    return dict(json.loads(books.done(user, "trace", what, "--json")))


def statuses(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["key"], row["status"]) for row in found["rows"]]


def fate(row: Row) -> tuple[str, str, str, str]:
    (only,) = row["fates"]
    return only["payee"], only["amount"], only["run"], only["became"]


@pytest.fixture
def lived(books: Books) -> tuple[Books, Path]:
    """A delivery paid by bank, one of a pool, a consigned one of which two were sold."""
    rows = [
        delivery("D-1", "felt-1", 5, "M0501"),
        delivery("D-2", "felt-1", 1),
        consigned("D-3", "honey-1", 5, "M0345"),
    ]
    sold = [sale("R-1", "honey-1", 2, 400)]
    books.take_all(deliveries=rows, sales=sold)
    path = books.files[-1]
    books.pay()
    row = {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/M0501"}
    books.settle({**row, "status": "settled"})
    return books, path


def test_a_file_and_what_became_of_each_row(lived: tuple[Books, Path]) -> None:
    books, path = lived
    found = traced(books, str(path))
    assert found["what"] == path.name
    assert "imported by anna on 2026-04-05" in found["about"]
    by_key = {row["key"]: row for row in found["rows"]}
    assert fate(by_key["D-1/1"]) == ("M0501", "1000.00", MARCH_RUN, "paid on 2026-04-05")
    pool = "in the pool of Akburun for 2026-03, not shared yet"
    assert fate(by_key["D-2/1"]) == ("Akburun", "200.00", "", pool)
    assert by_key["D-3/1"]["note"] == "sold: 2 in osh/R-1/1"
    assert fate(by_key["osh/R-1/1"]) == ("M0345", "800.00", MARCH_RUN, "on its way")
    # by its name or its hash, when the file itself is gone
    path.rename(path.with_name("gone.xlsx"))
    assert traced(books, path.name) == {**found, "what": path.name}
    sha = found["about"][:16]
    assert traced(books, sha)["rows"] == found["rows"]


@pytest.mark.parametrize("row", ["deliveries!2", "2"])
def test_one_row(lived: tuple[Books, Path], row: str) -> None:
    books, path = lived
    keys = [each["key"] for each in traced(books, f"{path}!{row}")["rows"]]
    assert keys == (["D-1/1"] if row == "deliveries!2" else ["D-1/1", "osh/R-1/1"])
    assert "has no row 99" in books.not_done("anna", "trace", f"{path}!99")


def test_a_key_a_part_of_it_a_change(lived: tuple[Books, Path]) -> None:
    books, _ = lived
    for what in ("D-1/1", "D-1"):
        assert statuses(traced(books, what)) == [("deliveries", "D-1/1", "booked")]
    (row,) = traced(books, "R-1")["rows"]
    assert row["key"] == "osh/R-1/1"
    assert len(traced(books, row["change"])["rows"]) == 4
    assert "did you mean D-1/1?" in books.not_done("anna", "trace", "D1/1")


def test_a_member_and_a_payment(lived: tuple[Books, Path]) -> None:
    books, _ = lived
    found = traced(books, "M0501")
    assert [(kind, key) for kind, key, _ in statuses(found)] == [
        ("members", "M0501"),
        ("deliveries", "D-1/1"),
        ("bank", f"{MARCH_RUN}/M0501/settled"),
    ]
    assert [each["became"] for each in found["payments"]] == ["paid on 2026-04-05"]
    behind = traced(books, f"{MARCH_RUN}/M0345")
    assert "800.00 to M0345 by cash, on its way" in behind["about"]
    assert statuses(behind) == [("sales", "osh/R-1/1", "booked")]
    text = books.done("anna", "trace", f"{MARCH_RUN}/M0501")
    assert f"    M0501  buyback 1000.00 in {MARCH_RUN}: paid on 2026-04-05" in text


def test_what_came_back_says_so(lived: tuple[Books, Path]) -> None:
    books, _ = lived
    row = {"date": "2026-04-05", "amount": 1000, "reference": f"{MARCH_RUN}/M0501"}
    books.settle({**row, "status": "returned", "reason": "AC04"})
    (row,) = traced(books, "D-1")["rows"]
    assert fate(row)[3] == "came back on 2026-04-05: AC04 account closed"


def test_shared_pools_distributions_and_carried(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1)])
    books.take("contributions", [worked("Akburun", "M0345", 1)])
    row = {"distribution_no": "V-1", "date": "2026-03-31", "kind": "award", "amount": 9}
    books.take("distributions", [{**row, "member": "M0346"}])
    books.take("policy", [{"valid_from": "2026-01-01", "rule": "minimum", "value": 10}])
    books.pay()
    (shared,) = traced(books, "D-1")["rows"]
    assert fate(shared)[3].endswith("shared by contributions")
    (award,) = traced(books, "V-1")["rows"]
    assert fate(award) == ("M0346", "9.00", MARCH_RUN, "carried on: below the minimum of 10")


def test_rows_that_were_refused_known_reversed_or_never_imported(books: Books) -> None:
    first = delivery("D-1", "felt-1", 1, "M0345")
    books.take("deliveries", [first])
    rows = [first, delivery("D-2", "felt-1", 1, "M9999"), delivery("D-3", "felt-1", 3, "M0345")]
    path = books.workbook(deliveries=rows)
    assert [status for _, _, status in statuses(traced(books, str(path)))] == [
        "already imported",
        "refused",
        "not imported",
    ]
    assert books.ovop("anna", "import", "--partial", str(path)).exit_code == 3
    found = traced(books, str(path))
    assert [status for _, _, status in statuses(found)] == [
        "already imported",
        "refused",
        "booked",
    ]
    assert "booked from deliveries-0.xlsx/deliveries!2" in found["rows"][0]["note"]
    assert "member M9999 is not known" in found["rows"][1]["note"]
    sha = found["about"][:16]
    books.done("anna", "import", "--reverse", sha, "--reason", "weighed twice")
    after = traced(books, str(path))
    assert statuses(after)[2][2] == "reversed"
    assert "reversed by anna on 2026-04-05: weighed twice" in after["about"]


def test_a_banks_message(lived: tuple[Books, Path], tmp_path: Path) -> None:
    books, _ = lived
    path = tmp_path / "april.xml"
    good, bad = (
        entry(details(f"{MARCH_RUN}/{m}"), amount, day="2026-04-05")
        for m, amount in (("M0345", "800.00"), ("M0999", "5.00"))
    )
    path.write_bytes(statement(good, bad))
    books.done("anna", "payout", "settle", str(path))
    assert statuses(traced(books, "april.xml")) == [
        ("bank", f"{MARCH_RUN}/M0345/settled", "booked"),
        ("bank", f"{MARCH_RUN}/M0999", "unmatched"),
    ]
    (row,) = traced(books, "R-1")["rows"]
    assert fate(row)[3] == "paid on 2026-04-05"


def test_a_treasurer_traces_their_own(books: Books) -> None:
    theirs = delivery("D-9", "felt-1", 1, "N0001", association="naryn", group="Atbashy")
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345"), theirs])
    path = books.files[-1]
    assert len(traced(books, str(path))["rows"]) == 2
    assert statuses(traced(books, str(path), "talgat")) == [("deliveries", "D-1/1", "booked")]
    for what in ("D-9", "N0001"):
        assert "N0001" not in books.not_done("talgat", "trace", what).replace(
            f"refused: {what}", ""
        )
    assert traced(books, "M0345", "talgat")["about"] == f"Member M0345, {ISSYK}, Akburun"
