"""The words of papers: plural forms, numbers as CLDR writes them, units as people write them."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports.goods import UNITS, goods
from reports.pdf import in_two_lines
from reports.reasons import REASONS, reason_said
from reports.words import LANGUAGES, words

FOLDER = Path(reports.__file__).parent / "words"
FAMILIES = sorted({path.parent for path in FOLDER.rglob("*.toml")})
PLACE = re.compile(r"\{[a-z_]+\}")


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(LANGUAGES))
def test_money_is_written_as_cldr_has_it(amount: Decimal, language: str) -> None:
    say, pattern = words(language), "#,##0.00;−#,##0.00"
    assert say.money(amount) == format_decimal(amount, pattern, language)
    shown = format_decimal(amount, "#,##0.######;−#,##0.######", language)
    assert say.quantity(amount) == shown


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("1", "piece", {"ru": "1 изделие", "ky": "1 даана", "en": "1 piece"}),
        ("2", "piece", {"ru": "2 изделия", "ky": "2 даана", "en": "2 pieces"}),
        ("5", "шт.", {"ru": "5 изделий", "ky": "5 даана", "en": "5 pieces"}),
        ("11", "jar", {"ru": "11 банок", "ky": "11 банка", "en": "11 jars"}),
        ("21", "bottle", {"ru": "21 бутылка", "ky": "21 бөтөлкө", "en": "21 bottles"}),
        ("102", "piece", {"ru": "102 изделия", "ky": "102 даана", "en": "102 pieces"}),
        ("112", "pack", {"ru": "112 упаковок", "ky": "112 таңгак", "en": "112 packs"}),
        ("2.00", "pair", {"ru": "2 пары", "ky": "2 жуп", "en": "2 pairs"}),
        ("4.5", "kg", {"ru": "4,5 кг", "ky": "4,5 кг", "en": "4.5 kg"}),
        ("1.5", "l", {"ru": "1,5 литра", "ky": "1,5 литр", "en": "1.5 litres"}),
        ("3", None, {"ru": "3 единицы", "ky": "3 бирдик", "en": "3 units"}),
        ("3", "хурджун", dict.fromkeys(LANGUAGES, "3 хурджун")),
    ],
)
def test_nouns_follow_their_numbers(number: str, unit: str | None, said: dict[str, str]) -> None:
    found = {lang: goods(words(lang), [(Decimal(number), unit)]) for lang in LANGUAGES}
    assert found == said


def test_goods_of_several_units_are_listed() -> None:
    mixed = [(Decimal(2), "kg"), (Decimal(30), "piece"), (Decimal(3), "шт"), (Decimal(1), "jar")]
    assert goods(words("ru"), mixed) == "33 изделия, 2 кг и 1 банка"
    assert goods(words("ky"), mixed) == "33 даана, 2 кг жана 1 банка"
    assert goods(words("en"), mixed) == "33 pieces, 2 kg, and 1 jar"
    assert goods(words("en"), []) == ""


@pytest.mark.parametrize("written", ["шов открыт", "Тигиши  ачык.", "seam open"])
def test_reasons_of_rejects_are_said_in_the_readers_language(written: str) -> None:
    said = {lang: reason_said(words(lang), written) for lang in LANGUAGES}
    assert said == {"ky": "тигиши сөгүлгөн", "ru": "шов разошёлся", "en": "seam open"}


def test_other_reasons_stand_as_they_were_written() -> None:
    assert reason_said(words("ky"), "пуговица не та, 3-ряд") == "пуговица не та, 3-ряд"
    assert reason_said(words("ky"), None) is None
    assert {f"reason_{name}" for name in REASONS.values()} <= words("ky").phrases.keys()


def test_banks_reasons_are_known_by_code_and_by_words() -> None:
    say = words("ky")
    for reason in ("AC04", "AC04 account closed", "account closed", "Счёт закрыт"):
        assert say.bank_reason(reason) == "эсеп жабылган"
    assert say.bank_reason("AC04 account closed: by the heirs") == "эсеп жабылган: by the heirs"
    assert say.bank_reason("no idea") == "no idea"


def test_long_titles_of_numbers_take_two_lines() -> None:
    assert in_two_lines("Мөөнөтүндө кабыл алынды", 13) == "Мөөнөтүндө\nкабыл алынды"
    assert in_two_lines("Сумма, сом", 13) == "Сумма, сом"
    assert in_two_lines("Тапшырылган", 5) == "Тапшырылган"


def test_every_unit_has_words() -> None:
    assert all(f"unit_{name}" in words(lang) for name in UNITS.values() for lang in LANGUAGES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda folder: folder.name)
def test_catalogs_say_the_same_in_each_language(family: Path) -> None:
    catalogs = {
        lang: tomllib.loads((family / f"{lang}.toml").read_text(encoding="utf-8"))
        for lang in LANGUAGES
    }
    assert catalogs["ky"].keys() == catalogs["ru"].keys() == catalogs["en"].keys()
    for lang in LANGUAGES:
        for name, phrase in catalogs[lang].items():
            english = catalogs["en"][name]
            assert isinstance(phrase, dict) == isinstance(english, dict), (lang, name)
            if isinstance(phrase, dict):
                assert set(phrase) == set(Locale(lang).plural_form.rules) | {"other"}, name
                continue
            assert set(PLACE.findall(phrase)) == set(PLACE.findall(english)), (lang, name)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_no_english_is_left(family: Path, language: str) -> None:
    """No Latin letters beyond the places of values."""
    catalog = tomllib.loads((family / f"{language}.toml").read_text(encoding="utf-8"))
    phrases = [
        text
        for phrase in catalog.values()
        for text in (phrase.values() if isinstance(phrase, dict) else [phrase])
    ]
    assert [text for text in phrases if re.search("[A-Za-z]", PLACE.sub("", text))] == []
