"""Stock that was never there: a place or a lot below zero at the end of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from beancount.core.data import Transaction

from ledger import accounts
from ledger.checks.problem import Problem, at

Key = tuple[object, ...]


def negative_stock(entries: list[Any]) -> Iterator[Problem]:
    """Within a day order does not matter: what is below zero when it ends is reported."""
    left: dict[Key, Decimal] = defaultdict(Decimal)
    moves: Iterator[Any] = (e for e in entries if isinstance(e, Transaction))
    for _, day in groupby(moves, key=attrgetter("date")):
        touched: dict[Key, Any] = {}
        for entry in day:
            for posting in entry.postings:
                if accounts.is_stock(posting.account):
                    for key in _keys(posting):
                        left[key] += posting.units.number
                        if posting.units.number < 0:
                            touched[key] = entry
        for key, entry in touched.items():
            if left[key] < 0:
                yield at(entry, _message(key, left[key]))


def _keys(posting: Any) -> tuple[Key, Key]:
    """The place's whole stock of a product, and one lot of it."""
    whole = (posting.account, posting.units.currency)
    cost = posting.cost
    if cost is not None:
        return whole, (*whole, cost.label, cost.date, cost.number)
    meta = posting.meta or {}
    return whole, (*whole, meta.get("lot"), meta.get("since"), meta.get("of"))


def _message(key: Key, left: Decimal) -> str:
    account, commodity, *lot = key
    if lot:
        return f"Negative lot: {left} {commodity} of lot {lot[0]} ({lot[1]}) in {account}"
    return f"Negative stock: {left} {commodity} in {account}"
