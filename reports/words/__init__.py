"""The words of reports: catalogs by language; plurals, numbers and dates by CLDR.

`<language>.toml` holds what all reports share; a folder beside it holds the words of one family of
reports. A phrase is a text, or a table of its plural forms (`one`, `few`, `many`, `other`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

LANGUAGES = ("ky", "ru", "en")
FAMILIES = ("banks", "papers", "reasons", "reports")
Phrases = dict[str, str | dict[str, str]]
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Words:
    """One language: phrases by name, and how its numbers and days are written."""

    language: str
    phrases: Phrases
    marks: dict[int, str]
    """What stands for `,` and `.` of Python's own numbers."""
    locale: Locale

    def __call__(self, name: str, **values: str) -> str:
        """The phrase of that name, with `values` put in its places."""
        phrase = self.phrases[name]
        assert isinstance(phrase, str), f"{name} has plural forms: use `count`"
        return phrase.format(**values) if values else phrase

    def __contains__(self, name: str) -> bool:
        return name in self.phrases

    def bank_reason(self, reason: str) -> str:
        """`AC04 account closed: by the heirs` in this language: its words, and what was added.

        The words of a catalog alone, in any language, say the same as its code.
        """
        code, _, rest = reason.partition(" ")
        if f"bank_{code}" not in self:
            known = _bank_texts().get(reason.strip().lower())
            return self(known) if known else reason
        added = rest.partition(": ")[2]
        return self(f"bank_{code}") + (f": {added}" if added else "")

    def count(self, name: str, number: Decimal | int, **values: str) -> str:
        """The phrase in the plural form of a number, which stands at `{n}`: `5 месяцев`."""
        forms = self.phrases[name]
        assert isinstance(forms, dict), f"{name} has no plural forms"
        form = forms.get(self.locale.plural_form(_plain(number)), forms["other"])
        return form.format(n=self.quantity(Decimal(number)), **values)

    def listed(self, parts: Sequence[str]) -> str:
        """`a, b жана c`."""
        return format_list(parts, locale=self.locale)

    def money(self, amount: Decimal) -> str:
        """KGS with two decimals: `1 234,56` in Kyrgyz and Russian."""
        return self._signed(amount, f"{abs(amount):,.2f}")

    def other_rows(self, number: int) -> str:
        """`and 12 other rows`."""
        return self.count("other_rows", number)

    def whole(self, number: Decimal) -> str:
        """Rounded to a whole: `1 235`."""
        return self._signed(number, f"{abs(number):,.0f}")

    def share(self, rate: Decimal) -> str:
        """A share of 1 with one decimal: `12,5 %`."""
        return self._signed(rate, f"{abs(rate) * 100:,.1f}") + "\u00a0%"

    def price(self, number: Decimal) -> str:
        """KGS a unit: two decimals, or as many as it has."""
        return self.money(number) if number == round(number, 2) else self.quantity(number)

    def quantity(self, number: Decimal) -> str:
        """As many decimals as it has, six at most."""
        text = f"{abs(number):,.6f}".rstrip("0").rstrip(".")
        return self._signed(number, text)

    def percent(self, rate: Decimal) -> str:
        text = f"{abs(rate) * 100:,.4f}".rstrip("0").rstrip(".")
        return self._signed(rate, text) + " %"

    def _signed(self, number: Decimal, text: str) -> str:
        written = text.translate(self.marks)
        return MINUS + written if number < 0 else written

    def day(self, day: date) -> str:
        """A short date, as `02.03.2026`."""
        return _day(self.language, day)

    def month(self, period: str, *, inside: bool = False) -> str:
        """`Март 2026`, from `2026-03`; `inside` a sentence `март 2026` in Kyrgyz and Russian."""
        text = _month(self.language, period, "LLLL yyyy")
        if inside:
            return text if self.language == "en" else text.lower()
        return text[:1].upper() + text[1:]

    def month_short(self, period: str) -> str:
        return _month(self.language, period, "LLL")


def _plain(number: Decimal | int) -> Decimal | int:
    """`2.00` counts as 2: plural rules look at the decimals that are written."""
    if isinstance(number, int):
        return abs(number)
    whole = number.to_integral_value()
    return abs(int(whole)) if whole == number else abs(number.normalize())


@cache
def _day(language: str, day: date) -> str:
    return format_date(day, "dd.MM.yyyy" if language != "en" else "d MMM yyyy", language)


@cache
def _month(language: str, period: str, pattern: str) -> str:
    return format_date(date(int(period[:4]), int(period[5:]), 1), pattern, language)


@cache
def _bank_texts() -> dict[str, str]:
    """`счёт закрыт` -> `bank_AC04`: a bank's reason as it is said in any of the languages."""
    return {
        text.lower(): name
        for language in LANGUAGES
        for name, text in words(language).phrases.items()
        if name.startswith("bank_") and isinstance(text, str)
    }


@cache
def words(language: str) -> Words:
    """The catalog of `ky`, `ru` or `en`."""
    folder = files(__package__)
    phrases: Phrases = {}
    for place in (folder, *(folder / family for family in FAMILIES)):
        phrases |= tomllib.loads((place / f"{language}.toml").read_text(encoding="utf-8"))
    locale = Locale(language)
    symbols = locale.number_symbols["latn"]
    marks = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
    return Words(language, phrases, marks, locale)
