"""The small books, made once, and the same a month on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from worked.books import Books

from reporting.small import go_on, make_small


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return make_small(tmp_path_factory.mktemp("small") / "books")


@pytest.fixture(scope="session")
def books_of_small(small: Books) -> Path:
    return small.folder


@pytest.fixture(scope="session")
def later_books(small: Books, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same books after more was entered in the month that follows."""
    folder = tmp_path_factory.mktemp("later") / "books"
    shutil.copytree(small.folder, folder)
    go_on(Books(folder, "2026-05-20"))
    return folder
