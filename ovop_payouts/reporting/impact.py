"""Impact, as a development agency asks for it: who is reached, what they earn, how soon.

Numbers are of members with an id; names are not in it, so that it may be handed on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ovop_payouts.money import TYIYN, ZERO, money
from ovop_payouts.payout.periods import last_day
from ovop_payouts.records import Payment
from ovop_payouts.reporting._material import Material
from ovop_payouts.reporting._movements import movements
from ovop_payouts.reporting._people import (
    YOUTH,
    Earner,
    active,
    earned,
    earners,
    paid,
    without_earnings,
)
from ovop_payouts.reporting._spans import days_between, months_before
from reports.report.model import (
    BARS,
    COLUMNS,
    COUNT,
    MONEY,
    PERCENT,
    RATIO,
    SUM,
    Report,
    Table,
    Value,
    share,
)

NAME = "impact"
STEPS = (500, 1000, 2000, 5000, 10000)
"""Bounds of the spread of earnings, KGS a month."""


def build(m: Material) -> Report:
    """Earnings are a month's mean of each member who earned in the span."""
    people = _with_payments(m, earners(m, movements(m)))
    members = active(people)
    means = sorted(each.earned / len(m.span.months) for each in members)
    women = [each for each in members if each.woman]
    young = [each for each in members if each.young]
    received = [each for each in people if each.member and each.paid > 0]
    sent, in_time = _punctual(m)
    figures = (
        m.figure("members_paid", len(received), COUNT),
        m.figure("paid", paid(people)),
        m.figure("median_earned", quantile(means, Decimal("0.5"))),
        m.figure("women_among", share(len(women), len(members)), PERCENT),
        m.figure("women_share", share(earned(women), earned(members)), PERCENT),
        m.figure("youth_among", share(len(young), len(members)), PERCENT),
        m.figure("paid_on_time", share(in_time, sent), PERCENT),
        m.figure("provinces", len({_province(m, each) for each in members}), COUNT),
    )
    tables = (_who(m, people), _provinces(m, people), _spread(m, means), _quantiles(m, means))
    day = str(m.settings.pay_day)
    notes = (m.say("note_impact", age=str(YOUTH)), m.say("note_on_time", day=day))
    return m.report(NAME, figures, (*tables, _months(m)), notes)


def _with_payments(m: Material, people: list[Earner]) -> list[Earner]:
    """`paid` is what the runs of the span sent to each and did not come back."""
    sent: dict[str, Decimal] = defaultdict(Decimal)
    for payment in m.book.payments.values():
        if _of_span(m, payment) and payment.reference not in m.book.returned:
            sent[payment.member] += payment.amount
    others = sorted(sent.keys() - {each.member for each in people})
    everybody = [*people, *(without_earnings(m, member) for member in others)]
    return [replace(each, paid=sent.get(each.member or "", ZERO)) for each in everybody]


def _of_span(m: Material, payment: Payment) -> bool:
    return payment.run[:7] in m.span.months and payment.association in m.associations


def quantile(ordered: list[Decimal], part: Decimal) -> Decimal:
    """The value below which a part of ordered values lies, between neighbours in proportion."""
    if not ordered:
        return ZERO
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return money(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _province(m: Material, each: Earner) -> str:
    """As the list of associations has it; in the reader's language where it is named alike."""
    known = m.book.associations.get(each.association, {})
    province = known.get("province", "")
    return m.name(each.association) if province in ("", known.get("name_en")) else province


def _cells(mine: list[Earner], whole: Decimal) -> tuple[Value, ...]:
    members = active(mine)
    received = [each for each in mine if each.member and each.paid > 0]
    return (
        len(members),
        len(received),
        earned(members),
        share(earned(members), whole),
        quantile(sorted(each.earned for each in members), Decimal("0.5")),
        paid(mine),
    )


def _who(m: Material, people: list[Earner]) -> Table:
    """Women and men, young and older."""
    sets = (
        ("women", [each for each in people if each.woman]),
        ("men_or_unknown", [each for each in people if not each.woman]),
        ("youth", [each for each in people if each.young]),
        ("older", [each for each in people if not each.young]),
    )
    whole = earned(active(people))
    rows: list[tuple[Value, ...]] = [
        (m.say(f"who_{name}"), *_cells([each for each in mine if each.member], whole))
        for name, mine in sets
    ]
    columns = (
        m.column("who"),
        m.column("earning_members", COUNT),
        m.column("members_paid", COUNT),
        m.column("earned", MONEY),
        m.column("share", PERCENT),
        m.column("median", MONEY),
        m.column("paid", MONEY),
    )
    charts = (m.chart("who", BARS, "who", "earned"),)
    return m.table("who", columns, rows, charts=charts, note=m.say("note_who"))


def _provinces(m: Material, people: list[Earner]) -> Table:
    found: dict[str, list[Earner]] = defaultdict(list)
    for each in people:
        if each.member:
            found[_province(m, each)].append(each)
    rows: list[tuple[Value, ...]] = []
    for province, mine in sorted(found.items(), key=lambda pair: (-earned(pair[1]), pair[0])):
        members = active(mine)
        women = [each for each in members if each.woman]
        rows.append(
            (
                province,
                len(members),
                len(women),
                len([each for each in members if each.young]),
                earned(mine),
                earned([each for each in mine if each.woman]),
                share(earned([each for each in mine if each.woman]), earned(mine)),
                quantile(sorted(each.earned for each in members), Decimal("0.5")),
                paid(mine),
            )
        )
    columns = (
        m.column("province"),
        *m.sums(COUNT, "earning_members", "earning_women", "earning_youth"),
        *m.sums(MONEY, "earned", "women_earned"),
        m.column("women_share", PERCENT, RATIO, ("women_earned", "earned")),
        m.column("median", MONEY),
        *m.sums(MONEY, "paid"),
    )
    charts = (m.chart("provinces", BARS, "province", "earned", "women_earned"),)
    return m.table("by_province", columns, rows, charts=charts)


def _spread(m: Material, means: list[Decimal]) -> Table:
    bounds = [ZERO, *map(Decimal, STEPS)]
    rows: list[tuple[Value, ...]] = []
    for low, high in zip(bounds, [*bounds[1:], None], strict=True):
        count = len([x for x in means if low < x and (high is None or x <= high)])
        label = _between(m, low, high)
        rows.append((label, count, share(count, len(means))))
    columns = (
        m.column("earned_a_month"),
        m.column("earning_members", COUNT, SUM),
        m.column("share", PERCENT, SUM),
    )
    charts = (m.chart("spread", COLUMNS, "earned_a_month", "earning_members"),)
    return m.table("spread", columns, rows, charts=charts)


def _between(m: Material, low: Decimal, high: Decimal | None) -> str:
    if high is None:
        return m.say("more_than", low=m.say.whole(low))
    return f"{m.say.whole(low)} – {m.say.whole(high)}"


def _quantiles(m: Material, means: list[Decimal]) -> Table:
    parts = ("0.1", "0.25", "0.5", "0.75", "0.9")
    rows: list[tuple[Value, ...]] = [
        (m.say(f"quantile_{part[2:]}"), quantile(means, Decimal(part))) for part in parts
    ]
    mean = (sum(means, ZERO) / len(means)).quantize(TYIYN) if means else ZERO
    rows.append((m.say("mean"), mean))
    return m.table("quantiles", (m.column("who"), m.column("earned_a_month", MONEY)), rows)


def _months(m: Material) -> Table:
    """Month by month: payments sent, and how many were there by the pay day."""
    rows: list[tuple[Value, ...]] = []
    for month in m.span.months:
        sent, in_time = _punctual_of(m, month)
        days = sorted(Decimal(days) for days in _days(m, month))
        median = quantile(days, Decimal("0.5")).to_integral_value() if days else None
        rows.append(
            (
                m.say.month(month),
                sent,
                in_time,
                share(in_time, sent),
                int(median) if median is not None else None,
            )
        )
    columns = (
        m.column("month"),
        *m.sums(COUNT, "payments_sent", "payments_in_time"),
        m.column("in_time_share", PERCENT, RATIO, ("payments_in_time", "payments_sent")),
        m.column("days_to_money", COUNT),
    )
    return m.table("punctual", columns, rows)


def _punctual(m: Material) -> tuple[int, int]:
    pairs = [_punctual_of(m, month) for month in m.span.months]
    return sum(sent for sent, _ in pairs), sum(in_time for _, in_time in pairs)


def _punctual_of(m: Material, month: str) -> tuple[int, int]:
    """Payments of a month's runs, and those that were settled by the pay day and stayed so."""
    due = _pay_day(m, month)
    mine = [p for p in m.book.payments.values() if p.run[:7] == month and _of_span(m, p)]
    in_time = [
        p
        for p in mine
        if p.reference not in m.book.returned and m.book.settled.get(p.reference, date.max) <= due
    ]
    return len(mine), len(in_time)


def _days(m: Material, month: str) -> list[int]:
    """Days from the month's end to the money, of payments that arrived."""
    end = last_day(month)
    return [
        days_between(end, m.book.settled[p.reference])
        for p in m.book.payments.values()
        if p.run[:7] == month and _of_span(m, p) and p.reference in m.book.settled
    ]


def _pay_day(m: Material, month: str) -> date:
    following = months_before(month, -1)
    return date(int(following[:4]), int(following[5:]), m.settings.pay_day)
