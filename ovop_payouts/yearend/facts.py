"""Facts that stay as they are: master data, users, confirmations, runs of late, what is unmatched.

Whatever is not known to be done with is kept: a fact too many costs little.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry, Fact
from ledger.seals import SEAL, SEALED_BALANCE, SEALED_FILE
from ovop_payouts.book import Book
from ovop_payouts.folding.brought import FROM
from ovop_payouts.payout.compute import MAIN_RUNS
from ovop_payouts.payout.history import approved, held, is_supplement, objections, runs, unseen
from ovop_payouts.payout.periods import month_of
from ovop_payouts.payout.pools import left_of
from ovop_payouts.yearend.year import Year, copy_of

_DONE_WITH = frozenset((SEAL, SEALED_FILE, SEALED_BALANCE, "log", "books"))


def bring(state: Year) -> None:
    """Copy the facts of every scope that are still of use, and sum up the rest."""
    keep = _keepers(state)
    last_lines = _last_lines(state)
    for file in state.files:
        for index, each in enumerate(file.directives):
            if not isinstance(each, Fact) or each.type in _DONE_WITH:
                continue
            if each.type.startswith("brought-"):
                continue
            if each.type == "run-line":
                kept = (file.change, file.scope, file.year, index) in last_lines
            else:
                kept = keep.get(each.type, _always)(each)
            if kept:
                state.said[file.scope].append(copy_of(file.change, each))
    for place in sorted(state.whole.stock.places):
        state.say(accounts.HEAD_OFFICE, "place", place)
    for scope, seals in sorted(state.whole.closed.items()):
        state.say(scope, "seal", scope, **_end_of_chain(seals[-1]))


def _always(fact: Fact) -> bool:
    return True


def _end_of_chain(seal: dict[str, str]) -> dict[str, str]:
    return {key: seal[key] for key in ("until", "number", "user", "chain")}


def _keepers(state: Year) -> dict[str, Callable[[Fact], bool]]:
    """Type of fact -> which of them are kept, where not all are."""
    book = state.whole
    late = late_runs(state)
    done = shared_out(book)
    return {
        "import": lambda fact: "private" in fact.meta,
        "run": lambda fact: fact.values[0] in late,
        "contributions": lambda fact: _is_waited_for(state, fact),
        "distributions": lambda fact: fact.values[0] not in done,
        "distribution-part": lambda fact: fact.values[0] not in done,
        "unmatched": lambda fact: fact.values[0] not in book.resolved,
        "unmatched-resolved": lambda fact: False,
    }


def late_runs(state: Year) -> set[str]:
    """Runs that a new one looks at, those with open holds and disputes, and those of which
    something was done in the new year: its entries speak of their lines."""
    book = state.whole
    late: set[str] = set()
    for association in book.associations:
        done = approved(book, association)
        main = [run for run in done if run.cutoff <= state.last and not is_supplement(book, run)]
        first = main[-MAIN_RUNS:][0].period if main else ""
        late.update(
            str(run)
            for run in runs(book, association)
            if run.period >= first or any(s.date > state.last for s in book.steps[str(run)])
        )
        for raised in objections(book, association).values():
            late.update(each.run for each in raised)
    return late


def _last_lines(state: Year) -> set[tuple[str, str, int, int]]:
    """Where the lines of the latest snapshots of late runs stand."""
    late = late_runs(state)
    latest: dict[tuple[str, str], tuple[int, bool, tuple[str, str, int, int]]] = {}
    for file in state.files:
        for index, each in enumerate(file.directives):
            if isinstance(each, Fact) and each.type == "run-line" and each.values[0] in late:
                run, member = each.values
                step, gone = int(each.meta["step"]), each.meta.get("gone") == "yes"
                known = latest.get((run, member))
                if known is None or known[0] <= step:
                    place = file.change, file.scope, file.year, index
                    latest[run, member] = step, gone, place
    return {place for _, gone, place in latest.values() if not gone}


def _is_waited_for(state: Year, fact: Fact) -> bool:
    """Contributions of months to come, and of pools that are still to be shared."""
    meta = fact.meta
    if meta["period"] > month_of(state.last):
        return True
    return (meta["group"], meta["period"]) in pools_left(state)


def pools_left(state: Year) -> set[tuple[str, str]]:
    """(group, period) of pools of which something is left."""
    left = {key for key, amount in pool_sums(state.past).items() if amount}
    return {(group, period) for group, period, _ in left}


def pool_sums(book: Book) -> dict[tuple[str, str, str | None], Decimal]:
    """(group, period, product) -> what a pool earned, less what was allocated."""
    sums: dict[tuple[str, str, str | None], Decimal] = {}
    for association in book.associations:
        sums |= left_of(book, association)
    return sums


def shared_out(book: Book) -> set[str]:
    """Distributions of which every part was booked."""
    booked: dict[str, set[str]] = {}
    for association, earnings in book.earnings.items():
        for earning in earnings:
            if earning.tag == "distribution":
                booked.setdefault(earning.meta["distribution"], set()).add(association)
    return {
        number
        for number, parts in book.frozen.items()
        if {_owner(book, *payee) for payee, (amount, *_) in parts.items() if amount}
        <= booked.get(number, set())
    }


def _owner(book: Book, payee: str, pool: bool) -> str:
    return book.groups[payee] if pool else book.member(payee).association


def bring_sight(state: Year) -> None:
    """Which of the changes that are brought forward, or not, an association's runs have seen.

    The next run must say of those that were not that it has; of those that were it must know,
    though the run that saw them is not brought forward.
    """
    book = state.whole
    brought = {
        each.meta[FROM]
        for said in state.said.values()
        for each in said
        if isinstance(each, (Entry, Fact)) and FROM in each.meta
    }
    for association in sorted(book.associations):
        seen = sorted(held(book, association).seen & (brought | state.named))
        state.say(association, "seen", association, changes=" ".join(seen))
    waiting = {change for name in book.associations for change in unseen(book, name)}
    for scope in sorted(state.said):
        mine = sorted(c for c in waiting if scope in book.changes[c])
        if mine and scope != accounts.HEAD_OFFICE:
            state.say(scope, "changes", scope, changes=" ".join(mine))
