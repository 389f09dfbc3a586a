"""The guard in front of every endpoint, and the headers behind each."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from fava.core import FavaLedger
from flask import Flask, Response, abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.routing import RequestRedirect

from ovop_payouts.web import answers
from ovop_payouts.web.context import must_be, my_shelf, my_slug, signed_in, web
from ovop_payouts.web.guard import READ, is_open

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",  # CodeMirror makes its style elements itself
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Ledgers:
    """In the place of Fava's: the one book of who asks, whatever other names there are."""

    def __getitem__(self, slug: str) -> FavaLedger:
        """Raises KeyError for another's book as for none."""
        if signed_in() is None or slug != my_slug():
            raise KeyError(slug)
        return my_shelf().ledger.get()

    def items(self) -> Iterator[tuple[str, FavaLedger]]:
        yield my_slug(), self[my_slug()]

    def first_slug(self) -> str:
        return my_slug()


def install(app: Flask) -> None:
    """Put the guard before all that Fava does with a request, and the headers after."""
    app.url_value_preprocessors.setdefault(None, []).insert(0, _guard)
    app.after_request(_headers)
    app.register_error_handler(404, answers.not_found)
    app.register_error_handler(405, answers.not_found)


def _guard(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Runs before anything of Fava's has seen the request."""
    if isinstance(request.routing_exception, BadRequest):  # a host that is not ours
        abort(Response("no such host\n", 400, mimetype="text/plain"))
    rule = is_open(endpoint, request.method, values or {})
    if rule is not None and rule.public:
        return
    who = signed_in()
    if who is None:
        _to_login()
    if rule is None:
        if isinstance(request.routing_exception, RequestRedirect) and request.method in READ:
            return
        abort(answers.not_found())
    slug = (values or {}).get("bfile")
    if slug is not None and slug != my_slug():
        abort(answers.not_found())
    if request.method not in READ:
        must_be_ours(must_be().session.csrf)


def _to_login() -> None:
    """Whatever was asked for: who is not signed in learns nothing of what there is."""
    if request.method in READ and "/api/" not in request.path:
        abort(redirect(url_for("ovop.login", next=request.full_path.rstrip("?"))))
    abort(answers.signed_out())


def must_be_ours(token: str) -> None:
    """A form is from one of our pages: it says the session's token, and the browser agrees."""
    said = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc not in _own_names()
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        foreign = True
    if foreign or not token or not hmac.compare_digest(said.encode(), token.encode()):
        abort(answers.expired())


def _own_names() -> set[str]:
    return {request.host, urlsplit(web().url).netloc}


def csrf_field() -> Markup:
    """The hidden field that every form of ours holds."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(must_be().session.csrf)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if web().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint in ("static", "ovop.asset"):
        response.headers["Cache-Control"] = "public, max-age=604800"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
    return response
