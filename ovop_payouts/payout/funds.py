"""Whether the money is there: accounts named in `ovop.toml` cover what is paid (contract §2).

    [rails.bank]
    cover = ["Assets:Bank"]

What runs about to be approved pay over a rail, with what is on its way over it already, must lie on
the accounts that cover the rail. Rails may share accounts: then it must lie there for all of them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from ledger.directives import Directive, Entry
from ledger.store import View, landed
from ovop_payouts.money import ZERO
from ovop_payouts.payout.line import Run
from ovop_payouts.refusal import Refusal
from ovop_payouts.settings import Settings, cover_of, read_settings
from ovop_payouts.shards import load_everybody

RAILS = ("bank", "wallet", "cash")
ByRail = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Cover:
    """What some rails need of the accounts that cover them, KGS."""

    rails: tuple[str, ...]
    accounts: tuple[str, ...]
    held: Decimal
    in_transit: Decimal
    asked: Decimal

    @property
    def left(self) -> Decimal:
        return self.held - self.in_transit - self.asked

    def __str__(self) -> str:
        names = " and ".join(self.accounts)
        asked = f", {self.asked:.2f} are to be paid" if self.asked else ""
        rest = f"{self.left:.2f} are left" if self.left >= 0 else f"{-self.left:.2f} are missing"
        rails = " and ".join(self.rails)
        way = f"{self.in_transit:.2f} are on their way by {rails}"
        holds = "holds" if len(self.accounts) == 1 else "hold"
        return f"{names} {holds} {self.held:.2f}; {way}{asked}: {rest}"


def must_be_covered(books: Path, runs: Iterable[Run], today: date) -> None:
    """Raises Refusal where the accounts do not cover these runs and what is in transit."""
    settings = read_settings(books)
    asked: ByRail = defaultdict(Decimal)
    for run in runs:
        for line in run.lines.values():
            asked[line.rail] += line.payout
    missing = [c for c in _covers(books, settings, asked, today) if c.left < 0]
    if missing and any(asked.values()):
        smallest = min(missing, key=lambda cover: len(cover.rails))
        raise Refusal("the money is not there: {cover}", cover=smallest)


def covered(books: Path, today: date) -> list[Cover]:
    """What the accounts hold beside all that is in transit, for each group of rails that share."""
    found: list[Cover] = []
    for cover in reversed(list(_covers(books, read_settings(books), {}, today))):
        taken = {rail for each in found for rail in each.rails}
        if not taken & set(cover.rails) and _belongs_together(cover, read_settings(books)):
            found.append(cover)
    return sorted(found, key=lambda cover: RAILS.index(cover.rails[0]))


def _belongs_together(cover: Cover, settings: Settings) -> bool:
    """Whether each rail shares an account with those before it."""
    known = set(cover_of(settings, cover.rails[0]))
    left = list(cover.rails[1:])
    while shared := [rail for rail in left if known & set(cover_of(settings, rail))]:
        known.update(*(cover_of(settings, rail) for rail in shared))
        left = [rail for rail in left if rail not in shared]
    return not left


def _covers(books: Path, settings: Settings, asked: ByRail, today: date) -> Iterator[Cover]:
    """Every set of rails that have accounts to cover them: together they need what those hold."""
    named = {rail: cover_of(settings, rail) for rail in RAILS}
    rails = [rail for rail in RAILS if named[rail]]
    if not rails:
        return
    held = _balances(books, frozenset(a for rail in rails for a in named[rail]), today)
    going = _in_transit(books)
    for count in range(1, len(rails) + 1):
        for some in combinations(rails, count):
            accounts = tuple(sorted({a for rail in some for a in named[rail]}))
            yield Cover(
                some,
                accounts,
                sum((held[account] for account in accounts), ZERO),
                sum((going[rail] for rail in some), ZERO),
                sum((asked.get(rail, ZERO) for rail in some), ZERO),
            )


def _in_transit(books: Path) -> ByRail:
    """Rail -> what left payables and has neither been settled nor come back, of everybody."""
    book = load_everybody(books)
    going: ByRail = defaultdict(Decimal)
    for payment in book.payments.values():
        if payment.reference not in book.settled and payment.reference not in book.returned:
            going[payment.rail] += payment.amount
    return going


def _balances(books: Path, accounts: frozenset[str], today: date) -> dict[str, Decimal]:
    """What the accounts hold at the end of a day, KGS, in all books."""

    def moves(directives: list[Directive]) -> list[Directive]:
        return [
            each
            for each in directives
            if isinstance(each, Entry) and any(leg.account in accounts for leg in each.legs)
        ]

    name = hashlib.sha256(" ".join(sorted(accounts)).encode()).hexdigest()[:12]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for file in landed(books, view=View(f"cover-{name}", moves)):
        for directive in file.directives:
            if isinstance(directive, Entry) and directive.date <= today:
                for leg in directive.legs:
                    if leg.account in accounts:
                        sums[leg.account] += leg.number
    return sums
