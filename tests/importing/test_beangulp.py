"""Our kinds through beangulp's own commands: identify, extract, archive, and its testing."""

from __future__ import annotations

import shutil
from pathlib import Path

import beangulp
import pytest
from beancount import loader
from beangulp import testing
from click.testing import CliRunner, Result
from worked.books import sale, write_sheets

from importers.gulp import Importer, importers

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = Path(__file__).parent / "expected"
FOLDER = "Assets:Documents"


def gulp(*words: str) -> Result:
    ingest = beangulp.Ingest(importers(FOLDER))
    return CliRunner().invoke(ingest.cli, list(words), catch_exceptions=False)


@pytest.fixture
def till(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "till-export.csv", tmp_path))


@pytest.mark.parametrize(
    ("kind", "name"),
    [("sales", "till-export"), ("sales", "1c-sales-register"), ("bank", "bank-list-ru")],
)
def test_as_beangulp_tests_importers(kind: str, name: str, tmp_path: Path) -> None:
    """What is extracted is what the expected file says, byte for byte."""
    path = Path(shutil.copy(SAMPLES / f"{name}.csv", tmp_path))
    words = ["test", str(path), "--expected", str(EXPECTED)]
    result = CliRunner().invoke(testing.wrap(Importer(kind, FOLDER)), words)
    assert result.exit_code == 0, result.output
    assert "PASSED" in result.output


def test_each_kind_knows_its_own_files(till: Path) -> None:
    assert [each.kind.name for each in importers(FOLDER) if each.identify(str(till))] == ["sales"]
    (till.parent / "notes.txt").write_text("nothing of ours\n")
    said = gulp("identify", str(till.parent)).output
    assert "ovop.sales" in said
    assert said.count("ovop.") == 1


def test_what_is_extracted_is_beancount_and_is_known_again(till: Path) -> None:
    said = gulp("extract", str(till)).output
    entries, errors, _ = loader.load_string(said)
    assert not errors
    assert len(entries) == 3
    ledger = till.with_name("main.beancount")
    ledger.write_text(said, encoding="utf-8")
    again = gulp("extract", "-e", str(ledger), str(till)).output
    assert loader.load_string(again)[0] == []
    assert again.count('; 2026-03-20 custom "sales"') == 3


def test_two_sales_alike_on_one_day_are_two(tmp_path: Path) -> None:
    """Beangulp's own search would take the second for a duplicate of the first."""
    rows = [sale("R-1", "felt-1", 1, 300), sale("R-2", "felt-1", 1, 300)]
    path = write_sheets(tmp_path / "sales.xlsx", {"sales": rows})
    entries, errors, _ = loader.load_string(gulp("extract", str(path)).output)
    assert not errors
    assert len(entries) == 2


def test_a_file_with_problems_is_refused_whole(till: Path) -> None:
    till.write_text(till.read_text("utf-8").replace("450,00", "dear"), "utf-8")
    result = gulp("extract", str(till))
    assert result.exit_code == 1
    assert "till-export.csv  csv!J4  dear  is no number" in result.output


def test_files_are_archived_under_their_latest_day(till: Path) -> None:
    (till.parent / "documents").mkdir()
    gulp("archive", "-o", str(till.parent / "documents"), str(till))
    (found,) = (till.parent / "documents").rglob("*.csv")
    assert found.name == "2026-03-20.till-export.csv"
    assert found.parent.name == "Documents"
