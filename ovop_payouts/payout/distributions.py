"""Distributions: sums shared over what payees earned, over all associations (contract §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, allocate_ranked
from ovop_payouts.payout.line import Part
from ovop_payouts.payout.periods import RunId, month_of
from ovop_payouts.records import Distribution, Earning
from ovop_payouts.refusal import Refusal

Payee = tuple[str, bool]
"""(member, False), or (group, True) for a pool."""


def all_parts(book: Book, distribution: Distribution) -> list[Part]:
    """Every payee's part of one distribution; frozen parts where a run was approved with them.

    Raises Refusal where there is nobody to share it, or somebody's share would be negative.
    """
    frozen = book.frozen.get(distribution.distribution_no)
    if frozen is not None:
        return [_part(book, distribution, payee, *frozen[payee]) for payee in sorted(frozen)]
    if distribution.member is not None:
        payee = (distribution.member, False)
        one = Decimal(1)
        return [_part(book, distribution, payee, distribution.amount, one, one)]
    weights = _weights(book, distribution)
    payees = sorted(weights)
    values = [weights[payee] for payee in payees]
    try:
        amounts = allocate_ranked(distribution.amount, values, list(range(len(payees))))
    except ValueError as error:
        raise _nobody(distribution, weights, str(error)) from None
    whole = sum(values, ZERO)
    shared = zip(payees, amounts, values, strict=True)
    return [_part(book, distribution, payee, part, mine, whole) for payee, part, mine in shared]


def _nobody(distribution: Distribution, weights: dict[Payee, Decimal], error: str) -> Refusal:
    number, source = distribution.distribution_no, distribution.source
    negative = sorted(payee for (payee, _), weight in weights.items() if weight < 0)
    if negative:
        return Refusal(
            "distribution {number} ({source}) cannot be shared: {who} earned less than nothing",
            number=number,
            source=source,
            who=", ".join(negative),
        )
    return Refusal(
        "distribution {number} ({source}) cannot be shared: nobody earned anything that it would"
        " be shared by ({error})",
        number=number,
        source=source,
        error=error,
    )


def _weights(book: Book, distribution: Distribution) -> dict[Payee, Decimal]:
    weights: dict[Payee, Decimal] = defaultdict(Decimal)
    for earnings in book.earnings.values():
        for earning in earnings:
            if earning.of_goods and _matches(distribution, earning):
                payee = (earning.member or earning.group, earning.member is None)
                by_value = distribution.basis == "value"
                weights[payee] += earning.amount if by_value else earning.quantity
    return weights


def _matches(distribution: Distribution, earning: Earning) -> bool:
    first, last = distribution.first, distribution.last
    return (
        (first is None or earning.date >= first)
        and (last is None or earning.date <= last)
        and distribution.association in (None, earning.association)
        and distribution.group in (None, earning.group)
        and distribution.product in (None, earning.product)
    )


def _part(
    book: Book,
    distribution: Distribution,
    payee: Payee,
    amount: Decimal,
    weight: Decimal,
    whole: Decimal,
) -> Part:
    name, pool = payee
    group = name if pool else book.member(name).group
    return Part(
        distribution.distribution_no,
        distribution.kind,
        distribution.date,
        name,
        pool,
        group,
        distribution.product,
        amount,
        weight,
        whole,
        distribution.amount,
    )


def association_of(book: Book, part: Part) -> str:
    return book.groups[part.payee] if part.pool else book.member(part.payee).association


def parts_of(book: Book, run: RunId) -> tuple[Part, ...]:
    """The association's parts of distributions up to the run's month that no run booked yet."""
    booked = {
        earning.meta["distribution"]
        for earning in book.earnings.get(run.association, ())
        if earning.tag == "distribution"
    }
    return tuple(
        part
        for number, distribution in sorted(book.distributions.items())
        if distribution.date <= run.cutoff and number not in booked
        if book.owner_of(distribution) in (None, run.association)
        for part in all_parts(book, distribution)
        if part.amount and association_of(book, part) == run.association
    )


def earnings_of(book: Book, run: RunId, parts: tuple[Part, ...]) -> Iterator[Earning]:
    """What the parts bring members, dated in the first open month at the earliest."""
    until = book.closed_until(run.association)
    for part in parts:
        if part.pool:
            continue
        on = part.date if until is None else max(part.date, until + timedelta(days=1))
        yield Earning(
            on,
            run.association,
            part.group,
            part.payee,
            part.kind,
            part.amount,
            part.product,
            ZERO,
            False,
            "",
            "distribution",
            {"distribution": part.distribution, "period": month_of(part.date)},
        )
