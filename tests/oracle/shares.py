"""Distributions and pools: sums that are allocated when a run is drafted (contract §4)."""

from __future__ import annotations

from datetime import date as Date
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import allocate, exact, month_of, tyiyn
from .master import association_of_group
from .state import Books, Distribution, Earning, Row

Sum = tuple[str, str, str]  # group, month, product ("" for none)


def payee(earning: Earning) -> str:
    return earning.member or earning.group


def association_of(books: Books, who: str) -> str | None:
    """Of a member, or of a group whose pool is meant."""
    if who in books.members:
        return str(books.members[who][-1]["association"])
    return association_of_group(books, who)


def weights(books: Books, row: Row) -> dict[str, Fraction]:
    """What each payee earned by deliveries and consigned sales within the filters."""
    found: dict[str, Fraction] = {}
    for earning in books.earnings:
        if earning.weighs and within(earning, row):
            by_quantity = row.get("basis") == "quantity"
            weight = earning.quantity if by_quantity else Fraction(earning.amount)
            found[payee(earning)] = found.get(payee(earning), Fraction(0)) + weight
    return found


def within(earning: Earning, row: Row) -> bool:
    return (
        row.get("from", Date.min) <= earning.date <= row.get("to", Date.max)
        and row.get("association") in (None, earning.association)
        and row.get("group") in (None, earning.group)
        and row.get("product") in (None, earning.product)
    )


def parts(books: Books, distribution: Distribution) -> dict[str, int]:
    """Amounts by payee: the frozen ones, else as they are now. ValueError: cannot be allocated."""
    if distribution.parts is not None:
        return distribution.parts
    row, amount = distribution.row, tyiyn(distribution.row["amount"])
    if row.get("member"):
        return {row["member"]: amount}
    return allocate(amount, weights(books, row))


def distributed(
    books: Books, association: str, until: Date
) -> list[tuple[Distribution, list[Earning]]]:
    """Distributions dated up to a day, and what an association gets of each, if not yet taken."""
    found = []
    for distribution in books.distributions:
        day = distribution.row["date"]
        if day > until or association in distribution.taken:
            continue
        mine = [
            part_of(books, distribution, who, amount, association)
            for who, amount in parts(books, distribution).items()
            if association_of(books, who) == association
        ]
        if mine:
            found.append((distribution, mine))
    return found


def part_of(
    books: Books, distribution: Distribution, who: str, amount: int, association: str
) -> Earning:
    row = distribution.row
    if who in books.members:
        return Earning(association, "", who, None, row["date"], row["kind"], amount,
                       weighs=False)  # fmt: skip
    return Earning(association, who, None, row.get("product"), row["date"], row["kind"], amount,
                   weighs=False)  # fmt: skip


class Pools(NamedTuple):
    """`shares`: (member, amount) from pools; `used`: the earnings allocated; `held`: by group."""

    shares: list[tuple[str, int]]
    used: list[Earning]
    held: dict[str, int]


def pools(books: Books, waiting: list[Earning]) -> Pools:
    """Each group's sum of a month and product, by that month's contributions; else held."""
    sums: dict[Sum, list[Earning]] = {}
    for earning in waiting:
        key = (earning.group, month_of(earning.date), earning.product or "")
        sums.setdefault(key, []).append(earning)
    found = Pools([], [], {})
    for (group, month, product), earnings in sorted(sums.items()):
        total = sum(earning.amount for earning in earnings)
        shares = contributed(books, group, month, product)
        if shares:
            found.shares.extend(allocate(total, shares).items())
            found.used.extend(earnings)
        else:
            found.held[group] = found.held.get(group, 0) + total
    return found


def contributed(books: Books, group: str, month: str, product: str) -> dict[str, Fraction]:
    """By member: for the product where there are any, else those without product."""
    rows = [r for r in books.contributions if (r["group"], r["period"]) == (group, month)]
    own = [row for row in rows if product and row.get("product") == product]
    chosen = own or [row for row in rows if row.get("product") is None]
    found: dict[str, Fraction] = {}
    for row in chosen:
        found[row["member"]] = found.get(row["member"], Fraction(0)) + exact(row["quantity"])
    return found
