"""Every word in three languages: ours and Fava's."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import fava
import pytest
from babel.messages.pofile import read_po

from ovop_payouts.web import translations, words
from ovop_payouts.web.words import LANGUAGES
from web.conftest import SignIn, home

FAVA = Path(fava.__file__).parent / "translations" / "messages.pot"
PLACES = re.compile(r"\{[^{}]*\}")


def catalog(language: str) -> dict[str, object]:
    path = Path(words.__file__).parent / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_our_words_are_all_there_with_the_same_places(language: str) -> None:
    english, other = catalog("en"), catalog(language)
    assert set(english) == set(other)
    for name, phrase in english.items():
        if isinstance(phrase, str) and isinstance(other[name], str):
            found = sorted(PLACES.findall(str(other[name])))
            assert sorted(PLACES.findall(phrase)) == found, name


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_favas_words_are_all_there(language: str) -> None:
    path = Path(translations.__file__).parent / f"{language}.po"
    with path.open("rb") as ours, FAVA.open("rb") as theirs:
        said = {str(message.id): str(message.string) for message in read_po(ours) if message.id}
        asked = [str(message.id) for message in read_po(theirs) if message.id]
    assert sorted(said) == sorted(asked)
    for phrase, translated in said.items():
        assert translated, phrase
        places = re.findall(r"%\(\w+\)s", phrase)
        assert sorted(re.findall(r"%\(\w+\)s", translated)) == sorted(places), phrase


@pytest.mark.parametrize(
    ("language", "word"),
    [("ky", "Киреше жана чыгаша"), ("ru", "Доходы и расходы"), ("en", "Overview")],
)
def test_fava_speaks_the_users_language(sign_in: SignIn, language: str, word: str) -> None:
    client = sign_in("talgat")
    client.set_cookie("ovop_language", language)
    page = client.get(f"{home(client)}income_statement/").text
    found = re.search(r'id="translations">(.*?)</script>', page, re.DOTALL)
    assert found
    assert word in {**json.loads(found[1]), "Overview": "Overview"}.values()
    assert language in LANGUAGES
    data = client.get(f"{home(client)}api/ledger_data").json
    assert data is not None
    assert data["data"]["fava_options"]["locale"] == language
