"""The log of requests: which kind of page, how it went and how long it took; nothing private.

A line names the pattern of the address, never the address itself (a member's link opens their
statement), the role of who asked, never the name. Who did what stands in the books' own log.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request

log = logging.getLogger("ovop.access")


def install(app: Flask) -> None:
    app.url_value_preprocessors.setdefault(None, []).insert(0, _started)
    app.after_request(_ended)
    app.log_exception = _failed  # type: ignore[method-assign]


def _started(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    g.ovop_started = perf_counter()


def _pattern() -> str:
    return request.url_rule.rule if request.url_rule else "nowhere"


def _ended(response: Response) -> Response:
    """Runs before the answer goes out; assets are not worth a line."""
    if request.endpoint not in ("static", "ovop.asset", "ovop.health"):
        took = (perf_counter() - g.get("ovop_started", perf_counter())) * 1000
        who = g.get("ovop_signed_in")
        role = who.user.role if who is not None else "nobody"
        method, status = request.method, response.status_code
        log.info("%s %s %s %.0f ms %s", method, _pattern(), status, took, role)
    return response


def _failed(exc_info: Any) -> None:
    """A bug: where it happened, and in which kind of page."""
    log.error("failed: %s %s", request.method, _pattern(), exc_info=exc_info)
