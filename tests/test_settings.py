"""ovop.toml: the text of a new one says what holds, and a wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ovop_payouts.rails import Payer
from ovop_payouts.settings import (
    DEFAULT,
    BadSettings,
    Settings,
    cover_of,
    payer_of,
    read_settings,
    settings_from,
)

WHOLE = """
payer = "ОсОО «OVOP+1»"
pay_day = 5
languages = ["ru", "ky"]
[rails.bank]
account = "1280 0100 2004 0012"
bic = "DEMIKG22"
cover = ["Assets:Bank", "Assets:Bank:Savings"]
[rails.wallet]
provider = "MBank"
account = "996555000111"
[rails.cash]
cover = ["Assets:Cash"]
"""


def test_the_text_of_a_new_file_is_what_holds_without_any(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    (tmp_path / "ovop.toml").write_text(DEFAULT, encoding="utf-8")
    assert read_settings(tmp_path) == Settings()


def test_nothing_has_to_be_covered_by_default() -> None:
    assert [cover_of(Settings(), rail) for rail in ("bank", "wallet", "cash")] == [(), (), ()]


def test_all_of_it() -> None:
    settings = settings_from(WHOLE.encode())
    name = "ОсОО «OVOP+1»"
    assert (settings.payer, settings.pay_day, settings.languages) == (name, 5, ("ru", "ky"))
    assert payer_of(settings, "bank") == Payer(name, "1280 0100 2004 0012", "DEMIKG22")
    assert payer_of(settings, "wallet") == Payer(name, "996555000111", provider="MBank")
    assert payer_of(settings, "cash") == Payer(name)
    assert cover_of(settings, "bank") == ("Assets:Bank", "Assets:Bank:Savings")
    assert cover_of(settings, "cash") == ("Assets:Cash",)


def test_a_mark_at_the_start_is_no_matter() -> None:
    assert settings_from(WHOLE.encode("utf-8-sig")) == settings_from(WHOLE.encode())


@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ("pay_day = 0", "pay_day", "1 to 28"),
        ("pay_day = 29", "pay_day", "1 to 28"),
        ("pay_day = true", "pay_day", "1 to 28"),
        ('pay_day = "5"', "pay_day", "1 to 28"),
        ("payer = 1", "payer", "a name in quotes"),
        ('payer = " "', "payer", "a name in quotes"),
        ("languages = []", "languages", '"ky", "ru", "en"'),
        ('languages = ["de"]', "languages", '"ky", "ru", "en"'),
        ('languages = "ky"', "languages", '"ky", "ru", "en"'),
        ("rails = 1", "rails", "a table"),
        ("rails.bank = 1", "rails.bank", "a table, as [rails.bank]"),
        ('rails.cash.cover = ["Bank"]', "rails.cash.cover", "accounts of the books"),
        ('rails.cash.cover = ["Assets:Bank\\n"]', "rails.cash.cover", "accounts of the books"),
        ("rails.bank.account = 1280010020040012", "rails.bank.account", "text in quotes"),
        ('rails.bank.account = "12"', "rails.bank.account", "4 to 34"),
        ('rails.bank.bic = "DEMI"', "rails.bank.bic", "8 or 11"),
        ('rails.bank.bik = "128001"', "rails.bank.bik", "did you mean bic?"),
        ("pay_dya = 3", "pay_dya", "did you mean pay_day?"),
        ("colour = 3", "colour", "payer, pay_day, languages, rails"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(text: str, key: str, right: str) -> None:
    with pytest.raises(BadSettings) as caught:
        settings_from(text.encode())
    words = str(caught.value)
    assert words.startswith(f"ovop.toml: {key}: ")
    assert right in words
    assert "\n" not in words


@pytest.mark.parametrize("content", [b"payer = \xff", b"payer", b"a = [", b"\0"])
def test_what_is_no_toml_is_one_line(content: bytes) -> None:
    with pytest.raises(BadSettings, match=r"^ovop\.toml: [^\n]+$"):
        settings_from(content)
