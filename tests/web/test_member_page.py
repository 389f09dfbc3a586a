"""What a member's link opens: their own statement, small, in their language; nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from worked.books import invoke

from ovop_payouts.links import member_link, web_secret
from ovop_payouts.web.application import create_app
from web.books import OTHERS, OURS, TODAY

TODAY_ = date.fromisoformat(TODAY)
EXPIRES = TODAY_ + timedelta(days=400)
LARGEST = 50 * 1024


@pytest.fixture
def approved(own: Path) -> Path:
    """Our association's March is approved; the other's is still a draft."""
    for user, words in (
        ("talgat", ("payout", "sign", f"2026-03/{OURS}/1")),
        ("bermet", ("payout", "approve", f"2026-03/{OURS}/1")),
    ):
        result = invoke(own, user, TODAY, *words)
        assert result.exit_code == 0, result.output
    return own


@pytest.fixture
def phone(approved: Path) -> FlaskClient:
    return create_app(approved, today=lambda: TODAY_).test_client()


def path_to(books: Path, member: str, period: str = "2026-03", expires: date = EXPIRES) -> str:
    link = member_link(web_secret(books), "http://localhost", period, member, expires)
    return link.removeprefix("http://localhost")


def test_a_link_opens_the_members_statement(phone: FlaskClient, approved: Path) -> None:
    answer = phone.get(path_to(approved, "M0002"))
    assert answer.status_code == 200
    assert "Айгүл" in answer.text
    assert "M0001" not in answer.text
    assert '<html lang="ky">' in answer.text
    assert 1000 < len(answer.data) < LARGEST
    for language in ("ru", "en", "ky"):
        page = phone.get(f"{path_to(approved, 'M0002')}?language={language}")
        assert f'<html lang="{language}">' in page.text
        assert len(page.data) < LARGEST


def test_nothing_is_fetched_and_nothing_runs(phone: FlaskClient, approved: Path) -> None:
    answer = phone.get(path_to(approved, "M0001"))
    assert "&lt;img src=x" in answer.text
    for word in ("<script", "<img", "<link", "src=", "url("):
        assert word not in answer.text.replace("&lt;img src=x", ""), word
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script-src" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_whatever_is_wrong_nothing_is_there(phone: FlaskClient, approved: Path) -> None:
    good = path_to(approved, "M0002")
    missing = phone.get("/s/nowhere")
    assert missing.status_code == 404
    wrong = [
        path_to(approved, "M0002", expires=TODAY_ - timedelta(days=1)),
        path_to(approved, "M0002", "2026-02"),
        path_to(approved, "XQ001"),  # a draft
        path_to(approved, "NOBODY"),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.replace("M0002", "M0001"),
        good.replace("2026-03", "2026-02"),
        good + "x",
    ]
    for path in wrong:
        answer = phone.get(path)
        assert (answer.status_code, answer.data) == (404, missing.data), path


def test_a_link_is_no_sign_in(phone: FlaskClient, approved: Path) -> None:
    phone.get(path_to(approved, "M0002"))
    assert "/login" in phone.get("/").headers["Location"]


def test_another_secret_makes_all_links_void(approved: Path) -> None:
    path = path_to(approved, "M0002")
    (approved / "private" / "web.key").unlink()
    assert create_app(approved, today=lambda: TODAY_).test_client().get(path).status_code == 404


def test_other_associations_stay_out_of_it(phone: FlaskClient, approved: Path) -> None:
    assert OTHERS not in phone.get(path_to(approved, "M0002")).text
