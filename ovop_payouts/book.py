"""The read model: what the books say, folded from the directives of every change."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from ledger import accounts
from ledger.store import LandedFile, landed, landed_ever
from ovop_payouts.memory import uncollected
from ovop_payouts.records import (
    Advance,
    Certificate,
    Contribution,
    Distribution,
    Earning,
    Imported,
    Lot,
    Member,
    Payment,
    Portion,
    Price,
    Product,
    Returned,
    Reversal,
    Rule,
    Step,
    Unmatched,
)
from ovop_payouts.stock import Stock

RowKey = tuple[str, ...]


class LandedRow(NamedTuple):
    """A row that was imported: its columns as text, and where it came from."""

    columns: dict[str, str]
    source: str
    change: str
    scope: str


class Asked(NamedTuple):
    """What the rows of an import will ask of what was planned before them."""

    keys: frozenset[int]
    """`row_mark` of rows that stand there more than once."""
    returned: frozenset[tuple[str, str]]
    """(store, product) of goods that come back."""


def row_mark(kind: str, key: RowKey) -> int:
    """Stands for a row's key among many, in one process; two keys may share one."""
    return hash((kind, key))


@dataclass(slots=True)
class Book:
    """Everything the engine needs to know, in memory."""

    goods: bool = True
    """Whether stock, portions and all rows are here, or only what runs ask for."""
    asked: Asked | None = None
    """While an import is planned: what of it is remembered. All where None."""
    rows: dict[str, dict[RowKey, LandedRow]] = field(default_factory=lambda: defaultdict(dict))
    imports: list[Imported] = field(default_factory=list)
    private: set[tuple[str, str]] = field(default_factory=set)
    """(change, name of the file in `private/` with the payment details that it brought)."""
    reversals: list[Reversal] = field(default_factory=list)
    """What was imported and reversed: nothing of it is in the rest of the book."""
    opened: dict[str, str] = field(default_factory=dict)
    """Account or commodity -> the scope whose file opens it."""
    changes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Change -> scopes that it touches."""
    associations: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    """Group -> association."""
    members: dict[str, list[Member]] = field(default_factory=dict)
    confirmed: dict[str, int] = field(default_factory=dict)
    """Member -> the latest revision of payment details that was confirmed by a second person."""
    products: dict[str, Product] = field(default_factory=dict)
    certificates: dict[str, list[Certificate]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[str, list[Price]] = field(default_factory=lambda: defaultdict(list))
    rules: list[Rule] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    orders: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    distributions: dict[str, Distribution] = field(default_factory=dict)
    frozen: dict[str, dict[tuple[str, bool], tuple[Decimal, Decimal, Decimal]]] = field(
        default_factory=dict
    )
    """Distribution -> (member, False) or (group of a pool, True) -> part, weight, all weights:
    once a run was approved with a part of it."""
    stock: Stock = field(default_factory=Stock)
    lots: dict[tuple[str, ...], Lot] = field(default_factory=dict)
    portions: dict[tuple[str, str], list[Portion]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """(store, product) -> what was sold there, in the order of the books."""
    receivables: dict[tuple[str, str], list[Receivable]] = field(
        default_factory=lambda: defaultdict(list)
    )
    earnings: dict[str, list[Earning]] = field(default_factory=lambda: defaultdict(list))
    openings: dict[str, list[Earning]] = field(default_factory=lambda: defaultdict(list))
    """Association -> opening payables."""
    shared: dict[tuple[str, str, str | None], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    """(group, period, product) -> how much of that pool was allocated."""
    advances: dict[str, list[Advance]] = field(default_factory=lambda: defaultdict(list))
    repaid: dict[str, list[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    """Member -> advances paid back in cash: day and amount."""
    taken_before: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    """(member, account) -> what a `fixed` rule took before the books began."""
    steps: dict[str, list[Step]] = field(default_factory=lambda: defaultdict(list))
    """Run -> its steps in order."""
    run_lines: dict[str, list[tuple[int, str, dict[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Run -> (step, member, line as text): each step's snapshot holds the lines that changed."""
    deducted: dict[tuple[str, str, str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    """(member, rule, account, period) -> what approved runs took."""
    fixed_taken: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    """(member, account) -> what `fixed` rules took in all approved runs."""
    owed_daily: dict[str, dict[date, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    """Association -> day -> what that day adds to all that it owes its payees."""
    payments: dict[str, Payment] = field(default_factory=dict)
    paid_by: dict[str, dict[str, Payment]] = field(default_factory=lambda: defaultdict(dict))
    """Run -> its payments, by reference."""
    settled: dict[str, date] = field(default_factory=dict)
    returned: dict[str, Returned] = field(default_factory=dict)
    returned_of: dict[str, list[Returned]] = field(default_factory=lambda: defaultdict(list))
    """Member -> payments that came back."""
    unmatched: dict[str, Unmatched] = field(default_factory=dict)
    """What banks said of payments of ours that fits none, by its name."""
    resolved: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name of an unmatched item -> by whom and why it was resolved."""
    closed: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Association -> its seals in order of period."""
    users: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    components: dict[str, str] = field(
        default_factory=lambda: {accounts.component(accounts.HEAD_OFFICE): accounts.HEAD_OFFICE}
    )
    """Part of an account name -> association."""
    member_components: dict[str, str] = field(default_factory=dict)
    """Part of an account name -> member."""
    owed: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """Account of a payee (payable, advances) -> its balance, debit positive."""
    entries: int = 0
    brought_until: date | None = None
    """The last day of the years that were closed: what is not needed of them is not here."""
    brought: set[str] = field(default_factory=set)
    """Changes of closed years of which something was brought forward as it was."""
    seen_before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Association -> changes that its runs of closed years have seen."""
    long_settled: set[str] = field(default_factory=set)
    """Runs of closed years whose payments have all arrived or come back."""
    held: dict[tuple[str, str | None, date, int], list[Rule]] = field(default_factory=dict)
    """What `policy` found among so many rules, which are only ever added to."""
    allowing: dict[tuple[str, str | None, date, int], Certificate | None] = field(
        default_factory=dict
    )
    """What `certified` found among so many decisions on a product, likewise."""

    def member(self, ident: str, on: date | None = None) -> Member:
        """The member as of a day, or (without one) as last changed."""
        versions = self.members[ident]
        if on is None:
            return versions[-1]
        known = [v for v in versions if v.changed is None or v.changed <= on]
        return known[-1] if known else versions[0]

    def payable(self, member: str | None, association: str, group: str) -> str:
        """The account that owes a payee; who changed group is owed on the new account."""
        if member is None:
            return accounts.payable(association, group, None)
        now = self.members[member][-1]
        return accounts.payable(now.association, now.group, member)

    def pay(self, payment: Payment) -> None:
        """Note a payment, by its reference and under its run."""
        self.payments[payment.reference] = payment
        self.paid_by[payment.run][payment.reference] = payment

    def payments_of(self, run: str) -> list[Payment]:
        """What a run paid, in the order of the books."""
        return list(self.paid_by.get(run, {}).values())

    def owner_of(self, distribution: Distribution) -> str | None:
        """The one association whose payees share a distribution; None where all may."""
        if distribution.member is not None:
            return self.member(distribution.member).association
        if distribution.group is not None:
            return self.groups[distribution.group]
        if distribution.association is not None or distribution.product is None:
            return distribution.association
        return self.products[distribution.product].association

    def closed_until(self, association: str | None) -> date | None:
        """The last day that is sealed for an association (for common data: for anybody)."""
        seals = self.closed.get(association, []) if association else []
        return date.fromisoformat(seals[-1]["until"]) if seals else None

    def certificate(self, product: str, group: str | None, on: date) -> Certificate | None:
        """The decision that holds for a product as a group makes it (contract §3): the latest."""
        held: Certificate | None = None
        for c in self.certificates.get(product, ()):
            if c.date > on or c.group not in (None, group):
                continue
            if held is None or (c.date, c.certificate_no) > (held.date, held.certificate_no):
                held = c
        return held

    def certified(self, product: str, group: str | None, on: date) -> Certificate | None:
        """The certificate that allows dealing in a product on a day, if there is one."""
        decisions = self.certificates.get(product, ())
        key = product, group, on, len(decisions)
        if key not in self.allowing:
            self.allowing[key] = self._certified(product, group, on)
        return self.allowing[key]

    def _certified(self, product: str, group: str | None, on: date) -> Certificate | None:
        held = self.certificate(product, group, on)
        if held is None or held.decision != "certified":
            return None
        return held if held.valid_until is None or on <= held.valid_until else None

    def price(
        self, product: str, grade: str | None, order_no: str | None, on: date, column: str
    ) -> Decimal | None:
        """The list's latest entry with such a price, the most exact match first (contract §4)."""
        listed = [p for p in self.prices.get(product, ()) if p.valid_from <= on]
        for wanted in ((grade, order_no), (grade, None), (None, None)):
            matching = [
                p
                for p in listed
                if (p.grade, p.order_no) == wanted and getattr(p, column) is not None
            ]
            if matching:
                best: Decimal = getattr(max(matching, key=lambda p: p.valid_from), column)
                return best
        return None

    def policy(self, rule: str, association: str | None, on: date) -> list[Rule]:
        """The rules of one name that hold for an association on a day (contract §5).

        Of each (account, applies_to) the latest; an association's own replaces the general one.
        """
        key = rule, association, on, len(self.rules)
        rules = self.held.get(key)
        if rules is None:
            rules = self.held[key] = self._policy(rule, association, on)
        return rules

    def _policy(self, rule: str, association: str | None, on: date) -> list[Rule]:
        held: dict[tuple[str | None, tuple[str, ...]], Rule] = {}
        for owner in (None, association):
            latest: dict[tuple[str | None, tuple[str, ...]], Rule] = {}
            for entry in self.rules:
                if entry.rule == rule and entry.association == owner and entry.valid_from <= on:
                    key = (entry.account, entry.applies_to)
                    if key not in latest or latest[key].valid_from <= entry.valid_from:
                        latest[key] = entry
            held.update(latest)
            if association is None:
                break
        return sorted(held.values(), key=lambda r: (r.rule, r.account or "", r.applies_to))

    def rate(self, rule: str, association: str | None, on: date) -> Decimal:
        """The sum of the rates of one rule; nothing without a rule."""
        return sum((r.value for r in self.policy(rule, association, on)), Decimal())


@dataclass(slots=True)
class Receivable:
    """What a client owes of one invoice line, in the currency of the invoice."""

    account: str
    label: str
    date: date
    rate: Decimal
    left: Decimal


def load(
    books: Path,
    scopes: frozenset[str] | None = None,
    goods: bool = True,
    changes: Collection[str] | None = None,
) -> Book:
    """The read model of the open year's books, whole, or of some scopes' files, or some changes.

    Raises OSError where they cannot be read, ledger.text.UnreadableText where a file is not ours.
    """
    return _load(landed, books, scopes, goods, changes)


def load_ever(
    books: Path,
    scopes: frozenset[str] | None = None,
    goods: bool = True,
    changes: Collection[str] | None = None,
) -> Book:
    """As `load`, of all years: as if none had been closed."""
    return _load(landed_ever, books, scopes, goods, changes)


def _load(
    files: Callable[..., Iterator[LandedFile]],
    books: Path,
    scopes: frozenset[str] | None,
    goods: bool,
    changes: Collection[str] | None,
) -> Book:
    from ovop_payouts.folding import WITHOUT_GOODS, fold

    with uncollected():
        return fold(list(files(books, scopes, None if goods else WITHOUT_GOODS, changes)), goods)


def last_before(dates: list[date], day: date) -> int:
    """Index of the last entry on or before a day in a sorted list, -1 without one."""
    return bisect_right(dates, day) - 1


__all__ = [
    "Asked",
    "Book",
    "LandedFile",
    "LandedRow",
    "Receivable",
    "load",
    "load_ever",
    "row_mark",
]
