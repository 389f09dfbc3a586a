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

    language: str
    columns: dict[str, str]
    values: dict[str, str]
    notes: dict[str, str]
    examples: dict[str, str]
    kinds: dict[str, str]
    about: dict[str, str]

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def value(self, name: str) -> str:
        return self.values.get(name, name)

    def note(self, name: str) -> str:
        return self.notes[name]

    def kind(self, name: str) -> str:
        """What rows of a kind say, in one line."""
        return self.kinds[name]

    def meaning(self, kind: str, column: str) -> str:
        """What a column says, where its name does not say it all."""
        return self.about.get(f"{kind}.{column}", self.about.get(column, ""))

    def example(self, kind: str, column: str) -> str:
        """What an example holds in a column of text; nothing where it would be blank."""
        return self.examples.get(f"{kind}.{column}", self.examples.get(column, ""))

    def choices(self, column: Column) -> list[str]:
        """What a drop-down offers, in this language."""
        names = ("yes", "no") if column.type == "bool" else column.choices
        return [self.value(name) for name in names]


@cache
def words(language: str) -> Words:
    """A language's words: `en`, `ru` or `ky`."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    catalog = tomllib.loads(text)
    return Words(language, **catalog)


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
