"""Rejects: by group and by reason, with what they would have earned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material
from reports.reasons import reason_said
from reports.report.model import (
    BARS,
    COUNT,
    MONEY,
    PERCENT,
    QUANTITY,
    RATIO,
    SUM,
    Column,
    Report,
    Table,
    Value,
    share,
)

NAME = "rejects"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery line; quantities in the product's unit."""

    association: str
    group: str
    product: str
    reason: str
    delivered: Decimal
    rejected: Decimal
    lost: Decimal
    """What the rejected would have earned at the price of the line, KGS."""


def build(m: Material) -> Report:
    """Quantities are of all products together, each in its own unit."""
    lines = [_line(m, each.entry.meta) for each in m.within() if each.entry.tag == "deliveries"]
    delivered, rejected = _sum(lines, "delivered"), _sum(lines, "rejected")
    bad = [line for line in lines if line.rejected]
    figures = (
        m.figure("delivered", delivered, QUANTITY),
        m.figure("rejected", rejected, QUANTITY),
        m.figure("reject_share", share(rejected, delivered), PERCENT),
        m.figure("reject_lines", len(bad), COUNT),
        m.figure("lost", _sum(bad, "lost")),
    )
    tables = (_groups(m, lines), _reasons(m, bad), _both(m, bad), _products(m, lines))
    return m.report(NAME, figures, tables, (m.say("note_rejects"),))


def _line(m: Material, meta: dict[str, str]) -> Delivered:
    rejected = Decimal(meta.get("rejected", "0"))
    return Delivered(
        meta["association"],
        meta["group"],
        meta["product"],
        reason_said(m.say, meta.get("reject_reason")) or "",
        Decimal(meta["delivered"]),
        rejected,
        money(rejected * Decimal(meta.get("price", "0"))),
    )


def _sum(lines: list[Delivered], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines), ZERO)


def _figures(m: Material) -> tuple[Column, ...]:
    return (
        m.column("lines", COUNT, SUM),
        *m.sums(QUANTITY, "delivered", "rejected"),
        m.column("reject_share", PERCENT, RATIO, ("rejected", "delivered")),
        *m.sums(MONEY, "lost"),
    )


def _cells(lines: list[Delivered]) -> tuple[Value, ...]:
    delivered, rejected = _sum(lines, "delivered"), _sum(lines, "rejected")
    return len(lines), delivered, rejected, share(rejected, delivered), _sum(lines, "lost")


def _groups(m: Material, lines: list[Delivered]) -> Table:
    found: dict[tuple[str, str], list[Delivered]] = defaultdict(list)
    for line in lines:
        found[line.association, line.group].append(line)
    rows: list[tuple[Value, ...]] = [
        (m.name(association), m.group(group), *_cells(mine))
        for (association, group), mine in sorted(
            found.items(), key=lambda pair: (-_sum(pair[1], "rejected"), pair[0])
        )
    ]
    columns = (m.column("association"), m.column("group"), *_figures(m))
    charts = (m.chart("reject_groups", BARS, "group", "rejected"),)
    return m.table("by_group", columns, rows, detail=True, charts=charts)


def _reasons(m: Material, bad: list[Delivered]) -> Table:
    found: dict[str, list[Delivered]] = defaultdict(list)
    for line in bad:
        found[line.reason].append(line)
    whole = _sum(bad, "rejected")
    rows: list[tuple[Value, ...]] = [
        (
            reason or m.say("no_reason"),
            len(mine),
            _sum(mine, "rejected"),
            share(_sum(mine, "rejected"), whole),
            _sum(mine, "lost"),
        )
        for reason, mine in sorted(
            found.items(), key=lambda pair: (-_sum(pair[1], "rejected"), pair[0])
        )
    ]
    columns = (
        m.column("why"),
        m.column("lines", COUNT, SUM),
        m.column("rejected", QUANTITY, SUM),
        m.column("share", PERCENT, SUM),
        *m.sums(MONEY, "lost"),
    )
    charts = (m.chart("reject_reasons", BARS, "why", "rejected"),)
    return m.table("by_reason", columns, rows, charts=charts)


def _both(m: Material, bad: list[Delivered]) -> Table:
    found: dict[tuple[str, str, str], list[Delivered]] = defaultdict(list)
    for line in bad:
        found[line.association, line.group, line.reason].append(line)
    rows: list[tuple[Value, ...]] = [
        (
            m.name(association),
            m.group(group),
            reason or m.say("no_reason"),
            len(mine),
            _sum(mine, "rejected"),
            _sum(mine, "lost"),
        )
        for (association, group, reason), mine in sorted(
            found.items(), key=lambda pair: (-_sum(pair[1], "rejected"), pair[0])
        )
    ]
    columns = (
        m.column("association"),
        m.column("group"),
        m.column("why"),
        m.column("lines", COUNT, SUM),
        m.column("rejected", QUANTITY, SUM),
        *m.sums(MONEY, "lost"),
    )
    return m.table("by_group_and_reason", columns, rows, detail=True)


def _products(m: Material, lines: list[Delivered]) -> Table:
    found: dict[str, list[Delivered]] = defaultdict(list)
    for line in lines:
        found[line.product].append(line)
    rows: list[tuple[Value, ...]] = [
        (product, m.product(product), *_cells(mine))
        for product, mine in sorted(
            found.items(), key=lambda pair: (-_sum(pair[1], "rejected"), pair[0])
        )
        if _sum(mine, "rejected")
    ]
    columns = (m.column("product"), m.column("product_name"), *_figures(m))
    return m.table("by_product", columns, rows, detail=True)
