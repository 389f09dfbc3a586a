"""The order of rows, sheets and files changes nothing; nor does a second import (contract §3)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worked.books import ISSYK, NARYN, Books, write_sheets

from properties.copies import copy_of
from properties.months import POLICY, Sheets, months

FEW = settings(
    max_examples=settings().max_examples // 20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
"""Each example is a second's work: few of them, and none made smaller where one fails."""
chances = st.randoms(use_true_random=False)


def bring(books: Books, paths: list[Path]) -> str:
    """Import several files as one change."""
    return books.done("anna", "import", *map(str, paths))


def shuffled(rows: list[Any], chance: Random) -> list[Any]:
    return chance.sample(rows, len(rows))


def spread(sheets: Sheets, folder: Path, chance: Random) -> list[Path]:
    """The same rows in another order, over sheets and files by chance."""
    parts: list[Sheets] = [{}, {}, {}]
    for kind, rows in shuffled(list(sheets.items()), chance):
        for row in shuffled(rows, chance):
            chance.choice(parts).setdefault(kind, []).append(_columns(row, chance))
    return [
        write_sheets(folder / f"part-{number}.xlsx", dict(shuffled(list(part.items()), chance)))
        for number, part in enumerate(parts)
        if part
    ]


def _columns(row: dict[str, Any], chance: Random) -> dict[str, Any]:
    return dict(shuffled(list(row.items()), chance))


def contents(books: Books) -> dict[str, bytes]:
    """Every file of the books but the cache, and the lock, which says who held it and when."""
    found = {
        str(path.relative_to(books.folder)): path
        for path in sorted(books.folder.rglob("*"))
        if path.is_file()
    }
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not name.startswith((".cache", ".lock"))
    }


def told(books: Books) -> list[Any]:
    """What the books say whatever the rows' places: runs without their hashes, and lots."""
    runs = [books.draft(association=name) for name in (ISSYK, NARYN)]
    for run in runs:
        del run["hash"]
    return [runs, books.stock("Assets:Stock"), books.stock("Assets:Consigned"), sums(books)]


def sums(books: Books) -> dict[str, Decimal]:
    accounts = ("Income", "Expenses", "Liabilities:Tax", "Assets:Till", "Assets:Receivable")
    return {name: books.balance(name) for name in accounts}


@FEW
@given(sheets=months("2026-03"), chance=chances)
def test_rows_sheets_columns_and_files_in_any_order(
    sheets: Sheets, chance: Random, base: Path
) -> None:
    whole = {"policy": POLICY, **sheets}
    with copy_of(base) as one, copy_of(base) as other:
        one.take_all(**whole)
        bring(other, spread(whole, other.folder.parent, chance))
        assert told(one) == told(other)


@FEW
@given(sheets=months("2026-03"), chance=chances)
def test_files_named_in_any_order_give_the_same_bytes(
    sheets: Sheets, chance: Random, base: Path
) -> None:
    with copy_of(base) as one, copy_of(base) as other:
        paths = spread(sheets, one.folder.parent, chance)
        bring(one, paths)
        bring(other, shuffled(paths, chance))
        assert contents(one) == contents(other)


@FEW
@given(sheets=months("2026-03"), chance=chances)
def test_importing_twice_changes_nothing(sheets: Sheets, chance: Random, base: Path) -> None:
    with copy_of(base) as books:
        path = books.workbook(**sheets)
        bring(books, [path])
        before = contents(books)
        for paths in ([path], spread(sheets, books.folder.parent, chance)):
            assert bring(books, paths).count(" 0 booked") == len(sheets)
        assert contents(books) == before


@FEW
@given(sheets=months("2026-03"), chance=chances)
def test_a_bad_row_anywhere_and_nothing_is_booked(
    sheets: Sheets, chance: Random, base: Path
) -> None:
    rows = sheets["deliveries"]
    bad = {**rows[0], "note_no": "BAD", "product": "felt-9"}
    rows.insert(chance.randrange(len(rows) + 1), bad)
    with copy_of(base) as books:
        before = contents(books)
        path = books.workbook(**sheets)
        result = books.ovop("anna", "import", str(path))
        assert result.exit_code == 1
        assert "felt-9" in result.output
        assert contents(books) == before


@FEW
@given(sheets=months("2026-03"))
def test_drafts_of_the_same_books_are_the_same_bytes(sheets: Sheets, base: Path) -> None:
    with copy_of(base) as one, copy_of(base) as other:
        path = one.workbook(**sheets)
        for books in (one, other):
            bring(books, [path])
            books.draft()
        assert contents(one) == contents(other)
