"""Cells as people read them in a language, and as machines read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reports.report.model import COUNT, MONEY, PERCENT, PRICE, Value
from reports.words import Words

PAPER_ROWS = 40
"""How many rows of a detail table paper shows."""
EMPTY = "–"
"""A dash where a number has no value, so that a blank is not taken for zero."""
_TYIYN = Decimal("0.01")


def shown(value: Value, kind: str, say: Words) -> str:
    """`1 234,56`, `31.03.2026`, `12,5 %`."""
    match value:
        case None:
            return EMPTY if kind in (MONEY, PERCENT) else ""
        case str():
            return value
        case date():
            return say.day(value)
    number = Decimal(value)
    if kind == MONEY:
        return say.money(number)
    if kind == PERCENT:
        return say.share(number)
    if kind == PRICE:
        return say.price(number)
    return say.whole(number) if kind == COUNT else say.quantity(number)


def plain(value: Value, kind: str) -> str:
    """`1234.56`, `2026-03-31`, `0.125`: the same in every language."""
    match value:
        case None:
            return ""
        case str():
            return value
        case date():
            return value.isoformat()
        case int():
            return str(value)
    if kind == MONEY:
        return f"{value.quantize(_TYIYN) + 0:f}"
    return format(value.normalize() + 0, "f")
