"""Groups: what they earned, by how many, and the share of women."""

from __future__ import annotations

from collections import defaultdict

from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import movements
from ovop_payouts.reporting._people import Earner, active, earned, earners, paid
from reports.report.model import (
    BARS,
    COUNT,
    MONEY,
    PERCENT,
    RATIO,
    Column,
    Report,
    Table,
    Value,
    share,
)

NAME = "groups"


def build(m: Material) -> Report:
    """Earnings are as the ledger dates them; what a pool has not shared yet is shown apart."""
    people = earners(m, movements(m))
    women = [each for each in people if each.woman]
    members = active(people)
    figures = (
        m.figure("earned", earned(people)),
        m.figure("earning_members", len(members), COUNT),
        m.figure("earning_women", len(active(women)), COUNT),
        m.figure("women_earned", earned(women)),
        m.figure("women_share", share(earned(women), earned(people)), PERCENT),
        m.figure("mean_earned", money(earned(members) / len(members)) if members else ZERO),
    )
    tables = (_associations(m, people), _groups(m, people), _members(m, people))
    return m.report(NAME, figures, tables, (m.say("note_groups"),))


def _figures(m: Material) -> tuple[Column, ...]:
    return (
        *m.sums(COUNT, "earning_members", "earning_women"),
        *m.sums(MONEY, "earned", "women_earned"),
        m.column("women_share", PERCENT, RATIO, ("women_earned", "earned")),
        *m.sums(MONEY, "pool_left", "deducted", "paid"),
    )


def _cells(mine: list[Earner]) -> tuple[Value, ...]:
    women = [each for each in mine if each.woman]
    return (
        len(active(mine)),
        len(active(women)),
        earned(mine),
        earned(women),
        share(earned(women), earned(mine)),
        earned([each for each in mine if each.member is None]),
        sum((each.deducted for each in mine), ZERO),
        paid(mine),
    )


def _associations(m: Material, people: list[Earner]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (m.name(name), *_cells([each for each in people if each.association == name]))
        for name in m.associations
    ]
    charts = (m.chart("women", BARS, "association", "earned", "women_earned"),)
    columns = (m.column("association"), *_figures(m))
    return m.table("by_association", columns, rows, charts=charts)


def _groups(m: Material, people: list[Earner]) -> Table:
    found: dict[tuple[str, str], list[Earner]] = defaultdict(list)
    for each in people:
        found[each.association, each.group].append(each)
    rows: list[tuple[Value, ...]] = [
        (m.name(association), m.group(group), *_cells(mine))
        for (association, group), mine in sorted(
            found.items(), key=lambda pair: (-earned(pair[1]), pair[0])
        )
    ]
    columns = (m.column("association"), m.column("group"), *_figures(m))
    charts = (m.chart("groups", BARS, "group", "earned"),)
    return m.table("by_group", columns, rows, detail=True, charts=charts)


def _members(m: Material, people: list[Earner]) -> Table:
    mine = sorted(
        (each for each in people if each.member),
        key=lambda each: (-each.earned, each.member or ""),
    )
    rows: list[tuple[Value, ...]] = [
        (
            each.member,
            m.book.member(each.member or "").name,
            m.group(each.group),
            each.earned,
            each.deducted,
            each.paid,
        )
        for each in mine
    ]
    columns = (
        m.column("member"),
        m.column("name"),
        m.column("group"),
        *m.sums(MONEY, "earned", "deducted", "paid"),
    )
    return m.table("by_member", columns, rows, detail=True)
