"""The words of the pages: complete in each language, and each in its own."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from ovop_payouts.web.words import LANGUAGES, page_words

WEB = Path(__file__).resolve().parents[2] / "ovop_payouts" / "web"
CATALOGS = {
    language: tomllib.loads((WEB / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
FORMS = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}, "ky": {"one", "other"}}
LATIN = {"XML", "PDF", "HTML", "XLSX", "TXT"}
"""Latin words that stand in any language."""


def texts(phrase: object) -> list[str]:
    return list(phrase.values()) if isinstance(phrase, dict) else [str(phrase)]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_missing_and_plurals_are_whole(language: str) -> None:
    mine, english = CATALOGS[language], CATALOGS["en"]
    assert sorted(mine) == sorted(english)
    for name, phrase in mine.items():
        assert isinstance(phrase, dict) == isinstance(english[name], dict), name
        if isinstance(phrase, dict):
            assert set(phrase) == FORMS[language], name
        wanted = set().union(*(fields(text) for text in texts(english[name])))
        assert set().union(*(fields(text) for text in texts(phrase))) == wanted, name


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_no_english_is_left(language: str) -> None:
    wrong = [
        f"{name}: {text}"
        for name, phrase in CATALOGS[language].items()
        for text in texts(phrase)
        if set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}|`[^`]+`", "", text))) - LATIN
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_page_asks_for_is_there(language: str) -> None:
    say = page_words(language)
    sources = [*WEB.glob("templates/*.html"), *WEB.glob("pages/*.py")]
    asked = {
        name
        for path in sources
        for name in re.findall(
            r"""words(?:\.count)?\(\s*["']([a-z_0-9-]+)["'](?!\s*~)""",
            path.read_text(encoding="utf-8"),
        )
    }
    assert len(asked) > 250
    assert sorted(name for name in asked if name not in say) == []
