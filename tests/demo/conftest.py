"""The demo, made once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from click.testing import CliRunner

from ovop_payouts.book import Book, load
from ovop_payouts.cli import main


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the demo stands, what it printed, its books as we and as Beancount read them."""

    folder: Path
    output: str
    book: Book
    entries: list[Any]
    errors: list[Any]

    @property
    def books(self) -> Path:
        return self.folder / "books"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    result = CliRunner().invoke(main, ["demo", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    entries, errors, _ = loader.load_file(str(folder / "books" / "main.beancount"))
    return Demo(folder, result.output, load(folder / "books"), entries, errors)
