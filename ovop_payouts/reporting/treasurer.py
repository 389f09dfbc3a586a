"""One page for the treasurer: what came in, what is owed, deducted, paid and held, and why."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import (
    DEDUCTION,
    EARNED,
    MOVED,
    OPENING,
    PAYOUT,
    RETURNED,
    Movement,
    by_kind,
    by_rule,
    movements,
    total,
)
from ovop_payouts.reporting._trade import trade_within
from ovop_payouts.reporting._unpaid import unpaid
from reports.report.model import BARS, COUNT, MONEY, SUM, Report, Table, Value

NAME = "treasurer"
WAYS = ("cash", "card", "qr", "invoice")


def build(m: Material) -> Report:
    """Opening + earned - deducted - paid = what is owed; and why that is not paid yet."""
    moves = movements(m)
    mine = [move for move in moves if move.date >= m.span.first]
    opening = total(move for move in moves if move.date < m.span.first)
    kinds = by_kind(mine)
    earned = sum((kinds[kind] for kind in EARNED), ZERO)
    figures = (
        m.figure("owed_before", opening),
        m.figure("earned", earned),
        m.figure("deducted", -kinds[DEDUCTION]),
        m.figure("paid", -kinds[PAYOUT]),
        m.figure("owed", total(moves)),
        m.figure("takings", sum((each.value for each in trade_within(m)), ZERO)),
    )
    tables = (_movement(m, opening, mine), _unpaid(m, moves), _takings(m), _payments(m))
    return m.report(NAME, figures, tables, (m.say("note_ties"),))


def _movement(m: Material, opening: Decimal, mine: list[Movement]) -> Table:
    """How what is owed came to be: the sum of the lines is the balance of the ledger."""
    kinds = by_kind(mine)
    lines: list[tuple[str, Decimal]] = [(m.say("line_opening"), opening)]
    lines += [(m.say("line_openings"), kinds[OPENING])]
    lines += [(m.say(f"earned_{kind}"), kinds[kind]) for kind in EARNED]
    lines += [(m.say("returned"), kinds[RETURNED]), (m.say("line_moved"), kinds[MOVED])]
    rules = sorted(by_rule(mine).items(), key=lambda pair: pair[1])
    lines += [(m.say(f"rule_{rule}"), amount) for rule, amount in rules]
    lines += [(m.say("line_paid"), kinds[PAYOUT])]
    rows: list[tuple[Value, ...]] = [
        line for number, line in enumerate(lines) if line[1] or not number
    ]
    columns = (m.column("line"), *m.sums(MONEY, "amount"))
    return m.table("movement", columns, rows, total="line_closing")


def _unpaid(m: Material, moves: list[Movement]) -> Table:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    counts: dict[str, int] = defaultdict(int)
    for part in unpaid(m, moves):
        sums[part.why] += part.amount
        counts[part.why] += 1
    rows: list[tuple[Value, ...]] = [
        (m.say(why), counts[why], amount)
        for why, amount in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    columns = (m.column("why"), m.column("payees", COUNT), *m.sums(MONEY, "amount"))
    charts = (m.chart("unpaid", BARS, "why", "amount"),)
    return m.table("unpaid", columns, rows, charts=charts, total="line_closing")


def _takings(m: Material) -> Table:
    own: dict[str, Decimal] = defaultdict(Decimal)
    consigned: dict[str, Decimal] = defaultdict(Decimal)
    for each in trade_within(m):
        (own if each.own else consigned)[each.payment] += each.value
    rows: list[tuple[Value, ...]] = [
        (m.say(f"way_{way}"), own[way], consigned[way], own[way] + consigned[way])
        for way in WAYS
        if own[way] or consigned[way]
    ]
    columns = (m.column("way"), *m.sums(MONEY, "own_goods", "consigned_goods", "amount"))
    return m.table("takings", columns, rows)


def _payments(m: Material) -> Table:
    """What the months' runs sent, and what became of it."""
    book = m.book
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * 4)
    counts: dict[str, int] = defaultdict(int)
    for payment in book.payments.values():
        if payment.association in m.associations and payment.run[:7] in m.span.months:
            reference = payment.reference
            what = 2 if reference in book.returned else 1 if reference in book.settled else 3
            counts[payment.rail] += 1
            sums[payment.rail][0] += payment.amount
            sums[payment.rail][what] += payment.amount
    rows: list[tuple[Value, ...]] = [
        (m.say(f"by_{rail}"), counts[rail], *sums[rail]) for rail in sorted(sums)
    ]
    columns = (
        m.column("rail"),
        m.column("payees", COUNT, SUM),
        *m.sums(MONEY, "sent", "settled", "came_back", "in_transit"),
    )
    return m.table("payments", columns, rows, note=m.say("note_payments"))
