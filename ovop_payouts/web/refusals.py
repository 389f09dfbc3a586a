"""What the engine refuses, in the reader's language.

The engine says a refusal in English, as a sentence with places (`Refusal.said`). That sentence is
its key in `words/refusals/{ru,ky}.toml`, so nothing has a second name; what no catalog has is said
in English. `tests/web/test_refusals.py` reads the engine and asks for every sentence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from ovop_payouts.payout.funds import Cover
from ovop_payouts.refusal import Refusal
from reports.words import Words

COVER = "{accounts}: {held}; {way} {asked} {missing}"
"""The key of what accounts lack (`Cover`), which the engine puts together of parts."""


class _Plain(str):
    """Words that stand as they are, whatever form the English sentence gives its numbers."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        return str(self)


@cache
def catalog(language: str) -> Mapping[str, str]:
    """English sentence -> the same in a language; English needs none."""
    if language == "en":
        return {}
    path = files("ovop_payouts.web.words") / "refusals" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def told(refusal: Refusal, words: Words) -> str:
    """A refusal in the language of the words."""
    if refusal.parts:
        return "; ".join(told(part, words) for part in refusal.parts)
    sentence = catalog(words.language).get(refusal.said)
    if sentence is None:
        return str(refusal)
    values = {name: _value(name, value, words) for name, value in refusal.values.items()}
    return sentence.format(**values) if values else sentence


def told_text(text: str, words: Words) -> str:
    """A reason that has no places, such as why a file cannot be read."""
    return catalog(words.language).get(text, text)


def _value(name: str, value: Any, words: Words) -> _Plain:
    match value:
        case Refusal():
            return _Plain(told(value, words))
        case Cover():
            return _Plain(_covered(value, words))
        case date():
            return _Plain(words.day(value))
        case Decimal():
            return _Plain(words.money(value))
        case str() if name == "state" and f"status_{value}" in words:
            return _Plain(words(f"status_{value}"))
    return _Plain(told_text(str(value), words))


def _covered(cover: Cover, words: Words) -> str:
    sentence = catalog(words.language)[COVER]
    return sentence.format(
        accounts=" + ".join(cover.accounts),
        held=words.money(cover.held),
        way=words.money(cover.in_transit),
        asked=words.money(cover.asked),
        missing=words.money(-cover.left),
    )
