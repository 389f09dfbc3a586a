"""Plain answers without a page: not found, refused, grown old. The same bytes whoever asks."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from ovop_payouts.web.context import words


def answer(status: int, title: str, message: str) -> Response:
    say = words()
    text = render_template("answer.html", words=say, title=say(title), message=say(message))
    return make_response(text, status)


def not_found(_: object = None) -> Response:
    """What is not there, and what is another's."""
    return answer(404, "not_found", "not_found_more")


def signed_out() -> Response:
    return answer(401, "sign_in", "expired")


def expired() -> Response:
    """A form without the session's token."""
    return answer(403, "refused", "expired")


def too_large(_: object = None) -> Response:
    """A file beyond what any month needs."""
    return answer(413, "refused", "too_large")


def failed(_: object = None) -> Response:
    return answer(500, "refused", "failed")


def too_costly() -> Response:
    """A search pattern that would keep everybody else waiting."""
    if "/api/" in request.path:
        return make_response({"error": words()("too_costly")}, 400)
    return answer(400, "refused", "too_costly")
