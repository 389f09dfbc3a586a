"""Directives as Beancount text, and back. What is written reads back as the same directive."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from ledger import lines
from ledger.atoms import NotOurs, number
from ledger.directives import Commodity, Directive, Entry, Fact, Leg, Meta, Open

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def quote(text: str) -> str:
    """A Beancount string; nothing in it can end it or start a directive."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{text.translate(_ESCAPES)}"'


def write(directives: Iterable[Directive]) -> str:
    """The text of one file."""
    return "\n".join([_WRITERS[type(directive)](directive) for directive in directives])


def _meta(meta: Meta, indent: str = "  ") -> str:
    values = "".join(meta.values())
    if values.isprintable() and '"' not in values and "\\" not in values:
        return "".join([f'{indent}{key}: "{value}"\n' for key, value in meta.items()])
    return "".join([f"{indent}{key}: {quote(value)}\n" for key, value in meta.items()])


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
    line = f"  {leg.account}  {number(leg.number)} {leg.currency}{lot}\n"
    return line + _meta(leg.meta, "    ") if leg.meta else line


def _entry(entry: Entry) -> str:
    head = f"{entry.date} * {quote(entry.payee)} {quote(entry.narration)} #{entry.tag}\n"
    return head + _meta(entry.meta) + "".join([_leg(leg) for leg in entry.legs])


_WRITERS: dict[type, Any] = {Open: _open, Commodity: _commodity, Fact: _fact, Entry: _entry}


class UnreadableText(ValueError):
    """The text is no Beancount text of ours; the message says where."""


def read(text: str, name: str) -> list[Directive]:
    """The directives of one file, in the order of its lines.

    What is laid out as we write it is read as such, all else by Beancount's parser. Raises
    UnreadableText where that reports an error, or a directive is not ours.
    """
    with contextlib.suppress(NotOurs):
        return lines.directives(text)
    from ledger.parsed import directives  # Beancount's parser is slow to import, and rarely needed

    return directives(text, name)
