"""The smallest parts of a directive's text, and what they mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from ledger.accounts import ACCOUNT

DAY = r"(\d{4}-\d\d-\d\d)"
CURRENCY = r"([A-Z][A-Z0-9'._-]*[A-Z0-9])"
NUMBER = r"(-?\d+(?:\.\d+)?)"
_WORDS = frozenset(("TRUE", "FALSE", "NULL"))
_MOST_KNOWN = 1 << 16


def number(value: Decimal) -> str:
    """A number in full, never in scientific form."""
    shown = str(value)
    return format(value, "f") if "E" in shown else shown


class NotOurs(ValueError):
    """Text that is laid out otherwise; it may be good Beancount text all the same."""


@lru_cache(maxsize=_MOST_KNOWN)
def day_of(shown: str) -> date:
    try:
        return date.fromisoformat(shown)
    except ValueError:
        raise NotOurs from None


@lru_cache(maxsize=_MOST_KNOWN)
def account_of(shown: str) -> str:
    if not ACCOUNT.match(shown):
        raise NotOurs
    return shown


@lru_cache(maxsize=_MOST_KNOWN)
def currency_of(shown: str) -> str:
    if shown in _WORDS:
        raise NotOurs
    return shown
