"""Lots: who lies where on a day, and which are taken (contract §2 and §4)."""

from __future__ import annotations

from datetime import date as Date
from fractions import Fraction

from .state import Books, Lot, Move

When = tuple[Date, int]
# The order of a day: openings, deliveries, transfers, sales, returns, stocktakes.
OPENING, DELIVERY, TRANSFER, SALE, RETURN, STOCKTAKE = range(6)
Taken = list[tuple[Lot, Fraction]]


def lying(books: Books, place: str, lot: str, day: Date) -> Fraction:
    """How much of a lot lies at a place in the evening of the day."""
    return sum(
        (m.quantity for m in books.moves if (m.place, m.lot) == (place, lot) and m.when[0] <= day),
        Fraction(0),
    )


def free(books: Books, place: str, lot: str, when: When) -> Fraction:
    """How much may be taken at a moment: later landed moves must not be left short."""
    mine = [m for m in books.moves if (m.place, m.lot) == (place, lot)]
    moments = {when, *(m.when for m in mine if m.when > when)}
    return min(
        sum((m.quantity for m in mine if m.when <= moment), Fraction(0)) for moment in moments
    )


def candidates(books: Books, place: str, product: str, when: When) -> Taken:
    """All lots of the product at the place that have something left, oldest first."""
    lots = sorted((x for x in books.lots.values() if x.product == product), key=lambda x: x.age)
    found = [(lot, free(books, place, lot.name, when)) for lot in lots]
    return [(lot, quantity) for lot, quantity in found if quantity > 0]


def first_in_first_out(found: Taken, quantity: Fraction) -> Taken | None:
    """Nothing where there is not enough."""
    taken: Taken = []
    for lot, there in found:
        part = min(there, quantity)
        if part > 0:
            taken.append((lot, part))
            quantity -= part
    return taken if quantity == 0 else None


def for_sale(
    books: Books, place: str, product: str, quantity: Fraction, day: Date,
    lot: str | None, order_no: str | None,
) -> Taken | None:  # fmt: skip
    """The named lot, else those reserved for the line's order, then free ones."""
    found = candidates(books, place, product, (day, SALE))
    reserved = [(x, q) for x, q in found if x.order_no is not None and x.order_no == order_no]
    unreserved = [(x, q) for x, q in found if x.order_no is None]
    wanted = reserved + unreserved
    if lot is not None:
        wanted = [(x, q) for x, q in wanted if x.name == lot]
    return first_in_first_out(wanted, quantity)


def move(books: Books, place: str, lot: Lot, when: When, quantity: Fraction) -> None:
    books.moves.append(Move(place, lot.name, when, quantity))


def stock_by_place(books: Books) -> dict[tuple[str, str, str], Fraction]:
    """(place, product, lot) -> what lies there after everything, zeros left out."""
    whole: dict[tuple[str, str, str], Fraction] = {}
    for m in books.moves:
        key = (m.place, books.lots[m.lot].product, m.lot)
        whole[key] = whole.get(key, Fraction(0)) + m.quantity
    return {key: quantity for key, quantity in whole.items() if quantity}
