"""The whole life of runs over 24 months against a reference model (contract §5).

Whatever is done, in whatever order, again and out of turn, the books hold what the model says: what
is owed to each, what is on its way, every line of every run, and what is refused.
"""

from __future__ import annotations

import hashlib
import shutil
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from worked.books import ISSYK, Books, delivery, member
from worked.books import rule as policy

from ovop_payouts.shards import load_everybody
from properties.lives import RAILS, ZERO, Draft, Expected, Item, Model, last_day, periods

MONTHS = periods(24)
WHO = st.sampled_from(sorted(RAILS))
AMOUNTS = st.integers(1, 90_000).map(lambda tyiyn: Decimal(tyiyn) / 100)
CHANCE = st.integers(0, 10_000)


class WholeLife(RuleBasedStateMachine):
    """One association's books, and what they must hold."""

    base: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.above = TemporaryDirectory(prefix="life-")
        folder = Path(shutil.copytree(self.base, Path(self.above.name) / "books"))
        self.books, self.model = Books(folder), Model()
        self.month, self.number, self.changed = 0, 0, 0
        self.read_on()

    def teardown(self) -> None:
        model = self.model
        event(f"months: {self.month + 1}")
        event(f"runs: {len(model.approved)}, payments: {len(model.sent)}")
        event(f"came back: {len(self.payments('returned'))}")
        assert self.books.done("anna", "check") == "The books are sound.\n"
        self.books.done("anna", "verify")
        self.above.cleanup()

    # --- helpers

    @property
    def period(self) -> str:
        return MONTHS[self.month]

    def read_on(self) -> None:
        """The fifth of the month that follows."""
        year, month = map(int, self.period.split("-"))
        self.changed = 0
        self.books.today = f"{year + month // 12}-{month % 12 + 1:02d}-05"

    def does(self, allowed: bool, user: str, *words: str) -> str:
        """A command that must be done, or must be refused in words and change nothing."""
        return self.books.done(user, *words) if allowed else self.books.not_done(user, *words)

    def is_open(self) -> bool:
        return last_day(self.period) > self.model.closed

    def take(self, kind: str, row: dict[str, Any], item: Item) -> None:
        path = self.books.workbook(**{kind: [row]})
        self.does(self.is_open(), "anna", "import", str(path))
        if self.is_open():
            item.path = str(path)
            self.model.items.append(item)

    def payments(self, *statuses: str) -> list[str]:
        return sorted(r for r, sent in self.model.sent.items() if sent.status in statuses)

    # --- what people do

    @initialize()
    def begin(self) -> None:
        self.books.today = "2026-03-01"
        rules = [policy("fee", "0.03"), policy("minimum", 100)]
        self.books.take("policy", [*rules, policy("cash_unit", 10, applies_to="cash")])
        self.read_on()

    @rule(who=WHO, amount=AMOUNTS)
    def deliver(self, who: str, amount: Decimal) -> None:
        self.number += 1
        day = f"{self.period}-{10 + self.number % 15}"
        row = delivery(f"D-{self.number}", "felt-1", 1, who, unit_price=str(amount), date=day)
        on = last_day(self.period).replace(day=int(day[-2:]))
        self.take("deliveries", row, Item(f"D-{self.number}", who, on, amount, ""))

    @rule(who=WHO, amount=AMOUNTS, less=st.booleans())
    def correct(self, who: str, amount: Decimal, less: bool) -> None:
        self.number += 1
        name, on = f"V-{self.number}", last_day(self.period)
        amount = -amount if less else amount
        row = {"distribution_no": name, "date": on.isoformat(), "kind": "correction"}
        item = Item(name, who, on, amount, "")
        self.take("distributions", {**row, "amount": str(amount), "member": who}, item)

    @precondition(lambda self: self.model.items)
    @rule(chance=CHANCE)
    def reverse(self, chance: int) -> None:
        """A file of a row that no run holds yet; later ones are likelier."""
        items = self.model.items[-6:]
        item = items[chance % len(items)]
        sha = hashlib.sha256(Path(item.path).read_bytes()).hexdigest()
        free = not item.held and item.on > self.model.closed
        self.does(free, "anna", "import", "--reverse", sha)
        if free:
            self.model.items.remove(item)

    @precondition(lambda self: self.model.items)
    @rule(chance=CHANCE)
    def import_again(self, chance: int) -> None:
        item = self.model.items[chance % len(self.model.items)]
        before = self.books.changes()
        assert "1 already imported" in self.books.done("anna", "import", item.path)
        assert self.books.changes() == before

    @rule()
    def draft(self) -> None:
        model = self.model
        if not self.is_open():
            self.books.not_done("anna", "payout", "draft", self.period, "-a", ISSYK)
            return
        number = model.draft.number if model.draft else model.numbers.get(self.period, 0) + 1
        computed = model.computed(self.period, number)
        self.books.done("anna", "payout", "draft", self.period, "-a", ISSYK)
        supplement = any(period == self.period for period, _ in model.approved)
        if model.draft is None and supplement and not model.is_news(computed):
            return
        model.draft, model.numbers[self.period] = computed, number

    @precondition(lambda self: self.model.draft is not None)
    @rule()
    def approve(self) -> None:
        model, draft = self.model, self.model.draft
        assert draft is not None
        self.books.not_done("anna", "payout", "approve", draft.name)
        fresh = model.computed(draft.period, draft.number)
        unchanged = (fresh.lines, fresh.inputs) == (draft.lines, draft.inputs)
        self.does(unchanged, "bermet", "payout", "approve", draft.name)
        if unchanged:
            self.must_be(draft)
            model.approve(draft)
            self.books.not_done("bermet", "payout", "approve", draft.name)

    @precondition(lambda self: self.model.draft is not None)
    @rule()
    def cancel(self) -> None:
        assert self.model.draft is not None
        self.books.done("anna", "payout", "cancel", self.model.draft.name)
        self.model.draft = None

    @precondition(lambda self: self.model.draft is not None)
    @rule(who=WHO)
    def dispute(self, who: str) -> None:
        model, draft = self.model, self.model.draft
        assert draft is not None
        there = who in draft.lines
        words = ("payout", "dispute", draft.name, who, "--reason", "too little")
        self.does(there, "talgat", *words)
        if there:
            model.disputed.add(who)
            model.draft = model.computed(draft.period, draft.number)

    @precondition(lambda self: self.model.draft is not None)
    @rule(who=WHO)
    def release(self, who: str) -> None:
        model, draft = self.model, self.model.draft
        assert draft is not None
        words = ("payout", "release", draft.name, who, "--reason", "it was right")
        self.does(who in model.disputed, "bermet", *words)
        if who in model.disputed:
            model.disputed.remove(who)
            model.draft = model.computed(draft.period, draft.number)

    @precondition(lambda self: self.changed < 4)
    @rule(who=st.sampled_from(("M0501", "M0502")))
    def change_details(self, who: str) -> None:
        self.number += 1
        self.changed += 1
        rail = RAILS[who]
        where = {
            "bank": {"account_no": f"{self.number:016d}", "bic": "DEMOKG22"},
            "wallet": {"phone": f"+996700{self.number:06d}"},
        }[rail]
        day = f"{self.books.today[:-2]}{self.changed:02d}"
        self.books.take(
            "members", [{**member(who, ISSYK, "Akburun", rail, **where), "changed": day}]
        )
        self.model.details[who] += 1

    @rule(who=WHO)
    def confirm(self, who: str) -> None:
        model = self.model
        waiting = model.confirmed[who] < model.details[who]
        self.does(False, "anna", "members", "confirm", who)
        self.does(waiting, "bermet", "members", "confirm", who)
        model.confirmed[who] = model.details[who]

    @precondition(lambda self: self.model.sent)
    @rule(chance=CHANCE, status=st.sampled_from(("settled", "returned")))
    def bank(self, chance: int, status: str) -> None:
        reference = sorted(self.model.sent)[-1 - chance % min(len(self.model.sent), 8)]
        sent = self.model.sent[reference]
        fits = sent.status == "transit" or (status, sent.status) == ("returned", "settled")
        again = (status, sent.status) == ("settled", "settled")
        path = self.says([reference], status)
        if sent.status == "returned" or again:
            self.out_of_turn(path)
            return
        assert fits
        self.books.done("anna", "payout", "settle", str(path))
        sent.status = status

    def out_of_turn(self, path: Path) -> None:
        """What was said before is known; what cannot be is refused; nothing changes."""
        before = self.books.changes()
        result = self.books.ovop("anna", "payout", "settle", str(path))
        assert result.exit_code == 1 or "1 already imported" in result.output, result.output
        assert self.books.changes() == before

    def says(self, references: list[str], status: str) -> Path:
        rows = [
            {
                "date": self.books.today,
                "amount": self.model.sent[reference].amount,
                "reference": reference,
                "status": status,
            }
            for reference in references
        ]
        return self.books.workbook(bank=rows)

    @precondition(lambda self: self.model.in_transit())
    @rule()
    def settle_all(self) -> None:
        references = self.payments("transit")
        path = self.says(references, "settled")
        self.books.done("anna", "payout", "settle", str(path))
        before = self.books.changes()
        self.books.done("anna", "payout", "settle", str(path))
        assert self.books.changes() == before
        for reference in references:
            self.model.sent[reference].status = "settled"

    @rule()
    def close(self) -> None:
        allowed = self.model.may_close(self.period)
        self.does(allowed, "anna", "close", self.period, "-a", ISSYK)
        if allowed:
            self.model.closed = last_day(self.period)

    @precondition(lambda self: self.model.draft is None and self.month < len(MONTHS) - 1)
    @rule()
    def next_month(self) -> None:
        self.month += 1
        self.read_on()

    @precondition(lambda self: self.month < len(MONTHS) - 1)
    @rule(who=WHO, amount=AMOUNTS, months=st.integers(1, 8))
    def quiet_months(self, who: str, amount: Decimal, months: int) -> None:
        """Months in which all goes as it should, so that two years go by."""
        for _ in range(min(months, len(MONTHS) - 1 - self.month)):
            if self.is_open():
                self.deliver(who, amount)
                self.draft()
                if self.model.draft is not None:
                    self.approve()
                if self.model.in_transit():
                    self.settle_all()
                self.close()
            if self.model.draft is not None:
                return
            self.next_month()

    # --- what must be true

    def must_be(self, draft: Draft) -> None:
        """Every figure of every line."""
        shown = self.books.show(draft.name)
        assert {line["member"] for line in shown["lines"]} == set(draft.lines)
        for line in shown["lines"]:
            assert said(line) == said_by(draft.lines[line["member"]]), line

    @invariant()
    def owed_and_in_transit(self) -> None:
        book = load_everybody(self.books.folder)
        start = "Liabilities:Payable:IssykKul:Akburun:"
        for who in RAILS:
            owed = -book.owed.get(f"{start}{who}", ZERO)
            assert owed == self.model.owed(who), who
        assert -book.owed.get("Liabilities:Payable:InTransit", ZERO) == self.model.in_transit()


def said(line: dict[str, Any]) -> tuple[Decimal | str, ...]:
    names = ("opening", "gross", "returned", "net", "payout", "carried")
    fee = sum((Decimal(d["amount"]) for d in line["deductions"]), ZERO)
    return (*(Decimal(line[name]) for name in names), fee, line["state"])


def said_by(line: Expected) -> tuple[Decimal | str, ...]:
    amounts = (line.opening, line.gross, line.returned, line.net, line.payout)
    return (*amounts, line.net - line.payout, line.fee, line.state)


def _lives(base: Path, examples: int, steps: int) -> None:
    WholeLife.base = base
    run_state_machine_as_test(
        WholeLife,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whole_life(base: Path) -> None:
    _lives(base, examples=4, steps=40)


@pytest.mark.soak
def test_many_whole_lives(base: Path) -> None:
    _lives(base, examples=150, steps=120)
