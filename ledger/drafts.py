"""The files of a change before they land: which directive stands in which, written and proved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from ledger import shapes
from ledger.changes import SUFFIX
from ledger.contents import Content, Stretch
from ledger.directives import Commodity, Directive, Entry, Open
from ledger.text import read, write

Planned = Sequence[tuple[str, Directive]]
Slot = tuple[str, bool, int]
"""Where a directive stands: its scope, whether it opens something, its year."""
_NO_YEAR = 1970
_pack = msgspec.msgpack.Encoder().encode


class Unsound(ValueError):
    """What would land does not read back as what was planned, or does not balance."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One file of a change: its proved text, and what it was read as, for the cache."""

    text: Content
    packed: Content
    """Directives as the cache keeps them, one after the other."""
    count: int


@dataclass(slots=True)
class Group:
    """The directives of one slot: texts to be joined by blank lines, and packed directives."""

    texts: list[bytes | Stretch] = field(default_factory=list)
    packed: list[bytes | Stretch] = field(default_factory=list)
    count: int = 0

    def add(self, other: Group) -> None:
        self.texts += other.texts
        self.packed += other.packed
        self.count += other.count


Groups = dict[Slot, Group]


def by_slot(planned: Iterable[tuple[str, Directive]]) -> dict[Slot, list[Directive]]:
    """Directives by where they stand, each slot's in their order."""
    found: dict[Slot, list[Directive]] = {}
    for scope, directive in planned:
        slot = scope, isinstance(directive, (Open, Commodity)), directive.date.year
        if slot in found:
            found[slot].append(directive)
        else:
            found[slot] = [directive]
    return found


def proved(directives: Sequence[Directive]) -> str:
    """The text of directives; it reads back as what was meant, and balances to the last digit.

    Raises Unsound.
    """
    alike = [shapes.proved(each) if isinstance(each, Entry) else None for each in directives]
    others = [each for each, text in zip(directives, alike, strict=True) if text is None]
    if others and read(write(others), "change") != others:
        raise Unsound("the change would not read back as it was meant")
    for directive in directives:
        if isinstance(directive, Entry) and directive.residual():
            raise Unsound(f"{directive.narration} does not balance")
    one_by_one = (write([each]) for each in others)
    return "\n".join([text or next(one_by_one) for text in alike])


def without_header(packed: bytes, count: int) -> bytes:
    """The items of a packed list, without what says how many they are."""
    return packed[1 if count < 16 else 3 if count < 1 << 16 else 5 :]


def listed(count: int) -> bytes:
    """What stands before so many packed items."""
    return b"\xdd" + count.to_bytes(4)


def groups_of(planned: Iterable[tuple[str, Directive]]) -> Groups:
    """Everything written and proved, at hand. Raises Unsound."""
    found: Groups = {}
    for slot, directives in by_slot(planned).items():
        packed = without_header(_pack(directives), len(directives))
        found[slot] = Group([proved(directives).encode()], [packed], len(directives))
    return found


def drafts_of(*groups: Groups) -> dict[str, Draft]:
    """File name -> draft: one file for each scope and calendar year that a change touches.

    What is opened stands before, in the scope's earliest year. Groups come in their order.
    """
    opens: dict[str, Group] = defaultdict(Group)
    opened: dict[str, int] = {}
    years: dict[str, dict[int, Group]] = defaultdict(dict)
    for (scope, opening, year), group in (item for each in groups for item in each.items()):
        if opening:
            opens[scope].add(group)
            opened[scope] = min(year, opened.get(scope, year))
        else:
            years[scope].setdefault(year, Group()).add(group)
    drafts: dict[str, Draft] = {}
    for scope in sorted({*opens, *years}):
        own = years[scope]
        first = min(own, default=opened.get(scope, _NO_YEAR))
        own.setdefault(first, Group())
        for year, group in sorted(own.items()):
            before = [opens[scope]] if year == first and scope in opens else []
            drafts[f"{scope}.{year}{SUFFIX}"] = _draft([*before, group])
    return drafts


def _draft(groups: Iterable[Group]) -> Draft:
    whole = Group()
    for group in groups:
        whole.add(group)
    texts: list[bytes | Stretch] = []
    for text in whole.texts:
        texts += [b"\n", text] if texts else [text]
    return Draft(Content(tuple(texts)), Content(tuple(whole.packed)), whole.count)


def texts_of(planned: Planned) -> dict[str, str]:
    """File name -> proved text of a change. Raises Unsound."""
    drafts = drafts_of(groups_of(planned))
    return {name: draft.text.whole().decode() for name, draft in drafts.items()}


def contents_of(drafts: Mapping[str, Draft]) -> dict[str, Content]:
    return {name: draft.text for name, draft in drafts.items()}
