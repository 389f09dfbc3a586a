"""Random scenarios: `scenario(seed)` plays months on the calculation and notes what it expects."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal

from . import activity, people, runs, shares
from .activity import Maker
from .arithmetic import last_day, month_of
from .balances import whole_balances
from .booking import import_rows
from .master import member_on, rate
from .people import Rows
from .state import Books, Row
from .steps import (
    Approve,
    Cancel,
    Close,
    Confirm,
    Count,
    Draft,
    Import,
    Mark,
    Scenario,
    Settle,
    Step,
)
from .stock import stock_by_place
from .variance import unusual
from .wrong import crafted

# What may come in late, as often as it is named.
LATE = (activity.delivery, activity.delivery, activity.sale, activity.sale, activity.give_back,
        activity.give_back, activity.transfer, activity.stocktake)  # fmt: skip


class Unlucky(Exception):
    """The dice led to books that nobody can draft; thrown again with others."""


@dataclass
class Play:
    rng: random.Random
    books: Books = field(default_factory=Books)
    steps: list[Step] = field(default_factory=list)
    number: int = 95
    deferred: Rows = field(default_factory=list)


def scenario(seed: int, months: int | None = None) -> Scenario:
    """The same seed, the same scenario."""
    for attempt in range(50):
        play = Play(random.Random(f"{seed}/{attempt}"))
        try:
            whole_play(play, months or play.rng.choice((2, 2, 3)))
        except Unlucky:
            continue
        return Scenario(seed, sorted(play.books.associations), play.steps)
    raise AssertionError(f"no luck with seed {seed}")


def whole_play(play: Play, months: int) -> None:
    rows = begin(play)
    for number in range(1, months + 1):
        one_month(play, f"2026-{number:02d}", rows)
        rows = []


def begin(play: Play) -> Rows:
    """Master data and openings."""
    rng = play.rng
    rows, owned = people.associations(rng)
    groups = [group for found in owned.values() for group in found]
    rows += people.members(rng, owned) + people.products(rng, groups)
    rows += people.policy(rng, list(owned))
    rows += openings(rng, rows) + orders(rng, rows)
    return rows


def orders(rng: random.Random, master: Rows) -> Rows:
    """What clients ordered; nothing of the sums hangs on it."""
    what = [row["product"] for kind, row in master if kind == "products"]
    return [
        ("orders", {"order_no": name, "client": "Hotel", "date": Date(2026, 1, 1),
                    "due": Date(2026, 5, 1), "product": product, "quantity": Decimal(100),
                    "unit_price": people.price_of(rng, 50, 900), "currency": "KGS"})
        for name in ("O-1", "O-2")
        for product in what
        if rng.random() < 0.9
    ]  # fmt: skip


def openings(rng: random.Random, master: Rows) -> Rows:
    who = [row for kind, row in master if kind == "members"]
    what = [row["product"] for kind, row in master if kind == "products"]
    rows: Rows = []
    day = Date(2025, 12, 31)
    for number in range(rng.randint(0, 6)):
        row, product = rng.choice(who), rng.choice(what)
        of = {name: row[name] for name in ("association", "group", "member")}
        goods = {"product": product, "location": rng.choice(people.PLACES),
                 "quantity": Decimal(rng.randint(1, 30)), "ref": f"S-{number}"}  # fmt: skip
        found: Row = rng.choice((
            {"kind": "payable", **of, "amount": people.amount_of(rng, -300, 900)},
            {"kind": "advance", **of, "ref": f"A-0{number}",
             "amount": people.amount_of(rng, 10, 900)},
            {"kind": "taken", **of, "amount": people.amount_of(rng, 1, 90),
             "ref": "Liabilities:Funds:Membership"},
            {"kind": "stock", **of, **goods, "member": None,
             "amount": people.amount_of(rng, 9, 900)},
            {"kind": "consigned", **of, **goods, "amount": Decimal(0)},
        ))  # fmt: skip
        rows.append(
            ("openings", {"date": day, **{k: v for k, v in found.items() if v is not None}})
        )
    return once_each(rows)


def once_each(rows: Rows) -> Rows:
    """One payable per member: their key has no number."""
    seen: dict[object, tuple[str, Row]] = {}
    for kind, row in rows:
        key = (row["kind"], row["member"]) if row["kind"] in ("payable", "taken") else row["ref"]
        seen.setdefault(key, (kind, row))
    return list(seen.values())


def one_month(play: Play, period: str, rows: Rows) -> None:
    rng = play.rng
    year, month = (int(part) for part in period.split("-"))
    first, last = Date(year, month, 1), last_day(period)
    book(play, Date(year, month, 16), rows, first, Date(year, month, 15), "")
    after = last + timedelta(1)
    book(play, after.replace(day=2), [], Date(year, month, 16), last, period)
    drafts(play, after.replace(day=3), period)
    for association in shuffled(rng, play.books.associations):
        decide(play, after.replace(day=4), period, association)
    if rng.random() < 0.5:
        late(play, after.replace(day=5), period)
    supplements(play, after.replace(day=5), period)
    count(play)
    pay(play, after.replace(day=8))
    if rng.random() < 0.5:
        repair(play, after.replace(day=9))
        supplements(play, after.replace(day=9), period)
        pay(play, after.replace(day=9), everything=True)
    close_or_not(play, after.replace(day=10), period)


def shuffled(rng: random.Random, names: object) -> list[str]:
    found = sorted(names)  # type: ignore[call-overload]
    rng.shuffle(found)
    return found  # type: ignore[no-any-return]


def book(play: Play, today: Date, rows: Rows, first: Date, last: Date, period: str) -> None:
    """One import of good rows, then perhaps one with bad ones."""
    rng = play.rng
    timely = [x for x in [*play.deferred, *rows] if dated(x[1]) <= today]
    play.deferred = [x for x in [*play.deferred, *rows] if dated(x[1]) > today]
    scratch, outcome = import_rows(play.books, timely, today)
    assert not outcome.problems, outcome.problems
    make = Maker(rng, scratch, today, number=play.number)
    changes(make, play, first, last)
    activity.busy_days(make, first, last, rng.choice((0.7, 1.2, 2)))
    if period:
        activity.contributions(make, period, 0.75)
        for closed in sorted(play.books.closed):
            activity.contributions(make, closed, 0.3)
        for _ in range(rng.choice((0, 1, 1, 2))):
            activity.distribution(make, last)
    play.number = make.number
    take_in(play, today, [*timely, *make.good])
    refuse(play, today, make.bad)


def dated(row: Row) -> Date:
    found = row.get("date") or row.get("valid_from") or Date.min
    assert isinstance(found, Date)
    return found


def changes(make: Maker, play: Play, first: Date, last: Date) -> None:
    """A new rate, a member who moves to another group or changes details."""
    rng = make.rng
    if rng.random() < 0.3:
        new_rates(make, first)
    if rng.random() < 0.3 and first.day == 1 and first.month > 1:
        who = rng.choice(sorted(make.scratch.members))
        held = member_on(make.scratch, who, last)
        groups = {r[-1]["group"] for r in make.scratch.members.values()
                  if r[-1]["association"] == held["association"]}  # fmt: skip
        row = {**held, "group": rng.choice(sorted(groups)), "changed": first}
        if row["group"] != held["group"]:
            make.offer("members", row)
    if rng.random() < 0.25 and first.month > 1 and first.day > 1:
        change_details(make, first)
    if rng.random() < 0.4:
        new_papers(make, first, renamed=bool(play.books.products))
    if rng.random() < 0.2 and first.month > 1:
        newcomer(make, first)


def new_papers(make: Maker, first: Date, renamed: bool) -> None:
    """A new price, a new name, a decision of the committee; what landed before stands."""
    rng, books = make.rng, make.scratch
    product = rng.choice(sorted(books.products))
    day = first + timedelta(rng.randint(0, 12))
    make.offer("prices", {"product": product, "valid_from": day,
                          "buyback_price": people.price_of(rng, 30, 600)})  # fmt: skip
    other = rng.choice(sorted(books.products))
    if renamed:
        make.offer("products", {**books.products[other], "name_en": f"Fine {other}"})
    if rng.random() < 0.5:
        group = rng.choice([None, *sorted({r[-1]["group"] for r in books.members.values()})])
        decision = rng.choice(("revoked", "suspended", "certified", "certified"))
        make.offer("certificates", {"certificate_no": f"N-{make.next()}", "product": other,
                                    "group": group, "decision": decision,
                                    "date": day})  # fmt: skip


def newcomer(make: Maker, first: Date) -> None:
    """A member who joins later, into a known group."""
    rng = make.rng
    known = make.scratch.members[rng.choice(sorted(make.scratch.members))][-1]
    number = 200 + make.next()
    make.offer("members", {"association": known["association"], "group": known["group"],
                           "member": f"M{number}", "name": "Newcomer", "joined": first,
                           **people.details(rng, number)})  # fmt: skip


def new_rates(make: Maker, first: Date) -> None:
    """From some day of the month on; shrinkage never changes within a month."""
    rng = make.rng
    old = [r for r in make.scratch.policy if r["rule"] not in ("shrinkage", "signature")]
    if old:
        row = dict(rng.choice(old))
        late = 0 if row["rule"] in ("vat", "sales_tax") else rng.randint(0, 9)
        row["valid_from"] = first + timedelta(late)
        times: tuple[Decimal | int, ...] = (0, 2, Decimal("0.5"))
        row["value"] *= rng.choice(times if row["value"] * 2 < 1 else (0, Decimal("0.5")))
        make.offer("policy", row)


def change_details(make: Maker, day: Date) -> None:
    rng = make.rng
    who = rng.choice(sorted(make.scratch.members))
    held = make.scratch.members[who][-1]
    plain = {k: v for k, v in held.items() if k not in ("rail", "account_no", "bic", "phone")}
    new = people.details(rng, 0)
    if new != {k: held[k] for k in ("rail", "account_no", "bic", "phone") if k in held}:
        make.offer("members", {**plain, **new, "changed": day + timedelta(rng.randint(0, 5))})


def take_in(play: Play, today: Date, rows: Rows) -> None:
    """Rows that the calculation takes whole; some of them twice."""
    again = play.rng.sample(sorted(play.books.rows, key=str), min(2, len(play.books.rows)))
    old = [(kind, play.books.rows[kind, key]) for kind, key in again
           if kind not in ("members",)]  # fmt: skip
    rows = [*rows, *old]
    while True:
        after, outcome = import_rows(play.books, rows, today)
        if not outcome.problems:
            break
        wrong = {problem.place for problem in outcome.problems}
        rows = [row for index, row in enumerate(rows) if index not in wrong]
    if rows and play.rng.random() < 0.3:
        rows = [*rows, play.rng.choice(rows)]
    play.rng.shuffle(rows)
    if not rows:
        return
    after, outcome = import_rows(play.books, rows, today)
    assert not outcome.problems, "the order in the file never matters"
    play.books = after
    files = play.rng.choice((1, 1, 2))
    play.steps.append(Import(today, "anna", rows, False, files, outcome.booked, outcome.again))
    check_distributions(play)


def check_distributions(play: Play) -> None:
    for distribution in play.books.distributions:
        try:
            shares.parts(play.books, distribution)
        except ValueError as error:
            raise Unlucky from error


def refuse(play: Play, today: Date, bad: Rows) -> None:
    """Rows that the calculation refuses, in an import of their own."""
    rng = play.rng
    if rng.random() < 0.6:
        return
    number = play.number = play.number + 20
    rows = [*rng.sample(bad, min(2, len(bad))), *crafted(rng, play.books, today, number)]
    partial = rng.random() < 0.4
    after, outcome = import_rows(play.books, rows, today, partial)
    if not outcome.problems:
        return
    if partial and outcome.booked:
        play.books = after
    play.steps.append(
        Import(today, "anna", rows, partial, 1, outcome.booked, outcome.again, outcome.problems)
    )
    check_distributions(play)


def drafted(play: Play, today: Date, period: str, association: str) -> str:
    """Draft, and note what the run should show."""
    try:
        run = runs.draft(play.books, period, association)
    except ValueError as error:
        raise Unlucky from error
    if play.books.warnings:
        raise AssertionError(play.books.warnings)
    play.steps.append(Draft(today, period, association, copy.deepcopy(run.shown)))
    return run.id


def drafts(play: Play, today: Date, period: str) -> None:
    rng = play.rng
    for association in shuffled(rng, play.books.associations):
        run = drafted(play, today, period, association)
        if rng.random() < 0.08:
            runs.cancel(play.books, run)
            play.steps.append(Cancel(today, run))
            run = drafted(play, today, period, association)
        marks(play, today, run)


def marks(play: Play, today: Date, run: str) -> None:
    """Holds and disputes; half of them are released, sometimes in a later run."""
    rng = play.rng
    members = [x["member"] for x in runs.find(play.books, run).shown["lines"]]
    for member in [m for m in members if play.books.holds.get(m)]:
        if rng.random() < 0.5:
            mark(play, today, "release", run, member)
    for member in rng.sample(members, min(len(members), rng.choice((0, 0, 0, 1, 2)))):
        verb = rng.choice(("hold", "dispute"))
        mark(play, today, verb, run, member)
        if rng.random() < 0.5:
            mark(play, today, "release", run, member)


def mark(play: Play, today: Date, verb: str, run: str, member: str) -> None:
    if verb == "release":
        runs.release(play.books, run, member)
    else:
        runs.hold(play.books, run, member, verb)
    shown = copy.deepcopy(runs.find(play.books, run).shown)
    play.steps.append(Mark(today, "anna", verb, run, member, shown))


def decide(play: Play, today: Date, period: str, association: str) -> None:
    """Approve; where something landed meanwhile, be refused, draft and approve again."""
    rng = play.rng
    if rng.random() < 0.3:
        trickle(play, today, period)
    run = next(r.id for r in play.books.runs if (r.association, r.status) == (association, "draft"))
    if not approved(play, today, run):
        drafted(play, today, period, association)
        assert approved(play, today, run)


def approved(play: Play, today: Date, run_id: str) -> bool:
    """Sign and give reasons where the policy asks; False where other figures have landed."""
    books, run = play.books, runs.find(play.books, run_id)
    sign = rate(books, "signature", run.association, last_day(run.period)) > 0
    surely, perhaps = unusual(books, run)
    before = copy.deepcopy(run.shown)
    try:
        runs.approve(books, run_id)
        refused = False
    except runs.Refused:
        refused = True
    if surely and surely == perhaps and not refused:
        play.steps.append(Approve(today, run_id, True, before))
    shown = copy.deepcopy(run.shown)
    play.steps.append(Approve(today, run_id, refused, shown, sign, sorted(perhaps)))
    return not refused


def trickle(play: Play, today: Date, period: str) -> None:
    """A few late rows of the month."""
    make = Maker(play.rng, copy.deepcopy(play.books), today, number=play.number)
    last = last_day(period)
    for _ in range(play.rng.randint(1, 3)):
        day = last - timedelta(play.rng.randint(0, 20))
        play.rng.choice(LATE)(make, day)
    activity.contributions(make, period, 0.4)
    play.number = make.number
    take_in(play, today, make.good)


def late(play: Play, today: Date, period: str) -> None:
    """Late rows, sometimes of the month before too; supplements take them."""
    earlier = [m for m in {month_of(p.date) for p in play.books.portions}
               if m < period and m not in play.books.closed]  # fmt: skip
    if earlier and play.rng.random() < 0.5:
        trickle(play, today, max(earlier))
    trickle(play, today, period)
    if play.rng.random() < 0.2:
        make = Maker(play.rng, copy.deepcopy(play.books), today, number=play.number)
        activity.distribution(make, last_day(period))
        play.number = make.number
        take_in(play, today, make.good)


def supplements(play: Play, today: Date, period: str) -> None:
    """For each association that has something new, but for what lacks contributions."""
    for association in sorted(play.books.associations):
        trial = copy.deepcopy(play.books)
        run = runs.draft(trial, period, association)
        if any(x["gross"] != "0.00" or x["returned"] != "0.00" for x in run.shown["lines"]) or (
            run.effects.earnings or run.effects.distributions
        ):
            approved(play, today, drafted(play, today, period, association))


def pay(play: Play, today: Date, everything: bool = False) -> None:
    """Most payments arrive, some come back, at once or after they arrived."""
    rng = play.rng
    rows: list[Row] = []
    for reference, payment in sorted(play.books.payments.items()):
        if payment.status == "transit" and (everything or rng.random() < 0.9):
            status = "returned" if rng.random() < 0.12 else "settled"
            rows.append(paid(today, reference, payment.amount, status))
        elif payment.status == "settled" and rng.random() < 0.02:
            rows.append(paid(today, reference, payment.amount, "returned"))
    if rows and rng.random() < 0.15:
        wrong = [*rows, paid(today, rng.choice(rows)["reference"], 1, "settled")]
        play.steps.append(Settle(today, wrong, runs.settle(copy.deepcopy(play.books), wrong)))
    if rows:
        assert not runs.settle(play.books, rows)
        play.steps.append(Settle(today, rows, []))


def paid(today: Date, reference: str, amount: int, status: str) -> Row:
    row: Row = {"date": today, "amount": Decimal(amount) / 100, "reference": reference,
                "status": status}  # fmt: skip
    return row | ({"reason": "account closed"} if status == "returned" else {})


def repair(play: Play, today: Date) -> None:
    """Those whose payment came back bring new details; some are confirmed at once."""
    rng = play.rng
    make = Maker(rng, copy.deepcopy(play.books), today, number=play.number)
    waiting = [m for m, d in play.books.details.items() if len(d) <= play.books.bounced.get(m, 0)]
    # Dated back to the month's end, so that it holds for its runs under any reading.
    day = today.replace(day=1) - timedelta(1)
    for who in waiting:
        old = make.scratch.members[who][-1]
        if (old.get("changed") or Date.min) < day and rng.random() < 0.7:
            rail = {"rail": "bank", "account_no": f"1289988{rng.randint(10**8, 10**9)}",
                    "bic": "DEMIKG22"}  # fmt: skip
            make.offer("members", {**old, **rail, "changed": day})
    take_in(play, today, make.good)
    for who, found in sorted(play.books.details.items()):
        if not found[-1].confirmed and rng.random() < 0.8:
            runs.confirm(play.books, who)
            play.steps.append(Confirm(today, who))


def close_or_not(play: Play, today: Date, period: str) -> None:
    if play.rng.random() < 0.5:
        return
    pay(play, today, everything=True)
    supplements(play, today, period)
    pay(play, today, everything=True)
    earlier = [m for m in ("2026-01", "2026-02") if m <= period and m not in play.books.closed]
    for month in [*earlier, period] if period not in earlier else earlier:
        runs.close(play.books, month)
        play.steps.append(Close(today, month))
    count(play)


def count(play: Play) -> None:
    books = play.books
    play.steps.append(Count(stock_by_place(books), whole_balances(books), set(books.unsure)))
