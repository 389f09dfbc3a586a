"""What the approval of a run books: parts, pools, deductions, payouts (contract §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry, Fact, Leg, Meta, leg
from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.distributions import all_parts
from ovop_payouts.payout.line import Line, Part, Pool, Run
from ovop_payouts.payout.periods import month_of


def reference(run: str, member: str) -> str:
    """`RUN/MEMBER`: what names a payment, to the bank and back."""
    return f"{run}/{member}"


def entries(book: Book, run: Run, pay_date: date) -> Iterator[Entry]:
    """Every entry of an approval, in the order in which they build on each other."""
    yield from _distributions(book, run)
    yield from _pools(book, run)
    for line in run.lines.values():
        if line.deductions:
            yield _deduction(book, run, line)
    for line in run.lines.values():
        if line.payout:
            yield _payout(book, run, line, pay_date)


def frozen_parts(book: Book, run: Run, today: date) -> Iterator[Fact]:
    """The parts of distributions that this run is the first to hold a part of."""
    for number in sorted({part.distribution for part in run.parts}):
        if number in book.frozen:
            continue
        for part in all_parts(book, book.distributions[number]):
            meta = {
                "pool": "yes" if part.pool else "no",
                "amount": format(part.amount, "f"),
                "weight": format(part.weight, "f"),
                "whole": format(part.whole, "f"),
            }
            yield Fact(today, "distribution-part", (number, part.payee), meta)


def _distributions(book: Book, run: Run) -> Iterator[Entry]:
    by_number: dict[str, list[Part]] = defaultdict(list)
    for part in run.parts:
        by_number[part.distribution].append(part)
    association = run.id.association
    until = book.closed_until(association)
    for number, parts in sorted(by_number.items()):
        first = parts[0]
        on = first.date if until is None else max(first.date, until + timedelta(days=1))
        total = sum((part.amount for part in parts), ZERO)
        cost = leg(accounts.distributions(association, first.kind), total)
        meta = {
            "distribution": number,
            "earning": first.kind,
            "period": month_of(first.date),
            "run": str(run.id),
        }
        if first.product:
            meta["product"] = first.product
        text = f"Distribution {number}: {total:f} of {first.total:f}"
        legs = [cost, *(_part_leg(book, association, part) for part in parts)]
        yield Entry(on, "distribution", association, text, _nonzero(legs), meta)


def _nonzero(legs: list[Leg]) -> tuple[Leg, ...]:
    return tuple(each for each in legs if each.number)


def _part_leg(book: Book, association: str, part: Part) -> Leg:
    member = None if part.pool else part.payee
    account = book.payable(member, association, part.group)
    meta: Meta = {"group": part.group, "weight": format(part.weight, "f")}
    if member:
        meta["payee"] = member
    return Leg(account, -part.amount, "KGS", None, meta)


def _pools(book: Book, run: Run) -> Iterator[Entry]:
    for pool in run.pools:
        if pool.parts:
            yield _pool(book, run, pool)


def _pool(book: Book, run: Run, pool: Pool) -> Entry:
    association = run.id.association
    legs = [leg(book.payable(None, association, pool.group), pool.amount)]
    for member, amount in pool.parts.items():
        weight = format(pool.weights[member], "f")
        meta = {"group": pool.group, "payee": member, "weight": weight}
        account = book.payable(member, association, pool.group)
        legs.append(Leg(account, -amount, "KGS", None, meta))
    meta = {"earning": "pool", "pool": pool.group, "period": pool.period, "run": str(run.id)}
    if pool.product:
        meta["product"] = pool.product
    if pool.measure:
        meta["measure"] = pool.measure
    text = f"Pool of {pool.group} for {pool.period}: {pool.amount:f}"
    if pool.product:
        text += f" of {pool.product}"
    return Entry(run.id.cutoff, "pool", pool.group, text, _nonzero(legs), meta)


def _deduction(book: Book, run: Run, line: Line) -> Entry:
    payable = book.payable(line.member, run.id.association, line.group)
    legs = [leg(payable, line.deducted)]
    legs += [Leg(d.account, -d.amount, "KGS", None, {"rule": d.rule}) for d in line.deductions]
    meta = {"run": str(run.id), "member": line.member}
    text = f"Deductions of {run.id.period}: " + ", ".join(d.rule for d in line.deductions)
    return Entry(run.id.cutoff, "deduction", _name(book, line), text, tuple(legs), meta)


def _payout(book: Book, run: Run, line: Line, pay_date: date) -> Entry:
    payable = book.payable(line.member, run.id.association, line.group)
    legs = (leg(payable, line.payout), leg(accounts.IN_TRANSIT, -line.payout))
    meta = {
        "reference": reference(str(run.id), line.member),
        "run": str(run.id),
        "member": line.member,
        "rail": line.rail,
        "details": str(line.details),
    }
    text = f"Payout of {run.id.period} by {line.rail}"
    return Entry(pay_date, "payout", _name(book, line), text, legs, meta)


def _name(book: Book, line: Line) -> str:
    return book.member(line.member).name


def in_transit(book: Book) -> Decimal:
    """What left payables and has neither been settled nor come back, KGS."""
    return sum(
        (
            p.amount
            for p in book.payments.values()
            if p.reference not in book.settled and p.reference not in book.returned
        ),
        ZERO,
    )
