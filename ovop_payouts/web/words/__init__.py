"""The words of the pages: one catalog a language, beside those of the reports."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from reports.words import LANGUAGES, Words

NAMES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}
"""Each language in its own words."""


@cache
def page_words(language: str) -> Words:
    """The catalog of `ky`, `ru` or `en`; numbers and days are written as in reports."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, tomllib.loads(text))


__all__ = ["LANGUAGES", "NAMES", "page_words"]
