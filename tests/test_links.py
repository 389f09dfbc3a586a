"""Members' links: only what was signed opens, only for its time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ovop_payouts.links import MemberLink, member_link, read_link, sign, web_secret

SECRET = b"k" * 32
EXPIRES = date(2027, 4, 30)
BASE = "https://payouts.example.kg/"
LINK = member_link(SECRET, BASE, "2026-03", "M0345", EXPIRES)
TOKEN = LINK.rsplit("/", 1)[1]


def test_a_link_opens_what_it_names_until_its_last_day() -> None:
    assert LINK.startswith("https://payouts.example.kg/s/2026-03.M0345.")
    assert read_link(SECRET, TOKEN, EXPIRES) == MemberLink("2026-03", "M0345", EXPIRES)
    assert read_link(SECRET, TOKEN, date(2027, 5, 1)) is None


def test_the_same_link_is_made_each_time() -> None:
    assert member_link(SECRET, BASE.rstrip("/"), "2026-03", "M0345", EXPIRES) == LINK


def test_every_letter_of_a_link_counts() -> None:
    for place, letter in enumerate(TOKEN):
        for other in "aB7-_.":
            changed = TOKEN[:place] + other + TOKEN[place + 1 :]
            if other != letter and place < len(TOKEN) - 1:
                assert read_link(SECRET, changed, EXPIRES) is None
    assert read_link(b"x" * 32, TOKEN, EXPIRES) is None


@given(st.text(max_size=80))
def test_nothing_else_opens(text: str) -> None:
    assert read_link(SECRET, text, EXPIRES) is None


def test_a_signature_for_another_purpose_is_none_here() -> None:
    assert sign(SECRET, "book", "x") != sign(SECRET, "statement", "x")


def test_the_secret_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    secret = web_secret(tmp_path)
    assert len(secret) == 32
    assert web_secret(tmp_path) == secret
    assert (tmp_path / "private" / "web.key").stat().st_mode & 0o777 == 0o600
