"""The demo, made once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from ovop_payouts.book import Book, load


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
def demo(demo_folder: Path) -> Demo:
    books = demo_folder / "books"
    entries, errors, _ = loader.load_file(str(books / "main.beancount"))
    said = demo_folder.with_name("demo.txt").read_text(encoding="utf-8")
    return Demo(demo_folder, said, load(books), entries, errors)
