"""Certificates: what holds, what expires, what was refused, and goods that none covers."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.records import Certificate
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._spans import days_between
from reports.report.model import BARS, COUNT, DATE, QUANTITY, SUM, Report, Table, Value

NAME = "certificates"
SOON = 60
"""Days before the last good one from which a certificate counts as expiring."""
STATES = ("valid", "expiring", "expired", "rejected", "suspended", "revoked")
_END_OF_DAY = 9


def build(m: Material) -> Report:
    """The decision that holds for each product (or group's product) on the last day."""
    held = _held(m)
    states = {key: _state(m, certificate) for key, certificate in held.items()}
    counts = {state: list(states.values()).count(state) for state in STATES}
    uncovered = _stock(m)
    figures = (
        *(m.figure(f"certificates_{state}", counts[state], COUNT) for state in STATES),
        m.figure("uncovered", len(uncovered.rows), COUNT),
    )
    rows: list[tuple[Value, ...]] = [(m.say(f"state_{state}"), counts[state]) for state in STATES]
    columns = (m.column("state"), m.column("decisions", COUNT, SUM))
    charts = (m.chart("certificates", BARS, "state", "decisions"),)
    by_state = m.table("by_state", columns, rows, charts=charts)
    tables = (by_state, _attention(m, held, states), uncovered, _withdrawn(m))
    return m.report(NAME, figures, tables, (m.say("note_certificates", days=str(SOON)),))


def _held(m: Material) -> dict[tuple[str, str], Certificate]:
    """(product, group or blank) -> the latest decision on it up to the last day."""
    found: dict[tuple[str, str], Certificate] = {}
    for product, decisions in m.book.certificates.items():
        owner = m.book.products[product].association if product in m.book.products else None
        if m.association not in (None, owner) and owner is not None:
            continue
        for each in decisions:
            key = (product, each.group or "")
            known = found.get(key)
            if each.date <= m.span.last and (known is None or _order(known) < _order(each)):
                found[key] = each
    return found


def _order(certificate: Certificate) -> tuple[object, str]:
    return certificate.date, certificate.certificate_no


def _state(m: Material, certificate: Certificate) -> str:
    if certificate.decision != "certified":
        return certificate.decision
    until = certificate.valid_until
    if until is None or until > m.span.last + timedelta(days=SOON):
        return "valid"
    return "expiring" if until >= m.span.last else "expired"


def _attention(
    m: Material, held: dict[tuple[str, str], Certificate], states: dict[tuple[str, str], str]
) -> Table:
    """All that do not simply hold."""
    chosen = [key for key in held if states[key] != "valid"]
    chosen.sort(
        key=lambda key: (STATES.index(states[key]), held[key].valid_until or m.span.last, key)
    )
    rows: list[tuple[Value, ...]] = []
    for key in chosen:
        certificate = held[key]
        until = certificate.valid_until
        certified = certificate.decision == "certified"
        left = days_between(m.span.last, until) if until and certified else None
        rows.append(
            (
                certificate.certificate_no,
                key[0],
                m.product(key[0]),
                m.group(key[1]) if key[1] else m.say("all_groups"),
                m.say(f"state_{states[key]}"),
                certificate.date,
                until,
                left,
            )
        )
    columns = (
        m.column("certificate"),
        m.column("product"),
        m.column("product_name"),
        m.column("group"),
        m.column("state"),
        m.column("decided", DATE),
        m.column("valid_until", DATE),
        m.column("days_left", COUNT),
    )
    return m.table("attention", columns, rows, detail=True)


def _stock(m: Material) -> Table:
    """Goods on the shelves that may not be sold today."""
    when = (m.span.last, _END_OF_DAY)
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for (place, product), holdings in m.book.stock.holdings.items():
        for holding in holdings.values():
            units = holding.on_hand(when)
            group = holding.lot.group
            if units and m.book.certified(product, group, m.span.last) is None:
                sums[place, product, group or ""] += units
    rows: list[tuple[Value, ...]] = [
        (place, product, m.product(product), m.group(group) if group else "", units)
        for (place, product, group), units in sorted(sums.items(), key=lambda p: (-p[1], p[0]))
    ]
    columns = (
        m.column("place"),
        m.column("product"),
        m.column("product_name"),
        m.column("group"),
        m.column("quantity", QUANTITY, SUM),
    )
    return m.table("uncovered", columns, rows, detail=True)


def _withdrawn(m: Material) -> Table:
    """Deliveries of the span whose certificate a later decision took back (contract §2)."""
    rows: list[tuple[Value, ...]] = []
    for each in m.within():
        meta = each.entry.meta
        if each.entry.tag != "deliveries" or "certificate" not in meta:
            continue
        if m.book.certified(meta["product"], meta["group"], each.entry.date) is None:
            accepted = Decimal(meta["delivered"]) - Decimal(meta.get("rejected", "0"))
            note = f"{meta['note_no']}/{meta['line_no']}"
            rows.append(
                (
                    note,
                    each.entry.date,
                    meta["product"],
                    m.product(meta["product"]),
                    m.group(meta["group"]),
                    meta["certificate"],
                    accepted + ZERO,
                )
            )
    columns = (
        m.column("note"),
        m.column("date", DATE),
        m.column("product"),
        m.column("product_name"),
        m.column("group"),
        m.column("certificate"),
        m.column("accepted", QUANTITY, SUM),
    )
    return m.table("withdrawn", columns, rows, detail=True)
