"""Formulas in texts: through import to every file that we write, none is live, nothing breaks."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from beancount import loader
from openpyxl import load_workbook
from pypdf import PdfReader
from worked.books import ISSYK, MARCH, MARCH_RUN, Books, Line, consigned, delivery, member, sale

from importers.kinds import KINDS

PAYLOADS = (
    (Path(__file__).resolve().parents[3] / "shared/realdata/hostile/csv_injection")
    .joinpath("Intruder__csv-payload.txt")
    .read_text(encoding="utf-8")
    .splitlines()
)
TAGGED = "<script>alert(1)</script>"
NOT_FREE = {"rule", "gender", "currency", "account", "reference", "return_of"}
"""Text columns that hold one of a few words, or name something."""


def texts(kind: str) -> list[str]:
    return [c.name for c in KINDS[kind].columns if c.type == "text" and c.name not in NOT_FREE]


def filled(kind: str, payload: str, row: Line) -> Line:
    """A row with the payload in every text column, before what tells rows apart."""
    keys = {name: f"{payload}{row[name]}" for name in texts(kind) if name in row}
    made = {**row, **dict.fromkeys(texts(kind), payload), **keys}
    longest = {c.name: c.longest or 1000 for c in KINDS[kind].columns}
    return {**made, **{name: made[name][: longest[name]] for name in texts(kind)}}


def write_csv(books: Books, kind: str, rows: list[Line]) -> Path:
    """As a person's file: a text that begins like a formula is only text there."""
    path = books.folder.parent / f"{kind}-{len(books.files)}.csv"
    books.files.append(path)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def sheets(payload: str) -> dict[str, list[Line]]:
    """A month in which each kind has a row."""
    place = f"{payload}shop"
    named = {"association": ISSYK, "group": "Akburun", "name": ""}
    people = [
        {**member("M0601", ISSYK, "Akburun"), "changed": None},
        {**member("M0602", ISSYK, "Akburun", "bank"), "account_no": "12", "bic": "B"},
        {**member("M0603", ISSYK, "Akburun", "wallet"), "phone": "7"},
    ]
    sold = sale("R", "felt-1", 1, 300, store=place)
    return {
        "associations": [{"association": "osh", "name_en": "O"}],
        "members": [{k: v for k, v in {**row, **named}.items() if v is not None} for row in people],
        "products": [{"product": "p-1", "name_en": "P"}],
        "certificates": [
            {"certificate_no": "C", "product": "p-1", "decision": "certified", "date": "2026-01-01"}
        ],
        "deliveries": [
            delivery("D", "felt-1", 4, "M0601", location="shop", rejected=1),
            consigned("K", "p-1", 4, "M0602", location="shop"),
            delivery("L", "felt-1", 9, "M0603", location="shop"),
            delivery("M", "felt-1", 1, "M0602", location="shop"),
        ],
        "sales": [{**sold, "lot": None, "order_no": None}],
        "advances": [{"advance_no": "A", "date": "2026-03-05", "member": "M0601", "amount": 50}],
        "orders": [
            {
                "order_no": "O",
                "client": "C",
                "date": "2026-03-01",
                "due": "2026-04-01",
                "product": "felt-1",
                "quantity": 5,
                "unit_price": 10,
                "currency": "KGS",
            }
        ],
        "distributions": [
            {
                "distribution_no": "V",
                "date": "2026-03-30",
                "kind": "award",
                "amount": 100,
                "member": "M0601",
            }
        ],
        "transfers": [
            {
                "transfer_no": "T",
                "line_no": 1,
                "date": "2026-03-25",
                "product": "felt-1",
                "quantity": 1,
                "from": place,
                "to": "other",
            }
        ],
        "stocktakes": [
            {
                "count_no": "N",
                "date": "2026-03-28",
                "location": place,
                "product": "felt-1",
                "counted": 12,
                "explanation": "x",
            }
        ],
        "cashbook": [
            {"entry_no": "E", "date": "2026-03-28", "kind": "expense", "amount": 10, "rail": "cash"}
        ],
    }


def own(kind: str, payload: str, row: Line) -> Line:
    """Filled, but naming the place, and none of what would have to be known."""
    made = filled(kind, payload, row)
    if kind == "sales":
        made = {**made, "store": row["store"], "lot": None, "order_no": None}
    if kind in ("transfers", "stocktakes"):
        made |= {name: row[name] for name in ("from", "location") if name in row}
    if kind == "cashbook":
        made |= {"account": "Expenses:Travel", "order_no": None}
    return {name: value for name, value in made.items() if value is not None}


def is_live(cell: str) -> bool:
    """Whether a spreadsheet would run what a CSV cell holds."""
    return bool(re.match(r"[\s\"]*[=+\-@]", cell)) and not re.fullmatch(r"-?[\d.]+", cell)


def check_workbook(path: Path, payload: str) -> None:
    for page in load_workbook(path):
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert payload not in str(cell.value)
                    assert re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)", str(cell.value))


def check_files(folder: Path, payload: str) -> set[str]:
    """Every file below a folder; returns which forms there were."""
    forms = set()
    for path in folder.rglob("*.*"):
        forms.add(path.suffix)
        match path.suffix:
            case ".xlsx":
                check_workbook(path, payload)
            case ".csv":
                rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
                assert [cell for row in rows for cell in row if is_live(cell)] == []
            case ".html":
                text = path.read_text(encoding="utf-8")
                assert TAGGED not in text
                assert "<script" not in text.lower()
            case ".pdf":
                for page in PdfReader(path).pages:
                    assert "/AA" not in page
                    assert not any(
                        a.get_object().get("/A", {}).get("/S") in ("/JavaScript", "/Launch")
                        for a in page.get("/Annots", ())
                    )
    return forms


@pytest.mark.parametrize("payload", [*PAYLOADS, TAGGED, '"; option "title" "x'])
def test_no_payload_is_live_in_any_file(books: Books, payload: str, tmp_path: Path) -> None:
    made = sheets(payload)
    files = [
        write_csv(books, kind, [own(kind, payload, row) for row in rows])
        for kind, rows in made.items()
    ]
    books.done("anna", "import", *map(str, files))
    run = books.pay()
    assert {line["state"] for line in run["lines"]} == {"pay"}
    out = tmp_path / "out"
    books.done("anna", "payout", "export", MARCH_RUN, "--out", str(out / "payments"))
    for form in ("pdf", "html", "xlsx", "txt"):
        books.done("anna", "statement", MARCH, "--format", form, "--out", str(out / form))
    bad = write_csv(books, "deliveries", [own("deliveries", payload, made["deliveries"][0])])
    bad.write_text(bad.read_text("utf-8").replace("M0601", "M9999"), "utf-8")
    books.not_done("anna", "import", str(bad))
    books.ovop("anna", "import", "--partial", str(bad))
    for answer in bad.parent.glob("*.*.xlsx"):
        check_workbook(answer, payload)
    forms = check_files(out, payload)
    kept = {"", ".json"}  # hashes of what was written, for whoever makes it again
    assert forms - kept == {".xlsx", ".csv", ".html", ".pdf", ".xml", ".txt"}
    entries, errors, _ = loader.load_file(str(books.folder / "main.beancount"))
    assert errors == []
    assert any(payload in (getattr(entry, "narration", None) or "") for entry in entries)
    assert books.done("anna", "check") == "The books are sound.\n"
