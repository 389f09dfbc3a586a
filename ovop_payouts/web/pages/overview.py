"""The first page: what needs the reader now, what was earned, what was paid on time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import OPEN, runs
from ovop_payouts.payout.periods import RunId, run_id
from ovop_payouts.records import Payment
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages import certificates, orders, settlement
from ovop_payouts.web.pages.lookup import lines, remembered, status_of, sums, undertaken
from ovop_payouts.web.pages.members import unconfirmed
from ovop_payouts.web.pages.months import KINDS, Month, columns, picture, up_to
from ovop_payouts.web.pages.runs import lacking, month_before, waits_for


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: how many, of which runs or names, where to go. `mine`: this user's."""

    kind: str
    count: int
    page: str
    mine: bool
    params: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OnTime:
    """How a month's payments came: by the pay day, later, not yet, or back."""

    period: str
    on_time: int
    late: int
    waiting: int
    back: int

    @property
    def sent(self) -> int:
        return self.on_time + self.late + self.waiting + self.back

    @property
    def share(self) -> Decimal | None:
        """Of all that was sent, what came by the pay day."""
        return Decimal(self.on_time) / self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class Share:
    """One association in the latest month with runs."""

    association: str
    payees: int
    gross: Decimal
    payout: Decimal
    held: Decimal
    status: str


@dataclass(frozen=True, slots=True)
class Overview:
    """`month` is the latest with an approved run; `months` are its last twelve."""

    tasks: tuple[Task, ...]
    month: str
    months: tuple[Month, ...]
    on_time: tuple[OnTime, ...]
    shares: tuple[Share, ...]
    members: int
    women: int
    groups: int
    owed: Decimal
    """All that is owed to payees now."""


def build(desk: Desk) -> Mapping[str, object]:
    view = view_of(desk)
    return {"view": view, "months": columns(view.months, desk.words), "kinds": KINDS}


def view_of(desk: Desk) -> Overview:
    book = desk.book
    known = [r for r in runs(book) if desk.sees(r.association)]
    begun = undertaken(book, desk.associations)
    month = max((r.period for r in begun), default=month_before(desk.today))
    members = [v[-1] for v in book.members.values() if desk.sees(v[-1].association)]
    here = [m for m in members if m.left is None or m.left > desk.today]
    return Overview(
        tuple(sorted(_tasks(desk), key=lambda t: not t.mine)),
        month,
        remembered(
            book,
            ("picture", desk.associations, month),
            lambda: picture(book, desk.associations, month),
        ),
        remembered(
            book,
            ("on time", desk.associations, month, desk.settings.pay_day),
            lambda: tuple(_on_time(desk, month)),
        ),
        tuple(_shares(book, [r for r in known if r.period == month])),
        len(here),
        sum(1 for m in here if m.gender == "f"),
        len({m.group for m in here}),
        sum((sum(book.owed_daily[a].values(), ZERO) for a in desk.associations), ZERO),
    )


def _tasks(desk: Desk) -> Iterator[Task]:
    yield from _tasks_of_runs(desk)
    yield from _tasks_of_payments(desk)
    waiting = unconfirmed(desk)
    if waiting:
        others = [m for m in waiting if desk.book.member(m).entered_by != desk.user.name]
        can = desk.may("confirm") and bool(others)
        yield Task("confirm", len(waiting), "members", can, {"show": "unconfirmed"}, _few(waiting))
    soon = certificates.expiring(desk)
    if soon:
        mine = desk.user.role == "secretary"
        names = _few([row.product for row in soon])
        yield Task("expiring", len(soon), "certificates", mine, {"status": "expiring"}, names)
    late = [row for row in orders.rows_of(desk) if row.status == "late"]
    if late:
        mine = desk.may("draft")
        yield Task(
            "late_orders",
            len(late),
            "orders",
            mine,
            {"status": "late"},
            _few([row.order_no for row in late]),
        )


_WAITS = {
    "reasons": "reason",
    "signature": "sign",
    "approval": "approve",
    "export": "export",
}
"""What a run waits for -> the action that answers it."""


def _tasks_of_runs(desk: Desk) -> Iterator[Task]:
    month = month_before(desk.today)
    without = list(lacking(desk, month))
    if without:
        mine = desk.may("draft")
        yield Task("draft", len(without), "runs", mine, {"period": month}, tuple(without))
    waiting: dict[str, list[RunId]] = defaultdict(list)
    for run in runs(desk.book):
        if desk.sees(run.association):
            waiting[waits_for(desk.book, run) or ""].append(run)
    for what, action in _WAITS.items():
        found = waiting.get(what, [])
        if found:
            drafted = action == "approve" and all(_drafted(desk, run) for run in found)
            mine = any(desk.may(action, run.association) for run in found) and not drafted
            total = sum((sums(desk.book, run)["payout"] for run in found), ZERO)
            yield Task(action, len(found), "runs", mine, {}, _few(map(str, found)), total)


def _drafted(desk: Desk, run: RunId) -> bool:
    return any(s.action == "draft" and s.user == desk.user.name for s in desk.book.steps[str(run)])


def _tasks_of_payments(desk: Desk) -> Iterator[Task]:
    payments = settlement.payments_of(desk)
    transit = [p for p in payments if p.state == "transit"]
    if transit:
        amount = sum((p.payment.amount for p in transit), ZERO)
        yield Task("unsettled", len(transit), "settlement", desk.may("settle"), {}, (), amount)
    unmatched = settlement.unmatched_of(desk)
    if unmatched:
        mine = desk.may("resolve")
        yield Task("unmatched", len(unmatched), "settlement", mine, {})
    back = [p for p in payments if p.state == "returned" and p.open]
    if back:
        amount = sum((p.payment.amount for p in back), ZERO)
        names = _few([p.payment.member for p in back])
        yield Task(
            "came_back",
            len(back),
            "settlement",
            desk.may("import"),
            {"state": "returned"},
            names,
            amount,
        )


def _few(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)[:5]


def _on_time(desk: Desk, month: str) -> Iterator[OnTime]:
    by_month: dict[str, list[Payment]] = defaultdict(list)
    for payment in desk.book.payments.values():
        if desk.sees(payment.association):
            by_month[run_id(payment.run).period].append(payment)
    for period in up_to(month):
        if period in by_month:
            yield _counted(desk, period, by_month[period])


def _counted(desk: Desk, period: str, payments: list[Payment]) -> OnTime:
    book, due = desk.book, pay_day(period, desk.settings.pay_day)
    back = [p for p in payments if p.reference in book.returned]
    came = [
        book.settled[p.reference]
        for p in payments
        if p.reference in book.settled and p.reference not in book.returned
    ]
    on_time = sum(1 for day in came if day <= due)
    waiting = len(payments) - len(back) - len(came)
    return OnTime(period, on_time, len(came) - on_time, waiting, len(back))


def pay_day(period: str, day: int) -> date:
    """The day by which a month's money is expected: in the month after it."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]), 12)
    return date(year, month + 1, day)


def _shares(book: Book, of_month: list[RunId]) -> Iterator[Share]:
    for association in sorted({r.association for r in of_month}):
        mine = [
            r
            for r in of_month
            if r.association == association and status_of(book, r) != "cancelled"
        ]
        if not mine:
            continue
        payees = {member for r in mine for member in lines(book, r)}
        open_ = [r for r in mine if status_of(book, r) in OPEN]
        yield Share(
            association,
            len(payees),
            sum((sums(book, r)["gross"] for r in mine), ZERO),
            sum((sums(book, r)["payout"] for r in mine), ZERO),
            sums(book, mine[-1])["held"],
            status_of(book, open_[0] if open_ else mine[-1]),
        )


PAGE = Page("overview", build)
