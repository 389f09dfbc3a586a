"""Pools: what a group earned together, shared by its members' contributions (contract §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, allocate
from ovop_payouts.payout.line import Part, Pool
from ovop_payouts.payout.periods import RunId, month_of
from ovop_payouts.records import Contribution, Earning

Key = tuple[str, str, str | None]
"""(group, period, product)."""
NO_CONTRIBUTIONS = "no contributions"


def pools_of(book: Book, run: RunId, parts: Iterable[Part]) -> tuple[Pool, ...]:
    """Every pool of the association that has not been allocated yet, up to the run's month.

    `parts` are the parts of distributions that join pools.
    """
    sums = left_of(book, run.association, run.cutoff)
    for part in parts:
        if part.pool:
            sums[part.group, month_of(part.date), part.product] += part.amount
    contributions = _by_pool(book, run.association)
    return tuple(
        _pool(key, amount, contributions)
        for key, amount in sorted(sums.items(), key=lambda item: _sortable(item[0]))
        if amount
    )


def _sortable(key: Key) -> tuple[str, str, str]:
    group, period, product = key
    return group, period, product or ""


def left_of(book: Book, association: str, until: date = date.max) -> dict[Key, Decimal]:
    """What an association's pools earned up to a day, less what was allocated."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    opened = book.openings.get(association, [])
    for earning in [*book.earnings.get(association, []), *opened]:
        if earning.member is None and earning.date <= until:
            sums[earning.group, earning.period, earning.product] += earning.amount
    for key, shared in book.shared.items():
        if key in sums:
            sums[key] -= shared
    return sums


def _by_pool(book: Book, association: str) -> dict[Key, list[Contribution]]:
    found: dict[Key, list[Contribution]] = defaultdict(list)
    for entry in book.contributions:
        if book.groups.get(entry.group) == association:
            found[entry.group, entry.period, entry.product].append(entry)
    return found


def _pool(key: Key, amount: Decimal, contributions: dict[Key, list[Contribution]]) -> Pool:
    """Shared by the contributions for the product, else by those without product, else held."""
    group, period, product = key
    chosen = contributions.get(key) or contributions.get((group, period, None)) or []
    weights = {entry.member: entry.quantity for entry in chosen}
    if not any(weights.values()):
        why = "contributions are all zero" if chosen else NO_CONTRIBUTIONS
        return Pool(group, period, product, amount, why=why)
    parts = allocate(amount, weights)
    return Pool(group, period, product, amount, parts, weights, chosen[0].measure)


def shared_out(book: Book, group: str, period: str, product: str | None, amount: Decimal) -> Pool:
    """An amount as the pool of a group, period and product is shared; without parts, it is held."""
    contributions = _by_pool(book, book.groups[group])
    return _pool((group, period, product), amount, contributions)


def held_pools(book: Book, run: RunId, pools: Iterable[Pool]) -> dict[str, Decimal]:
    """Group -> what stays in its pools, for every group of the association."""
    held = {group: ZERO for group, of in book.groups.items() if of == run.association}
    for pool in pools:
        if not pool.parts:
            held[pool.group] += pool.amount
    return dict(sorted(held.items()))


def shares(run: RunId, pools: Iterable[Pool]) -> list[Earning]:
    """What the pools bring their members, as earnings of the run's last day."""
    return [
        Earning(
            run.cutoff,
            run.association,
            pool.group,
            member,
            "pool",
            amount,
            pool.product,
            ZERO,
            False,
            "",
            "pool",
            {"pool": pool.group, "period": pool.period},
        )
        for pool in pools
        for member, amount in pool.parts.items()
        if amount
    ]
