"""Where the golden reports stand, and how they are written anew."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from reporting.made import made
from reports.report import writer

FOLDER = Path(__file__).parent / "golden"
MONTH = "2026-03"


def path_of(name: str, language: str) -> Path:
    return FOLDER / f"{name}.{language}.txt"


def text_of(books: Path, name: str, language: str) -> str:
    return writer("text")(made(books, name, MONTH, language)).decode()


def write_all() -> None:
    """All of them, from small books made for it."""
    from ovop_payouts.reporting import kinds
    from reporting.small import make_small
    from reports.words import LANGUAGES

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        books = make_small(Path(folder) / "books").folder
        for name in kinds():
            for language in LANGUAGES:
                path_of(name, language).write_text(text_of(books, name, language), encoding="utf-8")


if __name__ == "__main__":
    write_all()
