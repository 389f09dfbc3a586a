"""A run and its lines: one payee's month, from opening to what is carried on (contract §5, §6)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ovop_payouts.money import TYIYN, ZERO
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import EARNING_KINDS, Earning, Returned, Rule

Meta = dict[str, str]


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one rule takes, KGS, and where it goes; `base` is the monthly gross it was taken of."""

    rule: str
    amount: Decimal
    account: str
    rate: Decimal
    wanted: Decimal
    """What the rule alone would have taken, before floor and available were looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One payee of a run; all amounts are KGS."""

    member: str
    group: str
    opening: Decimal
    earnings: dict[str, Decimal]
    returned: Decimal
    deductions: tuple[Deduction, ...]
    payout: Decimal
    rail: str
    state: str
    reason: str | None = None
    details: int = 1
    before: tuple[Decimal, ...] = ()
    """The payee's nets in up to three runs before, the latest first."""

    @property
    def gross(self) -> Decimal:
        return sum(self.earnings.values(), ZERO)

    @property
    def available(self) -> Decimal:
        return self.opening + self.gross + self.returned

    @property
    def deducted(self) -> Decimal:
        return sum((d.amount for d in self.deductions), ZERO)

    @property
    def net(self) -> Decimal:
        return self.available - self.deducted

    @property
    def carried(self) -> Decimal:
        return self.net - self.payout

    @property
    def empty(self) -> bool:
        amounts = (self.opening, self.returned, self.payout, *self.earnings.values())
        return not any(amounts) and not self.deductions


@dataclass(frozen=True, slots=True)
class Pool:
    """A group's pool of a period and product: allocated, or held."""

    group: str
    period: str
    product: str | None
    amount: Decimal
    parts: dict[str, Decimal] = field(default_factory=dict)
    weights: dict[str, Decimal] = field(default_factory=dict)
    measure: str | None = None
    """Empty parts: it is held."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one payee gets of a distribution."""

    distribution: str
    kind: str
    date: date
    payee: str
    pool: bool
    group: str
    product: str | None
    amount: Decimal
    weight: Decimal
    whole: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Proof:
    """The three sums and the ledger's side of them, which must be equal (contract §5)."""

    paid: Decimal
    carried: Decimal
    held: Decimal
    ledger: Decimal

    @property
    def holds(self) -> bool:
        return self.paid + self.carried + self.held == self.ledger


@dataclass(frozen=True, slots=True)
class Run:
    """A computed run: lines sorted by member, what they were made of, and its hash."""

    id: RunId
    lines: dict[str, Line]
    held_pools: dict[str, Decimal]
    policy: tuple[Rule, ...]
    pools: tuple[Pool, ...]
    parts: tuple[Part, ...]
    earnings: dict[str, list[Earning]]
    returns: tuple[Returned, ...]
    proof: Proof
    hash: str = ""

    @property
    def totals(self) -> dict[str, Decimal]:
        return totals(self.lines, self.held_pools)


def totals(lines: dict[str, Line], held_pools: dict[str, Decimal]) -> dict[str, Decimal]:
    """`held` is the net of held payees and all held pools; `carried` all else unpaid."""
    rows = lines.values()
    held = sum((line.net for line in rows if line.state == "hold"), ZERO)
    return {
        "gross": sum((line.gross for line in rows), ZERO),
        "deductions": sum((line.deducted for line in rows), ZERO),
        "payout": sum((line.payout for line in rows), ZERO),
        "carried": sum((line.carried for line in rows if line.state != "hold"), ZERO),
        "held": held + sum(held_pools.values(), ZERO),
    }


def som(amount: Decimal) -> str:
    """An amount as the contract's JSON gives it: two decimals, no minus before zero."""
    return str((amount + ZERO).quantize(TYIYN) + ZERO)


def line_json(line: Line) -> dict[str, object]:
    """One line exactly as contract §6 shows it."""
    return {
        "member": line.member,
        "group": line.group,
        "opening": som(line.opening),
        "earnings": {kind: som(line.earnings.get(kind, ZERO)) for kind in EARNING_KINDS},
        "gross": som(line.gross),
        "returned": som(line.returned),
        "deductions": [
            {"rule": d.rule, "amount": som(d.amount), "account": d.account} for d in line.deductions
        ],
        "net": som(line.net),
        "payout": som(line.payout),
        "carried": som(line.carried),
        "rail": line.rail,
        "state": line.state,
        "reason": line.reason,
    }


def meta_of(line: Line) -> Meta:
    """A line as the metadata of its directive."""
    meta = {
        "group": line.group,
        "opening": som(line.opening),
        **{kind: som(amount) for kind, amount in line.earnings.items() if amount},
        "gross": som(line.gross),
        "returned": som(line.returned),
        "deductions": json.dumps(
            [
                [d.rule, som(d.amount), d.account, str(d.rate), som(d.wanted)]
                for d in line.deductions
            ]
        ),
        "net": som(line.net),
        "payout": som(line.payout),
        "carried": som(line.carried),
        "rail": line.rail,
        "state": line.state,
        "details": str(line.details),
    }
    if line.reason is not None:
        meta["reason"] = line.reason
    if line.before:
        meta["before"] = " ".join(som(net) for net in line.before)
    return meta


def line_from(member: str, meta: Meta) -> Line:
    """The line that a directive's metadata holds."""
    deductions = tuple(
        Deduction(rule, Decimal(amount), account, Decimal(rate), Decimal(wanted))
        for rule, amount, account, rate, wanted in json.loads(meta["deductions"])
    )
    return Line(
        member,
        meta["group"],
        Decimal(meta["opening"]),
        {kind: Decimal(meta[kind]) for kind in EARNING_KINDS if kind in meta},
        Decimal(meta["returned"]),
        deductions,
        Decimal(meta["payout"]),
        meta["rail"],
        meta["state"],
        meta.get("reason"),
        int(meta["details"]),
        tuple(Decimal(net) for net in meta.get("before", "").split()),
    )
