"""What payees are owed and owe: earnings no run holds, pools, advances, what `fixed` rules took,
payments on their way or back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger import accounts
from ledger.directives import Directive, Entry
from ovop_payouts.book import Book
from ovop_payouts.folding.brought import record_meta
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import held, runs, status
from ovop_payouts.records import Advance, Earning, Returned
from ovop_payouts.yearend.facts import late_runs, pool_sums, shared_out
from ovop_payouts.yearend.year import Year


def bring(state: Year, later: dict[str, list[Directive]]) -> None:
    """`later` are the entries of the new year, whose payments must be known."""
    for association in sorted(state.whole.associations):
        _bring_earnings(state, association)
        _bring_advances(state, association)
    for (member, account), amount in sorted(state.past.fixed_taken.items()):
        if amount:
            scope = state.whole.member(member).association
            state.say(scope, "taken", member, account, amount=format(amount, "f"))
    _bring_payments(state, later)


# --- earnings and pools ------------------------------------------------------------------------


def _bring_earnings(state: Year, association: str) -> None:
    open_pools = {key for key, amount in pool_sums(state.past).items() if amount}
    done = held(state.whole, association)
    waiting = set(state.whole.distributions) - shared_out(state.whole)

    def is_needed(earning: Earning) -> bool:
        if earning.tag == "distribution" and earning.meta["distribution"] in waiting:
            return True
        if earning.member is None:
            return (earning.group, earning.period, earning.product) in open_pools
        return not done.earning(earning)

    for kind, found in (
        ("earning", state.past.earnings.get(association, ())),
        ("opening", state.past.openings.get(association, ())),
    ):
        for earning in found:
            if is_needed(earning):
                state.named.add(earning.change)
                state.say(association, "earning", kind, **record_meta(earning))
    for group, period, product in sorted(open_pools, key=str):
        shared = state.past.shared.get((group, period, product))
        if shared and state.whole.groups[group] == association:
            amount = format(shared, "f")
            state.say(association, "shared", group, period, product or "", amount=amount)


# --- advances ----------------------------------------------------------------------------------


def _bring_advances(state: Year, association: str) -> None:
    """What is left of each: the oldest are recovered first, so the latest are open."""
    for member in sorted(state.past.advances):
        latest = state.whole.member(member)
        if latest.association == association:
            account = accounts.advances(association, latest.group, member)
            for advance in _still_open(state.past, member, account):
                state.say(association, "advance", member, **record_meta(advance))


def _still_open(book: Book, member: str, account: str) -> Iterator[Advance]:
    left = book.owed.get(account, ZERO)
    given = sorted(book.advances[member], key=lambda a: (a.date, a.advance_no))
    found: list[Advance] = []
    for advance in reversed(given):
        part = min(left, advance.amount)
        if part > 0:
            left -= part
            gone = advance.recovered + advance.amount - part
            found.append(replace(advance, amount=part, recovered=gone))
    yield from reversed(found)


# --- payments ----------------------------------------------------------------------------------


def _bring_payments(state: Year, later: dict[str, list[Directive]]) -> None:
    """Payments that the new year's entries speak of, or that still hold their payee."""
    book, past = state.whole, state.past
    spoken_of = {
        each.meta["reference"]
        for entries in later.values()
        for each in entries
        if isinstance(each, Entry) and each.tag == "bank"
    }
    for reference, payment in sorted(past.payments.items()):
        if reference in spoken_of or not (reference in past.settled or reference in past.returned):
            settled = past.settled.get(reference)
            more = {"settled": settled.isoformat()} if settled else {}
            meta = record_meta(payment, **more)
            state.say(payment.association, "payment", reference, **meta)
    for reference, returned in sorted(past.returned.items()):
        if _still_matters(state, returned):
            state.named.add(returned.change)
            meta = record_meta(returned)
            state.say(returned.association, "returned", reference, **meta)
    late = late_runs(state)
    for run in runs(book):
        if run.cutoff <= state.last and str(run) in late and status(book, run) == "settled":
            state.say(run.association, "run", str(run))


def _still_matters(state: Year, returned: Returned) -> bool:
    """Whether no run took it yet, or its payee still has the details that it came back from."""
    latest = state.whole.member(returned.member)
    unchanged = returned.rail != "cash" and returned.details == latest.details
    return unchanged or not held(state.whole, returned.association).returned(returned)
