"""Problems: all of a file at once, each with what would be right, and what only follows from it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from worked.books import ISSYK, Books, delivery, member, sale

from importers.answers import write_problems
from importers.reader import read_file
from importing.packages import sheet, text, workbook


def problems(books: Books, *paths: Path) -> list[tuple[str, str, str]]:
    """(cell, value, reason) of each problem of an import that books nothing."""
    said = json.loads(books.not_done("anna", "import", "--json", *map(str, paths)))
    return [(p["cell"], p["value"], p["reason"]) for p in said["problems"]]


def reasons(books: Books, kind: str, *rows: dict[str, object]) -> list[str]:
    return [reason for _, _, reason in problems(books, books.workbook(**{kind: rows}))]


def test_a_near_miss_of_the_same_group_goes_first(books: Books) -> None:
    """M0401 and M0501 are both one slip from M0301: the group decides."""
    assert reasons(books, "deliveries", delivery("D", "felt-1", 1, "M0354")) == [
        "member M0354 is not known; did you mean M0345 of the same group?"
    ]
    assert reasons(books, "deliveries", delivery("D", "felt-1", 1, "M0301", group="Bokonbaev")) == [
        "member M0301 is not known; did you mean M0401 of the same group?"
    ]


def test_near_misses_of_products_groups_and_stores(books: Books) -> None:
    books.take("deliveries", [delivery("D", "felt-1", 9, "M0345")])
    assert reasons(books, "deliveries", delivery("E", "flet-1", 1, "M0345")) == [
        "product flet-1 is not known; did you mean felt-1?"
    ]
    assert reasons(books, "deliveries", delivery("E", "Felt-1", 1, "M0345")) == [
        "product Felt-1 is not known; did you mean felt-1?"
    ]
    assert reasons(books, "deliveries", delivery("E", "felt-1", 1, group="Akburum")) == [
        "group Akburum is not known; did you mean Akburun?"
    ]
    assert reasons(books, "sales", sale("R", "felt-1", 1, 300, store="Osh")) == [
        "Osh is not known; did you mean osh?"
    ]


def test_letters_that_look_alike(books: Books) -> None:
    """A Cyrillic М in an id looks right to everybody who reads it."""
    (reason,) = reasons(books, "deliveries", delivery("D", "felt-1", 1, "М0345"))
    assert reason == "holds Cyrillic letters that look like Latin ones: write M0345"


def test_every_bad_cell_of_a_row_is_named(books: Books) -> None:
    wrong = delivery("D", "flet-1", 1, "M9999", association="talas", date="2026-09-01")
    found = {cell[0] for cell, _, _ in problems(books, books.workbook(deliveries=[wrong]))}
    assert len(found) == 4


def test_what_follows_from_a_refused_row_says_so(books: Books) -> None:
    """A new member with a bad rail, and what the member delivers, in two files at once."""
    members = books.workbook(members=[member("M0777", ISSYK, "Akburun", "pigeon")])
    goods = books.workbook(
        deliveries=[delivery("D", "felt-1", 5, "M0777")], sales=[sale("R", "felt-1", 1, 300)]
    )
    found = problems(books, goods, members)
    assert [reason for _, _, reason in found] == [
        f"member M0777 is not known: import it in members first; its own row is refused:"
        f" {members.name}  members!2",
        "osh is not known: nothing was delivered or transferred there yet; goods of a refused row"
        f" are missing: {goods.name}  deliveries!2",
        "is none of cash, bank, wallet",
    ]


# --- the marked workbook -----------------------------------------------------------------------


def styled(path: Path) -> Path:
    """A user's own workbook: colours, widths, a note of theirs, a title above."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Март"
    page["A1"] = "Авансы за март"
    page["A1"].font = Font(bold=True, size=16, color="FF0000")
    page.merge_cells("A1:D1")
    page.append(["Номер аванса", "Дата", "Участник", "Сумма"])
    page.append(["A-1", "2026-03-02", "M0345", 100])
    page.append(["A-2", "2026-03-02", "M0354", "much"])
    page["D3"].number_format = "#,##0.00"
    page["D3"].fill = PatternFill("solid", fgColor="00FF00")
    page.column_dimensions["C"].width = 33
    book.create_sheet("Черновик")["B2"] = "=1+1"
    book.save(path)
    return path


def test_the_marked_workbook_keeps_what_its_user_made(books: Books, tmp_path: Path) -> None:
    path = styled(tmp_path / "avans.xlsx")
    before = path.read_bytes()
    books.not_done("anna", "import", str(path))
    assert path.read_bytes() == before
    answer = tmp_path / "avans.problems.xlsx"
    book = load_workbook(answer)
    assert book.sheetnames == ["problems", "Март", "Черновик"]
    page = book["Март"]
    assert page["A1"].font.size == 16
    assert page["D3"].fill.fgColor.rgb == "0000FF00"
    assert page["D3"].number_format == "#,##0.00"
    assert page.column_dimensions["C"].width == 33
    assert "A1:D1" in page.merged_cells
    marked = {c.coordinate: c.comment.text for row in page for c in row if c.comment}
    unknown = "member M0354 is not known; did you mean M0345?"
    assert marked == {"C4": unknown, "D4": "is no number: write it like 1234.56"}
    assert page["D4"].fill.fgColor.rgb == "00FFC7CE"
    summary = [[cell.value for cell in row] for row in book["problems"].iter_rows(min_row=2)]
    assert summary == [
        ["Март", "C4", "M0354", unknown],
        ["Март", "D4", "much", "is no number: write it like 1234.56"],
    ]
    assert book["problems"]["B3"].hyperlink.location == "'Март'!D4"


def test_a_marked_workbook_is_imported_once_it_is_right(books: Books, tmp_path: Path) -> None:
    """Its list of problems is no sheet of rows, and its marks do no harm."""
    books.not_done("anna", "import", str(styled(tmp_path / "avans.xlsx")))
    answer = tmp_path / "avans.problems.xlsx"
    book = load_workbook(answer)
    book["Март"]["D4"] = 70
    book["Март"]["C4"] = "M0346"
    book.save(answer)
    assert "advances: 2 booked" in books.done("anna", "import", str(answer))


def test_rejected_rows_keep_their_form(books: Books, tmp_path: Path) -> None:
    path = styled(tmp_path / "avans.xlsx")
    result = books.ovop("anna", "import", "--partial", str(path))
    assert result.exit_code == 3
    page = load_workbook(tmp_path / "avans.rejected.xlsx")["Март"]
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["Номер аванса", "Дата", "Участник", "Сумма"],
        ["A-2", "2026-03-02", "M0354", "much"],
    ]
    assert page.column_dimensions["C"].width == 33


def test_a_dry_run_writes_nothing(books: Books, tmp_path: Path) -> None:
    books.not_done("anna", "import", "--dry-run", str(styled(tmp_path / "avans.xlsx")))
    assert [path.name for path in tmp_path.glob("avans*")] == ["avans.xlsx"]


def test_a_terminal_sees_how_far_it_has_come(books: Books) -> None:
    """A bar on stderr, where that is a terminal; what is printed stays the same."""
    path = books.workbook(deliveries=[delivery("D", "felt-1", 1, "M0345")])
    ovop = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]
    options = ["--books", str(books.folder), "--as", "anna", "--today", books.today]
    terminal, end = pty.openpty()
    result = subprocess.run(
        [*ovop, *options, "import", "--dry-run", str(path)],
        stdout=subprocess.PIPE,
        stderr=end,
        check=True,
    )
    os.close(end)
    shown = b""
    with suppress(OSError):  # the other end is closed
        while piece := os.read(terminal, 4096):
            shown += piece
    os.close(terminal)
    assert f"Reading {path.name}".encode() in shown
    assert b"Booking" in shown
    assert result.stdout.decode() == "deliveries: 1 would be booked, 0 already imported\n"


def test_an_answer_that_cannot_be_written_undoes_nothing(books: Books, tmp_path: Path) -> None:
    """Somebody has the last answer open: a folder stands where it would go."""
    path = styled(tmp_path / "avans.xlsx")
    (tmp_path / "avans.rejected.xlsx").mkdir()
    result = books.ovop("anna", "import", "--partial", str(path))
    assert result.exit_code == 3
    assert "advances: 1 booked" in result.output
    assert "avans.rejected.xlsx: not written (Is a directory)" in result.output


def test_of_a_large_workbook_the_bad_rows_come_back_where_they_stood(tmp_path: Path) -> None:
    """To give back all of it would take longer than to read it, and far more memory."""
    remarks = Random(1)
    rows = [[text("product"), text("name_en"), text("remark")]]
    for number in range(2600):
        name = text("Felt" if number != 2500 else "")
        rows.append([text(f"p-{number}"), name, text(remarks.randbytes(6000).hex())])
    path = tmp_path / "large.xlsx"
    path.write_bytes(workbook(**{"xl/worksheets/sheet1.xml": sheet(rows)}))
    problems = [p for p in read_file(path).problems if not p.warning]
    assert [problem.cell for problem in problems] == ["B2502"]
    write_problems(path, problems, tmp_path / "large.problems.xlsx")
    page = load_workbook(tmp_path / "large.problems.xlsx")["products"]
    filled = [row[0].row for row in page.iter_rows() if row[0].value]
    assert filled == [*range(1, 31), 2502]
    assert page["B2502"].comment.text == "is required, but blank"
