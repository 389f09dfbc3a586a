"""An approved run stays what it was, whatever is entered afterwards (contract §2, §5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from worked.books import (
    ISSYK,
    MARCH,
    MARCH_RUN,
    Books,
    consigned,
    delivery,
    earned,
    member,
    rule,
    sale,
    worked,
)

SHARES = "Liabilities:Associations:IssykKul:Shares"


def everything(books: Books) -> None:
    """A month with a pool, a sale, a return, a count, a premium and each deduction."""
    share = {"distribution_no": "V-1", "date": "2026-03-31", "kind": "premium", "amount": "100.01"}
    count = {"count_no": "S-1", "date": "2026-03-28", "location": "osh", "product": "honey-1"}
    loan = {"advance_no": "A-1", "date": "2026-03-02", "member": "M0345", "amount": 500}
    books.take_all(
        policy=[
            rule("commission", "0.15"),
            rule("fee", "0.03", order=1),
            rule("fixed", 40, limit=100, order=2, account=SHARES, association=ISSYK),
            rule("advance", "0.5", order=3),
            rule("social", "0.01", order=4),
            rule("take_home_floor", "0.7"),
            rule("minimum", 100),
            rule("cash_unit", 10),
            rule("shrinkage", "0.5"),
        ],
        advances=[loan],
        distributions=[share],
        contributions=[worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)],
        deliveries=[
            delivery("D-1", "felt-1", 5, "M0345", rejected=1),
            delivery("D-2", "felt-1", 3),
            consigned("D-3", "honey-1", 5, "M0345"),
        ],
        sales=[
            sale("R-1", "honey-1", 3, "33.333333", discount="0.02"),
            sale("R-2", "honey-1", -1, return_of="R-1", date="2026-03-25"),
        ],
        stocktakes=[{**count, "counted": 2}],
    )


def papers(books: Books, folder: Path) -> dict[str, Any]:
    """All that is said of the run."""
    words = ("-a", ISSYK, "--lang", "en", "--format", "txt", "--out", str(folder))
    books.done("anna", "statement", MARCH, *words)
    books.done("anna", "payout", "export", MARCH_RUN, "--out", str(folder / "pay"))
    return {
        "run": {**books.show(MARCH_RUN), "status": ""},
        "table": books.done("anna", "payout", "show", MARCH_RUN).splitlines()[1:],
        "explained": books.done("anna", "payout", "show", MARCH_RUN, "--member", "M0345"),
        "files": {
            path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        },
    }


def test_nothing_entered_later_changes_an_approved_run(books: Books, tmp_path: Path) -> None:
    everything(books)
    books.pay()
    before = papers(books, tmp_path / "before")
    books.take_all(
        policy=[
            rule("fee", "0.5", valid_from="2026-03-01"),
            rule("take_home_floor", "0.1", valid_from="2026-03-01"),
            rule("cash_unit", 7, valid_from="2026-03-01"),
            rule("commission", "0.9", valid_from="2026-03-01"),
            rule("shrinkage", "0.9", valid_from="2026-03-01"),
            rule("advance", "0.9", valid_from="2026-03-01"),
            rule("minimum", 9999, valid_from="2026-03-01"),
        ],
        prices=[
            {
                "product": name,
                "valid_from": "2026-03-01",
                "buyback_price": 1,
                "retail_price": 1,
            }
            for name in ("felt-1", "honey-1")
        ],
        contributions=[worked("Akburun", "M0347", 100)],
        deliveries=[delivery("D-8", "felt-1", 7, "M0345"), delivery("D-9", "felt-1", 7)],
        advances=[{"advance_no": "A-0", "date": "2026-03-01", "member": "M0345", "amount": 70}],
        members=[member("M0345", ISSYK, "Bokonbaev", changed="2026-04-01")],
        certificates=[
            {
                "certificate_no": "Z-1",
                "product": "felt-1",
                "decision": "revoked",
                "date": "2026-04-02",
            }
        ],
    )
    assert papers(books, tmp_path / "after") == before
    assert "sound" in books.done("anna", "check")


def test_what_was_approved_is_what_was_drafted(books: Books) -> None:
    everything(books)
    drafted = books.draft()
    books.approve()
    assert books.show(MARCH_RUN) == {**drafted, "status": "approved"}


def test_a_rejected_row_is_corrected_and_imported_again(books: Books) -> None:
    # the workbook that --partial gives back, corrected in its one cell, is booked
    path = books.workbook(
        deliveries=[delivery("D-1", "felt-1", 1, "M0345"), delivery("D-2", "felt-1", 1, "M9999")]
    )
    books.ovop("anna", "import", "--partial", str(path))
    rejected = path.with_name(f"{path.stem}.rejected.xlsx")
    book = load_workbook(rejected)
    sheet = book["deliveries"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("member") + 1).value = "M0346"
    book.save(rejected)
    books.done("anna", "import", str(rejected))
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "200.00"}
    assert earned(run, "M0346") == {"buyback": "200.00"}


def test_rows_come_by_csv_too(books: Books) -> None:
    # 3 × 200 = 600
    path = books.folder.parent / "deliveries.csv"
    row = delivery("D-1", "felt-1", 3, "M0345")
    cells = [str(value) for value in row.values()]
    path.write_text(";".join(row) + "\n" + ";".join(cells) + "\n", encoding="utf-8")
    books.done("anna", "import", str(path))
    assert earned(books.draft(), "M0345") == {"buyback": "600.00"}


def test_an_unknown_column_is_a_warning(books: Books) -> None:
    row = {**delivery("D-1", "felt-1", 1, "M0345"), "weather": "rain"}
    assert "weather" in books.take("deliveries", [row])
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}


def test_reading_needs_no_password_and_changes_nothing(books: Books, tmp_path: Path) -> None:
    everything(books)
    books.pay()
    before = books.changes()
    papers(books, tmp_path / "one")
    after = books.changes()
    # only that payment files were written is remembered, once
    assert len(after) == len(before) + 1
    papers(books, tmp_path / "two")
    assert books.changes() == after
