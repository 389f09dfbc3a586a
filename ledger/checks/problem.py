"""A problem as Beancount's tools show it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Problem(NamedTuple):
    """`source` holds filename and lineno; `entry` is what is wrong, or None."""

    source: dict[str, Any]
    message: str
    entry: Any


def at(entry: Any, message: str) -> Problem:
    return Problem(entry.meta, message, entry)
