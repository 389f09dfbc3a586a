"""Statements of account out of the books: one payee's month, over all its runs (contract §8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.directives import Meta
from ovop_payouts.book import Book
from ovop_payouts.links import LASTS, member_link
from ovop_payouts.money import ZERO
from ovop_payouts.naming import association_name, group_name, product_name
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.history import (
    DECIDED,
    OPEN,
    approval,
    earnings_by_run,
    lines_as_text,
    lines_of,
    returns_of,
    runs,
    status,
)
from ovop_payouts.payout.line import Line, line_from, som
from ovop_payouts.payout.periods import RunId, months_up_to
from ovop_payouts.payout.why import phrase_of
from ovop_payouts.private import Details
from ovop_payouts.records import Earning, Member
from ovop_payouts.settings import Settings
from reports.reasons import reason_said
from reports.statement.model import (
    Advance,
    Back,
    Deducted,
    Delivery,
    Month,
    Other,
    Sale,
    Statement,
    Year,
)
from reports.words import words

RATED = frozenset(("withholding", "fee", "social", "advance"))


@dataclass(slots=True)
class Shelf:
    """What the statements of one association's month are made of, looked up once."""

    book: Book
    association: str
    period: str
    settings: Settings
    runs: list[RunId]
    lines: dict[RunId, dict[str, Line]]
    earnings: dict[RunId, dict[str, list[Earning]]]
    history: dict[str, dict[str, list[Meta]]] = field(default_factory=dict)
    """Period -> member -> lines of approved runs as text, for the picture of twelve months."""
    first: str = ""
    """The month of the association's first run, as far as it matters for the picture."""
    read: dict[tuple[str, str], list[Line]] = field(default_factory=dict)
    """(period, member) -> of these, what was asked for."""
    recovered: dict[str, Decimal] = field(default_factory=dict)
    year: str | None = None
    """For papers of a year (YYYY): the month is then the last one that was approved in it."""
    secret: bytes | None = None
    """What links to pages are signed with; None where there are no pages."""
    taken_in: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Member -> deliveries of the month that earned nothing."""

    @property
    def payees(self) -> list[str]:
        """Who has a statement, by group and member."""
        found = {member for run in self.runs for member in self.lines[run]}
        if self.year is not None:
            found = {m for p, mine in self.history.items() if p[:4] == self.year for m in mine}
        return sorted(found, key=lambda m: (self.book.member(m).group, m))


def shelf_of(
    book: Book,
    association: str,
    period: str,
    settings: Settings,
    details: dict[str, Details],
    secret: bytes | None = None,
    earlier: Book | None = None,
) -> Shelf:
    """Look up what a month's statements need: its approved runs, or else its draft.

    `earlier` knows of runs before those that `book` knows.
    """
    of_month = [r for r in runs(book, association) if r.period == period]
    mine = [r for r in of_month if status(book, r) in DECIDED]
    earnings = earnings_by_run(book, association)
    if not mine:
        mine = [r for r in of_month if status(book, r) in OPEN]
        for run in mine:
            earnings[run] = compute(book, run, details).earnings
    lines = {r: lines_of(book, r) for r in mine}
    shelf = Shelf(book, association, period, settings, mine, lines, earnings, secret=secret)
    _look_up_history(shelf, [each for each in (earlier, book) if each is not None])
    _look_up_advances(shelf)
    _look_up_taken_in(shelf)
    return shelf


def _look_up_history(shelf: Shelf, books: list[Book]) -> None:
    """Lines of the approved runs of twelve months; what two books know they say alike."""
    shown = frozenset(months_up_to(shelf.period))
    known = {run: book for book in books for run in runs(book, shelf.association)}
    for run, book in sorted(known.items()):
        shelf.first = shelf.first or run.period
        if run.period in shown and status(book, run) in DECIDED:
            of_month = shelf.history.setdefault(run.period, {})
            for member, line in lines_as_text(book, run).items():
                of_month.setdefault(member, []).append(line)


def _look_up_advances(shelf: Shelf) -> None:
    recovered: dict[str, Decimal] = defaultdict(Decimal)
    for (member, rule, _, period), amount in shelf.book.deducted.items():
        if rule == "advance" and period <= shelf.period:
            recovered[member] += amount
    shelf.recovered = recovered


def _look_up_taken_in(shelf: Shelf) -> None:
    """Goods on commission earn nothing yet, rejected ones never: the member wants to see them."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in shelf.book.rows["deliveries"].values():
        meta = row.columns
        if "member" in meta and meta["date"].startswith(shelf.period) and _earns_nothing(meta):
            found[meta["member"]].append(meta)
    shelf.taken_in = found


def _earns_nothing(meta: dict[str, str]) -> bool:
    rejected = Decimal(meta.get("rejected", "0"))
    return meta["terms"] == "consignment" or Decimal(meta["delivered"]) == rejected


def statement_of(shelf: Shelf, ident: str, language: str | None = None) -> Statement:
    """One payee's statement, in the language asked for, else the member's own."""
    book = shelf.book
    held = [(run, shelf.lines[run][ident]) for run in shelf.runs if ident in shelf.lines[run]]
    last, line = held[-1]
    member = book.member(ident, last.cutoff)
    tongue = language or member.language or shelf.settings.languages[0]
    earnings = [e for run, _ in held for e in shelf.earnings.get(run, {}).get(ident, [])]
    earnings.sort(key=lambda e: (e.date, e.meta.get("source", "")))
    payout = sum((each.payout for _, each in held), ZERO)
    return Statement(
        tongue,
        shelf.settings.payer,
        association_name(book, shelf.association, tongue),
        group_name(member),
        ident,
        member.name,
        shelf.period,
        str(last),
        status(book, last),
        issued_on(book, last),
        held[0][1].opening,
        tuple(_deliveries(shelf, ident, earnings, tongue)),
        tuple(_sales(book, earnings, tongue)),
        tuple(_others(book, earnings, tongue)),
        sum((each.gross for _, each in held), ZERO),
        tuple(_returns(book, ident, [run for run, _ in held], tongue)),
        tuple(_deductions(shelf, ident, [each for _, each in held], last)),
        payout,
        line.carried,
        line.rail,
        account_end(book, member),
        _state(line, payout),
        reason_of(line, tongue),
        tuple(_history(shelf, ident)),
        _link(shelf, ident, last, payout),
        _advance(shelf, ident, [each for _, each in held], last),
        _year(shelf, ident),
        tuple(_paid_on(book, held)),
    )


def _paid_on(book: Book, held: list[tuple[RunId, Line]]) -> Iterator[date]:
    for run, line in held:
        step = approval(book, run)
        if step is not None and line.payout:
            yield step.date


def _state(line: Line, payout: Decimal) -> str:
    """A month that paid in any of its runs is a paid one."""
    return "pay" if payout else line.state


def _hash(book: Book, run: RunId) -> str:
    return next(s.hash for s in reversed(book.steps[str(run)]) if s.hash)[7:23]


def _link(shelf: Shelf, ident: str, last: RunId, payout: Decimal) -> str:
    """The page's address, where there are pages and it may be told; else a reference."""
    if shelf.secret is not None and shelf.settings.web.url and approval(shelf.book, last):
        until = issued_on(shelf.book, last) + LASTS
        return member_link(shelf.secret, shelf.settings.web.url, shelf.period, ident, until)
    return f"OVOP {last}/{ident} {som(payout)} KGS {_hash(shelf.book, last)}"


def issued_on(book: Book, run: RunId) -> date:
    step = approval(book, run)
    return step.date if step else book.steps[str(run)][-1].date


def account_end(book: Book, member: Member) -> str:
    key = (member.member, member.changed.isoformat() if member.changed else "")
    row = book.rows["members"].get(key)
    return row.columns.get("account_end", "") if row else ""


def _deliveries(
    shelf: Shelf, ident: str, earnings: list[Earning], language: str
) -> Iterator[Delivery]:
    bought = [(e.meta, e.amount) for e in earnings if e.tag == "deliveries"]
    taken_in = [(meta, ZERO) for meta in shelf.taken_in.get(ident, ())]
    for meta, amount in sorted(bought + taken_in, key=lambda pair: (pair[0]["date"], _note(pair))):
        price = meta.get("price")
        yield Delivery(
            date.fromisoformat(meta["date"]),
            f"{meta['note_no']}/{meta['line_no']}",
            product_name(shelf.book, meta["product"], language),
            Decimal(meta["delivered"]),
            Decimal(meta.get("rejected", "0")),
            reason_said(words(language), meta.get("reject_reason")),
            Decimal(price) if price is not None else None,
            amount,
            unit_of(shelf.book, meta["product"]),
            meta["terms"] == "consignment",
        )


def unit_of(book: Book, product: str | None) -> str | None:
    known = book.products.get(product) if product else None
    return known.unit if known else None


def _note(pair: tuple[dict[str, str], Decimal]) -> tuple[str, Decimal]:
    meta, _ = pair
    return meta["note_no"], Decimal(meta["line_no"])


def _sales(book: Book, earnings: list[Earning], language: str) -> Iterator[Sale]:
    for e in earnings:
        if e.tag in ("sales", "returns"):
            receipt = f"{e.meta['store']} {e.meta['receipt_no']}"
            name = product_name(book, e.product, language)
            unit = unit_of(book, e.product)
            yield Sale(e.date, receipt, name, e.quantity, e.value, e.amount, unit)


def _others(book: Book, earnings: list[Earning], language: str) -> Iterator[Other]:
    for e in earnings:
        if e.tag not in ("deliveries", "sales", "returns"):
            name = product_name(book, e.product, language)
            what = e.meta.get("distribution") or e.meta.get("count_no")
            if what is None:
                period = e.meta.get("period")
                what = words(language).month(period, inside=True) if period else ""
            yield Other(e.date, e.kind, ", ".join(t for t in (what, name) if t), e.amount)


def _returns(book: Book, ident: str, held: list[RunId], language: str) -> Iterator[Back]:
    say = words(language)
    for run in held:
        for returned in returns_of(book, run):
            if returned.member == ident:
                why = say.bank_reason(returned.reason)
                yield Back(returned.date, returned.reference, why, returned.amount)


def _deductions(shelf: Shelf, ident: str, lines: list[Line], last: RunId) -> Iterator[Deducted]:
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    rates: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        for each in line.deductions:
            amounts[each.rule, each.account] += each.amount
            rates[each.rule, each.account] = each.rate
    for (rule, account), amount in amounts.items():
        rate = rates[rule, account] if rule in RATED else None
        left = _advance_left(shelf, ident, amount, last) if rule == "advance" else None
        yield Deducted(rule, amount, rate, left)


def _advance(shelf: Shelf, ident: str, lines: list[Line], last: RunId) -> Advance | None:
    """The payee's advances, where there are any left or this month took of them."""
    of_lines = [d.amount for line in lines for d in line.deductions if d.rule == "advance"]
    taken = sum(of_lines, ZERO)
    left = _advance_left(shelf, ident, taken, last)
    return Advance(taken, left) if taken or left else None


def _advance_left(shelf: Shelf, ident: str, taken: Decimal, last: RunId) -> Decimal:
    """Advances up to the month's end, less what was recovered and paid back by then."""
    book = shelf.book
    given = sum((a.amount for a in book.advances[ident] if a.date <= last.cutoff), ZERO)
    repaid = sum((amount for day, amount in book.repaid[ident] if day <= last.cutoff), ZERO)
    now = taken if approval(book, last) is None else ZERO
    return given - repaid - shelf.recovered.get(ident, ZERO) - now


def reason_of(line: Line, language: str) -> str | None:
    """In the member's words where the reason is ours, with what to do about it where they can do
    something; as written where it is a person's."""
    if line.reason is None or line.state == "pay":
        return None
    phrase, say = phrase_of(line.reason), words(language)
    if phrase is None:
        return line.reason
    what_to_do = f"do_{phrase}"
    return f"{say(phrase)}. {say(what_to_do)}" if what_to_do in say else say(phrase)


def _year(shelf: Shelf, ident: str) -> Year:
    """The calendar year up to the month, over all its runs."""
    months = [p for p in months_up_to(shelf.period) if p[:4] == shelf.period[:4]]
    lines = [line for period in months for line in lines_in(shelf, period, ident)]
    return Year(
        sum((line.gross for line in lines), ZERO),
        sum((line.deducted for line in lines), ZERO),
        sum((line.payout - line.returned for line in lines), ZERO),
    )


def lines_in(shelf: Shelf, period: str, ident: str) -> list[Line]:
    """A payee's lines of a month: of approved runs, or of the draft that the shelf is about."""
    if (period, ident) not in shelf.read:
        said = shelf.history.get(period, {}).get(ident, [])
        shelf.read[period, ident] = [line_from(ident, each) for each in said]
    lines = shelf.read[period, ident]
    if period == shelf.period and not lines:
        return [shelf.lines[run][ident] for run in shelf.runs if ident in shelf.lines[run]]
    return lines


def _history(shelf: Shelf, ident: str) -> Iterator[Month]:
    for period in months_up_to(shelf.period):
        if period < shelf.first:
            continue
        lines = lines_in(shelf, period, ident)
        gross = sum((line.gross for line in lines), ZERO)
        yield Month(period, gross, sum((line.payout for line in lines), ZERO))
