"""`money` and `allocate` of contract §4, in fractions and whole minor units."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date as Date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3}
Id = TypeVar("Id", bound=object)


def digits_of(currency: str) -> int:
    """How many decimals the currency's minor unit has: KGS 2, JPY 0."""
    return DIGITS.get(currency, 2)


def rounded(x: Fraction) -> int:
    """Half up, by absolute value: 2.5 -> 3, -2.5 -> -3."""
    whole = int(abs(x) + Fraction(1, 2))
    return whole if x >= 0 else -whole


def money(x: Fraction, currency: str = "KGS") -> int:
    """An amount in units of the currency as whole minor units."""
    return rounded(x * 10 ** digits_of(currency))


def allocate(total: int, weights: Mapping[Id, Fraction]) -> dict[Id, int]:
    """Largest remainder; equal fractions by ascending id; negative totals by absolute value."""
    whole = sum(weights.values(), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("all weights zero, or one negative")
    exact = {key: Fraction(abs(total)) * weight / whole for key, weight in weights.items()}
    parts = {key: int(share) for key, share in exact.items()}
    left = abs(total) - sum(parts.values())
    by_fraction = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in by_fraction[:left]:
        parts[key] += 1
    return {key: part if total >= 0 else -part for key, part in parts.items()}


def exact(value: object) -> Fraction:
    """A number of a row as a fraction; nothing is zero."""
    return Fraction(0) if value is None else Fraction(Decimal(str(value)))


def tyiyn(value: object) -> int:
    """An amount of a row, at most two decimals, in tyiyn."""
    amount = exact(value) * 100
    assert amount.denominator == 1, f"{value} has more decimals than KGS"
    return int(amount)


def shown(amount: int) -> str:
    """Tyiyn as text: -5 -> -0.05."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def month_of(day: Date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def last_day(period: str) -> Date:
    year, month = (int(part) for part in period.split("-"))
    return Date(year, month, calendar.monthrange(year, month)[1])
