"""Lots: who lies where on a day, and which are taken (contract §2 and §4)."""

from __future__ import annotations

from datetime import date as Date
from fractions import Fraction

from .state import Books, Lot, Move

Taken = list[tuple[Lot, Fraction]]


def lying(books: Books, place: str, lot: str, day: Date) -> Fraction:
    """How much of a lot lies at a place in the evening of the day."""
    return sum(
        (m.quantity for m in books.moves if (m.place, m.lot) == (place, lot) and m.date <= day),
        Fraction(0),
    )


def free(books: Books, place: str, lot: str, day: Date) -> Fraction:
    """How much may be taken on the day: later landed moves must not be left short."""
    later = {m.date for m in books.moves if (m.place, m.lot) == (place, lot) and m.date > day}
    return min(lying(books, place, lot, when) for when in {day, *later})


def candidates(books: Books, place: str, product: str, day: Date) -> Taken:
    """All lots of the product at the place that have something left, oldest first."""
    lots = sorted((x for x in books.lots.values() if x.product == product), key=lambda x: x.age)
    found = [(lot, free(books, place, lot.name, day)) for lot in lots]
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
    found = candidates(books, place, product, day)
    reserved = [(x, q) for x, q in found if x.order_no is not None and x.order_no == order_no]
    unreserved = [(x, q) for x, q in found if x.order_no is None]
    wanted = reserved + unreserved
    if lot is not None:
        wanted = [(x, q) for x, q in wanted if x.name == lot]
    return first_in_first_out(wanted, quantity)


def move(books: Books, place: str, lot: Lot, day: Date, quantity: Fraction) -> None:
    books.moves.append(Move(place, lot.name, day, quantity))


def stock_by_place(books: Books) -> dict[tuple[str, str, str], Fraction]:
    """(place, product, lot) -> what lies there after everything, zeros left out."""
    whole: dict[tuple[str, str, str], Fraction] = {}
    for m in books.moves:
        key = (m.place, books.lots[m.lot].product, m.lot)
        whole[key] = whole.get(key, Fraction(0)) + m.quantity
    return {key: quantity for key, quantity in whole.items() if quantity}
