"""Directives as Beancount text, and back. What is written reads back as the same directive."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser import parser

from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def quote(text: str) -> str:
    """A Beancount string; nothing in it can end it or start a directive."""
    return f'"{text.translate(_ESCAPES)}"'


def number(value: Decimal) -> str:
    """A number in full, never in scientific form."""
    return format(value, "f")


def write(directives: Iterable[Directive]) -> str:
    """The text of one file."""
    return "\n".join(_WRITERS[type(directive)](directive) for directive in directives)


def _meta(meta: Meta, indent: str = "  ") -> str:
    return "".join(f"{indent}{key}: {quote(value)}\n" for key, value in meta.items())


def _open(entry: Open) -> str:
    booking = ' "NONE"' if entry.lots else ""
    return f"{entry.date} open {entry.account}{booking}\n{_meta(entry.meta)}"


def _commodity(entry: Commodity) -> str:
    return f"{entry.date} commodity {entry.currency}\n{_meta(entry.meta)}"


def _fact(entry: Fact) -> str:
    values = " ".join(quote(value) for value in (entry.type, *entry.values))
    return f"{entry.date} custom {values}\n{_meta(entry.meta)}"


def _leg(leg: Leg) -> str:
    lot = ""
    if leg.cost is not None:
        cost = leg.cost
        lot = f" {{{number(cost.number)} {cost.currency}, {cost.date}, {quote(cost.label)}}}"
    return f"  {leg.account}  {number(leg.number)} {leg.currency}{lot}\n{_meta(leg.meta, '    ')}"


def _entry(entry: Entry) -> str:
    head = f"{entry.date} * {quote(entry.payee)} {quote(entry.narration)} #{entry.tag}\n"
    return head + _meta(entry.meta) + "".join(_leg(leg) for leg in entry.legs)


_WRITERS: dict[type, Any] = {Open: _open, Commodity: _commodity, Fact: _fact, Entry: _entry}


class UnreadableText(ValueError):
    """The text is no Beancount text of ours; the message says where."""


def read(text: str, name: str) -> list[Directive]:
    """The directives of one file, in the order of its lines.

    Raises UnreadableText where Beancount's parser reports an error, or a directive is not ours.
    """
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
