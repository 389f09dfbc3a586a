"""The ending balance: what is not yet paid on the last day, and why, to the tyiyn of the ledger."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import member_name, movements, total
from ovop_payouts.reporting._unpaid import NEXT, Unpaid, unpaid
from reports.report.model import BARS, COUNT, MONEY, Report, Table, Value

NAME = "unsettled"


def build(m: Material) -> Report:
    """Reasons, associations, then each payee."""
    moves = movements(m)
    parts = sorted(
        unpaid(m, moves),
        key=lambda p: (-p.amount, p.payee.association, p.payee.member or "", p.why),
    )
    later = sum((part.amount for part in parts if part.why == NEXT), ZERO)
    figures = (
        m.figure("owed", total(moves)),
        m.figure("paid_after", later),
        m.figure("still_unpaid", total(moves) - later),
    )
    tables = (_reasons(m, parts), _associations(m, parts), _payees(m, parts))
    return m.report(NAME, figures, tables, (m.say("note_ties"),))


def _reasons(m: Material, parts: list[Unpaid]) -> Table:
    sums: dict[str, list[Unpaid]] = defaultdict(list)
    for part in parts:
        sums[part.why].append(part)
    rows = [(m.say(why), len(mine), _sum(mine)) for why, mine in sums.items()]
    rows.sort(key=lambda row: (-row[2], row[0]))
    columns = (m.column("why"), m.column("payees", COUNT), *m.sums(MONEY, "amount"))
    charts = (m.chart("unpaid", BARS, "why", "amount"),)
    return m.table("unpaid", columns, list(rows), charts=charts, total="line_closing")


def _associations(m: Material, parts: list[Unpaid]) -> Table:
    sums: dict[str, dict[bool, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for part in parts:
        sums[part.payee.association][part.why == NEXT] += part.amount
    rows: list[tuple[Value, ...]] = [
        (m.name(name), sums[name][True], sums[name][False], sums[name][True] + sums[name][False])
        for name in m.associations
    ]
    columns = (m.column("association"), *m.sums(MONEY, "paid_after", "still_unpaid", "balance"))
    return m.table("by_association", columns, rows)


def _payees(m: Material, parts: list[Unpaid]) -> Table:
    pool = m.say("pool_of_group")
    rows: list[tuple[Value, ...]] = [
        (
            part.payee.member or "",
            member_name(m.book, part.payee, pool),
            m.group(part.payee.group),
            m.say(part.why),
            part.amount,
        )
        for part in parts
        if part.why != NEXT
    ]
    columns = (m.column("member"), m.column("name"), m.column("group"), m.column("why"))
    return m.table("by_payee", (*columns, *m.sums(MONEY, "amount")), rows, detail=True)


def _sum(parts: list[Unpaid]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)
