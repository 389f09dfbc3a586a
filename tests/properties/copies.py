"""Books for one example each: hypothesis makes many, and none is left lying about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from worked.books import Books


@contextmanager
def copy_of(folder: Path) -> Iterator[Books]:
    """A copy of books, gone afterwards with the workbooks beside it."""
    with TemporaryDirectory(prefix="books-") as above:
        yield Books(Path(shutil.copytree(folder, Path(above) / "books")))
