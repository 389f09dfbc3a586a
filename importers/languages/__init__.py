"""The words of workbooks: headers, choices, yes and no; one catalog a language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from importers.kinds import Column

LANGUAGES = ("en", "ru", "ky")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalog."""

    columns: dict[str, str]
    values: dict[str, str]
    notes: dict[str, str]
    examples: dict[str, str]

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def value(self, name: str) -> str:
        return self.values.get(name, name)

    def note(self, name: str) -> str:
        return self.notes[name]

    def example(self, column: str) -> str:
        return self.examples.get(column, column)

    def choices(self, column: Column) -> list[str]:
        """What a drop-down offers, in this language."""
        names = ("yes", "no") if column.type == "bool" else column.choices
        return [self.value(name) for name in names]


@cache
def words(language: str) -> Words:
    """A language's words: `en`, `ru` or `ky`."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    catalog = tomllib.loads(text)
    return Words(catalog["columns"], catalog["values"], catalog["notes"], catalog["examples"])


@cache
def column_names() -> dict[str, frozenset[str]]:
    """Column -> what its header may be called in any language."""
    names: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for column, title in words(language).columns.items():
            names.setdefault(column, {column}).add(title)
    return {column: frozenset(titles) for column, titles in names.items()}


@cache
def value_names(choice: str) -> frozenset[str]:
    """How a choice may be written in any language, in small letters."""
    return frozenset(words(language).value(choice).lower() for language in LANGUAGES)
