"""Sheets of other programs, read by layouts; layouts that are wrong say where."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from worked.books import Books, delivery

from importers.layouts import BadLayout, read_layout, shipped
from importers.layouts.apply import as_id
from importers.reader import Reading, read_file

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Reading:
    return read_file(SAMPLES / f"{name}.csv", shipped())


def rows(reading: Reading, *names: str) -> list[tuple[str, ...]]:
    return [tuple(str(row.values.get(name, "")) for name in names) for row in reading.rows]


def test_a_register_of_1c() -> None:
    """Two titles above, an unposted document left out, a return negative, totals not booked."""
    reading = sample("1c-sales-register")
    assert reading.layouts == ["1c-sales-register"]
    assert rows(reading, "receipt_no", "line_no", "date", "product", "quantity", "payment") == [
        ("ЧК-000017", "1", "2026-03-17", "felt-1", "2", "cash"),
        ("ЧК-000017", "2", "2026-03-17", "honey-1", "0.5", "cash"),
        ("ЧК-000019", "1", "2026-03-19", "felt-1", "-1", "cash"),
    ]
    assert rows(reading, "unit_price", "discount")[0] == ("1350.5", "100")
    assert [p.reason for p in reading.problems] == ["is a row of totals; it is not booked"]
    assert reading.rows[2].source.row == 8


def test_an_export_of_a_till() -> None:
    reading = sample("till-export")
    assert rows(reading, "receipt_no", "quantity", "unit_price", "discount", "payment") == [
        ("1001", "1", "300", "0", "cash"),
        ("1002", "2.5", "450", "25", "qr"),
        ("1004", "-1", "300", "0", "cash"),
    ]
    assert reading.problems == []


@pytest.mark.parametrize(
    ("name", "reason"), [("bank-list-en", "AC04"), ("bank-list-ru", "Счёт закрыт")]
)
def test_lists_of_banks(name: str, reason: str) -> None:
    """What is under way says nothing yet and is left out."""
    reading = sample(name)
    run = "2026-03/issyk-kul/1"
    assert rows(reading, "date", "amount", "reference", "status", "reason") == [
        ("2026-04-06", "1250", f"{run}/M0345", "settled", ""),
        ("2026-04-06", "300.5", f"{run}/M0346", "returned", reason),
    ]


def test_a_problem_names_the_users_own_cell(tmp_path: Path) -> None:
    text = (SAMPLES / "till-export.csv").read_text("utf-8").replace("450,00", "dear")
    path = tmp_path / "till.csv"
    path.write_text(text, "utf-8")
    (problem,) = read_file(path, shipped()).problems
    assert (problem.cell, problem.row, problem.value) == ("J4", 4, "dear")


def test_headers_of_ours_go_before_layouts(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("product,name_en\nfelt-1,Felt\n")
    greedy = read_layout(
        "x", 'kind = "products"\n[columns]\nproduct = "name_en"\nname_en = "product"'
    )
    reading = read_file(path, [greedy])
    assert reading.layouts == []
    assert rows(reading, "product", "name_en") == [("felt-1", "Felt")]


def test_a_sheet_without_headers_by_the_numbers_of_its_columns(tmp_path: Path) -> None:
    layout = read_layout(
        "list",
        'kind = "advances"\n[match]\nfile = "^advances"\nfirst_row = 2\n'
        '[columns]\nadvance_no = 1\nmember = 3\namount = 4\n[constants]\ndate = "2026-03-05"\n'
        '[forms]\namount = "negated"\n',
    )
    path = tmp_path / "advances-march.csv"
    path.write_text("printed on 1 April;;;\nA-1;x;M0345;-500\nA-2;x;M0346;-70,5\n")
    reading = read_file(path, [layout])
    assert rows(reading, "advance_no", "date", "member", "amount") == [
        ("A-1", "2026-03-05", "M0345", "500"),
        ("A-2", "2026-03-05", "M0346", "70.5"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = ", "is no TOML"),
        ('kind = "sale"', "kind 'sale' is none of ours"),
        ('kind = "sales"', "columns is missing"),
        ('kind = "products"\n[columns]\nproduct = "A"', "products needs name_en"),
        ('kind = "products"\n[columns]\nproduct = "A"\nname = "B"', "columns.name is no column"),
        ('kind = "products"\n[colums]\nproduct = "A"', "colums is no section of a layout; did you"),
        ('kind = "products"\n[columns]\nproduct = 1\nname_en = 2', "first_row"),
        (
            'kind = "products"\n[columns]\nproduct = true\nname_en = []',
            "write the header in quotes",
        ),
        (
            'kind = "products"\n[columns]\nproduct = "A"\nname_en = "B"\n'
            '[forms]\nproduct = "upside"',
            "forms.product: 'upside' is none of code",
        ),
        (
            'kind = "products"\n[columns]\nproduct = "A"\nname_en = "B"\n[only]\nA = "("',
            "'(' is no pattern",
        ),
        (
            'kind = "sales"\n[columns]\nreceipt_no = "A"\n[numbered]\nline_no = "receipt"',
            "numbered.line_no: receipt is none of the columns",
        ),
    ],
)
def test_a_layout_that_is_wrong_says_where(text: str, said: str) -> None:
    with pytest.raises(BadLayout) as caught:
        read_layout("till.toml", text)
    assert str(caught.value).startswith("till.toml: ")
    assert said in str(caught.value)


def test_codes_of_others_as_ids() -> None:
    codes = ("85123A", "85123a", "BANK CHARGES", "gift_0001_80", "felt-1", "C2")
    ids = [as_id(code) for code in codes]
    assert ids == ["85123A", "85123a-s", "BANK-CHARGES", "gift-0001-80-s", "felt-1-s", "C2"]


# --- through the books -------------------------------------------------------------------------


def till(books: Books) -> Path:
    """A copy of the till's export: answers are written beside a file."""
    path = books.folder.parent / "till-export.csv"
    return path if path.exists() else Path(shutil.copy(SAMPLES / path.name, path))


def layout_of(books: Books) -> Path:
    folder = books.folder / "layouts"
    folder.mkdir(exist_ok=True)
    return folder / "till.toml"


def test_a_till_is_imported_by_a_shipped_layout(books: Books) -> None:
    books.take("deliveries", [delivery("D", "felt-1", 9, "M0345"), delivery("E", "honey-1", 9)])
    said = books.done("anna", "import", str(till(books)))
    assert "till-export.csv: read by layout till-export" in said
    assert "sales: 3 booked" in said
    assert books.balance("Assets:Till:Osh:Cash") == 0
    assert books.balance("Assets:Till:Osh:Qr") + books.balance("Assets:Till:Osh:QR") == Decimal(
        1100
    )
    again = books.done("anna", "import", str(till(books)))
    assert "3 already imported" in again


def test_a_layout_of_the_books_goes_before_a_shipped_one(books: Books) -> None:
    text = (Path(__file__).parents[2] / "importers/layouts/shipped/till-export.toml").read_text(
        "utf-8"
    )
    layout_of(books).write_text(text.replace('store = "Касса"', 'store = "Смена"'), "utf-8")
    said = books.not_done("anna", "import", str(till(books)))
    assert "41 is not known" in said


def test_a_wrong_layout_in_the_books_is_named_by_whoever_needs_it(books: Books) -> None:
    layout_of(books).write_text('kind = "sale"', "utf-8")
    said = books.not_done("anna", "import", str(till(books)))
    assert "till.toml: kind 'sale' is none of ours" in said


def test_try_says_how_a_file_would_be_read(books: Books) -> None:
    said = books.done("anna", "layout", "try", str(till(books)))
    assert "csv: sales, by layout till-export" in said
    assert "1001" in said


def test_try_proposes_a_layout_that_works(books: Books, tmp_path: Path) -> None:
    """Headers near to ours, in three languages, are found; the proposal reads the file."""
    path = tmp_path / "unknown.csv"
    path.write_text(
        "№ накладной;Строка;Дата сдачи;Ассоциация;Группа;Код участника;Код товара;Условия;"
        "Сдано шт;Место\nN-1;1;10.03.2026;issyk-kul;Akburun;M0345;felt-1;buyback;5;osh\n",
        "utf-8",
    )
    said = books.done("anna", "layout", "try", str(path))
    assert 'kind = "deliveries"' in said
    start = said.index("kind = ")
    proposal = said[start : said.index("\n\n# first rows", start)]
    layout = read_layout("proposal.toml", proposal)
    reading: Any = read_file(path, [layout])
    assert rows(reading, "note_no", "member", "delivered") == [("N-1", "M0345", "5")]


def test_the_shipped_layouts_are_listed(books: Books) -> None:
    said = books.done("anna", "layout", "list")
    for layout in shipped():
        assert layout.name in said


def test_rejected_rows_of_a_layout_keep_their_numbers(books: Books, tmp_path: Path) -> None:
    """Of a receipt whose lines are counted the second is refused; corrected, it is still line 2."""
    books.take("deliveries", [delivery("D", "felt-1", 9, "M0345")])
    layout_of(books).write_text(
        'kind = "sales"\n[columns]\nreceipt_no = "Bill"\ndate = "Sold"\nproduct = "Code"\n'
        'quantity = "Units"\nunit_price = "Each"\n[constants]\nstore = "osh"\npayment = "cash"\n'
        '[numbered]\nline_no = "receipt_no"\n',
        "utf-8",
    )
    path = tmp_path / "bills.csv"
    path.write_text(
        "Bill,Sold,Code,Units,Each\n7,2026-03-20,felt-1,1,300\n7,2026-03-20,felt-1,1,much\n"
        "7,2026-03-20,felt-1,1,500\n"
    )
    assert books.ovop("anna", "import", "--partial", str(path)).exit_code == 3
    answer = path.with_name("bills.rejected.xlsx")
    book = load_workbook(answer)
    page = book.worksheets[0]
    assert [cell.value for cell in page[2]][-1] == 2
    page["E2"].value = 400
    book.save(answer)
    assert "sales: 1 booked" in books.done("anna", "import", str(answer))
    assert books.balance("Assets:Till:Osh:Cash") == 1200
