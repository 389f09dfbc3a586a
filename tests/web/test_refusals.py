"""What the engine refuses is said in the reader's language, on every page that can show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import copy
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest
from flask.testing import FlaskClient

import ovop_payouts
from ovop_payouts.payout.funds import Cover
from ovop_payouts.refusal import Refusal
from ovop_payouts.web.application import create_app
from ovop_payouts.web.refusals import COVER, catalog, told
from ovop_payouts.web.words import page_words
from web.books import OURS, PASSWORD
from web.conftest import home, signed_in, token_in

ROOT = Path(ovop_payouts.__file__).parent
SHOWN_BY_PAGES = (
    *(f"payout/{name}.py" for name in ("life", "gates", "funds", "payments", "distributions")),
    *(f"{name}.py" for name in ("permissions", "private", "writing", "settling")),
    "web/pages/decide.py",
)
KINDS = {"Refusal", "NotAllowed", "WrongPassword", "Busy", "MissingDetails"}
RUN = f"2026-03/{OURS}/1"


def sentences() -> Iterator[tuple[str, str]]:
    """(place, sentence) of every refusal of the modules whose refusals a page can show."""
    for name in SHOWN_BY_PAGES:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in KINDS:
                continue
            place = f"{name}:{node.lineno}"
            first = node.args[0] if node.args else None
            assert not isinstance(first, ast.JoinedStr), f"{place}: name its places instead"
            if isinstance(first, ast.Constant):
                yield place, str(first.value)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_refusal_that_a_page_can_show_is_in_the_catalog(language: str) -> None:
    known, found = catalog(language), list(sentences())
    assert len(found) > 30
    assert [place for place, sentence in found if sentence not in known] == []
    code = "".join(p.read_text() for top in ("ovop_payouts", "importers") for p in sources(top))
    for sentence, said in known.items():
        assert places(said) <= places(sentence), sentence
        has_words = re.search("[a-z]", re.sub(r"{\w+}", "", sentence))
        assert re.search("[А-яё]", said) or not has_words, sentence
        start = re.split(r" \(ovop| be shared", sentence)[0][:60]
        assert start in code or sentence == COVER, f"nothing says {sentence!r} any more"


def sources(top: str) -> Iterator[Path]:
    return (ROOT.parent / top).rglob("*.py")


def test_catalogs_have_the_same_sentences() -> None:
    assert catalog("ky").keys() == catalog("ru").keys()
    assert catalog("en") == {}


def test_values_are_written_as_the_language_writes_them() -> None:
    lack = Cover(("Assets:Bank",), ("Assets:Bank",), Decimal(1000), Decimal(0), Decimal("2000.5"))
    refusal = Refusal.of(
        [
            Refusal("{period} is not over on {day}", period="2026-03", day=date(2026, 3, 20)),
            Refusal("the money is not there: {cover}", cover=lack),
            Refusal("{run} is {state}; only a draft can be signed", run=RUN, state="approved"),
            Refusal("something new"),
        ]
    )
    ru = told(refusal, page_words("ru"))
    assert "20.03.2026" in ru
    assert "не хватает 1\u00a0000,50" in ru
    assert "утвержд" in ru
    assert ru.endswith("; something new")
    assert told(refusal, page_words("en")) == str(refusal)
    assert told(copy(refusal), page_words("ru")) == ru  # as between processes


def test_braces_in_a_text_of_the_books_are_no_places() -> None:
    text = "{0} and {nothing} in {a name}"
    said = told(Refusal("{user} drafted {run}; another person must approve it", user=text, run="R"),
                page_words("ky"))  # fmt: skip
    assert text in said
    assert str(Refusal(text)) == text


def refused(client: FlaskClient, address: str, **form: str) -> str:
    token = token_in(client.get("/", follow_redirects=True).text)
    answer = client.post(f"{home(client)}ovop/{address}", data={"csrf": token, **form})
    assert answer.status_code == 409, answer.text[-500:]
    found = re.search(r'role="alert">(.*?)</p>', answer.text, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_refusals_on_pages_are_in_the_readers_language(own: Path, language: str) -> None:
    app = create_app(own, today=lambda: date(2026, 4, 5))
    browser = {}
    for user in ("anna", "bermet", "talgat"):
        browser[user] = signed_in(app, user)
        browser[user].set_cookie("ovop_language", language)
    of_run = {"run": RUN, "password": PASSWORD}
    talgat, bermet, anna = (browser[user] for user in ("talgat", "bermet", "anna"))
    said = [
        refused(talgat, "decide/do/sign", **{**of_run, "password": "wrong"}),
        refused(bermet, "decide/do/approve", **of_run),
        refused(anna, "decide/do/approve", **of_run),
        refused(anna, "decide/do/export", **of_run),
        refused(anna, "imports/do/try"),
        refused(talgat, "payee/do/release", member="M0001", text="x", **of_run),
        refused(talgat, "payee/do/dispute", member="M0001", **of_run),
    ]
    for text in said:
        plain = re.sub(r"\b(anna|bermet|talgat|accountant|approver|approve)\b|&#?\w+;", "", text)
        plain = plain.replace(RUN, "").replace(OURS, "").replace("M0001", "")
        assert re.search("[а-я]", plain), text
        assert not re.search("[a-z]{3,} [a-z]{3,}", plain), text
