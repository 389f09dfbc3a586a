"""Many runs by one command: the same bytes as one after another, here and on a cluster."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from worked.books import (
    APRIL,
    ISSYK,
    MARCH,
    MARCH_RUN,
    NARYN,
    Books,
    consigned,
    delivery,
    rule,
    sale,
)

from ovop_payouts.shards import load_everybody

NARYN_RUN = "2026-03/naryn/1"


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def earning(books: Books) -> Books:
    """Both associations earned in March, and share a distribution that is not frozen yet."""
    books.take_all(
        policy=[rule("fee", "0.03", order=1), rule("cash_unit", 1, applies_to="cash")],
        deliveries=[
            delivery("D-1", "felt-1", 7, "M0345"),
            delivery("D-2", "honey-1", 3, "M0501"),
            consigned("D-3", "jam-1", 9, "N0001", association=NARYN, group="Atbashy"),
        ],
        sales=[sale("R-1", "jam-1", 4, "99.50")],
        distributions=[
            {
                "distribution_no": "S-1",
                "date": "2026-03-31",
                "kind": "second-payment",
                "amount": "100.01",
            }
        ],
    )
    return books


def copy(books: Books, name: str) -> Books:
    target = books.folder.parent / name
    return Books(Path(shutil.copytree(books.folder, target)), books.today)


def one_after_another(books: Books, out: Path) -> None:
    for association in (ISSYK, NARYN):
        books.done("anna", "payout", "draft", MARCH, "-a", association)
    for run in (MARCH_RUN, NARYN_RUN):
        books.done("bermet", "payout", "approve", run)
    for run in (MARCH_RUN, NARYN_RUN):
        folder = str(out / run.replace("/", "_"))
        books.done("anna", "payout", "export", run, "--out", folder)


def together(books: Books, out: Path, *options: str) -> None:
    books.done("anna", "payout", "draft", MARCH, *options)
    books.done("bermet", "payout", "approve", MARCH_RUN, NARYN_RUN, *options)
    books.done("anna", "payout", "export", MARCH_RUN, NARYN_RUN, "--out", str(out), *options)


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_together_is_one_after_another(
    earning: Books, where: str, cluster: str, tmp_path: Path
) -> None:
    options = ("--scheduler", cluster) if where == "cluster" else ()
    other = copy(earning, "other")
    one_after_another(earning, tmp_path / "serial")
    together(other, tmp_path / "wide", *options)
    assert files(other.folder / "changes") == files(earning.folder / "changes")
    assert files(tmp_path / "wide") == files(tmp_path / "serial")
    assert any(name.endswith(".xml") for name in files(tmp_path / "wide"))


def test_one_that_may_not_be_approved_keeps_the_others_waiting(earning: Books) -> None:
    """All are booked or none, and each reason is said."""
    earning.done("anna", "payout", "draft", MARCH)
    earning.take("deliveries", [delivery("D-9", "felt-1", 1, "M0345")])
    said = earning.not_done("bermet", "payout", "approve", NARYN_RUN, MARCH_RUN)
    assert f"the inputs of {MARCH_RUN} changed" in said
    earning.draft(MARCH, NARYN)
    earning.draft(MARCH, ISSYK)
    assert "naryn/1: approved" in earning.done("bermet", "payout", "approve", NARYN_RUN, MARCH_RUN)


def test_two_months_of_one_association_are_approved_in_turn(earning: Books) -> None:
    said = earning.not_done("bermet", "payout", "approve", MARCH_RUN, f"{APRIL}/{ISSYK}/1")
    assert "one run of an association at a time" in said


def test_exporting_together_again_is_the_same(earning: Books, tmp_path: Path) -> None:
    together(earning, tmp_path / "first")
    before = earning.changes()
    words = ("payout", "export", MARCH_RUN, NARYN_RUN, "--out", str(tmp_path / "again"))
    earning.done("anna", *words)
    assert files(tmp_path / "again") == files(tmp_path / "first")
    assert earning.changes() == before


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_a_month_is_closed_together_as_one_after_another(
    earning: Books, where: str, cluster: str, tmp_path: Path
) -> None:
    together(earning, tmp_path / "out")
    paid = load_everybody(earning.folder).payments.values()
    day = {"date": "2026-04-05", "status": "settled"}
    earning.settle(*({**day, "reference": p.reference, "amount": p.amount} for p in paid))
    other = copy(earning, "other")
    options = ("--scheduler", cluster) if where == "cluster" else ()
    earning.done("anna", "close", MARCH, "-a", ISSYK)
    earning.done("anna", "close", MARCH, "-a", NARYN)
    other.done("anna", "close", MARCH, *options)
    assert sealed(other) == sealed(earning)
    assert "Nothing was altered" in other.done("anna", "verify")
    assert "sound" in other.done("anna", "check")


def sealed(books: Books) -> dict[str, str]:
    """File -> the seal in it, without the record of the log before it."""
    found = sorted(books.folder.glob(f"changes/close-{MARCH}-*/*.beancount"))
    assert found
    return {path.name: path.read_text().split("\n\n", 1)[1] for path in found}
