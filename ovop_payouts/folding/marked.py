"""What an import asks of files that landed before, as sums and marks: few are read whole.

An import needs balances, what is left of lots, master data, and of hundreds of thousands of rows
only whether one of its own was there before. So of each file are kept: master data as it is; what
its other entries add to balances; lots that it did not use up, and those that it did packed; and
eight bytes for each row, receipt, payment and product that it names. Where such a mark is one of
those that an import asks for, its file is read whole: two names may share a mark, and then a file
too many is read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from hashlib import blake2b

import msgspec

from importers.kinds import KINDS
from ledger import accounts
from ledger.books import EPOCH
from ledger.directives import Cost, Directive, Entry, Fact, Leg
from ledger.store import View
from ovop_payouts.folding import OF_PAYEES, ROW_KINDS
from ovop_payouts.folding.brought import FROM, TAG
from ovop_payouts.folding.goods import delivered_lot, lot_key
from ovop_payouts.records import Lot

MARKED = "marked"
"""The type of the fact that stands for the entries that were left out."""
_UNASKED = frozenset(
    (
        "run",
        "run-line",
        "distribution-part",
        "unmatched",
        "unmatched-resolved",
        "sealed-file",
        "sealed-balance",
        "log",
    )
)
"""Facts of which no row of an import asks."""
_OWING = frozenset(("sales", "returns", "cashbook"))
_GOODS = frozenset(("deliveries", "stocktakes", "transfers", "sales", "returns"))
Key = tuple[str, ...]
"""A lot's key without its scope, which is the file's."""


class Moved(msgspec.Struct, array_like=True):
    """A lot, whole where it came in here, and what a file adds to it at each place."""

    key: Key
    lot: Lot | None
    at: dict[str, Decimal]


class Owed(msgspec.Struct, array_like=True):
    """What a file adds to what a client owes of one invoice line."""

    account: str
    currency: str
    label: str
    date: date
    rate: Decimal
    left: Decimal


class Marked(msgspec.Struct, array_like=True):
    """What is kept of a file's entries."""

    marks: bytes
    """Eight bytes each, in no order."""
    kinds: list[str]
    """Of which kinds rows are marked."""
    last: date | None
    """The last day on which goods moved."""
    places: list[str]
    owed: dict[str, Decimal]
    receivables: list[Owed]
    moved: list[Moved]
    used_up: msgspec.Raw
    """More of `Moved`: lots that came in here of which nothing was left."""


def mark(*parts: str) -> bytes:
    """Stands for a name among many, in all processes; two names may share one."""
    return blake2b("\0".join(parts).encode(), digest_size=8).digest()


def number_of(mark: bytes) -> int:
    """As `are_any` compares it."""
    return int.from_bytes(mark, sys.byteorder)


def are_any(asked: set[int], marks: bytes) -> bool:
    """Whether one of these was asked for."""
    return not asked.isdisjoint(memoryview(marks).cast("Q"))


def row_of(kind: str, key: Iterable[str]) -> bytes:
    return mark("row", kind, *key)


def payment_of(reference: str) -> bytes:
    return mark("payment", reference)


def product_of(product: str) -> bytes:
    return mark("product", product)


def sold_of(store: str, product: str, receipt: str | None) -> bytes:
    """Of what a store sold by one receipt, or of all that it sold."""
    return mark("sold", store, product, *([] if receipt is None else [receipt]))


def marked_in(directive: Directive) -> Marked | None:
    if isinstance(directive, Fact) and directive.type == MARKED:
        return msgspec.json.decode(directive.meta["record"], type=Marked)
    return None


def used_up(marked: Marked) -> list[Moved]:
    return msgspec.json.decode(marked.used_up, type=list[Moved])


def lots_named(scope: str, entry: Entry) -> Iterator[Key]:
    """The keys, with their scope, of all lots that an entry moves."""
    for leg in entry.legs:
        if accounts.is_stock(leg.account):
            yield lot_key(scope, entry.meta.get("product") or leg.meta["product"], leg)


def _for_imports(directives: list[Directive]) -> list[Directive]:
    sums = _Sums()
    kept = [each for each in directives if not sums.takes(each)]
    if sums.marks:
        record = msgspec.json.encode(sums.all()).decode()
        kept.append(Fact(EPOCH, MARKED, (), {"record": record}))
    return kept


def _stays(entry: Entry) -> bool:
    """Whether an entry is kept as it is: beginnings, and lots that were found by counting."""
    if entry.tag in (TAG, "openings") or FROM in entry.meta:
        return True
    found = (leg.cost is not None and leg.number > 0 for leg in entry.legs)
    return entry.tag == "stocktakes" and any(found)


class _Sums:
    """Adds up what is left out."""

    def __init__(self) -> None:
        self.marks: set[bytes] = set()
        self._kinds: set[str] = set()
        self._last: date | None = None
        self._places: dict[str, None] = {}
        self._owed: dict[str, Decimal] = defaultdict(Decimal)
        self._receivables: dict[tuple[str, str, str, Decimal], Owed] = {}
        self._lots: dict[Key, Lot] = {}
        self._moved: dict[Key, dict[str, Decimal]] = {}

    def takes(self, each: Directive) -> bool:
        """Add a directive; False where it stays as it is."""
        match each:
            case Entry():
                return not _stays(each) and self._add(each)
            case Fact() if each.type == "stocktakes":
                self._mark_row(each.type, each.meta)
                return True
            case Fact():
                return each.type in _UNASKED
        return False

    def all(self) -> Marked:
        moved = [Moved(key, self._lots.get(key), at) for key, at in self._moved.items()]
        gone = [m for m in moved if m.lot is not None and not any(m.at.values())]
        left = [m for m in moved if m.lot is None or any(m.at.values())]
        return Marked(
            b"".join(sorted(self.marks)),
            sorted(self._kinds),
            self._last,
            list(self._places),
            self._owed,
            list(self._receivables.values()),
            left,
            msgspec.Raw(msgspec.json.encode(gone)),
        )

    def _add(self, entry: Entry) -> bool:
        meta, tag = entry.meta, entry.tag
        kind = ROW_KINDS.get(tag, tag)
        if kind in KINDS and "source" in meta:
            self._mark_row(kind, meta)
        for leg in entry.legs:
            if leg.account.startswith(OF_PAYEES):
                self._owed[leg.account] += leg.number
            if tag in _OWING and leg.cost and leg.account.startswith(accounts.RECEIVABLES):
                self._owe(leg, leg.cost)
        if tag in ("payout", "bank"):
            self.marks.add(payment_of(meta["reference"]))
        elif tag in _GOODS:
            self._move(entry)
        return True

    def _mark_row(self, kind: str, meta: dict[str, str]) -> None:
        self._kinds.add(kind)
        self.marks.add(row_of(kind, [meta.get(column, "") for column in KINDS[kind].key]))

    def _owe(self, leg: Leg, cost: Cost) -> None:
        key = leg.account, leg.currency, cost.label, cost.number
        known = self._receivables.get(key)
        if known is None:
            owed = Owed(leg.account, leg.currency, cost.label, cost.date, cost.number, leg.number)
            self._receivables[key] = owed
        else:
            known.left += leg.number

    def _move(self, entry: Entry) -> None:
        meta, product = entry.meta, entry.meta["product"]
        self._last = max(self._last or entry.date, entry.date)
        self.marks.add(product_of(product))
        if entry.tag == "deliveries":
            self._places[meta["location"]] = None
            if entry.legs:
                self._lots[lot_key("", product, entry.legs[0])[1:]] = delivered_lot(entry)
        elif entry.tag == "sales":
            self.marks.add(sold_of(meta["store"], product, None))
            self.marks.add(sold_of(meta["store"], product, meta["receipt_no"]))
        for leg in entry.legs:
            if not accounts.is_stock(leg.account):
                continue
            if entry.tag == "returns":
                self.marks.add(sold_of(meta["store"], product, None))
                self.marks.add(sold_of(meta["store"], product, leg.meta["receipt"]))
            place = _place(entry, leg)
            self._places[place] = None
            at = self._moved.setdefault(lot_key("", product, leg)[1:], {})
            known = at.get(place)
            at[place] = leg.number if known is None else known + leg.number


def _place(entry: Entry, leg: Leg) -> str:
    """Where goods move: what says so depends on the kind of row."""
    match entry.tag:
        case "transfers":
            return entry.meta["from" if leg.number < 0 else "to"]
        case "sales" | "returns":
            return entry.meta["store"]
    return entry.meta["location"]


FOR_IMPORTS = View("imports2", _for_imports)
