"""Reports of small books, made once for all tests that look at them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ovop_payouts.reporting import Material, gather, kinds, span_of
from ovop_payouts.settings import read_settings
from reports.report.model import Report


@cache
def material(books: Path, period: str, language: str, association: str | None = None) -> Material:
    return gather(books, span_of(period), association, read_settings(books), language)


def made(books: Path, name: str, period: str, language: str, *, fresh: bool = False) -> Report:
    """A report; `fresh` reads the books anew."""
    find = material.__wrapped__ if fresh else material
    return kinds()[name].build(find(books, period, language))
