"""Small books of two associations, an application over them, and people who sign in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ovop_payouts.web.application import create_app

PASSWORD = "demo-password"
SignIn = Callable[[str], FlaskClient]


def signed_in(app: Flask, user: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which somebody signed in, through the form as people do."""
    client = app.test_client()
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert found
    answer = client.post("/login", data={"csrf": found[1], "user": user, "password": password})
    assert answer.status_code == 303, answer.text
    return client


@pytest.fixture(scope="module")
def app(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application over a copy of the demo's books."""
    import shutil

    books = tmp_path_factory.mktemp("web") / "books"
    shutil.copytree(demo_folder / "books", books)
    return create_app(books, today=lambda: date(2026, 4, 20))


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    return lambda user: signed_in(app, user)
