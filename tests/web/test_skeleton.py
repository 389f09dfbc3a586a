"""The way in, a page, an action: end to end."""

from __future__ import annotations

from flask import Flask

from web.conftest import SignIn


def test_who_is_not_signed_in_is_sent_to_the_login(app: Flask) -> None:
    for path in ("/", "/x/", "/x/income_statement/", "/no/such/thing", "/x/ovop/overview/"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login")


def test_a_treasurer_sees_the_overview(sign_in: SignIn) -> None:
    answer = sign_in("talgat").get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "ovop-overview" in answer.text


def test_an_action_without_the_sessions_token_is_refused(sign_in: SignIn) -> None:
    client = sign_in("talgat")
    overview = client.get("/").headers["Location"]
    answer = client.post(f"{overview}do/sign", data={"run": "2026-03/alatoo-one/1"})
    assert answer.status_code == 403


def test_a_host_that_is_not_ours_gets_nothing(app: Flask) -> None:
    answer = app.test_client().get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.text) == (400, "no such host\n")
