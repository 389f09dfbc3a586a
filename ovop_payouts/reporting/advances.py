"""Advances: given, paid back, outstanding, and in how many months they are cleared at this pace."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from ledger import accounts
from ovop_payouts.money import ZERO
from ovop_payouts.payout.periods import first_day
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._spans import months_before
from reports.report.model import BARS, COUNT, DATE, MONEY, SUM, Report, Table, Value

NAME = "advances"
PACE = 3
"""The months whose mean shows the pace of paying back."""


@dataclass(slots=True)
class Debt:
    """One member's advances; amounts are KGS."""

    member: str
    before: Decimal = ZERO
    given: Decimal = ZERO
    recovered: Decimal = ZERO
    repaid: Decimal = ZERO
    lately: Decimal = ZERO
    """Paid back in the last months, by which the pace is measured."""
    latest: date | None = None

    @property
    def left(self) -> Decimal:
        return self.before + self.given - self.recovered - self.repaid

    @property
    def months(self) -> int | None:
        """Until all is paid back at the pace of late; None where nothing comes back."""
        if self.left <= 0 or self.lately <= 0:
            return None
        return int((self.left * PACE / self.lately).to_integral_value(ROUND_CEILING))


def build(m: Material) -> Report:
    """Totals by group, then member by member, the largest first."""
    debts = sorted(_debts(m).values(), key=lambda debt: (-debt.left, debt.member))
    debts = [d for d in debts if any((d.before, d.given, d.recovered, d.repaid))]
    lately = sum((debt.lately for debt in debts), ZERO)
    whole = Debt("", before=sum((debt.left for debt in debts), ZERO), lately=lately)
    figures = (
        m.figure("advances_left", whole.left),
        m.figure("advances_members", len([d for d in debts if d.left]), COUNT),
        m.figure("advances_given", sum((d.given for d in debts), ZERO)),
        m.figure("advances_back", sum((d.recovered + d.repaid for d in debts), ZERO)),
        m.figure("months_to_clear", whole.months, COUNT),
        m.figure("advances_standing", sum((d.left for d in debts if d.months is None), ZERO)),
    )
    tables = (_groups(m, debts), _members(m, debts))
    return m.report(NAME, figures, tables, (m.say.count("note_pace", PACE),))


def _debts(m: Material) -> dict[str, Debt]:
    since = max(first_day(months_before(m.span.end, PACE - 1)), date.min)
    owners = {
        accounts.advances(v.association, v.group, ident): ident
        for ident, versions in m.book.members.items()
        for v in versions
    }
    debts: dict[str, Debt] = {}
    for each in m.posted:
        for leg in each.entry.legs:
            if leg.account in owners and each.entry.tag != "regrouping":
                member = owners[leg.account]
                debt = debts.setdefault(member, Debt(member))
                _count(debt, each.entry.tag, leg.number, each.entry.date, m.span.first, since)
    return debts


def _count(debt: Debt, tag: str, amount: Decimal, day: date, first: date, since: date) -> None:
    if amount < 0 and day >= since:
        debt.lately -= amount
    if amount > 0:
        debt.latest = max(day, debt.latest or day)
    if day < first:
        debt.before += amount
    elif amount > 0:
        debt.given += amount
    elif tag == "deduction":
        debt.recovered -= amount
    else:
        debt.repaid -= amount


def _amounts(debts: list[Debt]) -> tuple[Decimal, ...]:
    names = ("before", "given", "recovered", "repaid", "left")
    return tuple(sum((getattr(debt, name) for debt in debts), ZERO) for name in names)


_COLUMNS = (
    "advance_before",
    "advance_given",
    "advance_recovered",
    "advance_repaid",
    "advance_left",
)


def _groups(m: Material, debts: list[Debt]) -> Table:
    found: dict[tuple[str, str], list[Debt]] = defaultdict(list)
    for debt in debts:
        member = m.book.member(debt.member, m.span.last)
        found[member.association, member.group].append(debt)
    most = sorted(found.items(), key=lambda pair: (-_amounts(pair[1])[-1], pair[0]))
    rows: list[tuple[Value, ...]] = [
        (m.name(association), m.group(group), len(mine), *_amounts(mine))
        for (association, group), mine in most
    ]
    columns = (
        m.column("association"),
        m.column("group"),
        m.column("members", COUNT, SUM),
        *m.sums(MONEY, *_COLUMNS),
    )
    charts = (m.chart("advances", BARS, "group", "advance_left"),)
    return m.table("by_group", columns, rows, detail=True, charts=charts)


def _members(m: Material, debts: list[Debt]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            debt.member,
            m.book.member(debt.member).name,
            m.group(m.book.member(debt.member, m.span.last).group),
            debt.latest,
            *_amounts([debt]),
            debt.months,
        )
        for debt in debts
    ]
    columns = (
        m.column("member"),
        m.column("name"),
        m.column("group"),
        m.column("advance_latest", DATE),
        *m.sums(MONEY, *_COLUMNS),
        m.column("months", COUNT),
    )
    return m.table("by_member", columns, rows, detail=True)
