"""The books that worked examples start from, made once and copied for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from worked.books import Books, make_base


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of books with people, products, certificates and prices."""
    folder = tmp_path_factory.mktemp("base") / "books"
    make_base(folder)
    return folder


@pytest.fixture
def books(base: Path, tmp_path: Path) -> Books:
    """Books of one's own."""
    return Books(Path(shutil.copytree(base, tmp_path / "books")))
