"""Signing in and out: who may, for how long, and what ends it."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from worked.books import invoke

from ovop_payouts import users
from ovop_payouts.web.application import create_app
from web.books import PASSWORD, TODAY
from web.conftest import SignIn, home, signed_in, token_in, try_password


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web(own: Path, clock: Clock) -> Flask:
    return create_app(own, today=lambda: date(2026, 4, 5), now=clock)


def is_in(client: FlaskClient) -> bool:
    answer = client.get("/")
    return "/login" not in answer.headers["Location"]


def secure(books: Path) -> Flask:
    (books / "ovop.toml").write_text('[web]\nurl = "https://payouts.example.kg"\n')
    return create_app(books)


def test_the_cookie_is_for_the_server_alone(web: Flask) -> None:
    client = web.test_client()
    cookie = try_password(client, "anna", PASSWORD).headers.getlist("Set-Cookie")[0]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_behind_tls_the_cookie_goes_nowhere_else(own: Path) -> None:
    client = secure(own).test_client()
    host = {"base_url": "https://payouts.example.kg"}
    token = token_in(client.get("/login", **host).text)
    form = {"csrf": token, "user": "anna", "password": PASSWORD}
    answer = client.post("/login", data=form, **host)
    cookie = answer.headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("__Host-ovop=")
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Secure" in client.get("/login", **host).headers.get("Set-Cookie", "Secure")


def test_whatever_is_wrong_the_answer_is_the_same(web: Flask) -> None:
    answers = set()
    for name, password in (
        ("anna", "x"),
        ("nobody", "x"),
        ("../anna", "x"),
        ("", ""),
        ("Anna", "x"),
    ):
        client = web.test_client()
        answer = try_password(client, name, password)
        text = answer.text.replace(token_in(answer.text), "")
        answers.add((answer.status_code, text))
    for _ in range(6):  # locked out
        answer = try_password(web.test_client(), "bermet", "x")
    answers.add((answer.status_code, answer.text.replace(token_in(answer.text), "")))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 403


def guess(web: Flask, user: str, times: int, clock: Clock, step: timedelta) -> int:
    """How many of so many wrong passwords let somebody in."""
    let_in = 0
    for number in range(times):
        client = web.test_client()
        try_password(client, user, f"wrong {number}")
        let_in += is_in(client)
        clock.time += step
    return let_in


def test_guessing_locks_out_for_a_quarter_of_an_hour(web: Flask, clock: Clock) -> None:
    assert guess(web, "anna", 200, clock, timedelta()) == 0
    client = web.test_client()
    assert try_password(client, "anna", PASSWORD).status_code == 403
    clock.time += timedelta(minutes=16)
    assert try_password(client, "anna", PASSWORD).status_code == 303
    assert is_in(client)


@pytest.mark.soak
def test_ten_thousand_wrong_passwords_let_nobody_in(
    web: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under hashes that take a millisecond; the next test is about the time that true ones take."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("nobody's")
    monkeypatch.setattr(users, "_NOBODY", quick)
    assert guess(web, "anna", 5_000, clock, timedelta(minutes=4)) == 0
    assert guess(web, "nobody", 5_000, clock, timedelta()) == 0


def test_the_time_of_an_answer_does_not_tell_who_is_a_user(own: Path) -> None:
    """With the true cost of hashes: known, unknown, locked out and impossible names alike.

    The processor's time, and the least of five: what else runs on the machine does not count.
    """
    slow = PasswordHasher().hash(PASSWORD)
    for path in (own / "private" / "users").glob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "hash": slow}))
    web = create_app(own)
    for _ in range(5):
        try_password(web.test_client(), "bermet", "x")
    times: dict[str, list[float]] = {}
    for _ in range(5):
        for name in ("anna", "bermet", "nobody", "no/body"):
            client = web.test_client()
            token = token_in(client.get("/login").text)
            form = {"csrf": token, "user": name, "password": "wrong"}
            started = time.process_time()
            client.post("/login", data=form)
            times.setdefault(name, []).append(time.process_time() - started)
    least = {name: min(took) for name, took in times.items()}
    assert max(least.values()) < 2 * min(least.values()), least


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(web: Flask) -> None:
    client = signed_in(web, "anna")
    copy = web.test_client()
    cookie = client.get_cookie("ovop")
    assert cookie is not None
    copy.set_cookie("ovop", cookie.value)
    assert is_in(copy)
    token = token_in(client.get("/", follow_redirects=True).text)
    assert client.post("/logout", data={"csrf": token}).status_code == 303
    assert not is_in(client)
    assert not is_in(copy)


def test_signing_in_gives_another_cookie(web: Flask) -> None:
    """Whoever set a cookie before learns nothing by it."""
    client = web.test_client()
    client.set_cookie("ovop", "known-to-another")
    try_password(client, "anna", PASSWORD)
    cookie = client.get_cookie("ovop")
    assert cookie is not None
    assert cookie.value != "known-to-another"


@pytest.mark.parametrize(
    "words",
    [
        ("user", "passwd", "anna"),
        ("user", "add", "anna", "--role", "auditor"),
        ("user", "remove", "anna"),
    ],
)
def test_another_password_or_role_ends_every_session(
    web: Flask, own: Path, words: tuple[str, ...]
) -> None:
    sessions = [signed_in(web, "anna") for _ in range(2)]
    other = signed_in(web, "bermet")
    result = invoke(own, "admin", TODAY, *words)
    assert result.exit_code == 0, result.output
    assert [is_in(client) for client in (*sessions, other)] == [False, False, True]


def test_sessions_grow_old(web: Flask, clock: Clock) -> None:
    client = signed_in(web, "anna")
    assert is_in(client)
    clock.time += timedelta(hours=3)
    assert not is_in(client)


def test_sessions_outlive_the_server(web: Flask, own: Path) -> None:
    cookie = signed_in(web, "anna").get_cookie("ovop")
    assert cookie is not None
    again = create_app(own).test_client()
    again.set_cookie("ovop", cookie.value)
    assert is_in(again)


def test_what_is_kept_of_a_session_lets_nobody_in(web: Flask, own: Path) -> None:
    cookie = signed_in(web, "anna").get_cookie("ovop")
    assert cookie is not None
    for path in (own / "private" / "sessions").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert cookie.value not in path.read_text()
        thief = web.test_client()
        thief.set_cookie("ovop", path.stem)
        assert not is_in(thief)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    sign_in: SignIn, headers: dict[str, str]
) -> None:
    client = sign_in("anna")
    token = token_in(client.get("/", follow_redirects=True).text)
    assert client.post("/logout", data={"csrf": token}, headers=headers).status_code == 403
    assert is_in(client)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "null"])
def test_a_form_without_the_token_is_refused(sign_in: SignIn, token: str) -> None:
    client = sign_in("anna")
    for path in ("/logout", "/language", f"{home(client)}ovop/overview/do/sign"):
        assert client.post(path, data={"csrf": token}).status_code == 403
    assert client.post("/login", data={"csrf": token, "user": "anna"}).status_code == 403


def test_the_token_of_another_session_is_refused(web: Flask) -> None:
    one, other = signed_in(web, "anna"), signed_in(web, "anna")
    token = token_in(one.get("/", follow_redirects=True).text)
    assert other.post("/logout", data={"csrf": token}).status_code == 403


def test_the_language_is_remembered(sign_in: SignIn) -> None:
    client = sign_in("anna")
    for language, word in (("ru", "Обзор"), ("ky", "Жалпы көрүнүш"), ("en", "Overview")):
        token = token_in(client.get("/", follow_redirects=True).text)
        answer = client.post("/language", data={"csrf": token, "language": language})
        assert answer.status_code == 303
        page = client.get("/", follow_redirects=True).text
        assert f'<html lang="{language}">' in page
        assert word in page
    page = client.post("/language", data={"csrf": token, "language": "../../x"})
    assert "Set-Cookie" not in page.headers


def test_too_large_a_file_is_refused_before_it_is_read(sign_in: SignIn) -> None:
    client = sign_in("anna")
    length = {"Content-Length": str(65 * 1024 * 1024), "X-CSRF-Token": "x"}
    answer = client.post(f"{home(client)}ovop/overview/do/sign", headers=length)
    assert answer.status_code in (403, 413)
    token = token_in(client.get("/", follow_redirects=True).text)
    large = {"csrf": token, "file": (io.BytesIO(b"0" * (65 * 1024 * 1024)), "month.xlsx")}
    answer = client.post(f"{home(client)}ovop/overview/do/sign", data=large)
    assert answer.status_code == 413
    assert "64" in answer.text
