"""A reference model of a run's whole life: a few sums and sets, sharing no line with the product.

One association, four payees (two in cash, one by bank, one by wallet), a fee of 3 %, a minimum of
100 and cash in tens. It knows what is owed to whom, what is on its way, and what may be done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

RAILS = {"M0345": "cash", "M0346": "cash", "M0501": "bank", "M0502": "wallet"}
FEE, LEAST, TENS = Decimal("0.03"), Decimal(100), Decimal(10)
ZERO = Decimal(0)


def periods(count: int) -> list[str]:
    return [f"{2026 + (2 + i) // 12}-{(2 + i) % 12 + 1:02d}" for i in range(count)]


def last_day(period: str) -> date:
    year, month = map(int, period.split("-"))
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


@dataclass
class Item:
    """Something earned: a delivery, or a correction, of one file."""

    name: str
    member: str
    on: date
    amount: Decimal
    path: str
    held: bool = False


@dataclass
class Sent:
    """A payment: transit, settled or returned; `details` it went to, `taken` by a later run."""

    member: str
    amount: Decimal
    run: str
    details: int
    status: str = "transit"
    taken: bool = False


@dataclass(frozen=True)
class Expected:
    """One line of a run."""

    opening: Decimal
    gross: Decimal
    returned: Decimal
    fee: Decimal
    payout: Decimal
    state: str
    details: int
    why: str

    @property
    def net(self) -> Decimal:
        return self.opening + self.gross + self.returned - self.fee

    @property
    def empty(self) -> bool:
        return not (self.opening or self.gross or self.returned or self.fee or self.payout)


@dataclass
class Draft:
    """A run that is not decided, as it was computed last."""

    period: str
    number: int
    lines: dict[str, Expected]
    inputs: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.period}/issyk-kul/{self.number}"


@dataclass
class Model:
    """What must be true."""

    items: list[Item] = field(default_factory=list)
    sent: dict[str, Sent] = field(default_factory=dict)
    carried: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(RAILS, ZERO))
    details: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RAILS, 1))
    confirmed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RAILS, 1))
    disputed: set[str] = field(default_factory=set)
    approved: list[tuple[str, int]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    draft: Draft | None = None
    closed: date = date.min

    def owed(self, member: str) -> Decimal:
        """The payable: what was earned, less fees and payouts, and what came back."""
        waiting = sum(
            (i.amount for i in self.items if i.member == member and self._booked(i)), ZERO
        )
        back = sum((s.amount for s in self.sent.values() if self._is_back(s, member)), ZERO)
        return self.carried[member] + waiting + back

    def _booked(self, item: Item) -> bool:
        """A delivery is owed at once; a correction once a run booked it."""
        return not item.held and item.name.startswith("D-")

    def _is_back(self, sent: Sent, member: str) -> bool:
        return sent.member == member and sent.status == "returned" and not sent.taken

    def in_transit(self) -> Decimal:
        return sum((s.amount for s in self.sent.values() if s.status == "transit"), ZERO)

    def computed(self, period: str, number: int) -> Draft:
        """The run as it would be drafted now."""
        cutoff = last_day(period)
        items = [i for i in self.items if not i.held and i.on <= cutoff]
        backs = {r: s for r, s in self.sent.items() if s.status == "returned" and not s.taken}
        lines = {}
        for member in RAILS:
            gross = sum((i.amount for i in items if i.member == member), ZERO)
            back = sum((s.amount for s in backs.values() if s.member == member), ZERO)
            line = self._line(member, gross, back)
            if not line.empty:
                lines[member] = line
        return Draft(period, number, lines, frozenset([*(i.name for i in items), *backs]))

    def _line(self, member: str, gross: Decimal, back: Decimal) -> Expected:
        opening = self.carried[member]
        available = opening + gross + back
        fee = (max(ZERO, gross) * FEE).quantize(Decimal("0.01"), ROUND_HALF_UP)
        fee = min(fee, max(ZERO, available))
        net, why = available - fee, self.hold(member)
        state, payout = ("hold", ZERO) if why else ("carry", ZERO)
        if not why and net >= LEAST:
            floored = net // TENS * TENS if RAILS[member] == "cash" else net
            state, payout = ("pay", floored) if floored > 0 else (state, payout)
        return Expected(opening, gross, back, fee, payout, state, self.details[member], why)

    def hold(self, member: str) -> str:
        """Why a payee is not paid."""
        if member in self.disputed:
            return "dispute"
        for reference, sent in self.sent.items():
            same = sent.details == self.details[member]
            if (
                sent.member == member
                and sent.status == "returned"
                and RAILS[member] != "cash"
                and same
            ):
                return f"came back {reference}"
        return "unconfirmed" if self.confirmed[member] < self.details[member] else ""

    def is_news(self, draft: Draft) -> bool:
        """Whether a supplement would do anything."""
        return any(
            line.gross or line.returned or line.fee or line.payout for line in draft.lines.values()
        )

    def approve(self, draft: Draft) -> None:
        """What an approval does."""
        for item in self.items:
            item.held = item.held or item.name in draft.inputs
        for reference in draft.inputs & self.sent.keys():
            self.sent[reference].taken = True
        for member in RAILS:
            line = draft.lines.get(member)
            self.carried[member] = line.net - line.payout if line else ZERO
            if line and line.payout:
                reference = f"{draft.name}/{member}"
                self.sent[reference] = Sent(member, line.payout, draft.name, line.details)
        self.approved.append((draft.period, draft.number))
        self.draft = None

    def may_close(self, period: str) -> bool:
        under_way = any(
            s.status == "transit" and s.run.split("/")[0] <= period for s in self.sent.values()
        )
        decided = any(approved == period for approved, _ in self.approved)
        undecided = self.draft is not None and self.draft.period <= period
        return decided and not under_way and not undecided and last_day(period) > self.closed
