"""Master data as the books hold it: one `custom` directive a row, read into records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Fact, Meta
from ovop_payouts.book import Book
from ovop_payouts.records import (
    Certificate,
    Contribution,
    Distribution,
    Member,
    Price,
    Product,
    Rule,
)


def _day(meta: Meta, key: str) -> date | None:
    return date.fromisoformat(meta[key]) if key in meta else None


def _number(meta: Meta, key: str) -> Decimal | None:
    return Decimal(meta[key]) if key in meta else None


def _whole(meta: Meta, key: str) -> int | None:
    return int(meta[key]) if key in meta else None


def apply(book: Book, scope: str, fact: Fact) -> None:
    """Put one row of master data, or a distribution, in the book."""
    handler = _HANDLERS.get(fact.type)
    if handler is not None:
        handler(book, scope, fact.meta)


def _association(book: Book, scope: str, meta: Meta) -> None:
    ident = meta["association"]
    known = book.associations.get(ident)
    if known is None or int(known["revision"]) <= int(meta["revision"]):
        book.associations[ident] = meta
    book.components[accounts.component(ident)] = ident


def _member(book: Book, scope: str, meta: Meta) -> None:
    record = Member(
        meta["member"],
        meta["association"],
        meta["group"],
        meta["name"],
        meta["rail"],
        meta.get("group_name"),
        meta.get("gender"),
        _whole(meta, "birth_year"),
        _day(meta, "joined"),
        _day(meta, "left"),
        meta.get("language"),
        meta.get("tax_status"),
        meta.get("hold") == "yes",
        _day(meta, "changed"),
        int(meta["details"]),
        meta["entered-by"],
    )
    book.members.setdefault(record.member, []).append(record)
    book.groups.setdefault(record.group, record.association)
    book.member_components[accounts.component(record.member)] = record.member


def _product(book: Book, scope: str, meta: Meta) -> None:
    record = Product(
        meta["product"],
        meta["name_en"],
        meta.get("name_ru"),
        meta.get("name_ky"),
        meta.get("category"),
        meta.get("unit"),
        meta.get("association"),
        int(meta["revision"]),
    )
    known = book.products.get(record.product)
    if known is None or known.revision <= record.revision:
        book.products[record.product] = record


def _certificate(book: Book, scope: str, meta: Meta) -> None:
    record = Certificate(
        meta["certificate_no"],
        meta["product"],
        meta["decision"],
        date.fromisoformat(meta["date"]),
        meta.get("group"),
        _day(meta, "valid_until"),
    )
    book.certificates[record.product].append(record)


def _price(book: Book, scope: str, meta: Meta) -> None:
    record = Price(
        meta["product"],
        date.fromisoformat(meta["valid_from"]),
        meta.get("grade"),
        meta.get("order_no"),
        _number(meta, "buyback_price"),
        _number(meta, "retail_price"),
    )
    book.prices[record.product].append(record)


def _rule(book: Book, scope: str, meta: Meta) -> None:
    applies_to = meta.get("applies_to", "")
    record = Rule(
        date.fromisoformat(meta["valid_from"]),
        meta["rule"],
        Decimal(meta["value"]),
        meta.get("association"),
        _number(meta, "limit"),
        meta.get("account"),
        _number(meta, "order"),
        tuple(applies_to.split(",")) if applies_to else (),
    )
    book.rules.append(record)


def _contribution(book: Book, scope: str, meta: Meta) -> None:
    record = Contribution(
        meta["period"],
        meta["group"],
        meta["member"],
        Decimal(meta["quantity"]),
        meta.get("product"),
        meta.get("measure"),
        meta.get("source", ""),
    )
    book.contributions.append(record)


def _order(book: Book, scope: str, meta: Meta) -> None:
    book.orders[meta["order_no"]].append(meta)


def _distribution(book: Book, scope: str, meta: Meta) -> None:
    record = Distribution(
        meta["distribution_no"],
        date.fromisoformat(meta["date"]),
        meta["kind"],
        Decimal(meta["amount"]),
        meta.get("association"),
        meta.get("group"),
        meta.get("member"),
        meta.get("product"),
        _day(meta, "from"),
        _day(meta, "to"),
        meta.get("basis", "value"),
        meta.get("source", ""),
    )
    book.distributions[record.distribution_no] = record


def _opening(book: Book, scope: str, meta: Meta) -> None:
    """Only what a `fixed` rule took before stands as master data; the rest is booked."""
    if meta["kind"] == "taken":
        book.taken_before[meta["member"], meta["ref"]] += Decimal(meta["amount"])


_HANDLERS: dict[str, Callable[[Book, str, Meta], None]] = {
    "associations": _association,
    "members": _member,
    "products": _product,
    "certificates": _certificate,
    "prices": _price,
    "policy": _rule,
    "contributions": _contribution,
    "orders": _order,
    "distributions": _distribution,
    "openings": _opening,
}
