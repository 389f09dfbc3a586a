"""Reads text exactly as `ledger.text.write` lays it out, line by line; all else is not ours.

Beancount's parser reads the same text to the same directives, ten times slower. Whatever is not
laid out as ours is left to it: nothing here guesses.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ledger.accounts import ACCOUNT
from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open

_TEXT = r'"((?:[^"\\]|\\[\\"nt])*)"'
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
    known: dict[str, tuple[str, str]] = {}
    return [_directive(block.split("\n"), known) for block in text[:-1].split("\n\n")]


def _directive(lines: list[str], known: dict[str, tuple[str, str]]) -> Directive:
    head = lines[0]
    if entry := _ENTRY(head):
        day, payee, narration, tag = entry.groups()
        meta, legs = _body(lines, known)
        return Entry(_day(day), tag, _plain(payee), _plain(narration), tuple(legs), meta)
    meta, legs = _body(lines, known)
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


def _body(lines: list[str], known: dict[str, tuple[str, str]]) -> tuple[Meta, list[Leg]]:
    """The metadata and legs below a head. `known` remembers lines that were seen before."""
    legs: list[Leg] = []
    meta: Meta = {}
    here = meta
    size = 0
    for line in lines[1:]:
        pair = known.get(line)
        if pair is None:
            if line[2:3].isupper():
                if len(here) != size:
                    raise NotOurs
                leg = _leg(line)
                legs.append(leg)
                here, size = leg.meta, 0
                continue
            pair = _pair(line, known)
        if (line[2] == " ") is (here is meta):
            raise NotOurs
        here[pair[0]] = pair[1]
        size += 1
    if len(here) != size:
        raise NotOurs
    return meta, legs


def _pair(line: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    indent = 4 if line.startswith("    ") else 2
    found = _META(line, indent)
    if found is None or line[:indent].strip() or found[1] in _OF_PARSER:
        raise NotOurs
    pair = found[1], _plain(found[2])
    if len(known) < _MOST_KNOWN:
        known[line] = pair
    return pair


def _leg(line: str) -> Leg:
    found = _LEG(line)
    if found is None:
        raise NotOurs
    account, number, currency, cost, of, since, label = found.groups()
    lot = None
    if cost is not None:
        lot = Cost(Decimal(cost), _currency(of), _day(since), _plain(label))
    return Leg(_account(account), Decimal(number), _currency(currency), lot, {})


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
