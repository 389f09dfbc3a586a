"""What would be right: ids near to an unknown one, and problems that only follow from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from importers.rows import Row

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_ALIKE, _MOST, _SHARED = 0.75, 300, 3
"""Likeness that is near; how many ids are compared, of those that share so many letters."""
DEFINES = {
    "associations": ("association",),
    "members": ("member", "group"),
    "products": ("product",),
}
"""Kind -> columns that its rows make known."""
_BRINGS = frozenset(("openings", "deliveries", "transfers"))
_TAKES = frozenset(("transfers", "sales", "stocktakes"))


def suggestion(wrong: str, known: Mapping[str, object] | set[str], group: str | None = None) -> str:
    """`; did you mean X?` where something near is known; of the same group first.

    `M0354` -> `; did you mean M0345 of the same group?`
    """
    near = _near(wrong, known)
    if not near:
        return ""
    mine = [ident for ident in near if group and _group(known, ident) == group]
    if mine:
        return f"; did you mean {mine[0]} of the same group?"
    return f"; did you mean {near[0]}?"


def _group(known: Mapping[str, object] | set[str], ident: str) -> str | None:
    """The group of a member as last known."""
    versions = known[ident] if isinstance(known, Mapping) else None
    return getattr(versions[-1], "group", None) if isinstance(versions, list) else None


def _near(wrong: str, known: Mapping[str, object] | set[str]) -> list[str]:
    """Ids one slip away, in order; else what is much alike."""
    slips = sorted({slip for slip in _slips(wrong) if slip in known})
    if slips:
        return slips
    folded = wrong.casefold()
    start, end = folded[:_SHARED], folded[-_SHARED:]
    alike = [k for k in known if k[:_SHARED].casefold() == start or k[-_SHARED:].casefold() == end]
    return _alike(folded, tuple(alike[:_MOST]))


@lru_cache(maxsize=1024)
def _alike(folded: str, candidates: tuple[str, ...]) -> list[str]:
    names = {name.casefold(): name for name in reversed(candidates)}
    return [names[each] for each in get_close_matches(folded, names, 3, _ALIKE)]


def _slips(wrong: str) -> Iterator[str]:
    """What a slip of the hand made this of: two letters swapped, one wrong, missing or too many."""
    yield from (wrong.upper(), wrong.lower(), wrong.capitalize())
    for at in range(len(wrong)):
        start, end = wrong[:at], wrong[at:]
        yield start + end[1:]
        yield from (start + letter + end[1:] for letter in _LETTERS)
        if len(end) > 1:
            yield start + end[1] + end[0] + end[2:]
    for at in range(len(wrong) + 1):
        yield from (wrong[:at] + letter + wrong[at:] for letter in _LETTERS)


@dataclass(slots=True)
class Doubtful:
    """What rows that are refused would have made known: others fail only for want of it."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """(column, id) -> where the row stands that would have made it known."""
    goods: dict[str, str] = field(default_factory=dict)
    """Product -> where a row stands that would have brought some."""

    def note(self, row: Row) -> None:
        """Remember a refused row, of which some cells may be missing."""
        place = f"{row.source.file}  {row.source.sheet}!{row.source.row}"
        for column in DEFINES.get(row.kind, ()):
            if column in row.values:
                self.ids.setdefault((column, str(row.values[column])), place)
        if row.kind in _BRINGS and "product" in row.values:
            self.goods.setdefault(str(row.values["product"]), place)

    def because(self, row: Row, column: str) -> str:
        """`; its own row is refused: …` where a problem follows from another; else nothing."""
        value = str(row.values.get(column, ""))
        if (column, value) in self.ids:
            return f"; its own row is refused: {self.ids[column, value]}"
        product = str(row.values.get("product", ""))
        if row.kind in _TAKES and column in ("quantity", "store", "lot") and product in self.goods:
            return f"; goods of a refused row are missing: {self.goods[product]}"
        return ""
