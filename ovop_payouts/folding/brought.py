"""What a year close brought forward, in the read model (contract §2, closing).

Directives that are needed as they were are copied, and say in `brought-from` in which change they
had landed. What many of them amount to stands in facts of our own, and in entries with the tag
`brought`:

    2027-01-01 custom "brought-year" "2026-12-31"
    2027-01-01 custom "brought-lot" "felt-1" "D-17/1" "2026-03-10" "200"
      association: "issyk-kul"
      …
    2027-01-01 * "Brought forward" "Goods of 2026" #brought
      Assets:Stock:IssykKul:Osh:FELT-1  3 FELT-1 {200 KGS, 2026-03-10, "D-17/1"}
        place: "osh"
        product: "felt-1"
      Equity:Opening  -600.00 KGS
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import msgspec

from ledger import accounts
from ledger.directives import Entry, Fact, Meta
from ovop_payouts.book import Book
from ovop_payouts.folding.goods import lot_key, owe
from ovop_payouts.folding.place import Place
from ovop_payouts.records import Advance, Earning, Lot, Payment, Returned
from ovop_payouts.stock import STAGES

FROM = "brought-from"
TAG = "brought"


def place_of(place: Place, meta: Meta) -> Place:
    """Where a directive landed first."""
    return Place(meta[FROM], place.scope) if FROM in meta else place


def record_meta(record: msgspec.Struct | object, **more: str) -> Meta:
    """A frozen record as metadata, from which `_record` reads it again."""
    return {**more, "record": msgspec.json.encode(record).decode()}


def _year(book: Book, place: Place, fact: Fact) -> None:
    book.brought_until = date.fromisoformat(fact.values[0])


def _changes(book: Book, place: Place, fact: Fact) -> None:
    """Changes that no run has seen, though nothing of them is needed."""
    for change in fact.meta["changes"].split():
        book.changes[change].add(place.scope)


def _seen(book: Book, place: Place, fact: Fact) -> None:
    book.seen_before[fact.values[0]].update(fact.meta["changes"].split())


def _lot(book: Book, place: Place, fact: Fact) -> None:
    lot = msgspec.json.decode(fact.meta["record"], type=Lot)
    book.lots.setdefault((place.scope, *fact.values), lot)


def _place(book: Book, place: Place, fact: Fact) -> None:
    book.stock.places.add(fact.values[0])


def _earning(book: Book, place: Place, fact: Fact) -> None:
    earning = msgspec.json.decode(fact.meta["record"], type=Earning)
    found = book.openings if fact.values[0] == "opening" else book.earnings
    found[earning.association].append(earning)


def _shared(book: Book, place: Place, fact: Fact) -> None:
    group, period, product = fact.values
    book.shared[group, period, product or None] += Decimal(fact.meta["amount"])


def _advance(book: Book, place: Place, fact: Fact) -> None:
    advance = msgspec.json.decode(fact.meta["record"], type=Advance)
    book.advances[advance.member].append(advance)


def _taken(book: Book, place: Place, fact: Fact) -> None:
    member, account = fact.values
    book.fixed_taken[member, account] += Decimal(fact.meta["amount"])


def _payment(book: Book, place: Place, fact: Fact) -> None:
    payment = msgspec.json.decode(fact.meta["record"], type=Payment)
    if payment.reference not in book.payments:
        book.pay(payment)
    if "settled" in fact.meta:
        book.settled.setdefault(payment.reference, date.fromisoformat(fact.meta["settled"]))


def _returned(book: Book, place: Place, fact: Fact) -> None:
    returned = msgspec.json.decode(fact.meta["record"], type=Returned)
    book.returned[returned.reference] = returned
    book.returned_of[returned.member].append(returned)


def _run(book: Book, place: Place, fact: Fact) -> None:
    book.long_settled.add(fact.values[0])


def _seal(book: Book, place: Place, fact: Fact) -> None:
    book.closed[fact.values[0]].append(fact.meta)


FACTS: dict[str, Callable[[Book, Place, Fact], None]] = {
    "brought-year": _year,
    "brought-changes": _changes,
    "brought-seen": _seen,
    "brought-lot": _lot,
    "brought-place": _place,
    "brought-earning": _earning,
    "brought-shared": _shared,
    "brought-advance": _advance,
    "brought-taken": _taken,
    "brought-payment": _payment,
    "brought-returned": _returned,
    "brought-run": _run,
    "brought-seal": _seal,
}


def brought(book: Book, place: Place, entry: Entry) -> None:
    """Goods at their places, and what clients owe of each invoice line."""
    when = (entry.date, STAGES["openings"])
    for leg in entry.legs:
        if accounts.is_stock(leg.account) and book.goods:
            lot = book.lots[lot_key(place.scope, leg.meta["product"], leg)]
            book.stock.move(leg.meta["place"], lot, when, leg.number)
        else:
            owe(book, [leg])
