"""Folds directives into the read model, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from importers.kinds import KINDS
from ledger import accounts
from ledger.directives import Commodity, Entry, Fact, Leg, Open
from ledger.store import LandedFile
from ovop_payouts import masterdata
from ovop_payouts.book import Book, LandedRow, Receivable
from ovop_payouts.money import ZERO
from ovop_payouts.records import (
    Advance,
    Earning,
    Imported,
    Lot,
    Payment,
    Portion,
    Returned,
    Step,
)
from ovop_payouts.stock import STAGES

ROW_KINDS = {"returns": "sales"}
"""The kind of the row behind a tag, where the two differ."""
_MEMBER_ORDER = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a directive stands."""

    change: str
    scope: str


def fold(files: Iterable[LandedFile]) -> Book:
    """The read model of all landed files."""
    book = Book()
    facts: list[tuple[Place, Fact]] = []
    entries: dict[str, list[tuple[Place, Entry]]] = {}
    for file in files:
        place = Place(file.change, file.scope)
        book.changes[file.change].add(file.scope)
        for directive in file.directives:
            match directive:
                case Entry():
                    entries.setdefault(directive.tag, []).append((place, directive))
                case Fact():
                    facts.append((place, directive))
                case Open():
                    book.opened[directive.account] = file.scope
                case Commodity():
                    book.opened[directive.currency] = file.scope
    for place, fact in facts:
        apply_fact(book, place, fact)
    for tag in _ORDER:
        for place, entry in entries.get(tag, ()):
            apply_entry(book, place, entry)
    finish(book)
    return book


def finish(book: Book) -> None:
    """Bring into order what files may bring in any order."""
    for versions in book.members.values():
        versions.sort(key=lambda m: m.changed or _MEMBER_ORDER)
    for steps in book.steps.values():
        steps.sort(key=lambda s: s.number)
    for seals in book.closed.values():
        seals.sort(key=lambda s: s["until"])
    for events in book.users.values():
        events.sort(key=lambda e: int(e["revision"]))


def apply_fact(book: Book, place: Place, fact: Fact) -> None:
    """What a `custom` directive says."""
    if fact.type in KINDS:
        remember_row(book, place, fact.type, fact.meta)
        masterdata.apply(book, place.scope, fact)
    elif fact.type in _FACTS:
        _FACTS[fact.type](book, place, fact)


def apply_entry(book: Book, place: Place, entry: Entry) -> None:
    """What a transaction says."""
    book.entries += 1
    for leg in entry.legs:
        if leg.account.startswith((accounts.PAYABLES, accounts.ADVANCES)):
            book.owed[leg.account] += leg.number
            if leg.account.startswith(accounts.PAYABLES) and leg.account != accounts.IN_TRANSIT:
                book.owed_daily[place.scope][entry.date] -= leg.number
    kind = ROW_KINDS.get(entry.tag, entry.tag)
    if kind in KINDS and "source" in entry.meta:
        remember_row(book, place, kind, entry.meta)
    if entry.tag in _ENTRIES:
        _ENTRIES[entry.tag](book, place, entry)


def remember_row(book: Book, place: Place, kind: str, meta: dict[str, str]) -> None:
    key = tuple(meta.get(column, "") for column in KINDS[kind].key)
    book.rows[kind][key] = LandedRow(meta, meta.get("source", ""), place.change, place.scope)


# --- goods -------------------------------------------------------------------------------------


def lot_key(scope: str, product: str, leg: Leg) -> tuple[str, ...]:
    """What a stock leg says of its lot."""
    if leg.cost is not None:
        cost = leg.cost
        price = format(cost.number.normalize(), "f")
        return scope, product, cost.label, cost.date.isoformat(), price
    return scope, product, leg.meta["lot"], leg.meta["since"], leg.meta["of"]


def _new_lot(book: Book, place: Place, entry: Entry, where: str, lot: Lot) -> None:
    leg = entry.legs[0]
    key = lot_key(place.scope, lot.product, leg)
    lot = book.lots.setdefault(key, lot)
    book.stock.move(where, lot, (entry.date, STAGES[entry.tag]), leg.number)


def _lot_of(book: Book, place: Place, product: str, leg: Leg) -> Lot:
    return book.lots[lot_key(place.scope, product, leg)]


def _delivery(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    book.stock.places.add(meta["location"])
    if not entry.legs:
        return
    cost = entry.legs[0].cost
    label = f"{meta['note_no']}/{meta['line_no']}"
    reserved = meta.get("order_no") if meta["terms"] == "order" else None
    lot = Lot(
        meta["product"],
        label,
        entry.date if cost is None else cost.date,
        meta["association"],
        meta["group"],
        meta.get("member"),
        cost.number if cost else None,
        meta["note_no"],
        Decimal(meta["line_no"]),
        reserved,
        meta.get("grade"),
    )
    _new_lot(book, place, entry, meta["location"], lot)
    if cost is not None:
        _earn(book, place, entry, meta["terms"], lot, lot.product, entry.legs[0].number)


def _earn(
    book: Book,
    place: Place,
    entry: Entry,
    kind: str,
    lot: Lot,
    product: str | None,
    quantity: Decimal,
    legs: Iterable[Leg] | None = None,
) -> None:
    """What the payable legs of an entry (or of a part of it) bring the lot's producer."""
    chosen = entry.legs if legs is None else legs
    owed = sum((leg.number for leg in chosen if leg.account.startswith(accounts.PAYABLES)), ZERO)
    kept = sum((leg.number for leg in chosen if accounts.is_commission(leg.account)), ZERO)
    of_goods = kind in ("buyback", "order", "consignment")
    if lot.group is None:
        return
    book.earnings[lot.association].append(
        Earning(
            entry.date,
            lot.association,
            lot.group,
            lot.member,
            kind,
            -owed,
            product,
            quantity,
            of_goods,
            place.change,
            entry.tag,
            entry.meta,
            None,
            lot.label,
            -owed - kept,
        )
    )


def portions_of(legs: tuple[Leg, ...]) -> list[tuple[Leg, ...]]:
    """A portion is a stock leg and the money legs that follow it; each balances."""
    starts = [i for i, leg in enumerate(legs) if accounts.is_stock(leg.account)]
    ends = [*starts[1:], len(legs)]
    return [legs[start:end] for start, end in zip(starts, ends, strict=True)]


def _sale(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    store, product = meta["store"], meta["product"]
    line = (entry.date, meta["receipt_no"], meta["line_no"])
    for index, legs in enumerate(portions_of(entry.legs)):
        lot = _lot_of(book, place, product, legs[0])
        units = -legs[0].number
        book.stock.move(store, lot, (entry.date, STAGES["sales"]), -units)
        if not lot.own:
            _earn(book, place, entry, "consignment", lot, product, units, legs)
        _owe(book, legs)
        rank = int(legs[0].meta.get("part", index))
        book.portions[store, product].append(
            Portion(
                store,
                meta["receipt_no"],
                line,
                rank,
                lot,
                units,
                entry.date,
                Decimal(meta["unit_price"]),
                legs,
                meta.get("order_no"),
            )
        )


def _owe(book: Book, legs: Iterable[Leg]) -> None:
    """Remember what clients owe in foreign currency, by invoice line."""
    for leg in legs:
        if leg.cost is not None and leg.account.startswith(accounts.RECEIVABLES):
            owed = book.receivables[leg.account, leg.currency]
            for known in owed:
                if known.label == leg.cost.label and known.rate == leg.cost.number:
                    known.left += leg.number
                    break
            else:
                cost = leg.cost
                owed.append(Receivable(leg.account, cost.label, cost.date, cost.number, leg.number))


def _return(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    store, product = meta["store"], meta["product"]
    for legs in portions_of(entry.legs):
        lot = _lot_of(book, place, product, legs[0])
        units = legs[0].number
        book.stock.move(store, lot, (entry.date, STAGES["returns"]), units)
        if not lot.own:
            _earn(book, place, entry, "consignment", lot, product, -units, legs)
        _owe(book, legs)
        sold = legs[0].meta
        for portion in book.portions[store, product]:
            if (
                portion.receipt_no == sold["receipt"]
                and portion.line[2] == sold["line"]
                and portion.lot is lot
            ):
                portion.back += units
                break


def _transfer(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    when = (entry.date, STAGES["transfers"])
    for leg in entry.legs:
        if accounts.is_stock(leg.account):
            lot = _lot_of(book, place, meta["product"], leg)
            book.stock.move(meta["from" if leg.number < 0 else "to"], lot, when, leg.number)


def _stocktake(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    when = (entry.date, STAGES["stocktakes"])
    for legs in portions_of(entry.legs):
        key = lot_key(place.scope, meta["product"], legs[0])
        lot = book.lots.get(key)
        if lot is None:
            cost = legs[0].cost
            assert cost is not None
            lot = book.lots[key] = Lot(
                meta["product"],
                meta["count_no"],
                cost.date,
                place.scope,
                None,
                None,
                cost.number,
                meta["count_no"],
            )
        book.stock.move(meta["location"], lot, when, legs[0].number)
        if not lot.own and legs[0].number < 0:
            _earn(book, place, entry, "correction", lot, lot.product, Decimal(), legs)


def _opening(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    match meta["kind"]:
        case "stock" | "consigned":
            _opening_lot(book, place, entry)
        case "payable":
            amount = Decimal(meta["amount"])
            book.openings[place.scope].append(
                Earning(
                    entry.date,
                    place.scope,
                    meta["group"],
                    meta["member"],
                    "opening",
                    amount,
                    None,
                    Decimal(),
                    False,
                    place.change,
                    entry.tag,
                    meta,
                )
            )
        case "advance":
            _advance(book, place, entry)


def _opening_lot(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    cost = entry.legs[0].cost
    lot = Lot(
        meta["product"],
        meta.get("ref", ""),
        entry.date,
        place.scope,
        meta.get("group"),
        meta.get("member"),
        cost.number if cost else None,
        meta.get("ref", ""),
    )
    _new_lot(book, place, entry, meta["location"], lot)


# --- money -------------------------------------------------------------------------------------


def _advance(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    number = meta.get("advance_no") or meta.get("ref", "")
    book.advances[meta["member"]].append(
        Advance(number, entry.date, meta["member"], Decimal(meta["amount"]), meta.get("purpose"))
    )


def _cashbook(book: Book, place: Place, entry: Entry) -> None:
    if entry.meta["kind"] == "advance-repaid":
        amount = Decimal(entry.meta["amount"])
        book.repaid[entry.meta["member"]].append((entry.date, amount))
    for leg in entry.legs:
        _owe(book, [leg])


def _distribution(book: Book, place: Place, entry: Entry) -> None:
    """Parts of a distribution, or of a pool, as the approval of a run booked them."""
    meta = entry.meta
    for leg in entry.legs:
        if "group" not in leg.meta:
            continue
        book.earnings[place.scope].append(
            Earning(
                entry.date,
                place.scope,
                leg.meta["group"],
                leg.meta.get("payee"),
                meta["earning"],
                -leg.number,
                meta.get("product"),
                Decimal(),
                False,
                place.change,
                entry.tag,
                meta,
                meta["run"],
            )
        )


def _pool(book: Book, place: Place, entry: Entry) -> None:
    _distribution(book, place, entry)
    meta = entry.meta
    total = sum((-leg.number for leg in entry.legs if "payee" in leg.meta), Decimal())
    book.shared[meta["pool"], meta["period"], meta.get("product")] += total


def _deduction(book: Book, place: Place, entry: Entry) -> None:
    """What an approved run took of one payee."""
    meta = entry.meta
    period = f"{entry.date:%Y-%m}"
    for leg in entry.legs:
        if "rule" in leg.meta:
            rule = leg.meta["rule"]
            book.deducted[meta["member"], rule, leg.account, period] -= leg.number
            if rule == "fixed":
                book.fixed_taken[meta["member"], leg.account] -= leg.number


def _payout(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    book.payments[meta["reference"]] = Payment(
        meta["reference"],
        meta["run"],
        place.scope,
        meta["member"],
        entry.legs[0].number,
        meta["rail"],
        entry.date,
        int(meta["details"]),
    )


def _bank(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    reference = meta["reference"]
    if meta["status"] == "settled":
        book.settled[reference] = entry.date
        return
    payment = book.payments[reference]
    returned = Returned(
        reference,
        payment.member,
        place.scope,
        Decimal(meta["amount"]),
        entry.date,
        payment.rail,
        int(meta["details"]),
        meta.get("reason", ""),
        place.change,
    )
    book.returned[reference] = returned
    book.returned_of[returned.member].append(returned)


# --- facts of our own --------------------------------------------------------------------------


def _imported(book: Book, place: Place, fact: Fact) -> None:
    meta = fact.meta
    whole = meta.get("whole") == "yes"
    private = meta.get("private")
    book.imports.append(
        Imported(
            place.change, fact.values[0], meta["file"], fact.date, meta["user"], whole, private
        )
    )


def _step(book: Book, place: Place, fact: Fact) -> None:
    run, action = fact.values
    meta = fact.meta
    book.steps[run].append(
        Step(
            run,
            int(meta["step"]),
            action,
            meta["user"],
            date.fromisoformat(meta["on"]),
            meta.get("hash", ""),
            meta.get("member"),
            meta.get("reason", ""),
            tuple(meta["seen"].split()) if meta.get("seen") else (),
            place.change,
            meta,
        )
    )


def _line(book: Book, place: Place, fact: Fact) -> None:
    run, member = fact.values
    book.run_lines[run].append((int(fact.meta["step"]), member, fact.meta))


def _confirmed(book: Book, place: Place, fact: Fact) -> None:
    member = fact.values[0]
    book.confirmed[member] = max(book.confirmed.get(member, 1), int(fact.meta["details"]))


def _part(book: Book, place: Place, fact: Fact) -> None:
    distribution, payee = fact.values
    meta = fact.meta
    numbers = Decimal(meta["amount"]), Decimal(meta["weight"]), Decimal(meta["whole"])
    book.frozen.setdefault(distribution, {})[payee, meta["pool"] == "yes"] = numbers


def _seal(book: Book, place: Place, fact: Fact) -> None:
    book.closed[fact.values[0]].append(fact.meta)


def _user(book: Book, place: Place, fact: Fact) -> None:
    book.users[fact.values[0]].append(fact.meta)


_FACTS: dict[str, Callable[[Book, Place, Fact], None]] = {
    "import": _imported,
    "run": _step,
    "run-line": _line,
    "details-confirmed": _confirmed,
    "distribution-part": _part,
    "seal": _seal,
    "user": _user,
}
_ENTRIES: dict[str, Callable[[Book, Place, Entry], None]] = {
    "openings": _opening,
    "deliveries": _delivery,
    "stocktakes": _stocktake,
    "transfers": _transfer,
    "sales": _sale,
    "returns": _return,
    "advances": _advance,
    "cashbook": _cashbook,
    "distribution": _distribution,
    "pool": _pool,
    "deduction": _deduction,
    "payout": _payout,
    "bank": _bank,
}
_ORDER = (*_ENTRIES, "regrouping")
"""Lots come to be before they move, payments before they return."""
