"""Reads text exactly as `ledger.text.write` lays it out, line by line; all else is not ours.

Beancount's parser reads the same text to the same directives, ten times slower. Whatever is not
laid out as ours is left to it: nothing here guesses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ledger.accounts import ACCOUNT
from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open

_TEXT = r'"([^"\\]*(?:\\[\\"nt][^"\\]*)*)"'
_DAY = r"(\d{4}-\d\d-\d\d)"
_CURRENCY = r"([A-Z][A-Z0-9'._-]*[A-Z0-9])"
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_ENTRY = re.compile(rf"{_DAY} \* {_TEXT} {_TEXT} #([a-z][a-z0-9-]*)", re.A).fullmatch
_OPEN = re.compile(rf'{_DAY} open (\S+)( "NONE")?', re.A).fullmatch
_COMMODITY = re.compile(rf"{_DAY} commodity {_CURRENCY}", re.A).fullmatch
_FACT = re.compile(rf"{_DAY} custom ({_TEXT}(?: {_TEXT})*)", re.A).fullmatch
_LEG = re.compile(
    rf"  (\S+)  {_NUMBER} {_CURRENCY}(?: \{{{_NUMBER} {_CURRENCY}, {_DAY}, {_TEXT}\}})?", re.A
).fullmatch
_META = re.compile(rf"([a-z][A-Za-z0-9_-]+): {_TEXT}", re.A).fullmatch
_TEXTS = re.compile(_TEXT).findall
_ESCAPE = re.compile(r'\\([\\"nt])')
_MEANT = {"\\": "\\", '"': '"', "n": "\n", "t": "\t"}
_WORDS = frozenset(("TRUE", "FALSE", "NULL"))
_OF_PARSER = frozenset(("filename", "lineno"))
_MOST_KNOWN = 1 << 16


class NotOurs(ValueError):
    """Text that is laid out otherwise; it may be good Beancount text all the same."""


def directives(text: str) -> list[Directive]:
    """The directives of a text that we wrote. Raises NotOurs."""
    if not text:
        return []
    if not text.endswith("\n"):
        raise NotOurs
    return [_of_shape(block) or _directive(block) for block in text[:-1].split("\n\n")]


def _directive(block: str) -> Directive:
    lines = block.split("\n")
    head = lines[0]
    if found := _ENTRY(head):
        day, payee, narration, tag = found.groups()
        meta, legs = _body(lines)
        entry = Entry(_day(day), tag, _plain(payee), _plain(narration), tuple(legs), meta)
        _learn(len(lines) - 1, entry)
        return entry
    meta, legs = _body(lines)
    if legs:
        raise NotOurs
    if fact := _FACT(head):
        kind, *values = (_plain(value) for value in _TEXTS(fact[2]))
        return Fact(_day(fact[1]), kind, tuple(values), meta)
    if opened := _OPEN(head):
        return Open(_day(opened[1]), _account(opened[2]), opened[3] is not None, meta)
    if commodity := _COMMODITY(head):
        return Commodity(_day(commodity[1]), _currency(commodity[2]), meta)
    raise NotOurs


def _body(lines: list[str]) -> tuple[Meta, list[Leg]]:
    """The metadata and legs below a head."""
    legs: list[Leg] = []
    meta: Meta = {}
    here = meta
    size = 0
    for line in lines[1:]:
        if line[2:3].isupper():
            if len(here) != size:
                raise NotOurs
            here, size = {}, 0
            legs.append(_leg(line, here))
            continue
        pair = _pair(line)
        if (line[2] == " ") is (here is meta):
            raise NotOurs
        here[pair[0]] = pair[1]
        size += 1
    if len(here) != size:
        raise NotOurs
    return meta, legs


def _pair(line: str) -> tuple[str, str]:
    indent = 4 if line.startswith("    ") else 2
    found = _META(line, indent)
    if found is None or line[:indent].strip() or found[1] in _OF_PARSER:
        raise NotOurs
    return found[1], _plain(found[2])


def _leg(line: str, meta: Meta) -> Leg:
    found = _LEG(line)
    if found is None:
        raise NotOurs
    account, number, currency, cost, of, since, label = found.groups()
    lot = None
    if cost is not None:
        lot = Cost(Decimal(cost), _currency(of), _day(since), _plain(label))
    return Leg(_account(account), Decimal(number), _currency(currency), lot, meta)


# --- entries of a shape that was seen before ---------------------------------------------------


class _Shape(NamedTuple):
    """Entries with the same keys and as many legs: one expression finds all that they say."""

    found: Callable[[str], re.Match[str] | None]
    keys: tuple[str, ...]
    legs: tuple[tuple[bool, tuple[str, ...]], ...]
    """Whether a leg has a lot, and the keys below it."""


_shapes: dict[int, list[_Shape]] = {}
"""Number of lines below the head -> shapes."""
_met: Counter[tuple[object, ...]] = Counter()
"""How often a shape was met that is not known yet; an expression is worth its making when often."""
_OFTEN, _MOST_SHAPES, _MOST_LINES, _MOST_MET = 20, 8, 80, 1 << 12
_BARE = r'"([^"\\\n]*)"'
"""A text without anything that is written otherwise than it is meant."""


def _learn(size: int, entry: Entry) -> None:
    """Know the shape of an entry that was met often."""
    keys = tuple(entry.meta)
    legs = tuple([(leg.cost is not None, tuple(leg.meta)) for leg in entry.legs])
    known = _shapes.setdefault(size, [])
    if size > _MOST_LINES or len(known) == _MOST_SHAPES or len(_met) > _MOST_MET:
        return
    _met[keys, legs] += 1
    if _met[keys, legs] == _OFTEN:
        known.append(_shape(keys, legs))


def _shape(keys: tuple[str, ...], legs: tuple[tuple[bool, tuple[str, ...]], ...]) -> _Shape:
    lines = [rf"{_DAY} \* {_BARE} {_BARE} #([a-z][a-z0-9-]*)"]
    lines += [f"  {key}: {_BARE}" for key in keys]
    for lot, below in legs:
        of_lot = rf" \{{{_NUMBER} {_CURRENCY}, {_DAY}, {_BARE}\}}" if lot else ""
        lines.append(rf"  (\S+)  {_NUMBER} {_CURRENCY}{of_lot}")
        lines += [f"    {key}: {_BARE}" for key in below]
    return _Shape(re.compile("\n".join(lines), re.A).fullmatch, keys, legs)


def _of_shape(block: str) -> Entry | None:
    """An entry that is like one before; None where it is not."""
    for shape in _shapes.get(block.count("\n"), ()):
        if found := shape.found(block):
            return _as_found(shape, found.groups())
    return None


def _as_found(shape: _Shape, said: tuple[str, ...]) -> Entry:
    """What the groups of a shape's expression mean, in their order."""
    day, payee, narration, tag = said[:4]
    at = 4 + len(shape.keys)
    meta = dict(zip(shape.keys, said[4:at], strict=True))
    legs = []
    for has_lot, keys in shape.legs:
        account, number, currency = said[at : at + 3]
        at += 3
        lot = None
        if has_lot:
            cost, of, since, label = said[at : at + 4]
            lot = Cost(Decimal(cost), _currency(of), _day(since), label)
            at += 4
        below = dict(zip(keys, said[at : at + len(keys)], strict=True)) if keys else {}
        at += len(keys)
        legs.append(Leg(_account(account), Decimal(number), _currency(currency), lot, below))
    return Entry(_day(day), tag, payee, narration, tuple(legs), meta)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: _MEANT[m[1]], text) if "\\" in text else text


@lru_cache(maxsize=_MOST_KNOWN)
def _day(shown: str) -> date:
    try:
        return date.fromisoformat(shown)
    except ValueError:
        raise NotOurs from None


@lru_cache(maxsize=_MOST_KNOWN)
def _account(shown: str) -> str:
    if not ACCOUNT.match(shown):
        raise NotOurs
    return shown


@lru_cache(maxsize=_MOST_KNOWN)
def _currency(shown: str) -> str:
    if shown in _WORDS:
        raise NotOurs
    return shown
