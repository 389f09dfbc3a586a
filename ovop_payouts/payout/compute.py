"""Computes a run from the books: pure, and the same for the same books (contract §5)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, floor_to
from ovop_payouts.payout import why
from ovop_payouts.payout.deductions import Payee, deduct, rules_of
from ovop_payouts.payout.distributions import earnings_of, parts_of
from ovop_payouts.payout.history import (
    Held,
    Objection,
    approved,
    before,
    held,
    is_supplement,
    lines_of,
    objections,
    reasons,
    returns_of,
)
from ovop_payouts.payout.line import Line, Proof, Run, meta_of, totals
from ovop_payouts.payout.periods import RunId
from ovop_payouts.payout.pools import held_pools, pools_of, shares
from ovop_payouts.private import Details
from ovop_payouts.records import Earning, Member, Returned, Rule

MAIN_RUNS = 3
"""How many runs before the variance gate looks at."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every line of a run is computed from."""

    book: Book
    run: RunId
    details: dict[str, Details]
    rules: list[Rule]
    floor: Decimal | None
    objections: dict[str, list[Objection]]
    reasons: dict[str, str]
    before: dict[str, tuple[Decimal, ...]]


def compute(book: Book, run: RunId, details: dict[str, Details]) -> Run:
    """The run as the books have it now.

    `details` are the payment details as last changed. Raises Refusal where a distribution cannot
    be shared.
    """
    done = held(book, run.association)
    parts = parts_of(book, run)
    pools = pools_of(book, run, parts)
    earned = _earnings(book, run, done)
    earned += [*earnings_of(book, run, parts), *shares(run, pools)]
    returns = tuple(returns_of(book, run))
    context = _context(book, run, details)
    lines = _lines(context, earned, _openings(book, run, done), returns)
    pots = held_pools(book, run, pools)
    by_member: dict[str, list[Earning]] = defaultdict(list)
    for earning in earned:
        by_member[earning.member or ""].append(earning)
    policy = _policy(context)
    joining = sum((part.amount for part in parts if part.amount), ZERO)
    proof = _proof(book, run, lines, pots, joining)
    computed = Run(run, lines, pots, policy, pools, parts, dict(by_member), returns, proof)
    return replace(computed, hash=_hash(computed))


def _context(book: Book, run: RunId, details: dict[str, Details]) -> Context:
    floors = book.policy("take_home_floor", run.association, run.cutoff)
    return Context(
        book,
        run,
        details,
        rules_of(book, run.association, run.cutoff),
        max((rule.value for rule in floors), default=None),
        objections(book, run.association),
        reasons(book, run),
        nets_before(book, run),
    )


def _policy(context: Context) -> tuple[Rule, ...]:
    """Every rule that the run used: what it took, and what it looked at."""
    names = ("take_home_floor", "minimum", "cash_unit", "variance", "signature")
    book, run = context.book, context.run
    looked_at = [r for name in names for r in book.policy(name, run.association, run.cutoff)]
    return (*context.rules, *looked_at)


def _earnings(book: Book, run: RunId, done: Held) -> list[Earning]:
    """Members' earnings up to the run's last day that no approved run holds."""
    return [
        earning
        for earning in book.earnings.get(run.association, ())
        if earning.member is not None and earning.date <= run.cutoff and not done.earning(earning)
    ]


def _openings(book: Book, run: RunId, done: Held) -> dict[str, Decimal]:
    """Member -> what was carried out of the run before, and opening payables no run held."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    previous = before(book, run)
    if previous is not None:
        for member, line in lines_of(book, previous).items():
            sums[member] += line.carried
    for opening in book.openings.get(run.association, ()):
        if opening.member and opening.date <= run.cutoff and not done.earning(opening):
            sums[opening.member] += opening.amount
    return sums


def nets_before(book: Book, run: RunId) -> dict[str, tuple[Decimal, ...]]:
    """Member -> nets in up to three main runs before, the latest first."""
    if is_supplement(book, run):
        return {}
    main = [r for r in approved(book, run.association) if r < run and not is_supplement(book, r)]
    nets: dict[str, list[Decimal]] = defaultdict(list)
    for earlier in reversed(main[-MAIN_RUNS:]):
        for member, line in lines_of(book, earlier).items():
            nets[member].append(line.net)
    return {member: tuple(values) for member, values in nets.items()}


def _lines(
    context: Context,
    earned: Iterable[Earning],
    openings: dict[str, Decimal],
    returns: Iterable[Returned],
) -> dict[str, Line]:
    earnings: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for earning in earned:
        if earning.member is not None:
            earnings[earning.member][earning.kind] += earning.amount
    back: dict[str, Decimal] = defaultdict(Decimal)
    for returned in returns:
        back[returned.member] += returned.amount
    lines = {}
    for member in sorted({*earnings, *openings, *back}):
        line = _line(
            context, member, openings.get(member, ZERO), dict(earnings[member]), back[member]
        )
        if not line.empty:
            lines[member] = line
    return lines


def _line(
    context: Context, ident: str, opening: Decimal, earnings: dict[str, Decimal], back: Decimal
) -> Line:
    book, run = context.book, context.run
    member, latest = book.member(ident, run.cutoff), book.member(ident)
    gross = sum(earnings.values(), ZERO)
    available = opening + gross + back
    payee = Payee(run, member, latest, gross, available)
    taken = deduct(book, payee, context.rules, context.floor)
    net = available - sum((d.amount for d in taken), ZERO)
    state, payout, cause = _state(context, latest, net)
    written = context.reasons.get(ident)
    reason = "; ".join(text for text in (cause, written) if text) or None
    return Line(
        ident,
        member.group,
        opening,
        {kind: amount for kind, amount in earnings.items() if amount},
        back,
        taken,
        payout,
        latest.rail,
        state,
        reason,
        latest.details,
        context.before.get(ident, ()),
    )


def _state(context: Context, member: Member, net: Decimal) -> tuple[str, Decimal, str | None]:
    """hold, carry or pay, with the payout and why it is not all paid."""
    on_hold = hold_reason(context, member)
    if on_hold is not None:
        return "hold", ZERO, on_hold
    if net <= 0:
        return "carry", ZERO, why.NOTHING if net == 0 else why.ARREARS
    left = member.left is not None and member.left <= context.run.cutoff
    least = _for_rail(context, "minimum", member.rail)
    if least is not None and net < least and not left:
        return "carry", ZERO, f"{why.BELOW_MINIMUM} of {least:f}"
    unit = _for_rail(context, "cash_unit", member.rail)
    payout = floor_to(net, unit) if unit else net
    if payout <= 0:
        return "carry", ZERO, f"{why.BELOW_UNIT} of {unit:f}"
    return "pay", payout, None


def _for_rail(context: Context, name: str, rail: str) -> Decimal | None:
    """A rule that names the rail goes before one that names none."""
    rules = context.book.policy(name, context.run.association, context.run.cutoff)
    named = [r for r in rules if rail in r.applies_to] or [r for r in rules if not r.applies_to]
    return max(named, key=lambda r: r.valid_from).value if named else None


def hold_reason(context: Context, member: Member) -> str | None:
    """Why a payee is not paid whatever the amount, or None."""
    raised = context.objections.get(member.member)
    if raised:
        return "; ".join(f"{o.action} by {o.user}: {o.reason}" for o in raised)
    if member.hold:
        return why.ON_HOLD
    came_back = _came_back(context.book, member)
    if came_back is not None:
        given = came_back.reason or "no reason given"
        return f"{why.CAME_BACK} {came_back.reference} ({given}); details are unchanged"
    details = context.details.get(member.member, {})
    needed = {"bank": ("account_no", "bic"), "wallet": ("phone",)}.get(member.rail, ())
    missing = [name for name in needed if not details.get(name)]
    if missing:
        return f"{why.LACKS} {' and '.join(missing)}"
    if member.details > context.book.confirmed.get(member.member, 1):
        return why.UNCONFIRMED
    return None


def _came_back(book: Book, member: Member) -> Returned | None:
    """The latest payment that came back from the details that the member still has."""
    return max(
        (
            r
            for r in book.returned_of.get(member.member, ())
            if r.rail != "cash" and r.details == member.details
        ),
        key=lambda r: (r.date, r.reference),
        default=None,
    )


def _proof(
    book: Book,
    run: RunId,
    lines: dict[str, Line],
    pots: dict[str, Decimal],
    coming: Decimal,
) -> Proof:
    """Paid, carried and held against what the ledger owes at the month's end.

    Not in the ledger yet: parts of distributions (`coming`) and deductions of this run. Dated
    later, but counted by runs: payouts of earlier runs, and returned payments.
    """
    owed = sum(
        (amount for day, amount in book.owed_daily[run.association].items() if day <= run.cutoff),
        ZERO,
    )
    deducted = sum((line.deducted for line in lines.values()), ZERO)
    later_paid = sum(
        (
            p.amount
            for p in book.payments.values()
            if p.association == run.association and p.date > run.cutoff
        ),
        ZERO,
    )
    back = [r for r in book.returned.values() if r.association == run.association]
    later_back = sum((r.amount for r in back if r.date > run.cutoff), ZERO)
    sums = totals(lines, pots)
    ledger = owed + coming - deducted - later_paid + later_back
    return Proof(sums["payout"], sums["carried"], sums["held"], ledger)


def _hash(run: Run) -> str:
    """SHA-256 over inputs and policy, and what was made of them."""
    content = {
        "run": str(run.id),
        "policy": [repr(rule) for rule in run.policy],
        "lines": {member: meta_of(line) for member, line in run.lines.items()},
        "held_pools": {group: str(amount) for group, amount in run.held_pools.items()},
        "inputs": sorted(
            f"{e.change} {e.tag} {e.meta.get('source', '')} {e.date} {member} {e.kind} {e.amount}"
            for member, earnings in run.earnings.items()
            for e in earnings
        ),
        "returns": [f"{r.reference} {r.amount}" for r in run.returns],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
