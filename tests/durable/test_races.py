"""Many at once: one approval of fifty succeeds, and whatever many do together the sums hold.

`make soak` lets 20 workers do 500 operations each, over ten years that are closed one by one; the
suite takes a sample. docs/safety.md has the figures that were reached.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import Result
from worked.books import (
    ISSYK,
    NARYN,
    Books,
    consigned,
    delivery,
    invoke,
    rule,
    sale,
    write_sheets,
)

from durable.scenario import DAY, RUN, STEPS, unbroken
from durable.trouble import CLEAN
from ovop_payouts.book import Book, load, load_ever
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.history import OPEN, approved, lines_of, runs, status
from ovop_payouts.payout.periods import run_id
from ovop_payouts.private import latest_details
from ovop_payouts.proving import prove
from ovop_payouts.records import Payment

Answer = list[Any]


def together(works: list[partial[Answer]]) -> list[Answer]:
    """Each piece of work in a process of its own, all begun at one moment; their answers."""
    gate = CLEAN.Barrier(len(works))
    running = []
    for work in works:
        answer, reply = CLEAN.Pipe(duplex=False)
        child = CLEAN.Process(target=_begun_together, args=(work, gate, reply))
        child.start()
        reply.close()
        running.append((child, answer))
    answers = [answer.recv() for _, answer in running]
    for child, answer in running:
        child.join()
        answer.close()
    return answers


def _begun_together(work: partial[Answer], gate: Barrier, reply: Connection) -> None:
    gate.wait()
    try:
        reply.send(work())
    except BaseException as error:
        reply.send([99, repr(error)])


def told(books: Path, user: str, day: str, *words: str) -> Answer:
    result = invoke(books, user, day, *words)
    return [result.exit_code, result.output]


def test_of_fifty_who_approve_one_run_one_succeeds(base: Path, tmp_path: Path) -> None:
    scenario = unbroken(base, tmp_path, until="approve")
    user, day, *words = STEPS["approve"]
    answers = together([partial(told, scenario.books, user, day, *words)] * 50)
    assert sorted(code for code, _ in answers) == [0] + [1] * 49, answers
    refusal = f"refused: {RUN} is approved already by bermet on {DAY}; nothing was booked again\n"
    assert {said for code, said in answers if code == 1} == {refusal}
    book = load(scenario.books)
    assert [step.action for step in book.steps[RUN]] == ["draft", "approve"]
    assert prove(scenario.books) == []


# --- many who do many things --------------------------------------------------------------------

MEMBERS = {
    ISSYK: ("M0345", "M0346", "M0347", "M0501", "M0502"),
    NARYN: ("N0001",),
}
GROUPS = {ISSYK: "Akburun", NARYN: "Atbashy"}
FIRST_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Year:
    """What many live through at once; what they do has no order, so it is over already."""

    number: int
    months: int = 12

    @property
    def periods(self) -> list[str]:
        """Its last months."""
        return [f"{self.number}-{month:02d}" for month in range(13 - self.months, 13)]

    @property
    def today(self) -> str:
        return f"{self.number + 1}-01-05"


@dataclass(frozen=True, slots=True)
class Worker:
    """One of many at one set of books."""

    folder: Path
    name: str
    random: Random
    year: Year

    def ovop(self, user: str, *words: str) -> Result:
        return invoke(self.folder, user, self.year.today, *words)

    def some_run(self, month: str) -> str:
        return f"{month}/{self.random.choice((ISSYK, NARYN))}/{self.random.choice((1, 1, 1, 2))}"

    def file(self, kind: str, row: dict[str, Any]) -> tuple[str, ...]:
        name = str(row[NUMBERED[kind]])
        path = write_sheets(self.folder.parent / f"{kind}-{name}.xlsx", {kind: [row]})
        return "anna", "import", str(path)


NUMBERED = {"deliveries": "note_no", "sales": "receipt_no", "advances": "advance_no"}


def work(folder: Path, name: int, seed: int, operations: int, year: Year) -> Answer:
    """What one of many does, month by month: how often each operation ended with which code."""
    random = Random(f"{seed} {name} {year.number}")
    codes: Counter[str] = Counter()
    for number in range(operations):
        operation = random.choice(OPERATIONS)
        at = year.months * number // operations - random.choice((0, 0, 0, 1))
        me = Worker(folder, f"{year.number}-{name}-{number}", random, year)
        user, *words = operation(me, year.periods[max(0, at)])
        result = me.ovop(user, *words)
        code = result.exit_code
        if result.exception and not isinstance(result.exception, SystemExit):
            code = 70
            codes[repr(result.exception)] += 1
        codes[f"{operation.__name__} {code}"] += 1
    return [0, dict(codes)]


def _day(random: Random, month: str) -> str:
    return f"{month}-{random.randrange(1, 29):02d}"


def deliver(me: Worker, month: str) -> tuple[str, ...]:
    association = me.random.choice((ISSYK, NARYN))
    who = {"association": association, "group": GROUPS[association]}
    member = me.random.choice(MEMBERS[association])
    made = me.random.choice((delivery, consigned))
    product = "jam-1" if made is consigned else "felt-1"
    day, pieces = _day(me.random, month), me.random.randrange(1, 30)
    return me.file("deliveries", made(f"D-{me.name}", product, pieces, member, date=day, **who))


def sell(me: Worker, month: str) -> tuple[str, ...]:
    product, day = me.random.choice(("felt-1", "jam-1")), _day(me.random, month)
    pieces = me.random.randrange(1, 6)
    return me.file("sales", sale(f"R-{me.name}", product, pieces, "350.50", date=day))


def advance(me: Worker, month: str) -> tuple[str, ...]:
    member = me.random.choice(MEMBERS[me.random.choice((ISSYK, NARYN))])
    row = {"advance_no": f"A-{me.name}", "date": _day(me.random, month), "member": member}
    return me.file("advances", {**row, "amount": 100})


def draft(me: Worker, month: str) -> tuple[str, ...]:
    return "anna", "payout", "draft", month, "-a", me.random.choice((ISSYK, NARYN))


def approve(me: Worker, month: str) -> tuple[str, ...]:
    """Mostly what was drafted just now, or what has to come before: all changes all the time."""
    association = me.random.choice((ISSYK, NARYN))
    if me.random.random() < 0.2:
        return "bermet", "payout", "approve", me.some_run(month)
    for _ in range(2):
        drafted = me.ovop("anna", "payout", "draft", month, "-a", association)
        first = re.search(r"([-0-9]+)/\S+ comes first", drafted.output)
        month = first[1] if first else month
    run = re.search(rf"{month}/{association}/\d+", drafted.output)
    return "bermet", "payout", "approve", run[0] if run else f"{month}/{association}/1"


def export(me: Worker, month: str) -> tuple[str, ...]:
    run = me.some_run(month)
    return "anna", "payout", "export", run, "--out", str(me.folder.parent / run.replace("/", "_"))


def settle(me: Worker, month: str) -> tuple[str, ...]:
    """Some of what is in transit arrives, or comes back."""
    arrived = {"status": "settled"}
    back = {"status": "returned", "reason": "closed"}
    rows = [
        {**_paid(me.year, payment), **me.random.choice((arrived, back))}
        for payment in in_transit(me.folder)[: me.random.randrange(1, 4)]
    ]
    if not rows:
        return "anna", "members"
    path = write_sheets(me.folder.parent / f"bank-{me.name}.xlsx", {"bank": rows})
    return "anna", "payout", "settle", str(path)


def in_transit(folder: Path) -> list[Payment]:
    book = load(folder, goods=False)
    gone = {*book.settled, *book.returned}
    return [paid for reference, paid in sorted(book.payments.items()) if reference not in gone]


def _paid(year: Year, payment: Payment) -> dict[str, Any]:
    return {"date": year.today, "amount": payment.amount, "reference": payment.reference}


def hold(me: Worker, month: str) -> tuple[str, ...]:
    verb = me.random.choice(("hold", "release"))
    member = me.random.choice(MEMBERS[ISSYK])
    return "anna", "payout", verb, me.some_run(month), member, "--reason", "to be looked at"


def close(me: Worker, month: str) -> tuple[str, ...]:
    return "anna", "close", month, "-a", me.random.choice((ISSYK, NARYN))


OPERATIONS = (
    deliver,
    deliver,
    sell,
    advance,
    draft,
    draft,
    approve,
    approve,
    export,
    settle,
    hold,
    close,
)


def crowd(base: Path, folder: Path, seed: int, shifts: list[tuple[Year, int, int]]) -> Counter[str]:
    """Year by year, so many workers do so many operations each at one set of books.

    Then everything that must hold is looked at, and the year is closed.
    """
    books = Books(Path(shutil.copytree(base, folder / "books")), "2026-02-01")
    books.take("policy", [rule("fee", "0.03"), rule("advance", "0.5"), rule("commission", "0.2")])
    codes: Counter[str] = Counter()
    for year, workers, operations in shifts:
        books.today = year.today
        works = [partial(work, books.folder, n, seed, operations, year) for n in range(workers)]
        for _, counted in together(works):
            assert isinstance(counted, dict), counted
            codes.update(counted)
        assert not [code for code in codes if code.split()[-1] not in ("0", "1")], codes
        must_hold(books.folder, year)
        bring_to_an_end(books, year)
        must_hold(books.folder, year)
        closed = books.ovop("anna", "close", year.periods[-1])  # perhaps both were, by some worker
        assert not closed.exit_code or "closed up to" in closed.output, closed.output
        books.done("anna", "close-year", str(year.number))
    return codes


def bring_to_an_end(books: Books, year: Year) -> None:
    """Whatever many left behind, one who comes after drafts and approves every month in order;
    all that is on its way arrives."""
    for month in year.periods:
        for association in (ISSYK, NARYN):
            book = load(books.folder)
            done = approved(book, association)
            if done and month < done[-1].period:
                continue  # what it still owed went to the later month
            found = [run for run in runs(book, association) if run.period == month]
            if found and all(status(book, run) not in OPEN for run in found):
                continue
            drafted = books.done("anna", "payout", "draft", month, "-a", association)
            books.done("bermet", "payout", "approve", drafted.split(":")[0])
    rest = [{**_paid(year, each), "status": "settled"} for each in in_transit(books.folder)]
    if rest:
        books.done("anna", "payout", "settle", str(books.workbook(bank=rest)))


def must_hold(folder: Path, year: Year) -> None:
    """All legs sum to nothing, payables are what the runs leave, nobody was paid twice."""
    assert prove(folder) == []
    book = load(folder)
    payments = load_ever(folder, goods=False).payments
    for association in (ISSYK, NARYN):
        _payables_are_what_runs_leave(folder, book, association, year.periods[-1])
        for run in approved(book, association):
            for member, line in lines_of(book, run).items():
                payment = payments.get(f"{run}/{member}")
                assert line.payout == (payment.amount if payment else 0)
    paid = Counter((p.run, p.member) for p in payments.values())
    assert max(paid.values(), default=1) == 1
    for account, amount in book.owed.items():
        if account.startswith("Liabilities:Payable:") and "InTransit" not in account:
            assert amount <= 0, f"{account} was paid {amount} too much"


def _payables_are_what_runs_leave(folder: Path, book: Book, association: str, month: str) -> None:
    """What a draft of the last month would say is proved against the ledger, to the tyiyn."""
    done = approved(book, association)
    number = done[-1].number + 1 if done and done[-1].period == month else 1
    run = run_id(f"{month}/{association}/{number}")
    computed = compute(book, run, latest_details(folder, book))
    assert computed.proof.holds, computed.proof


def test_whatever_many_do_at_once_the_sums_hold(base: Path, tmp_path: Path) -> None:
    codes = crowd(base, tmp_path, 1, [(Year(FIRST_YEAR, months=3), 6, 14)])
    assert codes["deliver 0"] > 5


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_twenty_workers_of_five_hundred_operations(base: Path, tmp_path: Path, seed: int) -> None:
    ten = [(Year(FIRST_YEAR + n), 20, 50) for n in range(10)]
    codes = crowd(base, tmp_path, seed, ten)
    print(seed, sorted(codes.items()))
