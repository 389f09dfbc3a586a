"""Groups and members: what they are owed, what they earned, who they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.naming import group_name
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import Member
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.lookup import chosen, lines, remembered, undertaken
from ovop_payouts.web.pages.months import up_to
from ovop_payouts.web.pages.runs import month_before
from ovop_payouts.web.pages.tables import Slice, finds, sliced

TREND = 6
"""Months in a small picture beside a name."""
SHOWN = ("all", "owed", "arrears", "hold", "unconfirmed", "left")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: its people, what is owed to them and their pool, its last months (KGS)."""

    group: str
    name: str
    association: str
    members: int
    women: int
    owed: Decimal
    pool: Decimal
    year: Decimal
    """Earned in the last twelve months."""
    trend: tuple[Decimal, ...]

    @property
    def share(self) -> Decimal:
        return Decimal(self.women) / self.members if self.members else ZERO


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member; `state` is `hold`, `unconfirmed`, `left` or nothing."""

    member: str
    name: str
    association: str
    group: str
    group_name: str
    gender: str | None
    rail: str
    owed: Decimal
    advances: Decimal
    year: Decimal
    trend: tuple[Decimal, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Members:
    """Groups in full, members a page at a time."""

    groups: tuple[GroupRow, ...]
    table: Slice[MemberRow]
    periods: tuple[str, ...]
    """The months of each trend."""
    month: str
    shown: tuple[str, ...]
    women: int
    members: int
    owed: Decimal
    pools: Decimal


KEYS: dict[str, Callable[[MemberRow], Any]] = {
    "member": lambda r: r.member,
    "name": lambda r: r.name.casefold(),
    "group": lambda r: (r.association, r.group, r.member),
    "rail": lambda r: (r.rail, r.member),
    "owed": lambda r: r.owed,
    "advances": lambda r: r.advances,
    "year": lambda r: r.year,
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Members:
    book, wanted = desk.book, desk.text("group")
    month = latest_month(desk)
    associations = chosen(desk)
    everybody = remembered(
        book, ("members", associations, month, desk.today), lambda: _everybody(desk, month)
    )
    groups = tuple(_groups(desk, everybody))
    rows = [r for r in everybody if wanted in ("", r.group) and _passes(desk, r)]
    here = [r for r in everybody if r.state != "left"]
    return Members(
        groups,
        sliced(rows, len(everybody), desk.asked, KEYS, "member"),
        tuple(up_to(month, TREND)),
        month,
        SHOWN,
        sum(1 for r in here if r.gender == "f"),
        len(here),
        sum((r.owed for r in everybody), ZERO),
        sum((g.pool for g in groups), ZERO),
    )


def _everybody(desk: Desk, month: str) -> list[MemberRow]:
    wanted = chosen(desk)
    earned = earned_by_month(desk.book, undertaken(desk.book, wanted), month)
    return [r for r in _rows(desk, earned, month) if r.association in wanted]


def latest_month(desk: Desk) -> str:
    """The latest month with a run, else the last one that is over."""
    done = undertaken(desk.book, desk.associations)
    return max((r.period for r in done), default=month_before(desk.today))


def earned_by_month(book: Book, done: list[RunId], month: str) -> dict[str, dict[str, Decimal]]:
    """Member -> month -> gross of runs, drafts too, for the twelve months up to one."""
    wanted = set(up_to(month))
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for run in done:
        if run.period in wanted:
            for member, line in lines(book, run).items():
                found[member][run.period] += line.gross
    return found


def unconfirmed(desk: Desk) -> list[str]:
    """Members whose changed payment details wait for a second person."""
    book = desk.book
    return sorted(
        ident
        for ident, versions in book.members.items()
        if desk.sees(versions[-1].association)
        and versions[-1].details > book.confirmed.get(ident, 1)
    )


def owed_to(book: Book, member: Member) -> Decimal:
    """What the books owe a member now; negative is arrears."""
    account = book.payable(member.member, member.association, member.group)
    return -book.owed.get(account, ZERO)


def advances_of(book: Book, member: str) -> Decimal:
    """Advances that are not yet paid back."""
    given = sum((a.amount for a in book.advances.get(member, ())), ZERO)
    repaid = sum((amount for _, amount in book.repaid.get(member, ())), ZERO)
    return given - repaid - _recovered(book).get(member, ZERO)


def _recovered(book: Book) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for (member, rule, _, _), amount in book.deducted.items():
        if rule == "advance":
            found[member] += amount
    return found


def _rows(desk: Desk, earned: dict[str, dict[str, Decimal]], month: str) -> Iterator[MemberRow]:
    book, trend = desk.book, up_to(month, TREND)
    recovered = _recovered(book)
    for ident, versions in book.members.items():
        member = versions[-1]
        if not desk.sees(member.association):
            continue
        months = earned.get(ident, {})
        given = sum((a.amount for a in book.advances.get(ident, ())), ZERO)
        repaid = sum((amount for _, amount in book.repaid.get(ident, ())), ZERO)
        yield MemberRow(
            ident,
            member.name,
            member.association,
            member.group,
            group_name(member),
            member.gender,
            member.rail,
            owed_to(book, member),
            given - repaid - recovered.get(ident, ZERO),
            sum(months.values(), ZERO),
            tuple(months.get(period, ZERO) for period in trend),
            _state(desk, member),
        )


def _state(desk: Desk, member: Member) -> str:
    if member.left is not None and member.left <= desk.today:
        return "left"
    if member.details > desk.book.confirmed.get(member.member, 1):
        return "unconfirmed"
    return "hold" if member.hold else ""


def _passes(desk: Desk, row: MemberRow) -> bool:
    match desk.text("show"):
        case "owed" if row.owed <= 0:
            return False
        case "arrears" if row.owed >= 0:
            return False
        case "hold" | "unconfirmed" | "left" as state if row.state != state:
            return False
    return finds(desk.text("q"), row.member, row.name, row.group, row.group_name)


def _groups(desk: Desk, everybody: list[MemberRow]) -> Iterator[GroupRow]:
    by_group: dict[str, list[MemberRow]] = defaultdict(list)
    for row in everybody:
        by_group[row.group].append(row)
    for group, rows in sorted(by_group.items(), key=lambda g: (g[1][0].association, g[0])):
        here = [r for r in rows if r.state != "left"]
        association = rows[0].association
        pool = desk.book.payable(None, association, group)
        yield GroupRow(
            group,
            rows[0].group_name,
            association,
            len(here),
            sum(1 for r in here if r.gender == "f"),
            sum((r.owed for r in rows), ZERO),
            -desk.book.owed.get(pool, ZERO),
            sum((r.year for r in rows), ZERO),
            tuple(sum(month, ZERO) for month in zip(*(r.trend for r in rows), strict=True)),
        )


PAGE = Page("members", build)
