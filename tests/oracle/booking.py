"""An import: rows in the contract's order, each booked or refused (contract §3 and §4)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import date as Date
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, NamedTuple

from importers.kinds import KINDS

from . import goods, partners
from .arithmetic import exact
from .state import Books, Problem, Row

MASTER = ("associations", "products", "members", "certificates", "prices", "policy", "orders",
          "contributions")  # fmt: skip
OF_A_DAY = {"openings": 0, "deliveries": 1, "transfers": 2, "sales": 3, "returns": 4,
            "stocktakes": 5}  # fmt: skip
REPLACED = ("associations", "products")
Refusal = tuple[str, str] | None


class Outcome(NamedTuple):
    """`booked` and `again` count rows; problems name the refused ones."""

    booked: int
    again: int
    problems: list[Problem]


def key_of(kind: str, row: Row) -> tuple[Any, ...]:
    return tuple(row.get(column) for column in KINDS[kind].key)


def import_rows(
    books: Books, rows: list[tuple[str, Row]], today: Date, partial: bool = False
) -> tuple[Books, Outcome]:
    """The books after the import, and what came of it; all or nothing unless `partial`."""
    after = copy.deepcopy(books)
    problems: list[Problem] = []
    booked = again = 0
    for index in in_order(rows):
        kind, row = rows[index]
        key = key_of(kind, row)
        if content(after.rows.get((kind, key))) == content(row):
            again += 1
            continue
        refusal = judged(after, kind, key, row, today)
        if refusal:
            problems.append(Problem(index, kind, key, *refusal))
            continue
        after.rows[kind, key] = row
        booked += 1
    if problems and not partial:
        return books, Outcome(0, 0, problems)
    return after, Outcome(booked, again, problems)


def content(row: Row | None) -> Row | None:
    if row is None:
        return None
    return {name: value for name, value in row.items() if value is not None}


def in_order(rows: list[tuple[str, Row]]) -> Iterable[int]:
    def compare(a: int, b: int) -> int:
        (kind_a, row_a), (kind_b, row_b) = rows[a], rows[b]
        place_a, place_b = place(kind_a, row_a), place(kind_b, row_b)
        if place_a != place_b:
            return -1 if place_a < place_b else 1
        return compare_keys(kind_a, key_of(kind_a, row_a), key_of(kind_b, row_b))

    return sorted(range(len(rows)), key=cmp_to_key(compare))


def place(kind: str, row: Row) -> tuple[int, Date, int]:
    """Master data first, then by date, then by kind within the day."""
    if kind in MASTER:
        return (0, Date.min, MASTER.index(kind))
    name = "returns" if kind == "sales" and row["quantity"] < 0 else kind
    return (1, row["date"], OF_A_DAY.get(name, 9))


def compare_keys(kind: str, a: tuple[Any, ...], b: tuple[Any, ...]) -> int:
    """Numbers as numbers where both are, else as text; note_no always as text."""
    for column, x, y in zip(KINDS[kind].key, a, b, strict=True):
        if x == y:
            continue
        p, q = number(x), number(y)
        if p is not None and q is not None and column != "note_no":
            return -1 if p < q else 1
        s, t = str(x or ""), str(y or "")
        return -1 if s < t else 1
    return 0


def number(value: object) -> Fraction | None:
    try:
        return None if value is None else exact(value)
    except ArithmeticError:
        return None


def judged(books: Books, kind: str, key: tuple[Any, ...], row: Row, today: Date) -> Refusal:
    """Book the row, or say the column and why not."""
    if (kind, key) in books.rows and kind not in REPLACED:
        return (KINDS[kind].key[0], "the same key with other content")
    return out_of_time(books, row, today) or BOOK[kind](books, row)


def out_of_time(books: Books, row: Row, today: Date) -> Refusal:
    day = row.get("date")
    if day is None:
        return None
    if day > today:
        return ("date", "in the future")
    if f"{day.year:04d}-{day.month:02d}" in books.closed:
        return ("date", "in a closed month")
    return None


BOOK: dict[str, Callable[[Books, Row], Refusal]] = {
    "associations": partners.association,
    "products": partners.product,
    "members": partners.member,
    "certificates": partners.certificate,
    "prices": partners.price,
    "policy": partners.policy,
    "orders": partners.order,
    "contributions": partners.contribution,
    "advances": partners.advance,
    "cashbook": partners.cashbook,
    "distributions": partners.distribution,
    "openings": goods.opening,
    "deliveries": goods.delivery,
    "transfers": goods.transfer,
    "sales": goods.sale,
    "stocktakes": goods.stocktake,
}
