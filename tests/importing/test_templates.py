"""One declaration writes templates, reads what they hold, and documents each kind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from importers.kinds import KINDS
from importers.languages import LANGUAGES, words
from importers.reader import read_file
from ovop_payouts.cli import main

DOCS = Path(__file__).resolve().parents[2] / "docs"
ALL = [(kind, language) for kind in KINDS for language in LANGUAGES]


def template(kind: str, language: str, folder: Path) -> Path:
    path = folder / f"{kind}.xlsx"
    words_of = ["template", kind, str(path), "--lang", language]
    result = CliRunner().invoke(main, words_of, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return path


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_what_a_template_writes_import_reads(kind: str, language: str, tmp_path: Path) -> None:
    """The example is never booked; without its mark it is a good row, read without a word."""
    path = template(kind, language, tmp_path)
    assert list(read_file(path).rows) == []
    assert read_file(path).problems == []
    book = load_workbook(path)
    first = book.worksheets[0]["A2"]
    first.value = first.value.partition("] ")[2]
    book.save(path)
    reading = read_file(path)
    assert [row.kind for row in reading.rows] == [kind], reading.problems
    assert reading.problems == []


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_a_template_says_all_that_is_declared(kind: str, language: str, tmp_path: Path) -> None:
    path, said = template(kind, language, tmp_path), words(language)
    page, notes = load_workbook(path).worksheets
    heads = {cell.value: cell for cell in page[1]}
    columns = KINDS[kind].columns
    assert list(heads) == [said.column(column.name) for column in columns]
    assert [bool(cell.font.b) for cell in heads.values()] == [c.required for c in columns]
    rules = page.data_validations.dataValidation
    assert len(rules) == len(columns)
    for column, rule in zip(columns, rules, strict=True):
        if column.choices:
            assert rule.formula1 == f'"{",".join(said.choices(column))}"'
        assert len(rule.prompt) <= 255
    for column in columns:
        letter = heads[said.column(column.name)].column_letter
        form = page.column_dimensions[letter].number_format
        assert (form == "@") == (column.type in ("text", "id", "period"))
    assert {row[0].value for row in notes.iter_rows(min_row=7)} == set(heads)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_languages_are_all_there(language: str) -> None:
    mine, english = words(language), words("en")
    for part in ("columns", "values", "notes", "examples", "kinds", "about"):
        assert getattr(mine, part).keys() == getattr(english, part).keys(), part
    assert mine.kinds.keys() == KINDS.keys()
    for kind in KINDS.values():
        titles = [mine.column(column.name) for column in kind.columns]
        assert len(set(titles)) == len(titles)
        for column in kind.columns:
            choices = mine.choices(column)
            assert len(set(choices)) == len(choices)


def test_a_template_overwrites_nothing(tmp_path: Path) -> None:
    """Somebody has filled it in already."""
    path = template("advances", "ru", tmp_path)
    before = path.read_bytes()
    result = CliRunner().invoke(main, ["template", "advances", str(path)])
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert path.read_bytes() == before


# --- the pages of docs/kinds -------------------------------------------------------------------


def test_the_pages_of_kinds_are_as_the_declarations(tmp_path: Path) -> None:
    """`make docs` would change nothing: neither a page nor a picture."""
    sys.path.insert(0, str(DOCS))
    try:
        import write_kinds
    finally:
        sys.path.remove(str(DOCS))
    for name, text in write_kinds.pages().items():
        assert (DOCS / "kinds" / name).read_text(encoding="utf-8") == text
    drawn = write_kinds.drawn(DOCS / "kinds")
    for kind in KINDS.values():
        assert drawn[kind.name] == write_kinds.digest(kind, tmp_path)
        picture = (DOCS / "kinds" / f"{kind.name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 60_000
