"""Each paper in each language, word for word; `golden_papers.py` writes them anew."""

from __future__ import annotations

from pathlib import Path

from worked.books import Books
from worked.golden_papers import FOLDER, paper_month, papers


def test_papers_say_word_for_word_what_they_said(books: Books, tmp_path: Path) -> None:
    paper_month(books)
    found = papers(books, tmp_path / "out")
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert sorted(found) == sorted(kept)
    for name, text in found.items():
        assert text == kept[name], name
