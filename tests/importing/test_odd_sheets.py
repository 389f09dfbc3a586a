"""Sheets as people lay them out: what is a row, what is none, and what is said of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from importers.layouts import shipped
from importers.reader import Reading, read_file

HEAD = [
    "Номер накладной", "Номер строки", "Дата", "Ассоциация", "Группа", "Участник", "Товар",
    "Условия", "Сдано", "Место",
]  # fmt: skip


def row(note: Any, **changed: Any) -> list[Any]:
    values = [note, 1, date(2026, 3, 10), "issyk-kul", "Akburun", "M0345", "felt-1", "выкуп", 5]
    made = dict(zip(HEAD, [*values, "osh"], strict=True)) | changed
    return list(made.values())


def read(folder: Path, rows: list[list[Any]], then: Callable[[Any], None] | None = None) -> Reading:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Март"
    for each in rows:
        page.append(each)
    if then:
        then(page)
    path = folder / "odd.xlsx"
    book.save(path)
    return read_file(path, shipped())


def notes(reading: Reading) -> list[str]:
    return [str(row.values["note_no"]) for row in reading.rows]


def said(reading: Reading) -> list[tuple[str, str]]:
    return [(p.cell, p.reason) for p in reading.problems]


ODD_HEADS = {
    "line breaks and colons": [[title.replace(" ", "\n") + ":" for title in HEAD]],
    "spaces and marks": [[f"  {title.upper()} * " for title in HEAD]],
    "two rows, some merged over both": [
        ["Документ", None, "Дата", "Кто сдал", None, None, "Товар", "Условия", None, "Место"],
        [*HEAD[:2], None, *HEAD[3:6], None, None, "Сдано", None],
    ],
    "titles above": [["ОВОП+1"], [], ["Накладные", None, "за март"], HEAD],
    "a number before each row": [["№ п/п", *HEAD]],
}


@pytest.mark.parametrize("name", ODD_HEADS)
def test_headers_as_people_write_them(name: str, tmp_path: Path) -> None:
    heads = ODD_HEADS[name]
    first = [1] if len(heads[-1]) > len(HEAD) else []
    reading = read(tmp_path, [*heads, [*first, *row("17")]])
    assert notes(reading) == ["17"]
    assert [p for p in reading.problems if not p.warning] == []


def test_lines_that_are_no_rows_are_reported_and_left_out(tmp_path: Path) -> None:
    total = ["Итого", None, None, None, None, None, None, None, 10]
    lines = [["Группа Ак-Бурун"], row("1"), total, HEAD, row("2"), ["Сдал: ______"]]
    reading = read(tmp_path, [HEAD, *lines])
    assert notes(reading) == ["1", "2"]
    assert said(reading) == [
        ("A2", "is a line of text alone; it is not booked"),
        ("A4", "is a row of totals; it is not booked"),
        ("A7", "is a line of text alone; it is not booked"),
    ]
    assert all(problem.warning for problem in reading.problems)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of two quantities was meant."""
    reading = read(tmp_path, [[*HEAD, "delivered"], [*row("1"), 7]])
    assert said(reading) == [
        ("K1", "deliveries has this column already: take one of them out, or rename it")
    ]


def test_a_second_table_below_the_first_is_named_once(tmp_path: Path) -> None:
    second = [["Номер аванса", "Дата", "Участник", "Сумма"], ["A-9", "2026-03-05", "M0345", 500]]
    reading = read(tmp_path, [HEAD, row("1"), [], *second])
    assert said(reading) == [
        (
            "A4",
            "has headers of advances below rows of deliveries: give each kind a sheet of its own;"
            " nothing from here on is read",
        )
    ]


def test_what_a_sheet_lacks_is_said_by_the_nearest_kind(tmp_path: Path) -> None:
    short = [title for title in HEAD if title not in ("Товар", "Место")]
    reading = read(tmp_path, [short])
    assert said(reading) == [
        (
            "A1",
            "looks like deliveries, but has no column location, product: add what is missing, or"
            " see `ovop layout try`",
        )
    ]


def test_what_a_foreign_sheet_lacks_is_said_by_the_nearest_layout(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    text = (Path(__file__).parent / "samples/till-export.csv").read_text("utf-8")
    path.write_text(text.replace("Чек;", "Док;"), "utf-8")
    ((cell, reason),) = said(read_file(path, shipped()))
    assert cell == "A1"
    assert reason.startswith("is nearly as layout till-export says, but has no column «Чек»")


# --- merged cells ------------------------------------------------------------------------------

MERGED = [
    ("F3", "is merged with F2: unmerge them, and fill in each row"),
    ("F4", "is merged with F2: unmerge them, and fill in each row"),
]


def merged_member(page: Any) -> None:
    page.merge_cells("F2:F4")
    page.merge_cells("A9:J9")


def test_a_name_merged_beside_three_rows_is_refused(tmp_path: Path) -> None:
    """The member is no required column: rows 3 and 4 would go into the group's pool unseen."""
    rows = [row(note, Участник="M0345" if note == "1" else None) for note in "1234"]
    reading = read(tmp_path, [HEAD, *rows], merged_member)
    assert notes(reading) == ["1", "4"]
    assert said(reading) == MERGED
    assert [refused.source.row for refused in reading.refused] == [3, 4]


def test_required_cells_that_are_merged_are_named_once(tmp_path: Path) -> None:
    rows = [HEAD, row("1"), row(None), row("3")]
    reading = read(tmp_path, rows, lambda page: page.merge_cells("A2:A3"))
    assert said(reading) == [("A3", "is merged with A2: unmerge them, and fill in each row")]


def test_merged_titles_headers_and_blank_rows_do_no_harm(tmp_path: Path) -> None:
    def merge(page: Any) -> None:
        for area in ("A1:J2", "A3:A3", "A6:J8"):
            page.merge_cells(area)

    reading = read(tmp_path, [["Март"], [], HEAD, row("1")], merge)
    assert notes(reading) == ["1"]
    assert reading.problems == []


def converted(path: Path, form: str) -> Path:
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    words = ["soffice", "--headless", profile, "--convert-to", form, path.name]
    subprocess.run(words, cwd=path.parent, check=True, capture_output=True)
    return path.with_suffix(f".{form}")


def test_merged_cells_of_other_formats(tmp_path: Path) -> None:
    """The same workbook as LibreOffice saves it."""
    rows = [row(note, Участник="M0345" if note == "1" else None) for note in "1234"]
    read(tmp_path, [HEAD, *rows], merged_member)
    for form in ("xls", "ods"):
        reading = read_file(converted(tmp_path / "odd.xlsx", form))
        assert notes(reading) == ["1", "4"], form
        assert said(reading) == MERGED, form


# --- text files --------------------------------------------------------------------------------


def text_file(folder: Path, content: bytes) -> Reading:
    path = folder / "odd.csv"
    path.write_bytes(content)
    return read_file(path)


TEXT = (
    ";".join(HEAD) + "\r\n" + ";".join(map(str, row("17", Дата="10.03.2026", Сдано="2,5"))) + "\r\n"
)


@pytest.mark.parametrize(
    "encoding", ["cp866", "cp1251", "utf-16-le", "utf-16-be", "utf-16", "utf-8"]
)
def test_old_and_new_encodings_of_russian(encoding: str, tmp_path: Path) -> None:
    (found,) = text_file(tmp_path, TEXT.encode(encoding)).rows
    assert (found.values["terms"], str(found.values["delivered"])) == ("buyback", "2.5")


def test_quotes_that_never_close_are_refused(tmp_path: Path) -> None:
    """All that follows them would be one cell, and no row of it would be missed."""
    reading = text_file(tmp_path, (TEXT + '"18;1;10.03.2026\r\n19;1\r\n').encode())
    assert said(reading) == [
        ("", "has quotes in line 3 that are never closed: close or remove them")
    ]
    assert list(reading.rows) == []


def test_quotes_within_a_text_are_text(tmp_path: Path) -> None:
    line = TEXT.splitlines()[1].replace(";osh", ';склад 15"')
    reading = text_file(tmp_path, (TEXT + line.replace("17;", "18;", 1)).encode())
    assert [str(found.values["location"]) for found in reading.rows] == ["osh", 'склад 15"']


@pytest.mark.parametrize("start", [b"%PDF-1.7\n", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_table_is_named(start: bytes, tmp_path: Path) -> None:
    ((_, reason),) = said(text_file(tmp_path, start + bytes(range(256)) * 9))
    assert reason == "is a PDF or a picture: ask for the workbook that it was made from"
