"""Settlement: what became of payments after they left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from importers.bank_messages import is_xml
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import runs
from ovop_payouts.records import Payment, Unmatched
from ovop_payouts.refusal import Refusal
from ovop_payouts.settling import Message, resolve, settle_message, still_unmatched
from ovop_payouts.web.desk import Desk, Done, NothingThere, Page
from ovop_payouts.web.pages.kept import keep
from ovop_payouts.web.pages.lookup import chosen, remembered, status_of
from ovop_payouts.web.pages.proof import prove
from ovop_payouts.web.pages.tables import Slice, finds, sliced

STATES = ("transit", "returned", "settled")
RAILS = ("bank", "wallet", "cash")


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment. `open`: it came back, and the payee has not got new details since."""

    payment: Payment
    name: str
    group: str
    state: str
    day: date | None
    """When it was settled or came back."""
    days: int
    """How long it took, or has been under way."""
    why: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class RunSum:
    """How a run's payments came out, by rail: number and KGS."""

    run: str
    status: str
    sent: Decimal
    settled: Decimal
    returned: Decimal
    transit: Decimal
    payments: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Settlement:
    table: Slice[PaymentRow]
    runs: tuple[RunSum, ...]
    transit: Decimal
    waiting: int
    returned: Decimal
    back: int
    settled: Decimal
    done: int
    unmatched: tuple[Unmatched, ...]
    """What banks said of payments of ours that fits none: it blocks the close."""
    states: tuple[str, ...] = STATES
    rails: tuple[str, ...] = RAILS


KEYS: dict[str, Callable[[PaymentRow], Any]] = {
    "reference": lambda r: r.payment.reference,
    "name": lambda r: r.name.casefold(),
    "rail": lambda r: (r.payment.rail, r.payment.reference),
    "amount": lambda r: r.payment.amount,
    "state": lambda r: (STATES.index(r.state), r.payment.reference),
    "day": lambda r: (r.day or date.max, r.payment.reference),
    "days": lambda r: r.days,
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Settlement:
    everything = payments_of(desk)
    rows = [r for r in everything if _passes(desk, r)]
    key = ("settlement", chosen(desk), desk.today, desk.user.association)
    whole = remembered(desk.book, key, lambda: _whole(desk, everything))
    return replace(whole, table=sliced(rows, len(everything), desk.asked, KEYS, "state"))


def _whole(desk: Desk, everything: list[PaymentRow]) -> Settlement:
    """The page without its table: the same whatever is searched for."""

    def of(state: str) -> list[PaymentRow]:
        return [r for r in everything if r.state == state]

    def total(state: str) -> Decimal:
        return sum((r.payment.amount for r in of(state)), ZERO)

    return Settlement(
        sliced([], len(everything), {}, KEYS, "state"),
        tuple(_runs(desk, everything)),
        total("transit"),
        len(of("transit")),
        total("returned"),
        len(of("returned")),
        total("settled"),
        len(of("settled")),
        tuple(unmatched_of(desk)),
    )


def unmatched_of(desk: Desk) -> list[Unmatched]:
    """Of the associations that may be seen; what names none is the head office's business."""
    own = desk.user.association
    return [item for item in still_unmatched(desk.book, own) if own in (None, item.scope)]


def payments_of(desk: Desk) -> list[PaymentRow]:
    """All payments of the chosen associations, by reference."""
    key = ("payments", chosen(desk), desk.today)
    return remembered(desk.book, key, lambda: _payments(desk))


def _payments(desk: Desk) -> list[PaymentRow]:
    book, wanted = desk.book, set(chosen(desk))
    mine = (p for p in book.payments.values() if p.association in wanted)
    return [_row(desk, p) for p in sorted(mine, key=lambda p: p.reference)]


def _row(desk: Desk, payment: Payment) -> PaymentRow:
    book = desk.book
    member = book.member(payment.member)
    back = book.returned.get(payment.reference)
    settled = book.settled.get(payment.reference)
    day = back.date if back else settled
    return PaymentRow(
        payment,
        member.name,
        member.group,
        "returned" if back else "settled" if settled else "transit",
        day,
        ((day or desk.today) - payment.date).days,
        back.reason if back else "",
        back is not None and back.rail != "cash" and member.details <= back.details,
    )


def _passes(desk: Desk, row: PaymentRow) -> bool:
    payment = row.payment
    return (
        desk.text("state") in ("", row.state)
        and desk.text("rail") in ("", payment.rail)
        and desk.text("run") in ("", payment.run)
        and finds(desk.text("q"), payment.reference, row.name, row.group)
    )


def _runs(desk: Desk, rows: list[PaymentRow]) -> Iterator[RunSum]:
    """The latest runs first."""
    by_run: dict[str, list[PaymentRow]] = defaultdict(list)
    for row in rows:
        by_run[row.payment.run].append(row)
    for run in sorted(runs(desk.book), reverse=True):
        mine = by_run.get(str(run))
        if not mine:
            continue
        amounts = {
            state: sum((r.payment.amount for r in mine if r.state == state), ZERO)
            for state in STATES
        }
        yield RunSum(
            str(run),
            status_of(desk.book, run),
            sum(amounts.values(), ZERO),
            amounts["settled"],
            amounts["returned"],
            amounts["transit"],
            len(mine),
            sum(1 for r in mine if r.state == "transit"),
        )


def settle(desk: Desk) -> Done:
    """A bank's message, or a workbook of the kind `bank`; a workbook is first tried out."""
    desk.require("settle")
    prove(desk)
    if len(desk.files) != 1:
        raise Refusal(desk.words("settle_one_file"))
    file = desk.files[0]
    if not is_xml(file.content):
        return Done(desk.words("said_kept"), "imports", {"try": keep(desk)})
    done = settle_message(
        desk.books, Message(file.name, file.content), desk.user.name, desk.today, desk.at
    )
    said = desk.words(
        "said_settled",
        settled=str(done.booked["settled"]),
        returned=str(done.booked["returned"]),
        known=str(done.known),
        ignored=str(len(done.ignored)),
        unmatched=str(len(done.listed)),
    )
    return Done(said, "settlement", {})


def explain_unmatched(desk: Desk) -> Done:
    desk.require("resolve")
    prove(desk)
    item = desk.must("item")
    if item not in {each.ident for each in unmatched_of(desk)}:
        raise NothingThere(item)
    resolve(desk.books, item, desk.text("text"), desk.user.name, desk.today, desk.at)
    return Done(desk.words("said_resolved", item=item), "settlement", {})


PAGE = Page("settlement", build, actions={"settle": settle, "resolve": explain_unmatched})
