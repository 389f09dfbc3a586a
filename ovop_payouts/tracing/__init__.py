"""Lineage, both ways: from a file or a row to what became of it, and back (contract §2, §6).

    march.xlsx!14               the row: was it booked, what did it earn whom, in which run, paid?
    march.xlsx                  all its rows
    D-17/1  R-100  V-1          rows by their business key, or a part of it
    M0345                       every row of a member
    2026-03/issyk-kul/1/M0345   a payment, and the rows that made it

A treasurer traces what stands in their own books and in common data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ledger import accounts
from ovop_payouts.book import Book, LandedRow
from ovop_payouts.payout.line import som
from ovop_payouts.refusal import Refusal
from ovop_payouts.tracing.fates import Fate, Fates


@dataclass(frozen=True, slots=True)
class Traced:
    """One row: where it stands, and what became of it.

    `status` is booked, reversed, already imported, refused, unmatched or not imported.
    """

    kind: str
    key: str
    source: str
    status: str
    date: str = ""
    change: str = ""
    note: str = ""
    fates: tuple[Fate, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of one thing; `about` says in words what it is."""

    what: str
    about: str
    rows: tuple[Traced, ...]
    payments: tuple[Fate, ...] = ()


def key_text(key: tuple[str, ...]) -> str:
    return "/".join(part for part in key if part)


def landed(book: Book, fates: Fates, kind: str, key: tuple[str, ...], row: LandedRow) -> Traced:
    """A row that stands in the books."""
    date = row.columns.get("date", row.columns.get("valid_from", row.columns.get("period", "")))
    note = _sold(book, row) if kind == "deliveries" else ""
    mine = tuple(fates.of(kind, row))
    return Traced(kind, key_text(key), row.source, "booked", date, row.change, note, mine)


def _sold(book: Book, row: LandedRow) -> str:
    """Which sales took consigned goods of a delivery."""
    if row.columns.get("terms") != "consignment":
        return ""
    label = f"{row.columns['note_no']}/{row.columns['line_no']}"
    parts = [
        f"{format((portion.units - portion.back).normalize(), 'f')} in"
        f" {portion.store}/{portion.receipt_no}/{portion.line[2]}"
        for portions in book.portions.values()
        for portion in portions
        if portion.lot.label == label and portion.units != portion.back
    ]
    return f"sold: {', '.join(parts)}" if parts else "not sold yet"


def visible(book: Book, only: str | None) -> Iterator[tuple[str, tuple[str, ...], LandedRow]]:
    """(kind, key, row) of all rows that a reader may see: a treasurer's own and common data."""
    for kind, rows in sorted(book.rows.items()):
        for key, row in rows.items():
            if only is None or row.scope in (only, accounts.COMMON):
                yield kind, key, row


def trace_books(book: Book, what: str, only: str | None) -> Trace:
    """Trace a member, a payment, a change, or rows by their key. Raises Refusal."""
    fates = Fates(book)
    if what in book.members and _may_see(book, what, only):
        return _member(book, fates, what, only)
    payment = book.payments.get(what)
    if payment is not None and only in (None, payment.association):
        return _payment(book, fates, what, only)
    rows = [each for each in visible(book, only) if _matches(what, each[1], each[2])]
    if not rows:
        raise Refusal(_unknown(book, what, only))
    traced = [landed(book, fates, *each) for each in rows]
    about = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return Trace(what, about, tuple(sorted(traced, key=_position)))


def _may_see(book: Book, member: str, only: str | None) -> bool:
    return only in (None, book.member(member).association)


def _matches(what: str, key: tuple[str, ...], row: LandedRow) -> bool:
    """Whether a name is a row's change, its key, or parts of it that follow each other."""
    parts, wanted = [part for part in key if part], what.split("/")
    if what in (row.change, key_text(key)):
        return True
    starts = range(len(parts) - len(wanted) + 1)
    return any(parts[start : start + len(wanted)] == wanted for start in starts)


def _unknown(book: Book, what: str, only: str | None) -> str:
    known = [key_text(key) for _, key, _ in visible(book, only)]
    near = get_close_matches(what, known, 1, 0.75)
    hint = f"; did you mean {near[0]}?" if near else ""
    return (
        f"{what} is no file, row, member, payment or change of these books{hint}"
        " (FILE, FILE!ROW, a member, a key such as D-17/1, or RUN/MEMBER)"
    )


def _position(row: Traced) -> tuple[str, str, str]:
    return row.date, row.kind, row.key


def _member(book: Book, fates: Fates, ident: str, only: str | None) -> Trace:
    """Every row that names a member, or brought something, and every payment."""
    earned = {
        (earning.change, earning.meta.get("source", ""))
        for earning, _ in fates.all()
        if earning.member == ident
    }
    rows = [
        _of_member(landed(book, fates, kind, key, row), ident)
        for kind, key, row in visible(book, only)
        if row.columns.get("member") == ident or (row.change, row.source) in earned
    ]
    payments = [fates.payment(name) for name, p in book.payments.items() if p.member == ident]
    member = book.member(ident)
    about = f"{member.name}, {member.association}, {member.group}"
    listed = tuple(sorted(rows, key=_position))
    return Trace(ident, about, listed, tuple(sorted(payments, key=lambda p: p.run)))


def _of_member(row: Traced, ident: str) -> Traced:
    """A sale of many producers' goods, as one of them sees it."""
    mine = tuple(fate for fate in row.fates if fate.payee == ident)
    return Traced(
        row.kind, row.key, row.source, row.status, row.date, row.change, row.note,
        mine if mine else row.fates,
    )  # fmt: skip


def _payment(book: Book, fates: Fates, name: str, only: str | None) -> Trace:
    """A payment, and the rows that its run holds of the payee."""
    fate = fates.payment(name)
    rows = []
    for kind, key, row in visible(book, only):
        traced = landed(book, fates, kind, key, row)
        behind = ((each.run, each.payee) == (fate.run, fate.payee) for each in traced.fates)
        if kind != "bank" and any(behind):
            rows.append(_of_member(traced, fate.payee))
    about = f"{som(book.payments[name].amount)} to {fate.payee} by {book.payments[name].rail}"
    return Trace(name, f"{about}, {fate.became}", tuple(sorted(rows, key=_position)), (fate,))
