"""Shares and rounding, for any amounts and weights (contract §4)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovop_payouts.money import allocate, minor_unit, money, part_of

TYIYN = Decimal("0.01")
amounts = st.integers(-(10**12), 10**12).map(lambda units: units * TYIYN)
exact = st.decimals(-(10**9), 10**9, allow_nan=False, places=6)
weight = st.one_of(
    st.integers(0, 10**6).map(Decimal), st.decimals(0, 10**6, allow_nan=False, places=6)
)
weights = st.dictionaries(
    st.from_regex(r"[A-Z][0-9]{4}", fullmatch=True), weight, min_size=1, max_size=12
).filter(lambda found: any(found.values()))


@given(amounts, weights)
def test_parts_sum_to_the_total(total: Decimal, shared: dict[str, Decimal]) -> None:
    assert sum(allocate(total, shared).values()) == total


@given(amounts, weights)
def test_a_part_is_the_exact_share_rounded_down_or_up(
    total: Decimal, shared: dict[str, Decimal]
) -> None:
    whole = sum(shared.values())
    for ident, part in allocate(total, shared).items():
        # |part - total × weight / whole| < 0.01, without dividing
        assert abs(part * whole - total * shared[ident]) < TYIYN * whole


@given(amounts.filter(lambda total: total >= 0), weights)
def test_who_weighs_more_never_gets_less(total: Decimal, shared: dict[str, Decimal]) -> None:
    parts = allocate(total, shared)
    by_weight = sorted(shared, key=lambda ident: shared[ident])
    for less, more in pairwise(by_weight):
        if shared[less] < shared[more]:
            assert parts[less] <= parts[more]
        else:
            assert abs(parts[less] - parts[more]) <= TYIYN


@given(amounts.filter(lambda total: total >= 0), weights)
def test_equal_weights_prefer_the_lower_id(total: Decimal, shared: dict[str, Decimal]) -> None:
    parts = allocate(total, shared)
    for one in shared:
        for other in shared:
            if one < other and shared[one] == shared[other]:
                assert parts[one] >= parts[other]


@given(amounts, weights)
def test_a_negative_total_is_the_negation(total: Decimal, shared: dict[str, Decimal]) -> None:
    negated = {ident: -part for ident, part in allocate(total, shared).items()}
    assert allocate(-total, shared) == negated


@given(amounts, weights, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    total: Decimal, shared: dict[str, Decimal], chance: object
) -> None:
    rows = list(shared.items())
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert allocate(total, dict(rows)) == allocate(total, shared)


@given(amounts, weights, st.integers(1, 1000))
def test_the_measure_of_weights_changes_nothing(
    total: Decimal, shared: dict[str, Decimal], factor: int
) -> None:
    finer = {ident: weight * factor for ident, weight in shared.items()}
    assert allocate(total, finer) == allocate(total, shared)


@given(amounts, weights)
def test_who_weighs_nothing_gets_nothing(total: Decimal, shared: dict[str, Decimal]) -> None:
    parts = allocate(total, {**shared, "Z": Decimal()})
    assert parts.pop("Z") == 0
    assert parts == allocate(total, shared)


@given(amounts, st.lists(st.just(Decimal()), max_size=3))
def test_nobody_to_share_it_is_an_error(total: Decimal, nothing: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="zero"):
        allocate(total, {str(i): each for i, each in enumerate(nothing)})


@given(amounts, weights)
def test_a_negative_weight_is_an_error(total: Decimal, shared: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="negative"):
        allocate(total, {**shared, "Z": Decimal(-1)})


@given(exact, st.sampled_from(["KGS", "USD", "JPY", "KWD"]))
def test_rounding_moves_by_half_a_unit_at_most(amount: Decimal, currency: str) -> None:
    rounded, unit = money(amount, currency), minor_unit(currency)
    assert rounded % unit == 0
    assert abs(rounded - amount) <= unit / 2
    assert money(rounded, currency) == rounded
    assert money(-amount, currency) == -rounded
    if abs(rounded - amount) == unit / 2:
        assert abs(rounded) > abs(amount)


@given(amounts, st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_what_comes_back_in_steps_is_the_whole_in_the_end(
    earning: Decimal, steps: list[int]
) -> None:
    # contract §4, returns: after k of n units money(earning × k / n) has come back in all
    units, known, back = Decimal(sum(steps)), Decimal(), Decimal()
    for step in steps:
        before = part_of(earning, known, units)
        known += step
        back += part_of(earning, known, units) - before
        assert back == part_of(earning, known, units)
    assert back == earning
