"""What is owed to members and others, by age: the oldest is paid first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ledger import accounts
from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material, kgs
from ovop_payouts.reporting._movements import MOVED, Movement, Payee, member_name, movements
from ovop_payouts.reporting._spans import BUCKETS, OLDER, age_of
from reports.report.model import COUNT, MONEY, STACKED, SUM, Column, Report, Table, Value

NAME = "payables"
_ASIDE = frozenset(("payables", "consignors"))


@dataclass(slots=True)
class Aged:
    """What is owed to one payee, by age; `arrears` is what the payee owes, negative."""

    payee: Payee
    buckets: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    arrears: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return sum(self.buckets.values(), self.arrears)


def build(m: Material) -> Report:
    """By group, by payee, and what is owed to all others."""
    aged = ages(m, movements(m))
    owed = sum((sum(each.buckets.values(), ZERO) for each in aged), ZERO)
    arrears = sum((each.arrears for each in aged), ZERO)
    figures = (
        m.figure("owed", owed + arrears),
        m.figure("payees", len([each for each in aged if each.balance > 0]), COUNT),
        m.figure("over_60", sum((e.buckets["age_90"] + e.buckets[OLDER] for e in aged), ZERO)),
        m.figure("arrears", -arrears),
    )
    return m.report(NAME, figures, (_groups(m, aged), _payees(m, aged), _others(m)))


def ages(m: Material, moves: list[Movement]) -> list[Aged]:
    """Everybody with a balance, those owed most first."""
    by_payee: dict[tuple[str, str], list[Movement]] = defaultdict(list)
    for move in moves:
        payee = move.payee
        if move.kind != MOVED:
            by_payee[payee.association, payee.member or f"pool of {payee.group}"].append(move)
    aged = [_aged(m, mine) for mine in by_payee.values()]
    return sorted(
        (each for each in aged if each.balance),
        key=lambda each: (-each.balance, each.payee.association, each.payee.member or ""),
    )


def _aged(m: Material, moves: list[Movement]) -> Aged:
    payee = moves[-1].payee
    if payee.member:
        now = m.book.member(payee.member, m.span.last)
        payee = Payee(payee.association, now.group, payee.member)
    found = Aged(payee)
    left = sum((move.amount for move in moves), ZERO)
    if left < 0:
        found.arrears = left
    for move in sorted(moves, key=lambda move: move.date, reverse=True):
        if left <= 0:
            break
        part = min(left, max(move.amount, ZERO))
        found.buckets[age_of(move.date, m.span.last)] += part
        left -= part
    return found


def _groups(m: Material, aged: list[Aged]) -> Table:
    sums: dict[tuple[str, str], list[Aged]] = defaultdict(list)
    for each in aged:
        sums[each.payee.association, each.payee.group].append(each)
    most = sorted(sums.items(), key=lambda pair: (-_amounts(pair[1])[-1], pair[0]))
    rows: list[tuple[Value, ...]] = [
        (m.name(association), m.group(group), len(mine), *_amounts(mine))
        for (association, group), mine in most
    ]
    columns = (
        m.column("association"),
        m.column("group"),
        m.column("payees", COUNT, SUM),
        *_amount_columns(m),
    )
    charts = (m.chart("payables", STACKED, "group", *BUCKETS, top=10),)
    return m.table("by_group", columns, rows, detail=True, charts=charts)


def _amount_columns(m: Material) -> tuple[Column, ...]:
    return m.sums(MONEY, *BUCKETS, "arrears", "balance")


def _amounts(aged: list[Aged]) -> tuple[Decimal, ...]:
    buckets = (sum((each.buckets[name] for each in aged), ZERO) for name in BUCKETS)
    arrears = sum((each.arrears for each in aged), ZERO)
    return *buckets, arrears, sum((each.balance for each in aged), ZERO)


def _payees(m: Material, aged: list[Aged]) -> Table:
    pool = m.say("pool_of_group")
    rows: list[tuple[Value, ...]] = [
        (
            each.payee.member or "",
            member_name(m.book, each.payee, pool),
            m.name(each.payee.association),
            m.group(each.payee.group),
            *_amounts([each]),
        )
        for each in aged
    ]
    columns = (m.column("member"), m.column("name"), m.column("association"), m.column("group"))
    return m.table("by_payee", (*columns, *_amount_columns(m)), rows, detail=True)


def _others(m: Material) -> Table:
    """Taxes, fees, funds, what clients paid ahead, payments on their way."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in m.posted:
        for leg in each.entry.legs:
            is_debt = leg.account.startswith(accounts.LIABILITIES)
            if is_debt and accounts.family(leg.account) not in _ASIDE:
                sums[leg.account] -= kgs(leg) or ZERO
    rows: list[tuple[Value, ...]] = [
        (m.say(f"family_{accounts.family(account)}"), account, money(amount))
        for account, amount in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
        if amount
    ]
    columns = (m.column("what_account"), m.column("account"), *m.sums(MONEY, "balance"))
    return m.table("other_creditors", columns, rows)
