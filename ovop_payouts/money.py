"""Exact money: rounding to the minor unit and allocation by largest remainder (contract §4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache
from math import floor

from importers.currencies import places

ZERO = Decimal()
TYIYN = Decimal("0.01")
_WIDE = Context(prec=60)


@cache
def minor_unit(currency: str = "KGS") -> Decimal:
    """The smallest amount of a currency: KGS 0.01, JPY 1."""
    return Decimal(1).scaleb(-places(currency))


def money(amount: Decimal, currency: str = "KGS") -> Decimal:
    """`amount` rounded half up, by absolute value, to the minor unit."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP, _WIDE)


def floor_to(amount: Decimal, unit: Decimal) -> Decimal:
    """The largest multiple of `unit` that is not above a positive `amount`."""
    return (amount / unit).to_integral_value(ROUND_DOWN) * unit if unit > 0 else amount


def part_of(amount: Decimal, part: Decimal, whole: Decimal, currency: str = "KGS") -> Decimal:
    """money(amount × part / whole), exact before it is rounded."""
    unit = minor_unit(currency)
    units = Fraction(amount) * Fraction(part) / (Fraction(whole) * Fraction(unit))
    rounded = floor(abs(units) + Fraction(1, 2)) * unit
    return -rounded if units < 0 else rounded


def allocate(
    total: Decimal, weights: Mapping[str, Decimal], currency: str = "KGS"
) -> dict[str, Decimal]:
    """Exact shares of `total` by largest remainder; ties by ascending id (contract §4).

    Floor each share in minor units, then give one unit each to the largest fractions. A negative
    total is allocated as its absolute value and negated. Raises ValueError where all weights are
    zero or one is negative. The parts always sum to the total.
    """
    shares = allocate_ranked(total, list(weights.values()), sorted_ranks(list(weights)), currency)
    return dict(zip(weights, shares, strict=True))


def sorted_ranks(ids: list[str]) -> list[int]:
    """The place of each id in ascending order."""
    order = sorted(range(len(ids)), key=lambda i: ids[i])
    ranks = [0] * len(ids)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return ranks


def allocate_ranked(
    total: Decimal, weights: list[Decimal], ranks: list[int], currency: str = "KGS"
) -> list[Decimal]:
    """As `allocate`, where ties are broken by ascending rank."""
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    whole = scaled(weights)
    if not sum(whole):
        raise ValueError("all weights are zero")
    unit = minor_unit(currency)
    units = int(abs(total) / unit)
    if units * unit != abs(total):
        raise ValueError(f"{total} {currency} has more decimals than the currency")
    shares = _largest_remainder(units, whole, ranks)
    sign = -1 if total < 0 else 1
    return [sign * share * unit for share in shares]


def scaled(weights: list[Decimal]) -> list[int]:
    """Weights as whole numbers in the same proportions."""
    places = max((max(0, -int(w.as_tuple().exponent)) for w in weights), default=0)
    return [int(weight.scaleb(places)) for weight in weights]


def _largest_remainder(units: int, weights: list[int], ranks: list[int]) -> list[int]:
    whole = sum(weights)
    shares = [units * weight // whole for weight in weights]
    left = units - sum(shares)
    by_fraction = sorted(
        range(len(weights)), key=lambda i: (-(units * weights[i] % whole), ranks[i])
    )
    for index in by_fraction[:left]:
        shares[index] += 1
    assert sum(shares) == units
    return shares
