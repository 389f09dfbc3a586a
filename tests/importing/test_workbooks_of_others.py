"""Workbooks that others made, odd, broken and protected: read as they are, or refused in a line."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

from importers.sheets import UnreadableFile, sheets
from importing.limits import in_a_child

WORKBOOKS = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "xlsx"
OF_OTHERS = sorted(
    path for name in ("calamine", "openpyxl", "sheetjs") for path in (WORKBOOKS / name).glob("*")
)
Cells = dict[tuple[int, int], Any]
HIDDEN = {("covered.ods", (3, 0))}
"""A text under a merged cell, which nobody sees."""


def read(path: Path) -> dict[str, Cells]:
    """Sheet -> (row from 1, column from 0) -> raw value."""
    return {
        sheet.name: {(r, c): v for r, cells in sheet.rows for c, v in cells.items()}
        for sheet in sheets(path, path.read_bytes())
    }


def test_the_workbooks_are_there(realdata: Path) -> None:
    assert len(OF_OTHERS) > 190


@pytest.mark.parametrize("path", OF_OTHERS, ids=lambda path: path.name)
def test_every_workbook_is_read_or_refused_in_one_line(path: Path) -> None:
    outcome = in_a_child(lambda: {name: len(cells) for name, cells in read(path).items()})
    assert outcome.raised in ("", "UnreadableFile"), outcome
    assert outcome.within_limits, outcome
    if outcome.raised:
        assert 10 < len(outcome.words) < 200
        assert "\n" not in outcome.words


def is_same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours.strip() == theirs.strip()
    return bool(ours == theirs)


def differs(path: Path, name: str, ours: Cells) -> list[Any]:
    """Cells that another reader sees otherwise; days, blank texts and errors are ours to tell."""
    page = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name)
    rows = enumerate(page.to_python(skip_empty_area=False), 1)
    theirs = {(r, c): v for r, row in rows for c, v in enumerate(row) if str(v).strip() and c < 256}
    found = []
    for place in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(place), theirs.get(place)
        ours_to_tell = isinstance(mine, str) and (mine[:1] in ("#", "=") or not mine.strip())
        moment = isinstance(mine, datetime) or isinstance(other, (date, time, timedelta))
        if moment or (path.name, place) in HIDDEN:
            continue
        if not is_same(mine, other) and not (other is None and ours_to_tell):
            found.append((place, mine, other))
    return found


@pytest.mark.parametrize("path", OF_OTHERS, ids=lambda path: path.name)
def test_texts_and_numbers_are_what_another_reader_sees(path: Path) -> None:
    try:
        ours = read(path)
    except UnreadableFile:
        return
    if path.name == "too_small.xls":  # is a line of text, and read as such
        assert len(ours["csv"]) == 1
        return
    for name, cells in ours.items():
        if cells:
            assert differs(path, name, cells) == []


# --- what the sheets are known to read as ------------------------------------------------------


def paths() -> dict[str, Path]:
    """Name in the folder of answers -> workbook."""
    found = {path.name: path for path in OF_OTHERS if path.parent.name == "sheetjs"}
    for path in (WORKBOOKS / "openpyxl").glob("*"):
        last = path.name.rpartition("__")[2]
        for folder in "gr":
            found.setdefault(f"openpyxl_{folder}_{last}", path)
    return found


ANSWERS = sorted(
    path
    for path in (WORKBOOKS / "sheetjs_expected").glob("*.csv")
    if path.name.rsplit(".", 2)[0] in paths()
)


def shown_as(value: Any, shown: str) -> bool:
    """Whether a cell's value is what a text shows of it, rounded or formatted as it may be."""
    plain = shown.strip().lstrip("\ufeff")
    match value:
        case datetime():
            return plain in (f"{value.month}/{value.day}/{value:%y}", f"{value.hour}:{value:%M}")
        case bool():
            return plain == str(value).upper()
        case float():
            percent = plain.endswith("%")
            number = Decimal(plain.strip("$%").replace(",", ""))
            exact = Decimal(repr(value)) * (100 if percent else 1)
            return exact.quantize(number) == number
    return str(value).strip() == plain


def corner(places: Any) -> tuple[int, int]:
    return min(r for r, _ in places), min(c for _, c in places)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name)
def test_sheets_are_read_as_the_answers_say(path: Path) -> None:
    """The answers begin where a sheet's used range does, and are cut where it says it ends."""
    name, number, _ = path.name.rsplit(".", 2)
    book = paths()[name]
    title = openpyxl.load_workbook(book).sheetnames[int(number)]
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    width = max(map(len, rows), default=0)
    wanted = {(r, c): t for r, row in enumerate(rows, 1) for c, t in enumerate(row) if t.strip()}
    ours = read(book)[title]
    moved = ours
    if ours and wanted:
        (top, left), (first, second) = corner(ours), corner(wanted)
        moved = {(r - top + first, c - left + second): v for (r, c), v in ours.items()}
    assert {place for place in moved if place[1] < width} == set(wanted)
    assert [(p, moved[p], t) for p, t in wanted.items() if not shown_as(moved[p], t)] == []
