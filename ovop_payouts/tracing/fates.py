"""What became of a row: what it earned whom, which run holds it, whether that was paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ovop_payouts.book import Book, LandedRow
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import earnings_by_run, lines_of
from ovop_payouts.payout.line import Line, som
from ovop_payouts.payout.periods import RunId
from ovop_payouts.payout.postings import reference
from ovop_payouts.records import Earning


@dataclass(frozen=True, slots=True)
class Fate:
    """What a row brought one payee, in which run; `run` is blank while no approved run holds it.

    `payee` is a member, or the group whose pool it went to. `became` is in words.
    """

    payee: str
    kind: str
    amount: str
    run: str
    became: str
    payment: str = ""


@dataclass(frozen=True)
class Fates:
    """What the books know of all rows, found by their source."""

    book: Book

    def of(self, kind: str, row: LandedRow) -> list[Fate]:
        """Everything that became of one row."""
        match kind:
            case "bank":
                return [self.payment(row.columns["reference"])]
            case "distributions":
                return self._shared(row.columns["distribution_no"])
        key = (row.change, row.source)
        return [self._fate(earning, run) for earning, run in self._by_source.get(key, ())]

    def payment(self, name: str) -> Fate:
        """What became of a payment, by its reference."""
        payment = self.book.payments[name]
        amount = som(payment.amount)
        words = became_of(self.book, name)
        return Fate(payment.member, "payout", amount, payment.run, words, name)

    @cached_property
    def _by_source(self) -> dict[tuple[str, str], list[tuple[Earning, RunId | None]]]:
        found: dict[tuple[str, str], list[tuple[Earning, RunId | None]]] = defaultdict(list)
        for earning, run in self.all():
            found[earning.change, earning.meta.get("source", "")].append((earning, run))
        return found

    def all(self) -> Iterator[tuple[Earning, RunId | None]]:
        """Every earning with the approved run that holds it."""
        for association, earnings in sorted(self.book.earnings.items()):
            held = {
                id(earning): run
                for run, members in earnings_by_run(self.book, association).items()
                for mine in members.values()
                for earning in mine
            }
            for earning in earnings:
                yield earning, held.get(id(earning))
            for opening in self.book.openings.get(association, ()):
                yield opening, None

    def _shared(self, number: str) -> list[Fate]:
        return [
            self._fate(earning, run)
            for earning, run in self.all()
            if earning.meta.get("distribution") == number
        ]

    def _fate(self, earning: Earning, run: RunId | None) -> Fate:
        amount = som(earning.amount)
        if earning.member is None:
            return Fate(earning.group, earning.kind, amount, "", self._pooled(earning))
        if run is None:
            return Fate(earning.member, earning.kind, amount, "", self._waiting(earning))
        words, payment = self.in_run(run, earning.member)
        return Fate(earning.member, earning.kind, amount, str(run), words, payment)

    def _waiting(self, earning: Earning) -> str:
        return "opening balance" if earning.kind == "opening" else "in no approved run yet"

    def _pooled(self, earning: Earning) -> str:
        """A pool is shared whole, by month and product."""
        period = earning.meta.get("period", f"{earning.date:%Y-%m}")
        shared = self.book.shared.get((earning.group, period, earning.product), ZERO)
        words = "shared by contributions" if shared else "not shared yet"
        return f"in the pool of {earning.group} for {period}, {words}"

    def in_run(self, run: RunId, member: str) -> tuple[str, str]:
        """(in words, reference of the payment) of a payee's line in an approved run."""
        line = self._lines(run).get(member)
        if line is None:
            return "nothing was left to pay", ""
        if line.state != "pay":
            word = "held" if line.state == "hold" else "carried on"
            return f"{word}: {line.reason}" if line.reason else word, ""
        name = reference(str(run), member)
        return became_of(self.book, name), name

    def _lines(self, run: RunId) -> dict[str, Line]:
        if run not in self._known:
            self._known[run] = lines_of(self.book, run)
        return self._known[run]

    @cached_property
    def _known(self) -> dict[RunId, dict[str, Line]]:
        return {}


def became_of(book: Book, name: str) -> str:
    """What became of a payment, in words."""
    if name in book.returned:
        back = book.returned[name]
        return f"came back on {back.date}: {back.reason or 'no reason given'}"
    if name in book.settled:
        return f"paid on {book.settled[name]}"
    return "on its way"
