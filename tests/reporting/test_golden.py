"""Each report in each language, word for word; `tests/reporting/golden.py` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ovop_payouts.reporting import kinds
from reports.report import FORMATS, writer
from reports.words import LANGUAGES

from .golden import FOLDER, MONTH, path_of, text_of
from .made import made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(kinds()))
def test_each_report_says_what_it_said(books_of_small: Path, name: str, language: str) -> None:
    expected = path_of(name, language).read_text(encoding="utf-8")
    assert text_of(books_of_small, name, language) == expected


def test_no_golden_file_is_left_over() -> None:
    known = {path_of(name, lang) for name in kinds() for lang in LANGUAGES}
    assert set(FOLDER.iterdir()) == known


@pytest.mark.parametrize("name", sorted(kinds()))
def test_no_english_is_left_in_a_kyrgyz_or_russian_report(books_of_small: Path, name: str) -> None:
    """Every word of ours; ids, accounts and what people entered stay as they are."""
    english = set(_words(made(books_of_small, name, MONTH, "en")))
    for language in ("ky", "ru"):
        left = english & set(_words(made(books_of_small, name, MONTH, language)))
        assert not {text for text in left if re.search("[A-Za-z]", text)}


def _words(report) -> list[str]:  # type: ignore[no-untyped-def]
    return [
        report.title,
        report.scope,
        report.span,
        *(figure.label for figure in report.figures),
        *(table.title for table in report.tables),
        *(table.note for table in report.tables),
        *(column.title for table in report.tables for column in table.columns),
        *(chart.title for table in report.tables for chart in table.charts),
        *report.notes,
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_past_month_gives_the_same_bytes(
    books_of_small: Path, later_books: Path, form: str
) -> None:
    """Made anew, and made after names, members, certificates and deliveries came later."""
    for name in kinds():
        first = writer(form)(made(books_of_small, name, MONTH, "ru", fresh=True))
        again = writer(form)(made(books_of_small, name, MONTH, "ru", fresh=True))
        assert first == again, name
        assert first == writer(form)(made(later_books, name, MONTH, "ru")), name
