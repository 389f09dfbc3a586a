"""Money in the read model: openings, advances, runs' parts and payouts, what the bank says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from importers.bank_reasons import explained
from ledger.directives import Entry
from ovop_payouts.book import Book
from ovop_payouts.folding.goods import group_of, opening_lot, owe
from ovop_payouts.folding.place import Place
from ovop_payouts.records import Advance, Earning, Payment, Returned


def opening(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    match meta["kind"]:
        case "stock" | "consigned":
            opening_lot(book, place, entry)
        case "payable":
            amount = Decimal(meta["amount"])
            book.openings[place.scope].append(
                Earning(
                    entry.date,
                    place.scope,
                    group_of(meta) or "",
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


def _advance(book: Book, place: Place, entry: Entry) -> None:
    meta = entry.meta
    number = meta.get("advance_no") or meta.get("ref", "")
    book.advances[meta["member"]].append(
        Advance(
            number,
            entry.date,
            meta["member"],
            Decimal(meta["amount"]),
            meta.get("purpose"),
            meta.get("source", ""),
        )
    )


def _cashbook(book: Book, place: Place, entry: Entry) -> None:
    if entry.meta["kind"] == "advance-repaid":
        amount = Decimal(entry.meta["amount"])
        book.repaid[entry.meta["member"]].append((entry.date, amount))
    for leg in entry.legs:
        owe(book, [leg])


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
    book.pay(
        Payment(
            meta["reference"],
            meta["run"],
            place.scope,
            meta["member"],
            entry.legs[0].number,
            meta["rail"],
            entry.date,
            int(meta["details"]),
        )
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
        explained(meta.get("reason", "")),
        place.change,
    )
    book.returned[reference] = returned
    book.returned_of[returned.member].append(returned)


HANDLERS: dict[str, Callable[[Book, Place, Entry], None]] = {
    "advances": _advance,
    "cashbook": _cashbook,
    "distribution": _distribution,
    "pool": _pool,
    "deduction": _deduction,
    "payout": _payout,
    "bank": _bank,
}
"""In the order in which payments come to be before they return."""
