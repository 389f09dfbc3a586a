"""What people earned: one line for each payee, and who they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import DEDUCTION, EARNED, PAYOUT, Movement

WOMAN = frozenset(("f", "female", "w", "woman", "ж", "жен", "женский", "женщина", "аял"))
YOUTH = 28
"""The greatest age that the law of the Kyrgyz Republic counts as youth."""


@dataclass(frozen=True, slots=True)
class Earner:
    """A payee's span: earned with shares of pools, deducted, paid; KGS. A pool has no `member`."""

    association: str
    group: str
    member: str | None
    earned: Decimal
    deducted: Decimal
    paid: Decimal
    woman: bool
    young: bool


def earners(m: Material, moves: Iterable[Movement]) -> list[Earner]:
    """Everybody who earned, was paid or was taken from in the span; pools keep what is not shared.

    A member is listed under the group of the last day.
    """
    sums: dict[tuple[str, str, str | None], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for move in moves:
        if not m.span.holds(move.date):
            continue
        payee, kind = move.payee, _kind(move.kind)
        if kind is None:
            continue
        group = m.book.member(payee.member, m.span.last).group if payee.member else payee.group
        sums[payee.association, group, payee.member][kind] += move.amount
    found = [_earner(m, *key, amounts) for key, amounts in sorted(sums.items(), key=_order)]
    return [each for each in found if each.earned or each.paid or each.deducted or each.member]


def without_earnings(m: Material, member: str) -> Earner:
    """A member whom nothing moved in the span: paid by a later day from what was owed before."""
    known = m.book.member(member, m.span.last)
    return _earner(m, known.association, known.group, member, defaultdict(Decimal))


def _order(pair: tuple[tuple[str, str, str | None], object]) -> tuple[str, str, str]:
    association, group, member = pair[0]
    return association, group, member or ""


def _kind(kind: str) -> str | None:
    if kind in EARNED or kind == "pool":
        return "earned"
    return kind if kind in (DEDUCTION, PAYOUT) else None


def _earner(
    m: Material, association: str, group: str, member: str | None, amounts: dict[str, Decimal]
) -> Earner:
    woman = young = False
    if member is not None:
        known = m.book.member(member, m.span.last)
        woman = (known.gender or "").strip().lower() in WOMAN
        born = known.birth_year
        young = born is not None and m.span.last.year - born <= YOUTH
    return Earner(
        association,
        group,
        member,
        amounts["earned"],
        -amounts[DEDUCTION],
        -amounts[PAYOUT],
        woman,
        young,
    )


def earned(rows: Iterable[Earner]) -> Decimal:
    return sum((each.earned for each in rows), ZERO)


def paid(rows: Iterable[Earner]) -> Decimal:
    return sum((each.paid for each in rows), ZERO)


def active(rows: Iterable[Earner]) -> list[Earner]:
    """Members who earned something."""
    return [each for each in rows if each.member is not None and each.earned > 0]
