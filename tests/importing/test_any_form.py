"""The same rows in any format, language, order, number form and split give the same books."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from properties.copies import copy_of
from properties.months import POLICY, Sheets, months
from worked.books import BASE, ISSYK, NARYN, Books

from importers.languages import LANGUAGES
from importing.forms import table, write

FORMATS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
FEW = settings(
    max_examples=max(2, settings().max_examples // 10),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
PROVENANCE = ("source", "sha", "filename", "lineno")


def legs_of(books: Books) -> list[Any]:
    """Every entry as Beancount reads it, without where its row stood."""
    entries, errors, _ = loader.load_file(str(books.folder / "main.beancount"))
    assert not errors
    return sorted(
        (
            str(entry.date),
            str(entry.payee),
            str(entry.narration),
            sorted((k, str(v)) for k, v in entry.meta.items() if k not in PROVENANCE),
            sorted((p.account, str(p.units), str(p.cost)) for p in entry.postings),
        )
        for entry in entries
        if isinstance(entry, Transaction)
    )


def run_of(books: Books, association: str) -> list[Any]:
    lines: list[Any] = books.draft(association=association)["lines"]
    return lines


def scattered(sheets: Sheets, folder: Path, chance: Random) -> list[Path]:
    """Each kind's rows over one to three files of any form."""
    folder.mkdir()
    paths = []
    for kind, rows in sheets.items():
        parts: list[list[dict[str, Any]]] = [[] for _ in range(chance.randint(1, 3))]
        for row in rows:
            chance.choice(parts).append(row)
        for number, part in enumerate(parts):
            if part:
                chance.shuffle(part)
                name = f"{kind}-{number}{chance.choice(FORMATS)}"
                made = table(kind, part, chance.choice(LANGUAGES), chance)
                paths.append(write(folder / name, made, chance))
    chance.shuffle(paths)
    return paths


@given(sheets=months("2026-03"), chance=st.randoms(use_true_random=False))
@FEW
def test_any_form_gives_the_same_books(sheets: Sheets, chance: Random, base: Path) -> None:
    sheets = {"policy": POLICY, **sheets}
    with copy_of(base) as plain, copy_of(base) as odd:
        plain.take_all(**sheets)
        paths = scattered(sheets, odd.folder.parent / "sent", chance)
        odd.done("anna", "import", *map(str, paths))
        assert legs_of(odd) == legs_of(plain)
        for association in (ISSYK, NARYN):
            assert run_of(odd, association) == run_of(plain, association)
        again = odd.done("anna", "import", *map(str, paths))
        assert " 0 booked" in again
        assert "Change:" not in again


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_master_data_in_every_form(books: Books, form: str, language: str) -> None:
    """The base again, as people would have sent it: all of it is known already."""
    chance = Random(f"{form}{language}")
    folder = books.folder.parent / "sent"
    folder.mkdir()
    paths = [
        write(folder / f"{kind}{form}", table(kind, rows, language, chance), chance)
        for kind, rows in BASE.items()
    ]
    said = books.done("anna", "import", *map(str, paths))
    assert said.count(" 0 booked") == len(BASE)
    assert "Change:" not in said


def test_thousands_parted_by_a_space_of_windows(tmp_path: Path) -> None:
    """In the encoding of DOS that space would be a letter: 1а039,47."""
    from importers.sheets import sheets

    content = "Total;note\n1\xa0039,47;x\n".encode("cp1251")
    (sheet,) = sheets(Path("till.csv"), content)
    assert [row for _, row in sheet.rows] == [
        {0: "Total", 1: "note"},
        {0: "1\xa0039,47", 1: "x"},
    ]
