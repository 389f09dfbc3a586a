"""Small books of two associations, an application over them, and people who sign in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ovop_payouts.web.application import create_app
from web.books import PASSWORD, make_books

SignIn = Callable[[str], FlaskClient]


def signed_in(app: Flask, user: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which somebody signed in, through the form as people do."""
    client = app.test_client()
    answer = try_password(client, user, password)
    assert answer.status_code == 303, answer.text
    return client


def try_password(client: FlaskClient, user: str, password: str):  # type: ignore[no-untyped-def]
    form = {"csrf": token_in(client.get("/login").text), "user": user, "password": password}
    return client.post("/login", data=form)


def token_in(page: str) -> str:
    """What the forms of a page hold."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


def home(client: FlaskClient) -> str:
    """`/SLUG/` of the user's book."""
    return str(client.get("/").headers["Location"]).partition("ovop/")[0]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_books(tmp_path_factory.mktemp("web-base") / "books")


@pytest.fixture(scope="module")
def shared(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books for one module to read."""
    return Path(shutil.copytree(made_once, tmp_path_factory.mktemp("web") / "books"))


@pytest.fixture(scope="module")
def app(shared: Path) -> Flask:
    return create_app(shared, today=lambda: date(2026, 4, 5))


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    return lambda user: signed_in(app, user)


@pytest.fixture
def own(made_once: Path, tmp_path: Path) -> Path:
    """Books for one test to change."""
    return Path(shutil.copytree(made_once, tmp_path / "books"))
