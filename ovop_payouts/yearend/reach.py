"""Work that reaches back into closed years is planned on the books of all years.

What it then lands names lots and payments that the new year's books had no need of so far; so its
change brings these forward with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from importers.rows import Row
from ledger import accounts
from ledger.directives import Directive, Entry, Fact
from ovop_payouts.book import Book, load_ever
from ovop_payouts.booking.plan import maybe, row_key, words
from ovop_payouts.folding.brought import record_meta
from ovop_payouts.folding.goods import lot_key
from ovop_payouts.money import ZERO
from ovop_payouts.payout.periods import last_day

_DAYS = ("date", "valid_from", "changed")


def book_for(books: Path, book: Book, rows: Iterable[Row]) -> Book:
    """The open year's books, or where a row reaches back further, those of all years."""
    if book.brought_until is None or not _reach_back(book, list(rows), book.brought_until):
        return book
    return of_all_years(books, book)


def of_all_years(books: Path, book: Book) -> Book:
    """All years' books, as the open year's go on: accounts must be open in these."""
    ever = load_ever(books, goods=book.goods)
    ever.opened = book.opened
    return ever


def _reach_back(book: Book, rows: list[Row], until: date) -> bool:
    here = {words(row, "receipt_no") for row in rows if row.kind == "sales"}
    back: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if _is_old(row, until) and row_key(row) not in book.rows[row.kind]:
            return True
        if row.kind == "bank" and words(row, "reference") not in book.payments:
            return True
        if row.kind == "sales" and _number(row) < 0:
            receipt = maybe(row, "return_of")
            if receipt is not None and not _sold_here(book, row, receipt) and receipt not in here:
                return True
            if receipt is None:
                back[words(row, "store"), words(row, "product")] -= _number(row)
    return any(units > _can_come_back(book, place) for place, units in back.items())


def _is_old(row: Row, until: date) -> bool:
    days = [row.values[name] for name in _DAYS if name in row.values]
    if "period" in row.values:
        days.append(last_day(words(row, "period")))
    return any(isinstance(day, date) and day <= until for day in days)


def _number(row: Row) -> Decimal:
    value = row.values["quantity"]
    assert isinstance(value, (Decimal, int))
    return Decimal(value)


def _sold_here(book: Book, row: Row, receipt: str) -> bool:
    sold = book.portions.get((words(row, "store"), words(row, "product")), ())
    return any(portion.receipt_no == receipt for portion in sold)


def _can_come_back(book: Book, place: tuple[str, str]) -> Decimal:
    return sum((p.units - p.back for p in book.portions.get(place, ())), ZERO)


def what_it_reaches(
    near: Book,
    ever: Book,
    planned: Iterable[tuple[str, Directive]],
    on: date,
    known: Collection[tuple[str, ...]] = (),
) -> Iterator[tuple[str, Directive]]:
    """Facts of the lots and payments that planned entries name and the open year did not know.

    `known` are the lots that there were before anything was planned.
    """
    named: set[tuple[str, ...]] = set()
    for scope, each in planned:
        if isinstance(each, Entry) and "product" in each.meta:
            for leg in each.legs:
                if accounts.is_stock(leg.account):
                    named.add(lot_key(scope, each.meta["product"], leg))
        elif isinstance(each, Entry) and each.tag == "bank":
            reference = each.meta["reference"]
            if reference not in near.payments:
                yield scope, _payment(ever, reference, on)
    for key in sorted(named - near.lots.keys()):
        if key in known:
            scope, *values = key
            yield scope, Fact(on, "brought-lot", tuple(values), record_meta(ever.lots[key]))


def _payment(ever: Book, reference: str, on: date) -> Fact:
    settled = ever.settled.get(reference)
    more = {"settled": settled.isoformat()} if settled else {}
    return Fact(on, "brought-payment", (reference,), record_meta(ever.payments[reference], **more))
