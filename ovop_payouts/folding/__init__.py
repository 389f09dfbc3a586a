"""Folds directives into the read model, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from importers.kinds import KINDS
from ledger import accounts
from ledger.directives import Commodity, Directive, Entry, Fact, Meta, Open
from ledger.store import LandedFile, View
from ledger.years import is_close_year
from ovop_payouts.book import Book, LandedRow, row_mark
from ovop_payouts.folding import goods as of_goods
from ovop_payouts.folding import master, money, steps
from ovop_payouts.folding.brought import FACTS, FROM, TAG, brought, place_of
from ovop_payouts.folding.place import Place
from ovop_payouts.folding.reversed import REVERSAL, without_reversed
from ovop_payouts.records import Lot

ROW_KINDS = {"returns": "sales"}
"""The kind of the row behind a tag, where the two differ."""
OF_PAYEES = (accounts.PAYABLES, accounts.ADVANCES)
NO_LOTS: Mapping[tuple[str, ...], Lot] = {}
_MEMBER_ORDER = date(1, 1, 1)
_OF_GOODS = frozenset(("transfers", "sales", "returns", "stocktakes"))
_OF_LOTS = frozenset(("deliveries", "transfers", "sales", "stocktakes"))
"""Kinds whose rows come by the hundred thousand."""
_OF_SHOPS = frozenset(
    ("stocktakes", "sealed-file", "sealed-balance", "prices", "certificates", "orders", "log")
)


KEPT_FOR_RUNS = frozenset(("members", "deliveries", "bank"))
"""Kinds whose rows are remembered even where goods are left out."""


def fold(
    files: Iterable[LandedFile], goods: bool = True, lots: Mapping[tuple[str, ...], Lot] = NO_LOTS
) -> Book:
    """The read model of landed files. `lots` are known though no file here says so.

    Without `goods`, stock, portions and most rows are left out; `WITHOUT_GOODS` are its files.
    """
    book = Book(goods=goods)
    book.lots.update(lots)
    facts: list[tuple[Place, Fact]] = []
    entries: dict[str, list[tuple[Place, Entry]]] = {}
    for file in files:
        here = Place(file.change, file.scope)
        if not is_close_year(file.change):
            book.changes[file.change].add(file.scope)
        for directive in file.directives:
            match directive:
                case Entry():
                    place = _placed(book, here, directive.meta)
                    entries.setdefault(directive.tag, []).append((place, directive))
                case Fact():
                    facts.append((_placed(book, here, directive.meta), directive))
                case Open():
                    book.opened[directive.account] = file.scope
                case Commodity():
                    book.opened[directive.currency] = file.scope
    if any(fact.type == REVERSAL for _, fact in facts):
        facts, entries = without_reversed(book, facts, entries)
    for place, fact in facts:
        apply_fact(book, place, fact)
    for tag in _ORDER:
        for place, entry in entries.get(tag, ()):
            apply_entry(book, place, entry)
    finish(book)
    return book


def _placed(book: Book, here: Place, meta: Meta) -> Place:
    """Where a directive landed: here, or where it was brought from."""
    if FROM not in meta:
        return here
    place = place_of(here, meta)
    book.changes[place.change].add(place.scope)
    book.brought.add(place.change)
    return place


def concerns_payees(directive: Directive) -> bool:
    """Whether a directive matters without goods: moves that are nobody's earning do not."""
    match directive:
        case Entry():
            return directive.tag not in _OF_GOODS or of_goods.earns(directive.legs)
        case Open():
            return not accounts.is_stock(directive.account)
        case Commodity():
            return False
        case Fact():
            return directive.type not in _OF_SHOPS


def _without_goods(directives: list[Directive]) -> list[Directive]:
    return [each for each in directives if concerns_payees(each)]


WITHOUT_GOODS = View("payees5", _without_goods)
"""What runs ask for: who earned what."""


def _facts_of(name: str, kinds: frozenset[str]) -> View:
    """A view of some kinds of facts alone."""

    def of(directives: list[Directive]) -> list[Directive]:
        return [each for each in directives if isinstance(each, Fact) and each.type in kinds]

    return View(name, of, of_facts=True)


ASSOCIATIONS = _facts_of("associations1", frozenset(("associations", REVERSAL)))
"""Which associations there are, and what might have taken one back."""
MEMBERS = _facts_of("members1", frozenset(("associations", "members", "user", REVERSAL)))
"""Who there is, and what might have taken one back."""
PEOPLE = _facts_of("people1", frozenset(("user",)))
"""Who may work with the books."""
RUNS = _facts_of("runs1", steps.OF_RUNS)
"""The steps of runs, and what their snapshots say of each payee."""
CLOSED = _facts_of(
    "seals1",
    frozenset(
        ("associations", "seal", "brought-seal", "unmatched", "unmatched-resolved", REVERSAL)
    ),
)
"""Who is closed up to when, what a bank said that fits no payment, and what took one back."""


def finish(book: Book) -> None:
    """Bring into order what files may bring in any order."""
    for versions in book.members.values():
        versions.sort(key=lambda m: m.changed or _MEMBER_ORDER)
    for life in book.steps.values():
        life.sort(key=lambda s: s.number)
    for seals in book.closed.values():
        seals.sort(key=lambda s: s["until"])
    for events in book.users.values():
        events.sort(key=lambda e: int(e["revision"]))


def apply_fact(book: Book, place: Place, fact: Fact) -> None:
    """What a `custom` directive says."""
    if fact.type in KINDS:
        remember_row(book, place, fact.type, fact.meta)
        master.apply(book, place.scope, fact)
    elif fact.type in _FACTS:
        _FACTS[fact.type](book, place, fact)


def apply_entry(book: Book, place: Place, entry: Entry, sold: Lot | None = None) -> None:
    """What a transaction says; where it is a sale from one lot, and known which, that is `sold`."""
    book.entries += 1
    for leg in entry.legs:
        account = leg.account
        if account.startswith(OF_PAYEES):
            book.owed[account] += leg.number
            if account.startswith(accounts.PAYABLES) and account != accounts.IN_TRANSIT:
                book.owed_daily[place.scope][entry.date] -= leg.number
    kind = ROW_KINDS.get(entry.tag, entry.tag)
    if kind in KINDS and "source" in entry.meta:
        remember_row(book, place, kind, entry.meta)
    if sold is not None:
        of_goods.sell(book, place, entry, sold, entry.legs)
    elif entry.tag in _ENTRIES:
        _ENTRIES[entry.tag](book, place, entry)


def remember_row(book: Book, place: Place, kind: str, meta: dict[str, str]) -> None:
    if not book.goods and kind not in KEPT_FOR_RUNS:
        return
    asked = book.asked if kind in _OF_LOTS else None
    if asked is not None and not asked.keys:
        return
    key = tuple([meta.get(column, "") for column in KINDS[kind].key])
    if asked is not None and row_mark(kind, key) not in asked.keys:
        return
    book.rows[kind][key] = LandedRow(meta, meta.get("source", ""), place.change, place.scope)


_FACTS = {**steps.HANDLERS, **FACTS}
_ENTRIES: dict[str, Callable[[Book, Place, Entry], None]] = {
    TAG: brought,
    "openings": money.opening,
    **of_goods.HANDLERS,
    **money.HANDLERS,
}
SUMMED = "summed"
"""The tag of an entry that stands for many, of which their sums alone matter."""
_ORDER = (*_ENTRIES, "regrouping", "passed-through", SUMMED)
"""Lots come to be before they move, payments before they return."""
