"""The guard in front of every endpoint, and the headers behind each."""

from __future__ import annotations

import gzip
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from fava.core import FavaLedger
from flask import Flask, Response, abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.routing import RequestRedirect

from ovop_payouts.web import answers
from ovop_payouts.web.context import (
    is_mine,
    must_be,
    my_shelf,
    my_slug,
    my_year,
    signed_in,
    web,
)
from ovop_payouts.web.guard import READ, is_open
from ovop_payouts.web.patterns import PARAMETERS, is_costly

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


TEXTS = frozenset(("text/html", "application/json", "text/plain", "text/csv"))
WORTH = 2048
"""Bytes from which an answer is compressed."""
IMPATIENT = frozenset(("json_api.get_changed", "json_api.get_ledger_data", "index"))
"""Fava's endpoints that show no figures: like our pages, they do not wait for a ledger."""


class Ledgers:
    """In the place of Fava's: the book of who asks, in sums or whole, whatever names there are."""

    def __getitem__(self, slug: str) -> FavaLedger:
        """Raises KeyError for another's book as for none."""
        if signed_in() is None or not is_mine(slug):
            raise KeyError(slug)
        shelf, whole = my_shelf(), slug == my_year()
        if request.blueprint == "ovop" or request.endpoint in IMPATIENT:
            return shelf.ledger_now(whole)
        return (shelf.year if whole else shelf.ledger).get()

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
    app.register_error_handler(413, answers.too_large)
    app.register_error_handler(500, answers.failed)


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
        slash = isinstance(request.routing_exception, RequestRedirect) and request.method in READ
        if slash and is_mine(request.path.split("/")[1]):
            return
        abort(answers.not_found())
    slug = (values or {}).get("bfile")
    ours = request.blueprint == "ovop"  # our pages stand in one of the two books
    if slug is not None and (slug != my_slug() if ours else not is_mine(slug)):
        abort(answers.not_found())
    if request.method not in READ:
        must_be_ours(must_be().session.csrf)
    if any(is_costly(name, request.args.get(name, "")) for name in PARAMETERS):
        abort(answers.too_costly())


def _to_login() -> None:
    """Whatever was asked for: who is not signed in learns nothing of what there is."""
    if request.method in READ and "/api/" not in request.path:
        abort(redirect(url_for("ovop.login", next=request.full_path.rstrip("?"))))
    abort(answers.signed_out())


def must_be_ours(token: str) -> None:
    """A form is from one of our pages: it says the session's token, and the browser agrees."""
    said = _unmasked(request.headers.get("X-CSRF-Token") or request.form.get("csrf", ""))
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc not in _own_names()
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        foreign = True
    if foreign or not token or not hmac.compare_digest(said.encode(), token.encode()):
        abort(answers.expired())


def _own_names() -> set[str]:
    return {request.host, urlsplit(web().url).netloc} - {""}  # an origin of `null` has no name


def csrf_field() -> Markup:
    """The hidden field that every form of ours holds."""
    token = masked(must_be().session.csrf)
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def masked(token: str) -> str:
    """Other bytes on each page, so that the size of a compressed page says nothing of the token."""
    said = token.encode()
    mask = secrets.token_bytes(len(said))
    return urlsafe_b64encode(mask + _mixed(said, mask)).decode()


def _unmasked(text: str) -> str:
    try:
        both = urlsafe_b64decode(text)
    except ValueError:
        return ""
    half = len(both) // 2
    return _mixed(both[half:], both[:half]).decode(errors="replace")


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


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
        _finish(response)
    return response


def _finish(response: Response) -> None:
    """No path of the server's disk leaves it; what is long is compressed."""
    if response.direct_passthrough or response.mimetype not in TEXTS:
        return
    text = response.get_data()
    text = text.replace(f"{web().books.resolve()}/".encode(), b"<")
    if len(text) > WORTH and request.accept_encodings["gzip"]:
        text = gzip.compress(text, compresslevel=1, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.set_data(text)
