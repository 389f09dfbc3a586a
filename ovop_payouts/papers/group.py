"""The statement of a group for its leader: members' totals, its pool, what was rejected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.naming import association_name, group_name, product_name
from ovop_payouts.papers.shelves import members_of
from ovop_payouts.papers.wanted import Named, Wanted
from ovop_payouts.payout.history import DECIDED, status
from ovop_payouts.payout.line import Line
from ovop_payouts.payout.views import held_pools_of
from ovop_payouts.records import Contribution, Earning
from ovop_payouts.statements import Shelf, issued_on
from reports.papers.model import MONEY, QUANTITY, Column, Paper, Table
from reports.reasons import reason_said
from reports.statement.plain import som
from reports.statement.txt import fitting
from reports.words import Words, words

MONTH_COLUMNS = (
    "col_opening",
    "band_gross",
    "returned_short",
    "band_deducted",
    "col_payout",
    "col_closing",
)
"""What adds up in a row: opening, earned and came back, less deducted, is paid and left."""


@dataclass(frozen=True, slots=True)
class Month:
    """One payee's month over all its runs."""

    member: str
    name: str
    lines: tuple[Line, ...]

    def sum(self, column: str) -> Decimal:
        return sum((getattr(line, column) for line in self.lines), ZERO)

    @property
    def state(self) -> str:
        return "pay" if self.sum("payout") else self.lines[-1].state


def months_of(found: Shelf, group: str) -> list[Month]:
    """The months of a group's payees, in the order of its sheet."""
    return [
        Month(
            ident,
            found.book.member(ident).name,
            tuple(found.lines[run][ident] for run in found.runs if ident in found.lines[run]),
        )
        for ident in members_of(found, group)
    ]


def group_sheet(wanted: Wanted, found: Shelf, group: str) -> Named:
    """One paper for the leader, in the books' first language or the one asked for."""
    language = wanted.language or found.settings.languages[0]
    say = words(language)
    months = months_of(found, group)
    last = found.runs[-1]
    name = group_title(found, group)
    gross, payout = _total(months, "gross"), _total(months, "payout")
    left = sum((m.lines[-1].carried for m in months), ZERO)
    paper = Paper(
        language,
        say("group_statement"),
        f"{say('group_statement')}, {say.month(found.period, inside=True)}",
        found.settings.payer,
        (
            (say("group"), name),
            (say("association"), association_name(found.book, found.association, language)),
            (say("run"), str(last)),
            (say("issued"), say.day(issued_on(found.book, last))),
        ),
        issued_on(found.book, last),
        say.count("members_count", len(months)),
        _earned(months, say),
        tuple(_left(found, group, months, say)),
        tuple(_tables(found, group, months, say)),
        (),
        (say("leader"), say("signature")),
        "" if status(found.book, last) in DECIDED else say("draft"),
        _sms(found, name, len(months), (gross, payout, left), say),
        f"{name} · {say.month(found.period)}",
    )
    yield f"{found.period}_{group}_{language}", paper


def group_title(found: Shelf, group: str) -> str:
    """`Ак-Бурун (Akburun)`: the name as people say it, and the id where the two differ."""
    ident = members_of(found, group)[0]
    name = group_name(found.book.member(ident))
    return name if name == group else f"{name} ({group})"


def _total(months: list[Month], column: str) -> Decimal:
    return sum((month.sum(column) for month in months), ZERO)


def _earned(months: list[Month], say: Words) -> str:
    sums = {name: som(_total(months, name), say) for name in ("gross", "deducted", "payout")}
    return say("plain_group", **sums)


def _left(found: Shelf, group: str, months: list[Month], say: Words) -> Iterator[str]:
    """What is carried and what is held, the group's pool included; nothing where it is nothing."""
    lasts = [month.lines[-1] for month in months]
    held = sum((line.carried for line in lasts if line.state == "hold"), ZERO)
    held += held_pools_of(found.book, found.runs[-1]).get(group, ZERO)
    carried = sum((line.carried for line in lasts if line.state != "hold"), ZERO)
    if carried:
        yield say("plain_group_carried", carried=som(carried, say))
    if held:
        yield say("plain_group_held", held=som(held, say))


def _sms(found: Shelf, name: str, count: int, sums: tuple[Decimal, ...], say: Words) -> str:
    gross, payout, left = map(say.money, sums)
    month = f"{found.period[5:]}.{found.period[:4]}"
    members = say.count("members_count", count)
    texts = (
        say(
            "group_sms",
            payer=payer,
            month=month,
            group=group,
            members=members,
            gross=gross,
            payout=payout,
            closing=left,
        )
        for payer, group in ((found.settings.payer[:24], name), ("", name[:20]))
    )
    return fitting(*(text.strip() for text in texts))


def _tables(found: Shelf, group: str, months: list[Month], say: Words) -> Iterator[Table]:
    yield _members(months, say)
    if (pool := _pool(found, group, say)).rows:
        yield pool
    if (rejects := _rejects(found, group, say)).rows:
        yield rejects


def _members(months: list[Month], say: Words) -> Table:
    """Each row adds up: opening, earned and came back, less deducted, is paid and left."""
    columns = (
        Column(say("number")),
        Column(say("member"), wide=True),
        *(Column(say(name), MONEY, summed=True) for name in MONTH_COLUMNS),
        Column(say("state")),
    )
    rows = tuple(
        (
            str(number),
            f"{month.name}, {month.member}",
            month.lines[0].opening,
            month.sum("gross"),
            month.sum("returned"),
            month.sum("deducted"),
            month.sum("payout"),
            month.lines[-1].carried,
            say(f"word_{month.state}"),
        )
        for number, month in enumerate(months, 1)
    )
    return Table(say("members"), columns, rows, say("total"))


def _pool(found: Shelf, group: str, say: Words) -> Table:
    """Who got which share, for which contribution."""
    columns = (
        Column(say("period")),
        Column(say("product"), wide=True),
        Column(say("member"), wide=True),
        Column(say("contribution"), QUANTITY),
        Column(say("pool_by")),
        Column(say("pool_share"), MONEY, summed=True),
    )
    weights = _contributions(found, group)
    rows = []
    for ident, earning in _shares(found, group):
        period = earning.meta["period"]
        key = (period, earning.product, ident)
        entry = weights.get(key) or weights.get((period, None, ident))
        measure = entry.measure if entry else None
        rows.append(
            (
                say.month(period),
                product_name(found.book, earning.product, say.language),
                f"{found.book.member(ident).name}, {ident}",
                entry.quantity if entry else None,
                say(f"measure_{measure}") if measure else "",
                earning.amount,
            )
        )
    return Table(say("pool"), columns, tuple(rows), say("total"))


def _shares(found: Shelf, group: str) -> list[tuple[str, Earning]]:
    """Members' parts of the group's pools in the month's runs, by month, product and member."""
    parts = [
        (ident, earning)
        for run in found.runs
        for ident, earnings in found.earnings.get(run, {}).items()
        for earning in earnings
        if earning.tag == "pool" and earning.meta.get("pool") == group
    ]
    return sorted(parts, key=lambda p: (p[1].meta["period"], p[1].product or "", p[0]))


def _contributions(found: Shelf, group: str) -> dict[tuple[str, str | None, str], Contribution]:
    return {
        (entry.period, entry.product, entry.member): entry
        for entry in found.book.contributions
        if entry.group == group
    }


def _rejects(found: Shelf, group: str, say: Words) -> Table:
    """What was delivered in the month and not accepted, by reason and product."""
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in found.book.rows["deliveries"].values():
        meta = row.columns
        if meta["group"] == group and meta["date"].startswith(found.period):
            rejected = Decimal(meta.get("rejected", "0"))
            if rejected:
                reason = reason_said(say, meta.get("reject_reason")) or say("no_reason")
                pair = sums[reason, product_name(found.book, meta["product"], say.language)]
                pair[0] += Decimal(meta["delivered"])
                pair[1] += rejected
    columns = (
        Column(say("reason"), wide=True),
        Column(say("product"), wide=True),
        Column(say("delivered"), QUANTITY),
        Column(say("rejected"), QUANTITY),
    )
    rows = tuple((*key, pair[0], pair[1]) for key, pair in sorted(sums.items()))
    return Table(say("rejects"), columns, rows)
