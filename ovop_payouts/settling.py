"""What a bank's messages say of payments, into the books (contract §5, settle).

    camt.053  2026-03/issyk-kul/1/M0345  1500.00 DBIT  -> settled
    camt.054  2026-03/issyk-kul/1/M0345  1500.00 CRDT  -> returned
    camt.053  2026-03/issyk-kul/1/M0346   820.00 DBIT, 820.50 was sent -> listed as unmatched

Payments are matched one to one by reference, never by amount and day. Messages overlap and come
in any order: what is known already is counted. What is ours and fits none is listed in the
books, where it blocks the close until somebody says what it was.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from msgspec import structs

from importers.bank_messages import CURRENCY, BankMessage, Unused, bank_rows, read
from importers.rows import Row
from importers.sheets import UnreadableFile
from ledger import accounts, changes
from ledger.books import ARCHIVE
from ledger.directives import Directive, Fact
from ledger.log import Note
from ovop_payouts.book import Book
from ovop_payouts.booking.cash import bank
from ovop_payouts.booking.order import in_order
from ovop_payouts.booking.plan import Plan, Refused, day, words
from ovop_payouts.importing import free_name
from ovop_payouts.records import Unmatched
from ovop_payouts.refusal import Refusal
from ovop_payouts.shards import load_everybody
from ovop_payouts.writing import digest, land, proved, writing
from ovop_payouts.yearend.reach import of_all_years, what_it_reaches

RAIL = "bank"
ORDER_REPORT = "pain.002"


@dataclass(slots=True)
class Settled:
    """What became of a message. `change` is the name of the folder that landed, if one did."""

    kind: str
    booked: Counter[str] = field(default_factory=Counter)
    """settled or returned -> how many."""
    back: list[tuple[str, Decimal, str]] = field(default_factory=list)
    """(reference, amount, reason in words) of what came back."""
    known: int = 0
    ignored: tuple[Unused, ...] = ()
    listed: list[Unmatched] = field(default_factory=list)
    """Unmatched items of this message, new or known, that nobody has resolved."""
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A bank's message as a file."""

    file: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def settle_message(books: Path, message: Message, user: str, today: date, at: str = "") -> Settled:
    """Book what fits, list what does not; the same message again changes nothing.

    Raises Refusal where it is no message of a bank, writing.Busy, OSError.
    """
    try:
        said = read(message.content)
    except UnreadableFile as error:
        raise Refusal("{file}: {error}", file=message.file, error=error) from None
    with writing(books):
        near = load_everybody(books)
        book = near if near.brought_until is None else of_all_years(books, near)
        plan = Plan(book, today, user)
        done = _plan(plan, said, message)
        if book is not near:
            plan.planned[:0] = list(what_it_reaches(near, book, plan.planned, today))
        if plan.planned:
            done.change = _land(books, plan, message, at)
        return done


def _plan(plan: Plan, said: BankMessage, message: Message) -> Settled:
    done = Settled(said.kind, ignored=said.ignored)
    sent = {p.reference: p.amount for p in plan.book.payments.values() if p.rail == RAIL}
    rows, misfits = bank_rows(said, message.file, message.sha256, sent)
    misfits = [*said.misfits, *misfits]
    seen: set[tuple[str, str]] = set()
    for row in in_order(rows):
        try:
            _take(plan, row, done, seen)
        except Refused as refused:
            misfits.append(_misfit(row, refused.problem.reason))
    for ident, item in _named(misfits):
        if ident not in plan.book.unmatched:
            plan.fact(*_fact(plan, ident, item, said, message))
        if ident not in plan.book.resolved:
            done.listed.append(plan.book.unmatched[ident])
    return done


def _take(plan: Plan, row: Row, done: Settled, seen: set[tuple[str, str]]) -> None:
    """Book one row, or count it as known. Raises Refused where it does not fit."""
    status = words(row, "status")
    key = words(row, "reference"), status
    if key in seen:
        raise Refused(row, "reference", f"the bank names it twice as {status} in this message")
    seen.add(key)
    if _is_known(plan.book, row):
        done.known += 1
        return
    moved, more = _in_open_month(plan.book, row)
    bank(plan, moved, **more)
    done.booked[status] += 1
    back = plan.book.returned.get(key[0])
    if status == "returned" and back is not None:
        done.back.append((back.reference, back.amount, back.reason))


def _is_known(book: Book, row: Row) -> bool:
    """Whether a message before said the same. A report on orders has no day of its own."""
    landed = book.rows["bank"].get((words(row, "reference"), words(row, "status")))
    if landed is None or Decimal(landed.columns["amount"]) != row.values["amount"]:
        return False
    before = landed.columns.get("bank-day", landed.columns["date"])
    undated = f"/{ORDER_REPORT}!" in landed.source or row.source.sheet == ORDER_REPORT
    return undated or before == day(row).isoformat()


def _in_open_month(book: Book, row: Row) -> tuple[Row, dict[str, str]]:
    """What a bank dates in a closed month is entered under the first open day (contract §3)."""
    payment = book.payments.get(words(row, "reference"))
    until = book.closed_until(payment.association) if payment else None
    if until is None or day(row) > until:
        return row, {}
    first = until + timedelta(days=1)
    moved = structs.replace(row, values={**row.values, "date": first})
    return moved, {"bank-day": day(row).isoformat()}


# --- what does not fit -------------------------------------------------------------------------


def _misfit(row: Row, reason: str) -> Unused:
    reference, status = words(row, "reference"), words(row, "status")
    amount = f"{row.values['amount']} {CURRENCY}"
    return Unused(row.source.row, reference, amount, reason, day(row).isoformat(), status)


def _named(misfits: Iterable[Unused]) -> list[tuple[str, Unused]]:
    """Each under a name that follows from what the bank said, whichever message said it."""
    times: Counter[tuple[str, ...]] = Counter()
    named = []
    for item in sorted(misfits, key=lambda each: each.number):
        content = (item.reference, item.status, item.amount, item.day)
        times[content] += 1
        text = "\0".join((*content, str(times[content])))
        named.append((f"U-{hashlib.sha256(text.encode()).hexdigest()[:8]}", item))
    return named


def _fact(
    plan: Plan, ident: str, item: Unused, said: BankMessage, message: Message
) -> tuple[str, Fact]:
    meta = {
        "reference": item.reference,
        "amount": item.amount,
        "day": item.day,
        "status": item.status,
        "reason": item.reason,
        "source": f"{message.file}/{said.kind}!{item.number}",
        "sha": message.sha256[:16],
    }
    return _scope(plan.book, item.reference), Fact(plan.today, "unmatched", (ident,), meta)


def _scope(book: Book, reference: str) -> str:
    """The association that a reference names, else the head office."""
    parts = reference.split("/")
    return parts[1] if len(parts) > 1 and parts[1] in book.associations else accounts.HEAD_OFFICE


def still_unmatched(book: Book, association: str | None = None) -> list[Unmatched]:
    """What nobody has resolved, that concerns an association; what names none concerns all."""
    return [
        item
        for ident, item in sorted(book.unmatched.items())
        if ident not in book.resolved and (association is None or concerns(item, association))
    ]


def concerns(item: Unmatched, association: str) -> bool:
    """Whether an unmatched item is an association's; what names none is everybody's."""
    return item.scope in (association, accounts.HEAD_OFFICE)


def resolve(
    books: Path, ident: str, reason: str, user: str, today: date, at: str = ""
) -> Unmatched:
    """Say what an unmatched item was; the close no longer waits for it. Raises Refusal."""
    if not reason.strip():
        raise Refusal("a reason is needed")
    with writing(books):
        book = load_everybody(books)
        item = book.unmatched.get(ident)
        if item is None:
            raise Refusal(
                "{item} is no unmatched item (ovop payout unmatched lists them)", item=ident
            )
        done = book.resolved.get(ident)
        if done is not None:
            raise Refusal(
                "{item} was resolved by {user}: {reason}",
                item=ident,
                user=done["user"],
                reason=done["reason"],
            )
        fact = Fact(today, "unmatched-resolved", (ident,), {"user": user, "reason": reason})
        note = Note(user, today, "resolve", ident, "", at)
        land(books, f"resolve-{ident}", [(item.scope, fact)], note)
        return item


# --- landing -----------------------------------------------------------------------------------


def _land(books: Path, plan: Plan, message: Message, at: str) -> str:
    """The original comes before the change that names it."""
    meta = {"file": message.file, "user": plan.user, "whole": "yes"}
    header = Fact(plan.today, "import", (message.sha256,), meta)
    planned: list[tuple[str, Directive]] = [(accounts.HEAD_OFFICE, header), *plan.planned]
    changes.keep(books / ARCHIVE, message.content, suffix=".xml")
    drafts = proved(planned)
    said = digest(drafts)
    name = free_name(plan.book, f"{plan.today}-settle-{said[:16]}")
    land(books, name, drafts, Note(plan.user, plan.today, "settle", "", said, at))
    return name
