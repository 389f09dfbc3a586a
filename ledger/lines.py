"""Reads text exactly as `ledger.text.write` lays it out, line by line; all else is not ours.

Beancount's parser reads the same text to the same directives, ten times slower. Whatever is not
laid out as ours is left to it: nothing here guesses.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ledger import shapes
from ledger.atoms import CURRENCY, DAY, NUMBER, NotOurs, account_of, currency_of, day_of
from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Meta, Open

_TEXT = r'"([^"\\]*(?:\\[\\"nt][^"\\]*)*)"'
_ENTRY = re.compile(rf"{DAY} \* {_TEXT} {_TEXT} #([a-z][a-z0-9-]*)", re.A).fullmatch
_OPEN = re.compile(rf'{DAY} open (\S+)( "NONE")?', re.A).fullmatch
_COMMODITY = re.compile(rf"{DAY} commodity {CURRENCY}", re.A).fullmatch
_FACT = re.compile(rf"{DAY} custom ({_TEXT}(?: {_TEXT})*)", re.A).fullmatch
_LEG = re.compile(
    rf"  (\S+)  {NUMBER} {CURRENCY}(?: \{{{NUMBER} {CURRENCY}, {DAY}, {_TEXT}\}})?", re.A
).fullmatch
_META = re.compile(rf"([a-z][A-Za-z0-9_-]+): {_TEXT}", re.A).fullmatch
_TEXTS = re.compile(_TEXT).findall
_ESCAPE = re.compile(r'\\([\\"nt])')
_MEANT = {"\\": "\\", '"': '"', "n": "\n", "t": "\t"}
_OF_PARSER = frozenset(("filename", "lineno"))


def directives(text: str) -> list[Directive]:
    """The directives of a text that we wrote. Raises NotOurs."""
    if not text:
        return []
    if not text.endswith("\n"):
        raise NotOurs
    return [shapes.read(block) or _directive(block) for block in text[:-1].split("\n\n")]


def _directive(block: str) -> Directive:
    lines = block.split("\n")
    head = lines[0]
    if found := _ENTRY(head):
        day, payee, narration, tag = found.groups()
        meta, legs = _body(lines)
        entry = Entry(day_of(day), tag, _plain(payee), _plain(narration), tuple(legs), meta)
        shapes.learn(len(lines) - 1, entry)
        return entry
    meta, legs = _body(lines)
    if legs:
        raise NotOurs
    if fact := _FACT(head):
        kind, *values = (_plain(value) for value in _TEXTS(fact[2]))
        return Fact(day_of(fact[1]), kind, tuple(values), meta)
    if opened := _OPEN(head):
        return Open(day_of(opened[1]), account_of(opened[2]), opened[3] is not None, meta)
    if commodity := _COMMODITY(head):
        return Commodity(day_of(commodity[1]), currency_of(commodity[2]), meta)
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
        lot = Cost(Decimal(cost), currency_of(of), day_of(since), _plain(label))
    return Leg(account_of(account), Decimal(number), currency_of(currency), lot, meta)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: _MEANT[m[1]], text) if "\\" in text else text
