"""Approved runs book what their snapshot says; pools are allocated whole."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from beancount.core.data import Custom, Transaction

from ledger.checks.problem import Problem, at

Sums = dict[tuple[str, str], Decimal]
"""(run, member) -> KGS."""


def unbalanced_runs(entries: list[Any]) -> Iterator[Problem]:
    """For each approved run, payouts and deductions line by line."""
    payouts: Sums = defaultdict(Decimal)
    deductions: Sums = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction) and entry.tags:
            tag = min(entry.tags)
            if tag == "pool" and not _is_allocated(entry):
                yield at(entry, "Run: the pool is not allocated whole")
            elif tag in ("payout", "deduction"):
                sums = payouts if tag == "payout" else deductions
                first: Any = entry.postings[0]
                amount = first.units.number
                sums[entry.meta["run"], entry.meta["member"]] += amount
    approvals, lines = _snapshots(entries)
    for run, approval in approvals.items():
        for member, meta in lines.get(run, {}).items():
            yield from _compare(approval, run, member, meta, payouts, deductions)
    for run, member in sorted({*payouts, *deductions}):
        if member not in lines.get(run, {}) or run not in approvals:
            entry = approvals.get(run)
            message = f"Run: {run} pays or deducts from {member} without an approved line"
            yield Problem(entry.meta if entry else {}, message, entry)


def _is_allocated(entry: Any) -> bool:
    """What leaves the pool is what its members get."""
    pool = entry.postings[0].units.number
    shares = sum((p.units.number for p in entry.postings if "payee" in (p.meta or {})), Decimal())
    return bool(pool + shares == 0)


def _snapshots(entries: list[Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Run -> approval, and run -> member -> the line of its last snapshot."""
    approvals: dict[str, Any] = {}
    steps: dict[str, list[tuple[int, str, Any]]] = defaultdict(list)
    for entry in entries:
        if not isinstance(entry, Custom):
            continue
        values = [value.value for value in entry.values]
        if entry.type == "run" and values[1] == "approve":
            approvals[values[0]] = entry
        elif entry.type == "run-line":
            steps[values[0]].append((int(entry.meta["step"]), values[1], entry.meta))
    lines: dict[str, dict[str, Any]] = {}
    for run, changed in steps.items():
        current = lines.setdefault(run, {})
        for _, member, meta in sorted(changed, key=lambda step: step[0]):
            if meta.get("gone") == "yes":
                current.pop(member, None)
            else:
                current[member] = meta
    return approvals, lines


def _compare(
    approval: Any, run: str, member: str, meta: Any, payouts: Sums, deductions: Sums
) -> Iterator[Problem]:
    if "brought-from" in approval.meta:  # its entries are in the book of the year before
        return
    paid, wanted = payouts.get((run, member), Decimal()), Decimal(meta["payout"])
    if paid != wanted:
        yield at(approval, f"Run: {run} pays {member} {paid}, its line says {wanted}")
    taken = deductions.get((run, member), Decimal())
    due = sum((Decimal(each[1]) for each in json.loads(meta["deductions"])), Decimal())
    if taken != due:
        yield at(approval, f"Run: {run} deducts {taken} from {member}, its line says {due}")
