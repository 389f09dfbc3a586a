"""The application: Fava's, with our guard before it and our pages in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fava.application
from fava._ctx_globals_class import Context
from flask import Flask
from flask.ctx import _AppCtxGlobals

from ovop_payouts.links import web_secret
from ovop_payouts.settings import read_settings
from ovop_payouts.web import access, frontend, guarding, views
from ovop_payouts.web.context import Web
from ovop_payouts.web.library import Library
from ovop_payouts.web.people import People
from ovop_payouts.web.sessions import Sessions

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LARGEST = 64 * 1024 * 1024
"""Bytes of a request; a month's workbooks of a large co-operative are a tenth of that."""


def _today() -> date:
    return datetime.now().astimezone().date()


def _now() -> datetime:
    return datetime.now(UTC)


class Globals(Context, _AppCtxGlobals):
    """Fava's context of a request, and Flask's; a page without a book has no ledger."""

    ledger = None  # type: ignore[assignment]


def create_app(
    books: Path,
    *,
    hosts: tuple[str, ...] = (),
    today: Callable[[], date] = _today,
    now: Callable[[], datetime] = _now,
) -> Flask:
    """One application for all books in a folder. `hosts` are further names it answers to."""
    url = read_settings(books).web.url.rstrip("/")
    app = fava.application.create_app([])
    library = Library(books)
    app.extensions["ovop"] = Web(
        books,
        library,
        People(books, library.disk),
        Sessions(books),
        web_secret(books),
        today,
        now,
        url,
    )
    app.app_ctx_globals_class = Globals
    app.secret_key = secrets.token_bytes(32)
    app.config.update(
        LEDGERS=guarding.Ledgers(),
        TRUSTED_HOSTS=[*LOOPBACK, *hosts, *filter(None, [urlsplit(url).hostname])],
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=200,
    )
    app.register_blueprint(views.blueprint())
    guarding.install(app)
    frontend.install(app)
    access.install(app)
    if prefix := urlsplit(url).path:
        app.wsgi_app = _Prefixed(app.wsgi_app, prefix)  # type: ignore[method-assign, assignment]
    return app


class _Prefixed:
    """Serves below a path, whether a proxy strips it or not."""

    def __init__(self, inner: Callable[..., Any], prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._inner(environ, start)
