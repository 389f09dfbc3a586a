"""A reversal takes back exactly what it names, no more and no less, and on the same day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core.data import Transaction

from ledger.checks.problem import Problem, at

Key = tuple[str, ...]
REVERSAL = "reversal"


def inexact_reversals(entries: list[Any]) -> Iterator[Problem]:
    """Each account, lot by lot, is as if neither had been."""
    taken_back: dict[Key, list[Any]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, Transaction) and entry.tags and REVERSAL in entry.tags:
            taken_back[_named(entry)].append(entry)
    if not taken_back:
        return
    left: dict[Key, dict[Key, Decimal]] = {key: defaultdict(Decimal) for key in taken_back}
    for entry in entries:
        if isinstance(entry, Transaction) and entry.tags:
            key = _named(entry) if REVERSAL in entry.tags else _own(entry)
            if key in left:
                for posting in entry.postings:
                    units: Any = posting.units
                    left[key][_lot(posting)] += units.number
    for key, sums in left.items():
        wrong = next((lot for lot, number in sums.items() if number), None)
        if wrong is not None:
            yield at(taken_back[key][0], f"Reversal: {wrong[0]} is not taken back exactly")


def _named(entry: Any) -> Key:
    meta = entry.meta
    scope = Path(meta["filename"]).name.split(".")[0]
    named = (meta.get("reverses"), meta.get("reverses-source"), meta.get("reverses-tag"))
    return (str(entry.date), scope, *map(str, named))


def _own(entry: Any) -> Key:
    path = Path(entry.meta["filename"])
    scope, tag = path.name.split(".")[0], min(entry.tags)
    return (str(entry.date), scope, path.parent.name, str(entry.meta.get("source")), tag)


def _lot(posting: Any) -> Key:
    meta = posting.meta or {}
    held = posting.cost or (meta.get("lot"), meta.get("since"), meta.get("of"))
    return (posting.account, posting.units.currency, str(held))
