"""Reads text by Beancount's own parser, whatever its layout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser import parser

from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open
from ledger.text import UnreadableText


def directives(text: str, name: str) -> list[Directive]:
    """The directives of a text, in the order of its lines. Raises UnreadableText."""
    entries, errors, _ = parser.parse_string(text, report_filename=name)
    if errors:
        error = errors[0]
        raise UnreadableText(f"{name}:{error.source.get('lineno', 0)}: {error.message}")
    return [_directive(entry) for entry in sorted(entries, key=lambda e: int(e.meta["lineno"]))]


def _read_meta(meta: dict[str, Any] | None) -> Meta:
    if not meta:
        return {}
    return {
        key: str(value)
        for key, value in meta.items()
        if key not in ("filename", "lineno") and not key.startswith("__")
    }


def _directive(entry: data.Directive) -> Directive:
    meta = _read_meta(entry.meta)
    match entry:
        case data.Transaction():
            tag = min(entry.tags) if entry.tags else ""
            legs = tuple(_read_leg(posting) for posting in entry.postings)
            return Entry(entry.date, tag, entry.payee or "", entry.narration or "", legs, meta)
        case data.Custom():
            kind, *values = (str(value) for value in [entry.type, *_plain(entry.values)])
            return Fact(entry.date, kind, tuple(values), meta)
        case data.Open():
            return Open(entry.date, entry.account, entry.booking is not None, meta)
        case data.Commodity():
            return Commodity(entry.date, entry.currency, meta)
    place = f"{entry.meta.get('filename')}:{entry.meta.get('lineno')}"
    raise UnreadableText(f"{place}: {type(entry).__name__} is no directive of a change")


def _plain(values: Iterable[Any]) -> list[Any]:
    return [getattr(value, "value", value) for value in values]


def _read_leg(posting: data.Posting) -> Leg:
    units = posting.units
    if not isinstance(units, Amount) or not isinstance(units.number, Decimal):
        raise UnreadableText(f"{posting.account}: a leg without an amount")
    cost = None
    if posting.cost is not None:
        spec: Any = posting.cost
        cost = Cost(spec.number_per, spec.currency, spec.date, spec.label or "")
    return Leg(posting.account, units.number, units.currency, cost, _read_meta(posting.meta))
