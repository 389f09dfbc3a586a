"""Whatever people do in whatever order, money is neither lost nor paid twice (contract §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from worked.books import ISSYK, Books, consigned, delivery, member, rule, sale

from properties.copies import copy_of

OWED, TRANSIT = "Liabilities:Payable:IssykKul", "Liabilities:Payable:InTransit"
PERIODS = ("2026-03", "2026-04", "2026-05")
MEMBERS = ("M0345", "M0346", "M0501")
POLICY = [
    rule("commission", "0.15"),
    rule("fee", "0.03", order=1),
    rule("fixed", 40, limit=100, order=2),
    rule("advance", "0.5", order=3),
    rule("take_home_floor", "0.7"),
    rule("minimum", 100),
    rule("cash_unit", 10, applies_to="cash"),
]
Run = dict[str, Any]


@dataclass
class Life:
    """The books, and what was done with them so far."""

    books: Books
    month: int = 0
    number: int = 0
    runs: list[str] = field(default_factory=list)
    """Approved runs, in order."""
    sent: dict[str, Decimal] = field(default_factory=dict)
    """Reference -> amount of payments that are in transit."""
    settled: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.read_on()

    def read_on(self) -> None:
        self.books.today = f"2026-{self.month + 4:02d}-03"

    def day(self, back: int) -> str:
        """A day of this month, or of the one before."""
        return f"{PERIODS[max(0, self.month - back)]}-{10 + self.number % 15:02d}"

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def try_(self, user: str, *words: str) -> bool:
        """Whether a command was done; it may be refused, but only in words."""
        before = self.books.changes()
        result = self.books.ovop(user, *words)
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert result.exit_code in (0, 1), result.output
        assert result.exit_code == 0 or self.books.changes() == before
        return result.exit_code == 0

    def take(self, **sheets: list[Any]) -> bool:
        return self.try_("anna", "import", str(self.books.workbook(**sheets)))

    def open_run(self) -> str | None:
        """The run that is neither approved nor cancelled."""
        for period in PERIODS:
            for number in range(1, 30):
                name = f"{period}/{ISSYK}/{number}"
                shown = self.books.ovop("anna", "payout", "show", name, "--json")
                if shown.exit_code:
                    break
                if self.books.show(name)["status"] in ("draft", "signed"):
                    return name
        return None


Doing = Callable[[Life, int, str], None]


def deliver(life: Life, chance: int, who: str) -> None:
    number = life.next_number()
    payee = None if chance % 5 == 0 else who
    row = delivery(f"D-{number}", "felt-1", 1, payee, unit_price=f"{chance * 7}.33")
    life.take(deliveries=[{**row, "date": life.day(chance % 2)}])


def sell(life: Life, chance: int, who: str) -> None:
    number = life.next_number()
    goods = consigned(f"D-{number}", "honey-1", 3, who, date=life.day(0))
    sold = sale(f"R-{number}", "honey-1", 3, f"{chance}.335", date=life.day(0))
    back = sale(f"B-{number}", "honey-1", -1 - chance % 2, date=life.day(0))
    life.take(deliveries=[goods], sales=[sold, back] if chance % 3 else [sold])


def bring_back(life: Life, chance: int, who: str) -> None:
    row = sale(f"B-{life.next_number()}", "honey-1", -1, date=life.day(0))
    life.take(sales=[row])


def lend(life: Life, chance: int, who: str) -> None:
    row = {"advance_no": f"A-{life.next_number()}", "date": life.day(0), "member": who}
    life.take(advances=[{**row, "amount": chance}])


def work(life: Life, chance: int, who: str) -> None:
    period = PERIODS[max(0, life.month - chance % 2)]
    row = {"period": period, "group": "Akburun", "member": who, "quantity": chance}
    life.take(contributions=[row])


def share(life: Life, chance: int, who: str) -> None:
    row = {"distribution_no": f"V-{life.next_number()}", "date": life.day(0)}
    alone = {"kind": "correction", "amount": -chance, "member": who}
    everybody = {"kind": "premium", "amount": chance, "association": ISSYK}
    life.take(distributions=[{**row, **(alone if chance % 2 else everybody)}])


def change(life: Life, chance: int, who: str) -> None:
    """Another group, other payment details, a hold, or leaving."""
    number = life.next_number()
    rail = {"rail": "bank", "account_no": str(number), "bic": "DEMOKG22"}
    what: list[dict[str, Any]] = [rail, {"hold": "yes"}, {"left": life.day(0)}, {}]
    group = ("Akburun", "Bokonbaev")[chance % 2]
    row = member(who, ISSYK, group, **{**what[chance % 4], "changed": life.books.today})
    life.take(members=[row])


def confirm(life: Life, chance: int, who: str) -> None:
    life.try_("bermet", "members", "confirm", who)


def draft(life: Life, chance: int, who: str) -> None:
    period = PERIODS[max(0, life.month - (chance % 4 == 0))]
    life.try_("anna", "payout", "draft", period, "-a", ISSYK)


def note(life: Life, chance: int, who: str) -> None:
    """A dispute, its release, or a reason."""
    run = life.open_run()
    if run is None:
        return
    actions: list[tuple[str, ...]] = [
        ("talgat", "payout", "dispute", run, who, "--reason", "too little"),
        ("bermet", "payout", "release", run, who, "--reason", "it was right"),
        ("anna", "payout", "reason", run, who, "as agreed"),
    ]
    life.try_(*actions[chance % 3])


def cancel(life: Life, chance: int, who: str) -> None:
    run = life.open_run()
    if run is not None and chance % 3 == 0:
        assert life.try_("anna", "payout", "cancel", run)


def approve(life: Life, chance: int, who: str) -> None:
    run = life.open_run()
    if run is None or not life.try_("bermet", "payout", "approve", run):
        return
    shown = life.books.show(run)
    must_follow(life, shown)
    must_meet_the_ledger(life, shown)
    life.runs.append(run)
    for line in shown["lines"]:
        if line["state"] == "pay":
            life.sent[f"{run}/{line['member']}"] = Decimal(line["payout"])


def pay(life: Life, chance: int, who: str) -> None:
    """Draft anew and approve."""
    draft(life, chance, who)
    approve(life, chance, who)


def bank(life: Life, chance: int, who: str) -> None:
    """One payment is settled, or comes back, even after it was settled."""
    status = ("settled", "returned")[chance % 2]
    waiting = {**life.sent, **(life.settled if status == "returned" else {})}
    if not waiting:
        return
    reference = sorted(waiting)[chance % len(waiting)]
    row = {"date": life.books.today, "amount": waiting[reference], "reference": reference}
    if life.take(bank=[{**row, "status": status}]):
        amount = life.sent.pop(reference, Decimal()) or life.settled.pop(reference)
        if status == "settled":
            life.settled[reference] = amount


def close(life: Life, chance: int, who: str) -> None:
    life.try_("anna", "close", PERIODS[max(0, life.month - 1)], "-a", ISSYK)


def go_on(life: Life, chance: int, who: str) -> None:
    life.month = min(life.month + 1, len(PERIODS) - 1)
    life.read_on()


def must_follow(life: Life, run: Run) -> None:
    """What the approved run before carried is what this one opens with."""
    carried: dict[str, str] = {}
    if life.runs:
        lines = life.books.show(life.runs[-1])["lines"]
        carried = {line["member"]: line["carried"] for line in lines}
    opened = {line["member"]: line["opening"] for line in run["lines"]}
    assert _without_zeros(opened) == _without_zeros(carried)


def _without_zeros(amounts: dict[str, str]) -> dict[str, str]:
    return {member: amount for member, amount in amounts.items() if Decimal(amount)}


def must_meet_the_ledger(life: Life, run: Run) -> None:
    """Carried and held are what is owed once the run is booked, but for later days' earnings."""
    sums = {name: Decimal(amount) for name, amount in run["totals"].items()}
    owed = -life.books.balance(OWED)
    assert owed == sums["carried"] + sums["held"] + earned_after(life, run["cutoff"])


def earned_after(life: Life, cutoff: str) -> Decimal:
    """What was earned after a day: all of it still unheld."""
    moves = life.books.moves(OWED)
    kinds = ("deliveries", "sales", "returns")
    return -sum((units for tag, day, units in moves if tag in kinds and day > cutoff), Decimal())


DOINGS: tuple[Doing, ...] = (
    deliver,
    sell,
    bring_back,
    lend,
    work,
    share,
    change,
    confirm,
    draft,
    note,
    cancel,
    approve,
    pay,
    pay,
    pay,
    bank,
    bank,
    close,
    go_on,
)
steps = st.tuples(st.sampled_from(DOINGS), st.integers(1, 400), st.sampled_from(MEMBERS))


@given(doings=st.lists(steps, min_size=20, max_size=50))
@settings(
    max_examples=settings().max_examples // 20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_life(doings: list[tuple[Doing, int, str]], base: Path) -> None:
    with copy_of(base) as books:
        life = Life(books)
        assert life.take(policy=POLICY)
        for doing, chance, who in doings:
            doing(life, chance, who)
            assert books.balance(TRANSIT) == -sum(life.sent.values(), Decimal())
        assert books.done("anna", "check") == "The books are sound.\n"
        books.done("anna", "verify")
        event(f"{len(life.runs)} runs were approved")
