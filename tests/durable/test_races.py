"""Many at once: one approval of fifty succeeds, and whatever many do together the sums hold.

`make soak` lets 20 workers do 500 operations each; the suite takes a sample. docs/safety.md has the
figures that were reached.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any

import pytest
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
from ovop_payouts.book import Book, load
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.history import OPEN, approved, lines_of, runs, status
from ovop_payouts.payout.periods import run_id
from ovop_payouts.private import latest_details
from ovop_payouts.proving import prove

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
MONTHS = [f"{2026 + n // 12}-{n % 12 + 1:02d}" for n in range(2, 26)]
TODAY = "2028-03-01"
"""After the last of them: what the many do has no order."""


def worker(folder: Path, name: int, seed: int, operations: int, months: int) -> Answer:
    """What one of many does, month by month: how often each operation ended with which code."""
    random = Random(f"{seed} {name}")
    codes: Counter[str] = Counter()
    for number in range(operations):
        operation = random.choice(OPERATIONS)
        month = MONTHS[max(0, months * number // operations - random.choice((0, 0, 0, 1)))]
        user, *words = operation(folder, random, f"{name}-{number}", month)
        result = invoke(folder, user, TODAY, *words)
        code = result.exit_code
        if result.exception and not isinstance(result.exception, SystemExit):
            code = 70
            codes[repr(result.exception)] += 1
        codes[f"{operation.__name__} {code}"] += 1
    return [0, dict(codes)]


def _day(random: Random, month: str) -> str:
    return f"{month}-{random.randrange(1, 29):02d}"


def deliver(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    association = random.choice((ISSYK, NARYN))
    who = {"association": association, "group": GROUPS[association]}
    member = random.choice(MEMBERS[association])
    made = random.choice((delivery, consigned))
    product = "jam-1" if made is consigned else "felt-1"
    day = _day(random, month)
    row = made(f"D-{name}", product, random.randrange(1, 30), member, date=day, **who)
    return _file(folder, name, "deliveries", [row])


def sell(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    product = random.choice(("felt-1", "jam-1"))
    day = _day(random, month)
    row = sale(f"R-{name}", product, random.randrange(1, 6), "350.50", date=day)
    return _file(folder, name, "sales", [row])


def advance(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    member = random.choice(MEMBERS[random.choice((ISSYK, NARYN))])
    row = {"advance_no": f"A-{name}", "date": _day(random, month), "member": member, "amount": 100}
    return _file(folder, name, "advances", [row])


def _file(folder: Path, name: str, kind: str, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    path = write_sheets(folder.parent / f"{kind}-{name}.xlsx", {kind: rows})
    return "anna", "import", str(path)


def draft(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    return "anna", "payout", "draft", month, "-a", random.choice((ISSYK, NARYN))


def approve(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    """Mostly what was drafted just now, or what has to come before: all changes all the time."""
    association = random.choice((ISSYK, NARYN))
    if random.random() < 0.2:
        return "bermet", "payout", "approve", _some_run(random, month)
    for _ in range(2):
        drafted = invoke(folder, "anna", TODAY, "payout", "draft", month, "-a", association)
        first = re.search(r"([-0-9]+)/\S+ comes first", drafted.output)
        month = first[1] if first else month
    run = re.search(rf"{month}/{association}/\d+", drafted.output)
    return "bermet", "payout", "approve", run[0] if run else f"{month}/{association}/1"


def export(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    run = _some_run(random, month)
    return "anna", "payout", "export", run, "--out", str(folder.parent / run.replace("/", "_"))


def settle(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    """Some of what is in transit arrives, or comes back."""
    book = load(folder, goods=False)
    waiting = sorted(p for p in book.payments if p not in {*book.settled, *book.returned})
    rows = [
        {
            "date": TODAY,
            "amount": book.payments[reference].amount,
            "reference": reference,
            **random.choice(({"status": "settled"}, {"status": "returned", "reason": "closed"})),
        }
        for reference in waiting[: random.randrange(1, 4)]
    ]
    if not rows:
        return "anna", "members"
    path = write_sheets(folder.parent / f"bank-{name}.xlsx", {"bank": rows})
    return "anna", "payout", "settle", str(path)


def hold(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    verb = random.choice(("hold", "release"))
    member = random.choice(MEMBERS[ISSYK])
    return "anna", "payout", verb, _some_run(random, month), member, "--reason", "to be looked at"


def close(folder: Path, random: Random, name: str, month: str) -> tuple[str, ...]:
    return "anna", "close", month, "-a", random.choice((ISSYK, NARYN))


def _some_run(random: Random, month: str) -> str:
    return f"{month}/{random.choice((ISSYK, NARYN))}/{random.choice((1, 1, 1, 2))}"


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


def crowd(
    base: Path, folder: Path, seed: int, workers: int, operations: int, months: int
) -> Counter[str]:
    """So many workers at one set of books; then everything that must hold is looked at."""
    books = Books(Path(shutil.copytree(base, folder / "books")), "2026-02-01")
    books.take("policy", [rule("fee", "0.03"), rule("advance", "0.5"), rule("commission", "0.2")])
    books.today = TODAY
    works = [partial(worker, books.folder, n, seed, operations, months) for n in range(workers)]
    codes: Counter[str] = Counter()
    for _, counted in together(works):
        assert isinstance(counted, dict), counted
        codes.update(counted)
    assert not [code for code in codes if code.split()[-1] not in ("0", "1")], codes
    must_hold(books.folder)
    bring_to_an_end(books, months)
    must_hold(books.folder)
    return codes


def bring_to_an_end(books: Books, months: int) -> None:
    """Whatever many left behind, one who comes after drafts and approves every month in order."""
    for month in MONTHS[:months]:
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


def must_hold(folder: Path) -> None:
    """All legs sum to nothing, payables are what the runs leave, nobody was paid twice."""
    assert prove(folder) == []
    book = load(folder)
    for association in (ISSYK, NARYN):
        _payables_are_what_runs_leave(folder, book, association)
    paid = Counter((p.run, p.member) for p in book.payments.values())
    assert max(paid.values(), default=1) == 1
    for account, amount in book.owed.items():
        if account.startswith("Liabilities:Payable:") and "InTransit" not in account:
            assert amount <= 0, f"{account} was paid {amount} too much"


def _payables_are_what_runs_leave(folder: Path, book: Book, association: str) -> None:
    """What a draft of the last month would say is proved against the ledger, to the tyiyn."""
    done = approved(book, association)
    number = done[-1].number + 1 if done and done[-1].period == MONTHS[-1] else 1
    run = run_id(f"{MONTHS[-1]}/{association}/{number}")
    computed = compute(book, run, latest_details(folder, book))
    assert computed.proof.holds, computed.proof
    for earlier in done:
        lines = lines_of(book, earlier)
        for member, line in lines.items():
            reference = f"{earlier}/{member}"
            payment = book.payments.get(reference)
            assert line.payout == (payment.amount if payment else 0)


def test_whatever_many_do_at_once_the_sums_hold(base: Path, tmp_path: Path) -> None:
    codes = crowd(base, tmp_path, seed=1, workers=6, operations=14, months=3)
    assert codes["deliver 0"] > 5


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_twenty_workers_of_five_hundred_operations(base: Path, tmp_path: Path, seed: int) -> None:
    codes = crowd(base, tmp_path, seed, workers=20, operations=500, months=24)
    print(seed, sorted(codes.items()))
