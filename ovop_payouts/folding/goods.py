"""Goods in the read model: lots come in, move, are sold, come back (contract §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry, Leg
from ovop_payouts.book import Book, Receivable
from ovop_payouts.folding.place import Place
from ovop_payouts.money import ZERO
from ovop_payouts.records import Earning, Lot, Portion
from ovop_payouts.stock import STAGES


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
    if book.goods:
        book.stock.move(where, lot, (entry.date, STAGES[entry.tag]), leg.number)


def _lot_of(book: Book, place: Place, product: str, leg: Leg) -> Lot:
    """The lot of a stock leg. Without goods its delivery may not be here; the leg says enough."""
    key = lot_key(place.scope, product, leg)
    lot = book.lots.get(key)
    if lot is None:
        if book.goods:
            raise KeyError(key)
        lot = book.lots[key] = _as_said(place, product, leg)
    return lot


def _as_said(place: Place, product: str, leg: Leg) -> Lot:
    """A lot as its leg has it: what was delivered when, by whom, or at what cost."""
    if leg.cost is not None:
        cost = leg.cost
        return Lot(product, cost.label, cost.date, place.scope, None, None, cost.number, cost.label)
    group, _, member = leg.meta["of"].partition("/")
    label, since = leg.meta["lot"], date.fromisoformat(leg.meta["since"])
    return Lot(product, label, since, place.scope, group, member or None, None, label)


def delivered_lot(entry: Entry) -> Lot:
    """The lot that came in by a delivery of which something was accepted."""
    meta, cost = entry.meta, entry.legs[0].cost
    return Lot(
        meta["product"],
        f"{meta['note_no']}/{meta['line_no']}",
        entry.date if cost is None else cost.date,
        meta["association"],
        meta["group"],
        meta.get("member"),
        cost.number if cost else None,
        meta["note_no"],
        Decimal(meta["line_no"]),
        meta.get("order_no") if meta["terms"] == "order" else None,
        meta.get("grade"),
    )


def _delivery(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    book.stock.places.add(meta["location"])
    if not entry.legs:
        return
    lot = delivered_lot(entry)
    _new_lot(book, place, entry, meta["location"], lot)
    if lot.own:
        _earn(book, place, entry, meta["terms"], lot, lot.product, entry.legs[0].number)


_OF_PRODUCERS = (accounts.PAYABLES, accounts.CONSIGNORS)
_SHOWN = ("retail", "rate", "receipt", "back", "sold")
"""What a stock leg says beside its lot that explains an earning."""


def _earn(
    book: Book,
    place: Place,
    entry: Entry,
    kind: str,
    lot: Lot,
    product: str | None,
    quantity: Decimal,
    legs: tuple[Leg, ...] = (),
) -> None:
    """What the payable legs of an entry (or of a part of it) bring the lot's producer."""
    if lot.group is None or book.asked is not None:
        return
    owed = kept = ZERO
    for leg in legs or entry.legs:
        if leg.account.startswith(accounts.PAYABLES):
            owed += leg.number
        elif accounts.is_commission(leg.account):
            kept += leg.number
    of_goods = kind in ("buyback", "order", "consignment")
    shown = {key: legs[0].meta[key] for key in _SHOWN if key in legs[0].meta} if legs else None
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
            {**entry.meta, **shown} if shown else entry.meta,
            None,
            lot.label,
            -owed - kept,
        )
    )


def _paying(book: Book, legs: tuple[Leg, ...]) -> bool:
    """Whether a portion matters: without goods in the read model, only what somebody earned."""
    return book.goods or earns(legs)


def earns(legs: Iterable[Leg]) -> bool:
    """Whether legs are somebody's earning, be it of nothing: its quantity weighs all the same."""
    return any(leg.account.startswith(_OF_PRODUCERS) for leg in legs)


def portions_of(legs: tuple[Leg, ...]) -> list[tuple[Leg, ...]]:
    """A portion is a stock leg and the money legs that follow it; each balances."""
    starts = [i for i, leg in enumerate(legs) if leg.account.startswith(accounts.OF_LOTS)]
    if starts == [0]:
        return [legs]
    ends = [*starts[1:], len(legs)]
    return [legs[start:end] for start, end in zip(starts, ends, strict=True)]


def _sale(book: Book, place: Place, entry: Entry) -> None:
    product = entry.meta["product"]
    for index, legs in enumerate(portions_of(entry.legs)):
        if book.goods or earns(legs):
            sell(book, place, entry, _lot_of(book, place, product, legs[0]), legs, index)


def sell(
    book: Book, place: Place, entry: Entry, lot: Lot, legs: tuple[Leg, ...], index: int = 0
) -> None:
    """One portion of a sale, of a lot that is known."""
    units = -legs[0].number
    if lot.unit_cost is None:
        _earn(book, place, entry, "consignment", lot, lot.product, units, legs)
    if not book.goods:
        return
    meta = entry.meta
    store, product = meta["store"], lot.product
    book.stock.move(store, lot, (entry.date, STAGES["sales"]), -units)
    owe(book, legs)
    if book.asked is not None and (store, product) not in book.asked.returned:
        return
    rank = int(legs[0].meta.get("part", index))
    book.portions[store, product].append(
        Portion(
            store,
            meta["receipt_no"],
            (entry.date, meta["receipt_no"], meta["line_no"]),
            rank,
            lot,
            units,
            entry.date,
            Decimal(meta["unit_price"]),
            legs,
            meta.get("order_no"),
        )
    )


def owe(book: Book, legs: Iterable[Leg]) -> None:
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
        if not _paying(book, legs):
            continue
        lot = _lot_of(book, place, product, legs[0])
        units = legs[0].number
        if not lot.own:
            _earn(book, place, entry, "consignment", lot, product, -units, legs)
        if not book.goods:
            continue
        book.stock.move(store, lot, (entry.date, STAGES["returns"]), units)
        owe(book, legs)
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
        if not _paying(book, legs):
            continue
        key = lot_key(place.scope, meta["product"], legs[0])
        lot = book.lots.get(key)
        if lot is None and legs[0].cost is None:
            lot = _lot_of(book, place, meta["product"], legs[0])
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
            units = -legs[0].number
            _earn(book, place, entry, "correction", lot, lot.product, units, legs)


def group_of(meta: dict[str, str]) -> str | None:
    """An opening's group: as the row names it, else as its payee's was when it was booked."""
    return meta.get("group") or meta.get("of-group")


def opening_lot(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    cost = entry.legs[0].cost
    lot = Lot(
        meta["product"],
        meta.get("ref", ""),
        entry.date,
        place.scope,
        group_of(meta),
        meta.get("member"),
        cost.number if cost else None,
        meta.get("ref", ""),
    )
    _new_lot(book, place, entry, meta["location"], lot)


HANDLERS: dict[str, Callable[[Book, Place, Entry], None]] = {
    "deliveries": _delivery,
    "stocktakes": _stocktake,
    "transfers": _transfer,
    "sales": _sale,
    "returns": _return,
}
"""In the order in which lots come to be before they move."""
