"""Closed months as sums: what a book one works in shows of them in Fava.

    2026-03-02 * "Osh" "Sale R1" #sales  |  2026-03-31 * "osh" "March 2026, closed" #closed-month
    2026-03-02 * "Osh" "Sale R2" #sales  |    one leg for each account, currency and lot
    (and thousands more)                 |

A month's legs are what it moved in all, lot by lot; what came and went again within the month is
not there. So every balance at a month's end is that of the entries, to the last digit. The sums of
a landed file are made once and kept in the cache (`IN_SUMS`).
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.position import Cost as Held

from ledger import accounts
from ledger.checks.certificates import uncertified
from ledger.checks.logged import unlogged
from ledger.checks.problem import Problem
from ledger.checks.reversals import inexact_reversals
from ledger.checks.stock import negative_stock
from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open
from ledger.seals import SEAL, SEAL_BROUGHT, SEALED_FILE, name_of
from ledger.store import LandedFile, View
from ovop_payouts.folding.brought import FROM, TAG

CLOSED = "closed-month"
_LOT = ("lot", "since", "of")
"""What a leg says of a lot that is not ours by cost: goods on consignment."""
_PROOFS = frozenset(("log", SEAL, SEAL_BROUGHT, SEALED_FILE, "sealed-balance"))
_NEEDED = frozenset((SEAL, SEAL_BROUGHT, SEALED_FILE, "certificates"))
_THROUGH = "through"
_BROUGHT = "brought"
Month = tuple[int, int]
Key = tuple[str, str, Cost | None, tuple[str, ...]]
"""Account, currency, lot: by cost, or by what the leg says of it."""


def _in_sums(directives: list[Directive]) -> list[Directive]:
    """Opens and commodities, what the checks need, and one entry for each month.

    Before them the day of the last entry, or without entries that of the last fact.
    """
    kept: list[Directive] = []
    sums: dict[Month, dict[Key, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    entries: dict[Month, int] = defaultdict(int)
    brought: dict[Month, int] = defaultdict(int)
    days = []
    for each in directives:
        if isinstance(each, Entry):
            month = each.date.year, each.date.month
            entries[month] += 1
            brought[month] += each.tag == TAG or FROM in each.meta
            for leg in each.legs:
                sums[month][_key(leg)] += leg.number
        elif not isinstance(each, Fact):
            kept.append(each)
        else:
            if each.type in _NEEDED:
                kept.append(each)
            if each.type not in _PROOFS:
                days.append(each.date)
    through = _end(max(entries)) if entries else max(days, default=date.min)
    first: list[Directive] = [Fact(through, _THROUGH, ())]
    return first + kept + [_sum(m, sums[m], entries[m], brought[m]) for m in sorted(entries)]


def _key(leg: Leg) -> Key:
    named = tuple([leg.meta.get(name, "") for name in _LOT]) if leg.cost is None else ()
    return leg.account, leg.currency, leg.cost, named if any(named) else ()


def _sum(month: Month, sums: Mapping[Key, Decimal], entries: int, brought: int) -> Entry:
    legs = [
        Leg(account, number, currency, cost, dict(zip(_LOT, named, strict=False)))
        for (account, currency, cost, named), number in sums.items()
        if number
    ]
    meta = {"entries": str(entries), _BROUGHT: str(brought)}
    return Entry(_end(month), CLOSED, "", "", tuple(legs), meta)


def _end(month: Month) -> date:
    return date(*month, calendar.monthrange(*month)[1])


IN_SUMS = View("closed1", _in_sums)


@dataclass(slots=True)
class Sums:
    """A book's files, seen through IN_SUMS: what of them is closed, and what stands for it."""

    files: list[LandedFile]
    association: str | None
    """Whose book it is; None: the consolidated one."""
    until: dict[str, date] = field(init=False)
    """Scope -> the last day that is sealed for it."""

    def __post_init__(self) -> None:
        self.until = {}
        for fact in self._facts(SEAL, SEAL_BROUGHT):
            day = date.fromisoformat(fact.meta["until"])
            self.until[fact.values[0]] = max(day, self.until.get(fact.values[0], date.min))

    def limit(self, file: LandedFile) -> date:
        """Up to when a file's entries stand in sums; common data is closed with its reader."""
        reader = self.association or accounts.HEAD_OFFICE
        scope = reader if file.scope == accounts.COMMON else file.scope
        return self.until.get(scope, date.min)

    def is_closed(self, file: LandedFile) -> bool:
        """Whether nothing of a file is needed singly."""
        first = file.directives[0]
        return first.date <= self.limit(file)

    def opened(self, file: LandedFile, place: str) -> list[Any]:
        """Accounts and commodities of a closed file."""
        found: list[Any] = []
        for each in file.directives:
            meta = {"filename": place, "lineno": len(found) + 1, **_meta(each)}
            if isinstance(each, Open):
                booking = data.Booking.NONE if each.lots else None
                found.append(data.Open(meta, each.date, each.account, None, booking))  # type: ignore[arg-type]
            elif isinstance(each, Commodity):
                found.append(data.Commodity(meta, each.date, each.currency))
        return found

    def entries(self, place: str) -> list[Any]:
        """One transaction for each scope and closed month, as booked."""
        months: dict[tuple[str, Month], dict[Key, Decimal]] = {}
        counts: dict[tuple[str, Month], int] = defaultdict(int)
        for file in self.files:
            for each in self._closed(file):
                which = file.scope, (each.date.year, each.date.month)
                counts[which] += int(each.meta["entries"])
                sums = months.setdefault(which, defaultdict(Decimal))
                for leg in each.legs:
                    sums[_key(leg)] += leg.number
        return [
            _booked(*which, sums, counts[which], place, n)
            for n, (which, sums) in enumerate(sorted(months.items(), key=lambda m: m[0]), 1)
        ]

    def problems(self, entries: list[Any], options: Any) -> list[Problem]:
        """What the plugin's checks say of such a book (docs/decisions.md says which are left out).

        What stands in a month that others have not closed yet is not held against stock: the sums
        stand at the month's end.
        """
        last = max(self.until.values(), default=date.min)
        facts: list[Any] = [_certificate(fact) for fact in self._facts("certificates")]
        stock = (each for each in negative_stock(entries) if each.entry.date > last)
        return [
            *unlogged(options),
            *stock,
            *uncertified([*facts, *entries]),
            *self._altered(str(options["filename"])),
            *inexact_reversals(entries),
        ]

    def _closed(self, file: LandedFile) -> Iterator[Entry]:
        limit = self.limit(file)
        for each in file.directives:
            if isinstance(each, Entry) and each.date <= limit:
                yield each

    def _altered(self, place: str) -> Iterator[Problem]:
        """Every sealed file has its hash; no other has an entry in a sealed month."""
        meta = {"filename": place, "lineno": 0}
        there = {name_of(file): file.sha256 for file in self.files}
        covered = set()
        for fact in self._facts(SEALED_FILE):
            name = fact.values[1]
            covered.add(name)
            if there.get(name) != fact.meta["sha256"]:
                what = "was altered" if name in there else "is missing"
                yield Problem(meta, f"Sealed: changes/{name} {what}", None)
        for file in self.files:
            if file.scope != accounts.COMMON and name_of(file) not in covered:
                for each in self._closed(file):
                    if each.meta["entries"] != each.meta[_BROUGHT]:
                        day = self.until[file.scope]
                        yield Problem(meta, f"Sealed: {file.scope} is closed up to {day}", None)

    def _facts(self, *kinds: str) -> Iterator[Fact]:
        for file in self.files:
            for each in file.directives:
                if isinstance(each, Fact) and each.type in kinds:
                    yield each


def _meta(each: Directive) -> Meta:
    return {} if isinstance(each, Entry) else each.meta


def _certificate(fact: Fact) -> Any:
    values: list[Any] = []
    return data.Custom(dict(fact.meta), fact.date, fact.type, values)


def _booked(
    scope: str,
    month: Month,
    sums: Mapping[Key, Decimal],
    entries: int,
    place: str,
    n: int,
) -> Any:
    """In English, as all that entries narrate."""
    what = "entry" if entries == 1 else "entries"
    narration = f"{calendar.month_name[month[1]]} {month[0]}, closed: {entries:,} {what} in sums"
    period = f"{month[0]}-{month[1]:02}"
    meta: Any = {"filename": place, "lineno": n, "period": period, "entries": str(entries)}
    postings = [_posting(key, number) for key, number in sorted(sums.items(), key=_order) if number]
    tags = frozenset((CLOSED,))
    return data.Transaction(meta, _end(month), "*", scope, narration, tags, frozenset(), postings)


def _order(leg: tuple[Key, Decimal]) -> tuple[str, ...]:
    (account, currency, cost, named), _ = leg
    return account, currency, *((str(cost.date), cost.label) if cost else named)


def _posting(key: Key, number: Decimal) -> Any:
    account, currency, cost, named = key
    held = Held(cost.number, cost.currency, cost.date, cost.label or None) if cost else None
    meta: Any = dict(zip(_LOT, named, strict=False))
    return data.Posting(account, Amount(number, currency), held, None, None, meta)


def numbers_of(entries: Iterable[Any]) -> Iterator[tuple[Decimal, str]]:
    """What sums say in figures, for whoever decides how figures are shown."""
    for entry in entries:
        for posting in entry.postings:
            yield posting.units.number, posting.units.currency
