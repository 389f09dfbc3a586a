"""What the books owe to payees, movement by movement: the base of all reports on members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry
from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.records import EARNING_KINDS
from ovop_payouts.reporting._material import Material, Posted

OPENING, DEDUCTION, PAYOUT, RETURNED, MOVED = "opening deduction payout returned moved".split()
EARNED = tuple(kind for kind in EARNING_KINDS if kind != "pool")
"""What payees earn in all; `pool` only moves what the pool earned on to members."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A member, or (without one) the pool of a group."""

    association: str
    group: str
    member: str | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One leg on what is owed: positive what a payee gets, negative what is taken or paid.

    `kind` is a kind of earning, or opening, deduction, payout, returned, moved. Of deductions
    `rule` names which.
    """

    payee: Payee
    date: date
    kind: str
    amount: Decimal
    entry: Entry
    rule: str = ""


def payees(book: Book) -> dict[str, Payee]:
    """Account -> whose it is; members under each group that they have been in."""
    found = {
        accounts.payable(association, group, None): Payee(association, group, None)
        for group, association in book.groups.items()
    }
    for ident, versions in book.members.items():
        for v in versions:
            account = accounts.payable(v.association, v.group, ident)
            found[account] = Payee(v.association, v.group, ident)
    return found


def movements(material: Material) -> list[Movement]:
    """All movements up to the last day, in order of days; worked out once."""
    return material.remembered("movements", _all_movements)


def _all_movements(material: Material) -> list[Movement]:
    known = payees(material.book)
    return [m for each in material.posted for m in _movements(each, known)]


def _movements(posted: Posted, known: dict[str, Payee]) -> Iterator[Movement]:
    entry = posted.entry
    owed = [leg for leg in entry.legs if leg.account in known]
    if not owed:
        return
    if entry.tag == "deduction":
        payee = known[owed[0].account]
        for leg in entry.legs:
            if "rule" in leg.meta:
                rule = leg.meta["rule"]
                yield Movement(payee, entry.date, DEDUCTION, leg.number, entry, rule)
        return
    kind = _kind(entry)
    for leg in owed:
        yield Movement(known[leg.account], entry.date, kind, -leg.number, entry)


def _kind(entry: Entry) -> str:
    match entry.tag:
        case "deliveries":
            return entry.meta["terms"]
        case "sales" | "returns":
            return "consignment"
        case "stocktakes":
            return "correction"
        case "distribution" | "pool":
            return entry.meta["earning"]
        case "openings":
            return OPENING
        case "payout":
            return PAYOUT
        case "bank":
            return RETURNED
    return MOVED


def balances(moves: Iterable[Movement], until: date) -> dict[Payee, Decimal]:
    """Payee -> what is owed at the end of a day; who changed group is owed in the new one."""
    sums: dict[Payee, Decimal] = defaultdict(Decimal)
    for move in moves:
        if move.date <= until:
            sums[move.payee] += move.amount
    return {payee: amount for payee, amount in sums.items() if amount}


def by_kind(moves: Iterable[Movement]) -> dict[str, Decimal]:
    """Kind -> sum."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for move in moves:
        sums[move.kind] += move.amount
    return sums


def by_rule(moves: Iterable[Movement]) -> dict[str, Decimal]:
    """Rule -> what it took, negative."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for move in moves:
        if move.kind == DEDUCTION:
            sums[move.rule] += move.amount
    return sums


def total(moves: Iterable[Movement]) -> Decimal:
    return sum((move.amount for move in moves), ZERO)


def member_name(book: Book, payee: Payee, pool: str) -> str:
    return book.member(payee.member).name if payee.member else pool
