"""Why an import cannot be reversed: each function names what rests on it (contract §3).

Functions, then one tuple that lists them: a new kind of dependence is a function and its name
in `OBSTACLES`. Where none finds anything, the books without it are tried as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from ledger import accounts
from ledger.directives import Entry
from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import approval, approved
from ovop_payouts.payout.periods import RunId, last_day, run_id
from ovop_payouts.reversing.case import Case
from ovop_payouts.reversing.of_goods import goods_taken, lots_moved, sales_returned
from ovop_payouts.reversing.of_master import (
    certificates_relied_on,
    members_in_use,
    names_in_use,
    prices_used,
    rules_used,
)

DATED_FACTS = frozenset(("contributions", "distributions", "openings"))
"""Master data that is of a month; the rest only says what holds from a day on."""


def closed_months(case: Case) -> Iterator[str]:
    """Nothing is entered in a month that is closed, no reversal either."""
    for scope, each in case.doomed:
        dated = isinstance(each, Entry) or each.type in DATED_FACTS
        until = case.before.closed_until(scope)
        if dated and until is not None and each.date <= until:
            source = each.meta.get("source", "")
            yield f"{source} is of {each.date:%Y-%m}, which is closed for {scope}"


def runs_hold_it(case: Case) -> Iterator[str]:
    """What an approved run paid, carried or held stands."""
    for association in sorted(case.before.associations):
        done = approved(case.before, association)
        earned = case.before.earnings.get(association, [])
        opened = case.before.openings.get(association, [])
        for earning in (*earned, *opened):
            source = earning.meta.get("source")
            if earning.held_by is None and case.takes(earning.change, source):
                run = _first_that_saw(case.before, done, earning.change, earning.date)
                if run is not None:
                    yield f"{source} is in the approved run {run}"
        yield from _returns(case, done)


def _returns(case: Case, done: list[RunId]) -> Iterator[str]:
    mine = {run.association for run in done}
    for returned in case.before.returned.values():
        if returned.association in mine and returned.change == case.imported.change:
            run = _first_that_saw(case.before, done, returned.change, date.min)
            going = any(e.meta.get("reference") == returned.reference for e in _bank(case))
            if run is not None and going:
                yield f"{returned.reference} came back, which the approved run {run} took"


def _first_that_saw(book: Book, done: list[RunId], change: str, day: date) -> RunId | None:
    """The first approved run that saw a change and whose month had come."""
    seen: set[str] = set()
    for run in done:
        step = approval(book, run)
        assert step is not None
        seen.update(step.seen)
        if change in seen and day <= run.cutoff:
            return run
    return None


def _bank(case: Case) -> list[Entry]:
    return [entry for _, entry in case.entries("bank")]


def payments_rest_on_it(case: Case) -> Iterator[str]:
    """Settlements: what came after them, and months that were closed on the strength of them."""
    statuses = {(e.meta["reference"], e.meta["status"]) for e in _bank(case)}
    passed = {e.meta["reference"] for _, e in case.entries("passed-through")}
    kept = {e.meta["reference"] for _, e in case.kept_entries("passed-through")}
    for reference, status in sorted(statuses):
        payment = case.before.payments[reference]
        until = case.before.closed_until(payment.association)
        back = case.before.returned.get(reference)
        stays_back = back is not None and (reference, "returned") not in statuses
        if status == "settled" and stays_back and reference not in passed:
            yield f"{reference} came back after it was settled: reverse that first"
        if status == "returned" and reference in kept:
            yield f"{reference} was said to be settled since: reverse that first"
        if until is not None and last_day(run_id(payment.run).period) <= until:
            yield f"{payment.run} is closed, and {reference} was {status}"


def advances_recovered(case: Case) -> Iterator[str]:
    """An advance of which something was taken back stands; the oldest is taken back first."""
    for member, advances in sorted(case.before.advances.items()):
        account = _advance_account(case.before, member)
        total = sum((advance.amount for advance in advances), ZERO)
        recovered = total - case.before.owed.get(account, ZERO)
        for advance in sorted(advances, key=lambda a: (a.date, a.advance_no)):
            taken = min(recovered, advance.amount)
            recovered -= taken
            mine = any(
                e.meta.get("source") == advance.source
                for _, e in case.entries("advances", "openings")
            )
            if taken > 0 and mine:
                yield f"{advance.source}: {taken} of advance {advance.advance_no} was taken back"


def _advance_account(book: Book, member: str) -> str:
    now = book.member(member)
    return accounts.advances(now.association, now.group, member)


def invoices_paid(case: Case) -> Iterator[str]:
    """What a client paid of an invoice in foreign currency stands with it."""
    for (account, currency), owed in sorted(case.after.receivables.items()):
        for each in owed:
            if each.left < 0:
                yield f"the client has paid {-each.left} {currency} of {each.label} ({account})"


def shares_allocated(case: Case) -> Iterator[str]:
    """Contributions by which a pool was shared, distributions that runs hold a part of."""
    for fact in case.facts("contributions"):
        meta = fact.meta
        for group, period, product in case.before.shared:
            same = (group, period) == (meta["group"], meta["period"])
            if same and meta.get("product") in (None, product):
                yield f"{meta['source']}: the pool of {group} for {period} was shared by it"
    for fact in case.facts("distributions"):
        if fact.meta["distribution_no"] in case.before.frozen:
            yield f"{fact.meta['source']} is shared out in an approved run"
    for fact in case.facts("openings"):
        member, account = fact.meta["member"], fact.meta["ref"]
        if case.before.fixed_taken.get((member, account)):
            yield f"{fact.meta['source']}: {account} was taken of {member} since"


def resolved(case: Case) -> Iterator[str]:
    """What a person said of an unmatched item stands with it."""
    for fact in case.facts("unmatched"):
        if fact.values[0] in case.before.resolved:
            yield f"{fact.values[0]} was resolved by {case.before.resolved[fact.values[0]]['user']}"


def stands_alone(case: Case) -> Iterator[str]:
    """The last line of defence: the books without it must make sense."""
    try:
        case.after  # noqa: B018
    except (KeyError, AssertionError) as error:
        yield f"something else in the books rests on it ({error})"


Obstacle = Callable[[Case], Iterator[str]]
OBSTACLES: tuple[Obstacle, ...] = (
    closed_months,
    runs_hold_it,
    payments_rest_on_it,
    names_in_use,
    members_in_use,
    certificates_relied_on,
    lots_moved,
    sales_returned,
    advances_recovered,
    shares_allocated,
    rules_used,
    resolved,
    stands_alone,
)
WITHOUT_IT: tuple[Obstacle, ...] = (goods_taken, prices_used, invoices_paid)
"""These look at the books as they would be, which only is possible where the others agree."""


def obstacles(case: Case) -> Iterator[str]:
    """Every reason why it cannot be reversed."""
    found = [reason for obstacle in OBSTACLES for reason in obstacle(case)]
    yield from found
    if not found:
        for obstacle in WITHOUT_IT:
            yield from obstacle(case)
