"""A sale that says which lot it is of is folded as one whose lot is looked up by its legs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from ledger.directives import Entry
from ledger.store import LandedFile, landed
from ovop_payouts.book import Book
from ovop_payouts.folding import apply_entry, fold
from ovop_payouts.folding.goods import lot_key
from ovop_payouts.folding.place import Place
from worked.books import Books, consigned, delivery, sale


def told(book: Book) -> dict[str, Any]:
    holdings = book.stock.holdings.items()
    return {
        "stock": {
            where: [(each.lot, each.number, each.moves, each.balance) for each in here.values()]
            for where, here in holdings
        },
        "portions": {
            where: [msgspec.structs.astuple(each) for each in sold]
            for where, sold in book.portions.items()
        },
        "earnings": book.earnings,
        "receivables": book.receivables,
        "owed": book.owed,
        "owed_daily": book.owed_daily,
        "rows": book.rows,
        "entries": book.entries,
    }


def test_a_sale_of_a_lot_that_is_known(books: Books) -> None:
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 10, "M0345", date="2026-03-02"),
            delivery("D-2", "honey-1", 10, "M0346", date="2026-03-02"),
        ],
        sales=[
            sale("R-1", "felt-1", 3, 350, discount=50),
            sale("R-2", "honey-1", 2, "450.50"),
            sale("R-3", "felt-1", 1, 5, payment="invoice", currency="USD", rate="87.45"),
        ],
    )
    files = list(landed(books.folder))
    sales = [
        (Place(file.change, file.scope), each)
        for file in files
        for each in file.directives
        if isinstance(each, Entry) and each.tag == "sales"
    ]
    assert len(sales) == 3
    known, looked_up = (fold(map(_without_sales, files)) for _ in range(2))
    for place, entry in sales:
        lot = known.lots[lot_key(place.scope, entry.meta["product"], entry.legs[0])]
        apply_entry(known, place, entry, lot)
        apply_entry(looked_up, place, entry)
    assert told(known) == told(looked_up) == told(fold(files))


def _without_sales(file: LandedFile) -> LandedFile:
    rest = [d for d in file.directives if not (isinstance(d, Entry) and d.tag == "sales")]
    return replace(file, directives=rest)
