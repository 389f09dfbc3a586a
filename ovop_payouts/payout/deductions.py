"""Deductions: each rule of the policy takes from one payee's month (contract §5).

A new deduction is one function and its name in `DEDUCTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger import accounts
from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, money
from ovop_payouts.payout.line import Deduction
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import Member, Rule

LAST = Decimal("Infinity")
"""A rule without an order comes after those with one."""


@dataclass(frozen=True, slots=True)
class Payee:
    """One payee's month before deductions; amounts are KGS."""

    run: RunId
    member: Member
    latest: Member
    """As last changed: where the member's accounts are now."""
    gross: Decimal
    available: Decimal

    @property
    def base(self) -> Decimal:
        """Deductions are on positive monthly gross only."""
        return max(ZERO, self.gross)


@dataclass(slots=True)
class Taken:
    """What earlier rules took of the same payee."""

    total: Decimal = ZERO
    under_floor: Decimal = ZERO
    by_rule: dict[tuple[str, str], Decimal] = field(default_factory=dict)


def withholding(book: Book, payee: Payee, rule: Rule, taken: Taken) -> Decimal:
    """Tax, for members whose status the rule names."""
    if payee.member.tax_status is None or payee.member.tax_status not in rule.applies_to:
        return ZERO
    return money(rule.value * payee.base)


def of_gross(book: Book, payee: Payee, rule: Rule, taken: Taken) -> Decimal:
    """A share of the month's gross: the association's fee, a social fund."""
    return money(rule.value * payee.base)


def fixed(book: Book, payee: Payee, rule: Rule, taken: Taken) -> Decimal:
    """An amount once in each month with gross, up to a limit in all."""
    if payee.gross <= 0:
        return ZERO
    account = account_of(payee.run.association, payee.latest, rule)
    member = payee.member.member
    this_month = book.deducted.get((member, "fixed", account, payee.run.period), ZERO)
    wanted = money(rule.value) - this_month
    if rule.limit is not None:
        now = taken.by_rule.get(("fixed", account), ZERO)
        wanted = min(wanted, rule.limit - taken_in_all(book, member, account) - now)
    return max(ZERO, wanted)


def taken_in_all(book: Book, member: str, account: str) -> Decimal:
    """What `fixed` took into an account, with what was taken before the books began."""
    before = book.taken_before.get((member, account), ZERO)
    return before + book.fixed_taken.get((member, account), ZERO)


def advance(book: Book, payee: Payee, rule: Rule, taken: Taken) -> Decimal:
    """Advances that are not yet recovered, oldest first, up to a share of the month's gross."""
    left = outstanding(book, payee.member.member, payee.run.cutoff)
    left -= sum((got for (name, _), got in taken.by_rule.items() if name == "advance"), ZERO)
    return max(ZERO, min(left, money(rule.value * payee.base)))


def outstanding(book: Book, member: str, until: date) -> Decimal:
    """What is left of the advances dated up to a day: the account's balance less later ones."""
    latest = book.member(member)
    account = accounts.advances(latest.association, latest.group, member)
    later = (a.amount for a in book.advances.get(member, ()) if a.date > until)
    return max(ZERO, book.owed.get(account, ZERO) - sum(later, ZERO))


DEDUCTIONS: dict[str, Callable[[Book, Payee, Rule, Taken], Decimal]] = {
    "withholding": withholding,
    "fee": of_gross,
    "fixed": fixed,
    "advance": advance,
    "social": of_gross,
}
UNDER_FLOOR = frozenset(("fee", "fixed", "advance", "social"))


def account_of(association: str, member: Member, rule: Rule) -> str:
    """Where a deduction goes: the rule's account, else the usual one."""
    if rule.account is not None and rule.rule != "advance":
        return rule.account
    match rule.rule:
        case "withholding":
            return accounts.WITHHOLDING
        case "fee":
            return accounts.fees(association)
        case "fixed":
            return accounts.share_capital(association)
        case "social":
            return accounts.SOCIAL
        case _:
            return accounts.advances(member.association, member.group, member.member)


def rules_of(book: Book, association: str, on: date) -> list[Rule]:
    """The deductions that hold, in the order in which they are taken."""
    rules = [rule for name in DEDUCTIONS for rule in book.policy(name, association, on)]
    return sorted(
        rules,
        key=lambda r: (LAST if r.order is None else r.order, r.rule, r.account or "", r.applies_to),
    )


def deduct(
    book: Book, payee: Payee, rules: list[Rule], floor: Decimal | None
) -> tuple[Deduction, ...]:
    """Apply the rules in order; each takes at most what is available, withholding always whole.

    `floor` is the share of the gross that fee, fixed, advance and social leave to take home.
    """
    taken = Taken()
    room = None if floor is None else payee.base - money(floor * payee.base)
    found: list[Deduction] = []
    for rule in rules:
        wanted = DEDUCTIONS[rule.rule](book, payee, rule, taken)
        amount = wanted
        if rule.rule != "withholding":
            amount = min(amount, max(ZERO, payee.available - taken.total))
            if room is not None:
                amount = min(amount, max(ZERO, room - taken.under_floor))
            taken.under_floor += amount
        taken.total += amount
        account = account_of(payee.run.association, payee.latest, rule)
        key = rule.rule, account
        taken.by_rule[key] = taken.by_rule.get(key, ZERO) + amount
        if amount:
            found.append(Deduction(rule.rule, amount, account, rule.value, wanted))
    return _merged(found)


def _merged(found: list[Deduction]) -> tuple[Deduction, ...]:
    """One entry per rule and account, in the order taken."""
    merged: dict[tuple[str, str], Deduction] = {}
    for each in found:
        key = each.rule, each.account
        before = merged.get(key)
        if before is not None:
            amount, wanted = before.amount + each.amount, before.wanted + each.wanted
            each = Deduction(each.rule, amount, each.account, each.rate, wanted)
        merged[key] = each
    return tuple(merged.values())
