"""What was done to the books, change by change, as their log says it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from heapq import heappop, heappush
from pathlib import Path

from ledger import accounts
from ledger.changes import every_changes
from ledger.log import Record, records


@dataclass(frozen=True, slots=True)
class Logged:
    """One change: by whom, when, what, on which hash; and the record of each chain it stands in."""

    change: str
    user: str
    at: str
    action: str
    about: str
    on: str
    records: dict[str, str]
    """Scope -> the last hash of its chain after this change."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def steps_of(books: Path, association: str | None = None) -> list[Logged]:
    """All changes (or those that an association may see), in the order in which they landed."""
    scopes = None if association is None else frozenset((association, accounts.COMMON))
    by_change: dict[str, list[Record]] = defaultdict(list)
    for folder in every_changes(books):
        for record in records(folder, scopes):
            by_change[record.change].append(record)
    return [_logged(by_change[change]) for change in in_order(by_change)]


def _logged(found: list[Record]) -> Logged:
    found.sort(key=lambda r: (r.scope, r.number))
    first = told(found)
    hashes = {r.scope: r.hash for r in found}
    return Logged(first.change, first.user, first.at, first.action, first.about, first.on, hashes)


def told(found: list[Record]) -> Record:
    """Of the records of one change the one that says the most."""
    return next((r for r in found if r.about), found[0])


def in_order(by_change: dict[str, list[Record]]) -> list[str]:
    """Changes in an order that all chains agree with; where they leave it open, by day and name."""
    after = {
        change: {r.after for r in found if r.after in by_change and r.after != change}
        for change, found in by_change.items()
    }
    followers: dict[str, list[str]] = defaultdict(list)
    for change, earlier in after.items():
        for before in earlier:
            followers[before].append(change)
    ready = sorted(_rank(by_change[change]) for change, earlier in after.items() if not earlier)
    done: list[str] = []
    while ready:
        *_, change = heappop(ready)
        done.append(change)
        for later in followers[change]:
            after[later].discard(change)
            if not after[later]:
                heappush(ready, _rank(by_change[later]))
    return done


def _rank(found: list[Record]) -> tuple[str, str, str]:
    first = found[0]
    return first.day.isoformat(), first.at, first.change
