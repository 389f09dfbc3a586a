"""One payee of a run: each amount, and the rows of workbooks that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, money
from ovop_payouts.naming import product_name
from ovop_payouts.payout import life
from ovop_payouts.payout.explain import explain
from ovop_payouts.payout.gates import is_unusual
from ovop_payouts.payout.history import (
    OPEN,
    Objection,
    approval,
    earnings_by_run,
    objections,
    reasons,
    returns_of,
)
from ovop_payouts.payout.line import Deduction, Line, Run
from ovop_payouts.payout.periods import RunId
from ovop_payouts.payout.views import mean
from ovop_payouts.payout.why import phrase_of
from ovop_payouts.records import Earning, Member, Returned
from ovop_payouts.web.desk import Desk, Done, NothingThere, Page
from ovop_payouts.web.pages.drafts import book_of, computed_now, decided_book
from ovop_payouts.web.pages.lookup import lines, run_of, status_of
from ovop_payouts.web.pages.proof import prove
from ovop_payouts.web.pages.snapshots import change, variance_of


@dataclass(frozen=True, slots=True)
class Earned:
    """One earning: what, how much, at which price, and the row it stands in."""

    date: date
    kind: str
    document: str
    product: str
    quantity: Decimal | None
    price: Decimal | None
    value: Decimal | None
    """What consigned goods were sold for, before commission."""
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One deduction: its rate of its base, and what it was cut to."""

    deduction: Deduction
    base: Decimal
    full: Decimal
    """What rate and base alone give, rounded; the amount itself for `fixed`."""


@dataclass(frozen=True, slots=True)
class PayeeView:
    """One line of a run, taken apart."""

    run: RunId
    status: str
    member: Member
    line: Line
    earned: tuple[Earned, ...]
    taken: tuple[Taken, ...]
    returned: tuple[Returned, ...]
    mean: Decimal | None
    change: Decimal | None
    unusual: bool
    reason: str
    objections: tuple[Objection, ...]
    steps: tuple[str, ...]
    """The calculation line by line, as `ovop payout show RUN --member M` says it."""
    actions: tuple[str, ...]
    previous: str | None
    next: str | None


def build(desk: Desk) -> Mapping[str, object]:
    view = view_of(desk)
    phrase = phrase_of(view.line.reason or "")
    why = desk.words(phrase) if phrase else view.line.reason
    return {"view": view, "why": why}


def view_of(desk: Desk) -> PayeeView:
    """Raises NothingThere where the run or the line is not this user's to see."""
    run, ident = run_of(desk, desk.must("run")), desk.must("member")
    found = lines(desk.book, run)
    if ident not in found:
        raise NothingThere(ident)
    line, computed = found[ident], computed_now(desk, run)
    book = _book(desk, run, computed)
    ratio = variance_of(desk.book, run)
    raised = tuple(objections(desk.book, run.association).get(ident, ()))
    order = list(found)
    place = order.index(ident)
    return PayeeView(
        run,
        status_of(desk.book, run),
        desk.book.member(ident, run.cutoff),
        line,
        tuple(_earned(desk, e) for e in _earnings(book, run, ident, computed)),
        tuple(_taken(line, each) for each in line.deductions),
        tuple(r for r in returns_of(desk.book, run) if r.member == ident),
        mean(line) if line.before else None,
        change(line),
        ratio is not None and is_unusual(line, ratio),
        reasons(desk.book, run).get(ident, ""),
        raised if status_of(desk.book, run) in OPEN else (),
        tuple(explain(book, run, ident, computed)),
        tuple(_actions(desk, run, raised)),
        order[place - 1] if place else None,
        order[place + 1] if place + 1 < len(order) else None,
    )


def _book(desk: Desk, run: RunId, computed: Run | None) -> Book:
    """What the line was made from: the books now, or as the approval left them."""
    if computed is not None:
        return book_of(desk, run)
    return decided_book(desk, run) if approval(desk.book, run) else desk.book


def _earnings(book: Book, run: RunId, ident: str, computed: Run | None) -> list[Earning]:
    found = (
        computed.earnings.get(ident, [])
        if computed is not None
        else earnings_by_run(book, run.association).get(run, {}).get(ident, [])
    )
    return sorted(found, key=lambda e: (e.date, e.meta.get("source", "")))


def _earned(desk: Desk, earning: Earning) -> Earned:
    meta = earning.meta
    of_goods = earning.tag in ("deliveries", "sales", "returns")
    price = meta.get("price") or meta.get("unit_price")
    return Earned(
        earning.date,
        earning.kind,
        _document(meta),
        product_name(desk.book, earning.product, desk.words.language),
        earning.quantity if of_goods else None,
        Decimal(price) if of_goods and price else None,
        earning.value if earning.kind == "consignment" else None,
        earning.amount,
        meta.get("source", ""),
    )


def _document(meta: Mapping[str, str]) -> str:
    """The number of the paper that it stands on."""
    if "note_no" in meta:
        return f"{meta['note_no']}/{meta['line_no']}"
    if "receipt_no" in meta:
        return f"{meta['store']} {meta['receipt_no']}/{meta['line_no']}"
    return meta.get("distribution") or meta.get("count_no") or meta.get("pool", "")


def _taken(line: Line, each: Deduction) -> Taken:
    base = max(ZERO, line.gross)
    full = each.amount if each.rule == "fixed" else money(each.rate * base)
    return Taken(each, base, full)


def _actions(desk: Desk, run: RunId, raised: tuple[Objection, ...]) -> Iterator[str]:
    if status_of(desk.book, run) not in OPEN:
        return
    for action in ("hold", "dispute", "reason"):
        if desk.may(action, run.association):
            yield action
    if desk.may("release", run.association) and any(
        life.may_release(each, desk.user) for each in raised
    ):
        yield "release"


def _asked(desk: Desk, action: str) -> tuple[RunId, str, str]:
    """(run, member, reason) of a form, by who they say they are."""
    run = run_of(desk, desk.must("run"))
    desk.require(action, run.association)
    prove(desk)
    return run, desk.must("member"), desk.text("text")


def hold(desk: Desk) -> Done:
    run, ident, why = _asked(desk, "hold")
    life.hold(desk.books, run, ident, "hold", why, desk.actor)
    return _done(desk, "said_held", run, ident)


def dispute(desk: Desk) -> Done:
    run, ident, why = _asked(desk, "dispute")
    life.hold(desk.books, run, ident, "dispute", why, desk.actor)
    return _done(desk, "said_disputed", run, ident)


def release(desk: Desk) -> Done:
    run, ident, why = _asked(desk, "release")
    life.release(desk.books, run, ident, why, desk.actor)
    return _done(desk, "said_released", run, ident)


def reason(desk: Desk) -> Done:
    run, ident, why = _asked(desk, "reason")
    life.give_reason(desk.books, run, ident, why, desk.actor)
    return _done(desk, "said_reason", run, ident)


def _done(desk: Desk, phrase: str, run: RunId, ident: str) -> Done:
    said = desk.words(phrase, run=str(run), member=ident)
    return Done(said, "payee", {"run": str(run), "member": ident})


PAGE = Page(
    "payee",
    build,
    actions={"hold": hold, "dispute": dispute, "release": release, "reason": reason},
    menu=False,
)
