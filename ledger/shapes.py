"""Entries with the same keys and as many legs have one layout: one form, one expression for all.

Large changes are made of such entries. The form writes what an entry says into its layout, the
expression finds it there again; `ledger.text` writes, and `ledger.lines` reads, the same text one
line at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from ledger.atoms import CURRENCY, DAY, NUMBER, NotOurs, account_of, currency_of, day_of, number
from ledger.directives import Cost, Entry, Leg

_OF_ENTRY = "{day} {star} {text} {text} #{tag}"
_OF_LEG = "  {account}  {number} {currency}"
_OF_LOT = " {open}{number} {currency}, {day}, {text}{close}"
_FOUND = {
    "day": DAY,
    "star": r"\*",
    "open": r"\{",
    "close": r"\}",
    "text": r'"([^"\\\n\t\r]*+)"',
    "tag": "([a-z][a-z0-9-]*)",
    "account": r"(\S++)",
    "number": NUMBER,
    "currency": CURRENCY,
}
"""What is found in each place; texts are bare, without anything that is not written as meant."""
_FORM = {**dict.fromkeys(_FOUND, "%s"), "star": "*", "open": "{", "close": "}", "text": '"%s"'}
Layout = tuple[tuple[str, ...], tuple[tuple[bool, tuple[str, ...]], ...]]
"""Keys of an entry, and of each leg whether it has a lot, and the keys below it."""


class _Shape(NamedTuple):
    layout: Layout
    form: str
    found: Callable[[str], re.Match[str] | None]


_shapes: dict[Layout, _Shape] = {}
_by_size: dict[int, list[_Shape]] = {}
"""Number of lines below the head -> shapes."""
_met: Counter[Layout] = Counter()
"""How often a layout was met that is not known yet; a shape is worth its making when often."""
_OFTEN, _MOST_SHAPES, _MOST_LINES, _MOST_MET = 20, 8, 80, 1 << 12


def learn(size: int, entry: Entry) -> None:
    """Know the shape of an entry that was met often, with so many lines below its head."""
    layout = _layout(entry)
    known = _by_size.setdefault(size, [])
    if size > _MOST_LINES or len(known) == _MOST_SHAPES or len(_met) > _MOST_MET:
        return
    _met[layout] += 1
    if _met[layout] == _OFTEN:
        _shapes[layout] = shape = _shape(layout)
        known.append(shape)


def forget() -> None:
    """Know no shapes."""
    for each in (_shapes, _by_size, _met):
        each.clear()


def _layout(entry: Entry) -> Layout:
    legs = [(leg.cost is not None, tuple(leg.meta)) for leg in entry.legs]
    return tuple(entry.meta), tuple(legs)


def _shape(layout: Layout) -> _Shape:
    keys, legs = layout
    lines = [_OF_ENTRY, *[f"  {key}: {{text}}" for key in keys]]
    for lot, below in legs:
        lines.append(_OF_LEG + _OF_LOT if lot else _OF_LEG)
        lines += [f"    {key}: {{text}}" for key in below]
    text = "\n".join(lines)
    found = re.compile(text.format(**_FOUND), re.A).fullmatch
    return _Shape(layout, text.format(**_FORM), found)


def read(block: str) -> Entry | None:
    """An entry that is like many before; None where it is not. Raises NotOurs."""
    for shape in _by_size.get(block.count("\n"), ()):
        if found := shape.found(block):
            return _as_found(shape.layout, found.groups())
    return None


def _as_found(layout: Layout, said: tuple[str, ...]) -> Entry:
    """What the groups of a shape's expression mean, in their order."""
    keys, of_legs = layout
    day, payee, narration, tag = said[:4]
    at = 4 + len(keys)
    meta = dict(zip(keys, said[4:at], strict=True))
    legs = []
    for has_lot, below in of_legs:
        account, units, currency = said[at : at + 3]
        at += 3
        lot = None
        if has_lot:
            cost, of, since, label = said[at : at + 4]
            lot = Cost(Decimal(cost), currency_of(of), day_of(since), label)
            at += 4
        mine = dict(zip(below, said[at : at + len(below)], strict=True)) if below else {}
        at += len(below)
        legs.append(Leg(account_of(account), Decimal(units), currency_of(currency), lot, mine))
    return Entry(day_of(day), tag, payee, narration, tuple(legs), meta)


def proved(entry: Entry) -> str | None:
    """The text of an entry that is like many before, from which all that it says is read again.

    None where it is not alike, or not written as it is meant: `ledger.drafts` proves these.
    """
    shape = _shapes.get(_layout(entry))
    if shape is None:
        return None
    said = _said(entry)
    text = shape.form % said
    found = shape.found(text)
    if found is None or found.groups() != said:
        return None
    try:
        for leg in entry.legs:
            account_of(leg.account), currency_of(leg.currency)
            if leg.cost is not None:
                currency_of(leg.cost.currency)
    except NotOurs:
        return None
    return text + "\n"


def _said(entry: Entry) -> tuple[str, ...]:
    """What an entry says, in the order of its layout."""
    said = [entry.date.isoformat(), entry.payee, entry.narration, entry.tag, *entry.meta.values()]
    for leg in entry.legs:
        said += (leg.account, number(leg.number), leg.currency)
        cost = leg.cost
        if cost is not None:
            said += (number(cost.number), cost.currency, cost.date.isoformat(), cost.label)
        said += leg.meta.values()
    return tuple(said)
