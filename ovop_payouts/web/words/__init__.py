"""The words of the pages: one catalog a language, upon those of the reports."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from reports.words import LANGUAGES, Words, words

NAMES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}
"""Each language in its own words."""


@cache
def page_words(language: str) -> Words:
    """The catalog of `ky`, `ru` or `en`; where we have no word of our own, the reports'."""
    shared = words(language)
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    return replace(shared, phrases=shared.phrases | tomllib.loads(text))


__all__ = ["LANGUAGES", "NAMES", "page_words"]
