"""Sealed months: no file of theirs is altered or gone, nothing is added, balances stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount.core.data import Custom, Transaction

from ledger.checks.problem import Problem, at
from ledger.seals import altered


def altered_months(entries: list[Any]) -> Iterator[Problem]:
    """Every sealed file has its hash; later files have no entry in a sealed month."""
    until: dict[str, str] = {}
    covered: set[str] = set()
    for entry in entries:
        if isinstance(entry, Custom):
            values = [value.value for value in entry.values]
            if entry.type in ("seal", "brought-seal"):
                until[values[0]] = max(until.get(values[0], ""), entry.meta["until"])
            elif entry.type == "sealed-file":
                covered.add(values[1])
                changes = Path(entry.meta["filename"]).parent.parent
                problem = altered(changes / values[1], entry.meta["sha256"])
                if problem:
                    yield at(entry, f"Sealed: changes/{values[1]} {problem}")
    if until:
        yield from _added(entries, until, covered)
        yield from _moved(entries)


def _moved(entries: list[Any]) -> Iterator[Problem]:
    """Every sealed balance is what the entries up to its day sum to."""
    sealed: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, Custom) and entry.type == "sealed-balance":
            sealed[entry.meta["until"]].append(entry)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    moves = (e for e in entries if isinstance(e, Transaction))
    entry = next(moves, None)
    for day in sorted(sealed):
        while entry is not None and entry.date.isoformat() <= day:
            for posting in entry.postings:
                units: Any = posting.units
                sums[posting.account, units.currency] += units.number
            entry = next(moves, None)
        for proof in sealed[day]:
            _, account, currency = (value.value for value in proof.values)
            if sums[account, currency] != Decimal(proof.meta["amount"]):
                yield at(
                    proof,
                    f"Sealed: {account} held {proof.meta['amount']} {currency} on {day},"
                    f" but the entries sum to {sums[account, currency]}",
                )


def _added(entries: list[Any], until: dict[str, str], covered: set[str]) -> Iterator[Problem]:
    scopes: dict[str, str | None] = {}
    for entry in entries:
        if not isinstance(entry, Transaction) or _is_brought(entry):
            continue
        filename = entry.meta["filename"]
        if filename not in scopes:
            path = Path(filename)
            known = f"{path.parent.name}/{path.name}" in covered
            scopes[filename] = None if known else path.name.split(".")[0]
        scope = scopes[filename]
        if scope in until and entry.date.isoformat() <= until[scope]:
            yield at(entry, f"Sealed: {scope} is closed up to {until[scope]}")


def _is_brought(entry: Any) -> bool:
    """What a year close wrote stands in no sealed file, and may be of a month that is sealed."""
    return "brought" in entry.tags or "brought-from" in entry.meta
