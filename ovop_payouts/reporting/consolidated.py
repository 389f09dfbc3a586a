"""All associations side by side, and the head office: trade, people, balances."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ledger import accounts
from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material, kgs
from ovop_payouts.reporting._movements import (
    DEDUCTION,
    EARNED,
    PAYOUT,
    Movement,
    by_kind,
    movements,
    total,
)
from ovop_payouts.reporting._people import Earner, active, earned, earners
from ovop_payouts.reporting._trade import Sold, trade_within
from reports.report.model import BARS, COUNT, MONEY, PERCENT, RATIO, Report, Table, Value, share

NAME = "consolidated"
ALONE = False


def build(m: Material) -> Report:
    """Each table has one row for each association and their sum."""
    trade, moves = trade_within(m), movements(m)
    people = earners(m, moves)
    tables = (_trade(m, trade), _payouts(m, moves), _people(m, people), _balances(m))
    figures = (
        m.figure("sales", tables[0].total_of("sales")),
        m.figure("margin", tables[0].total_of("margin")),
        m.figure("earned", tables[1].total_of("earned")),
        m.figure("paid", tables[1].total_of("paid")),
        m.figure("owed", tables[1].total_of("owed")),
        m.figure("earning_members", tables[2].total_of("earning_members"), COUNT),
    )
    return m.report(NAME, figures, tables, (m.say("note_consolidated"),))


def _trade(m: Material, trade: list[Sold]) -> Table:
    found: dict[str, list[Sold]] = defaultdict(list)
    for each in trade:
        found[each.scope].append(each)

    def sums(scope: str, name: str) -> Decimal:
        return sum((getattr(each, name) for each in found[scope]), ZERO)

    rows: list[tuple[Value, ...]] = [
        (
            m.name(scope),
            sums(scope, "value"),
            sums(scope, "tax"),
            sums(scope, "discount"),
            sums(scope, "cost"),
            sums(scope, "earned"),
            sums(scope, "commission"),
            sums(scope, "margin"),
        )
        for scope in m.scopes
    ]
    names = ("sales", "tax", "discount", "cost", "to_consignors", "commission", "margin")
    columns = (m.column("book"), *m.sums(MONEY, *names))
    charts = (m.chart("sales_and_margin", BARS, "book", "sales", "margin"),)
    return m.table("trade", columns, rows, charts=charts)


def _payouts(m: Material, moves: list[Movement]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for scope in m.scopes:
        mine = [move for move in moves if move.payee.association == scope]
        now = by_kind(move for move in mine if move.date >= m.span.first)
        rows.append(
            (
                m.name(scope),
                total(move for move in mine if move.date < m.span.first),
                sum((now[kind] for kind in EARNED), ZERO),
                -now[DEDUCTION],
                -now[PAYOUT],
                sum((now[kind] for kind in ("returned", "opening", "moved")), ZERO),
                total(mine),
            )
        )
    names = ("owed_before", "earned", "deducted", "paid", "other_moves", "owed")
    return m.table("payouts", (m.column("book"), *m.sums(MONEY, *names)), rows)


def _people(m: Material, people: list[Earner]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for name in m.associations:
        mine = [each for each in people if each.association == name]
        women = [each for each in mine if each.woman]
        groups = {each.group for each in active(mine)}
        received = [each for each in mine if each.member and each.paid > 0]
        rows.append(
            (
                m.name(name),
                len(groups),
                len(active(mine)),
                len(active(women)),
                len(received),
                earned(mine),
                earned(women),
                share(earned(women), earned(mine)),
            )
        )
    columns = (
        m.column("association"),
        *m.sums(COUNT, "groups", "earning_members", "earning_women", "members_paid"),
        *m.sums(MONEY, "earned", "women_earned"),
        m.column("women_share", PERCENT, RATIO, ("women_earned", "earned")),
    )
    return m.table("people", columns, rows)


def _balances(m: Material) -> Table:
    """What stands in the accounts of each book on the last day."""
    names = ("stock", "advances", "payables", "association_money", "funds", "withholding")
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in m.posted:
        for leg in each.entry.legs:
            family = accounts.family(leg.account)
            if family in names:
                sums[each.scope][family] += kgs(leg) or ZERO
    rows: list[tuple[Value, ...]] = [
        (
            m.name(scope),
            *(
                money(sums[scope][name] * (1 if name in ("stock", "advances") else -1))
                for name in names
            ),
        )
        for scope in m.scopes
    ]
    columns = (m.column("book"), *m.sums(MONEY, *(f"balance_{name}" for name in names)))
    return m.table("balances", columns, rows)
