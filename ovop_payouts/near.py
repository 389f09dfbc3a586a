"""The open year's books as an import needs them: by sums, and whole where its rows ask for more.

    rows of December  ->  marks of their keys, receipts, payments; the first day of their goods
    January … November  ->  none of these marks, all goods moved before: added up
    what came back in December was sold in October  ->  October's file is read whole

The book differs from the whole one in what no row asks for. Where something was reversed, all
is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from importers.rows import Row, Rows, unpacked
from ledger.directives import Entry
from ledger.store import LandedFile, landed
from ovop_payouts.book import Book, Receivable, load
from ovop_payouts.booking.plan import maybe, row_key, words
from ovop_payouts.folding import fold, marked
from ovop_payouts.folding.marked import FOR_IMPORTS, Marked, Moved
from ovop_payouts.memory import uncollected
from ovop_payouts.records import Lot
from ovop_payouts.shards import has_reversal
from ovop_payouts.stock import STAGES

_TAKING = frozenset(("transfers", "sales", "stocktakes"))
_ASKING = frozenset(("bank", "stocktakes"))
"""Kinds that ask for more than rows of their own kind."""
Place = tuple[str, str, int]
Summed = dict[Place, Marked]


@dataclass(slots=True)
class Asked:
    """What rows ask of files that landed before."""

    marks: set[int]
    first: date
    """The first day on which they take goods: files whose goods moved then, or later, are whole."""


def load_for_import(books: Path, rows: Rows) -> Book:
    """What these rows will be booked on. Raises as `book.load`."""
    with uncollected():
        files = list(landed(books, view=FOR_IMPORTS))
        if has_reversal(files):
            return load(books)
        sums = {file.place: said for file in files for said in _marked(file)}
        if not sums:
            return fold(files)
        kinds = {kind for said in sums.values() for kind in said.kinds}
        book = _of_sums(books, files, sums, _asked_by(rows, kinds))
    return load(books) if _are_alike(book) else book


def _marked(file: LandedFile) -> Iterable[Marked]:
    return filter(None, map(marked.marked_in, file.directives[-1:]))


def _asked_by(rows: Rows, kinds: set[str]) -> Asked:
    """Rows of kinds of which none landed ask for little, and are not unpacked for it."""
    asked, first = set[bytes](), date.max
    for shape, some in groupby(rows.packed, itemgetter(0)):
        alike = list(some)
        if shape.kind in _TAKING:
            at = shape.names.index("date")
            first = min(first, min(values[at] for _, _, values in alike))
        if shape.kind in kinds or shape.kind in _ASKING:
            for row in map(unpacked, alike):
                asked.add(marked.row_of(row.kind, row_key(row)))
                asked.update(_besides(row))
    return Asked(set(map(marked.number_of, asked)), first)


def _besides(row: Row) -> Iterable[bytes]:
    """Counting asks for all lots of a product; what comes back, for all that it may be of."""
    if row.kind == "stocktakes":
        yield marked.product_of(words(row, "product"))
    elif row.kind == "sales" and words(row, "quantity").startswith("-"):
        yield marked.sold_of(words(row, "store"), words(row, "product"), maybe(row, "return_of"))
    elif row.kind == "bank":
        yield marked.payment_of(words(row, "reference"))


def _of_sums(books: Path, files: list[LandedFile], sums: Summed, asked: Asked) -> Book:
    whole: dict[Place, LandedFile] = {}
    while more := [p for p, said in sums.items() if p not in whole and _is_asked(said, asked)]:
        changes = {change for change, _, _ in more}
        read = {file.place: file for file in landed(books, changes=changes)}
        found = {place: read[place] for place in more}
        whole |= found
        asked = Asked(set(map(marked.number_of, _paid_in(found.values()))), date.max)
    left = {place: said for place, said in sums.items() if place not in whole}
    files = [whole.get(file.place, file) for file in files]
    moved = _moved(files, left)
    book = fold(files, lots={(p[1], *m.key): m.lot for p, m in moved if m.lot is not None})
    for place, said in left.items():
        _add(book, place, said)
    for (_, scope, _), each in moved:
        lot = book.lots[scope, *each.key]
        for where, quantity in each.at.items():
            book.stock.move(where, lot, (date.min, STAGES["openings"]), quantity)
    return book


def _is_asked(said: Marked, asked: Asked) -> bool:
    late = said.last is not None and said.last >= asked.first
    return late or marked.are_any(asked.marks, said.marks)


def _paid_in(files: Iterable[LandedFile]) -> Iterable[bytes]:
    """What the bank said in these files is of payments that may stand in others."""
    for file in files:
        for each in file.directives:
            if isinstance(each, Entry) and each.tag == "bank":
                yield marked.payment_of(each.meta["reference"])


def _moved(files: list[LandedFile], sums: Summed) -> list[tuple[Place, Moved]]:
    """Lots of which something is left, and of those used up what something else names."""
    moved = [(place, each) for place, said in sums.items() for each in said.moved]
    known = {(p[1], *m.key) for p, m in moved if m.lot is not None}
    named = {(p[1], *m.key) for p, m in moved} | _named(files)
    if missing := named - known:
        for place, said in sums.items():
            gone = marked.used_up(said)
            moved += [(place, m) for m in gone if (place[1], *m.key) in missing]
    return moved


def _named(files: Iterable[LandedFile]) -> set[tuple[str, ...]]:
    entries = ((f.scope, d) for f in files for d in f.directives if isinstance(d, Entry))
    return {key for scope, entry in entries for key in marked.lots_named(scope, entry)}


def _add(book: Book, place: Place, said: Marked) -> None:
    """What a file's entries add to balances."""
    book.stock.places.update(said.places)
    for account, number in said.owed.items():
        book.owed[account] += number
    for each in said.receivables:
        owed = book.receivables[each.account, each.currency]
        same = (o for o in owed if (o.label, o.rate) == (each.label, each.rate))
        if known := next(same, None):
            known.left += each.left
        else:
            owed.append(Receivable(each.account, each.label, each.date, each.rate, each.left))


def _are_alike(book: Book) -> bool:
    """Whether two lots are of one product and age: which came first to a place decides then."""
    seen: dict[tuple[object, ...], Lot] = {}
    return any(
        seen.setdefault((lot.product, *lot.age), lot) is not lot for lot in book.lots.values()
    )
