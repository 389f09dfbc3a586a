"""The read model says what Beancount says cold, and its short way what its long way says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from shutil import rmtree

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worked.books import ISSYK, Books
from worked.told import by_sums, in_full

from ledger import accounts
from ledger.books import MAIN
from ledger.store import CACHE
from ovop_payouts.book import Book, load
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.line import Run
from ovop_payouts.payout.periods import RunId, last_day
from ovop_payouts.proving import balances, load_cold, prove
from ovop_payouts.refusal import Refusal
from ovop_payouts.shards import (
    load_association,
    load_associations,
    load_everybody,
    load_members,
    load_open_run,
)
from properties.copies import copy_of
from properties.test_any_life import PERIODS, POLICY, Doing, Life, approve, pay, steps

Owed = dict[str, Decimal]


def of_payees(sums: dict[tuple[str, str], Decimal], association: str) -> Owed:
    """What the ledger owes an association's payees and pools, by account."""
    mine = accounts.payables(association)
    return {account: units for (account, _), units in sums.items() if account.startswith(mine)}


def computed(book: Book, run: RunId) -> Run | str:
    """The run, or why it cannot be computed."""
    try:
        return compute(book, run, {})
    except Refusal as refusal:
        return str(refusal)


def statements_must_agree(books: Books) -> None:
    """What each month's papers say, with sums and without."""
    known = load_members(books.folder)
    whole = load_everybody(books.folder)
    assert (known.associations, known.groups, known.members, known.users) == (
        whole.associations,
        whole.groups,
        whole.members,
        whole.users,
    )
    for period in PERIODS:
        short = by_sums(books.folder, ISSYK, period)
        assert short is None or short == in_full(books.folder, ISSYK, period)


def must_agree(books: Books) -> None:
    """Each figure of each month's next run, with sums and without; and all against Beancount."""
    statements_must_agree(books)
    assert load_associations(books.folder) == tuple(sorted(load(books.folder).associations))
    cold = balances(load_cold(books.folder / MAIN)[0])
    for period in PERIODS:
        run = RunId(period, ISSYK, 99)
        short = load_open_run(books.folder, ISSYK, last_day(period))
        long = load_association(books.folder, ISSYK, last_day(period))
        assert computed(short, run) == computed(long, run)
        for book in (short, long):
            mine = accounts.payables(ISSYK)
            owed = {a: n for a, n in book.owed.items() if n and a.startswith(mine)}
            assert owed == of_payees(cold, ISSYK)
            assert -sum(book.owed_daily[ISSYK].values(), Decimal()) == sum(owed.values(), Decimal())
        assert (short.run_lines, short.steps, short.payments, short.deducted, short.shared) == (
            long.run_lines,
            long.steps,
            long.payments,
            long.deducted,
            long.shared,
        )


@given(doings=st.lists(steps, min_size=10, max_size=30))
@settings(
    max_examples=max(2, settings().max_examples // 25),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_the_short_way_is_the_long_way(doings: list[tuple[Doing, int, str]], base: Path) -> None:
    with copy_of(base) as books:
        life = Life(books)
        assert life.take(policy=POLICY)
        for doing, chance, who in doings:
            doing(life, chance, who)
            if doing in (approve, pay):
                must_agree(books)
        must_agree(books)
        assert prove(books.folder) == []
        rmtree(books.folder / CACHE)
        must_agree(books)
