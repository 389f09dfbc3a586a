"""The words of reports: one catalog a language; numbers and dates by CLDR."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel.dates import format_date
from babel.numbers import format_decimal

LANGUAGES = ("ky", "ru", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One language: phrases by name, and how its numbers and days are written."""

    language: str
    phrases: dict[str, str]

    def __call__(self, name: str, **values: str) -> str:
        """The phrase of that name, with `values` put in its places."""
        phrase = self.phrases[name]
        return phrase.format(**values) if values else phrase

    def money(self, amount: Decimal) -> str:
        """KGS with two decimals: `1 234,56` in Kyrgyz and Russian."""
        return format_decimal(amount, "#,##0.00;−#,##0.00", self.language)

    def quantity(self, number: Decimal) -> str:
        return format_decimal(number.normalize(), "#,##0.######;−#,##0.######", self.language)

    def percent(self, rate: Decimal) -> str:
        return format_decimal((rate * 100).normalize(), "#,##0.####", self.language) + " %"

    def day(self, day: date) -> str:
        """A short date, as `02.03.2026`."""
        pattern = "dd.MM.yyyy" if self.language != "en" else "d MMM yyyy"
        return format_date(day, pattern, self.language)

    def month(self, period: str) -> str:
        """`март 2026`, from `2026-03`."""
        text = format_date(date(int(period[:4]), int(period[5:]), 1), "LLLL yyyy", self.language)
        return text[:1].upper() + text[1:]

    def month_short(self, period: str) -> str:
        return format_date(date(int(period[:4]), int(period[5:]), 1), "LLL", self.language)


@cache
def words(language: str) -> Words:
    """The catalog of `ky`, `ru` or `en`."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, tomllib.loads(text))
