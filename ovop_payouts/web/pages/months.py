"""Twelve months of earnings: of all, an association, a group or one member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import DECIDED
from ovop_payouts.payout.line import Line
from ovop_payouts.web.pages.lookup import lines, status_of, undertaken
from reports.words import Words

MONTHS = 12
KINDS = ("buyback", "order", "consignment", "other")
"""What a picture tells apart; shares of pools, premiums and the like are `other`."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month, KGS: what its runs hold, drafts too, and what approved ones pay."""

    period: str
    earned: dict[str, Decimal]
    payout: Decimal
    payees: int

    @property
    def gross(self) -> Decimal:
        return sum(self.earned.values(), ZERO)


def up_to(period: str, count: int = MONTHS) -> list[str]:
    """The months that end with this one, the earliest first."""
    last = int(period[:4]) * 12 + int(period[5:]) - 1
    months = (divmod(n, 12) for n in range(last - count + 1, last + 1))
    return [f"{year:04d}-{month + 1:02d}" for year, month in months]


def picture(
    book: Book,
    associations: Iterable[str],
    period: str,
    counts: Callable[[Line], bool] = lambda _: True,
) -> tuple[Month, ...]:
    """Twelve months up to one, from the first month with a run; `counts` says whose lines."""
    wanted = up_to(period)
    earned: dict[str, dict[str, Decimal]] = {}
    paid: dict[str, Decimal] = {}
    payees: dict[str, set[str]] = {}
    for run in undertaken(book, associations):
        if run.period not in wanted:
            continue
        is_decided = status_of(book, run) in DECIDED
        of_month = earned.setdefault(run.period, dict.fromkeys(KINDS, ZERO))
        for line in lines(book, run).values():
            if not counts(line):
                continue
            for kind, amount in line.earnings.items():
                of_month[kind if kind in of_month else "other"] += amount
            if is_decided:
                paid[run.period] = paid.get(run.period, ZERO) + line.payout
            payees.setdefault(run.period, set()).add(line.member)
    first = min(earned, default=period)
    return tuple(
        Month(
            month,
            earned.get(month, dict.fromkeys(KINDS, ZERO)),
            paid.get(month, ZERO),
            len(payees.get(month, ())),
        )
        for month in wanted
        if month >= first
    )


def columns(months: Iterable[Month], say: Words) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """What a chart of months is drawn from."""
    return [
        (say.month_short(month.period), [(kind, month.earned[kind]) for kind in KINDS])
        for month in months
    ]
