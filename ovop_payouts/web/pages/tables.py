"""Rows as people look at them: searched, ordered, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
SIZES = (50, 200, 1000)
"""How many rows a page may have; the first unless another is chosen."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of rows. `found` of `whole` rows passed the filters; `first` counts from 1."""

    rows: tuple[Row, ...]
    found: int
    whole: int
    page: int
    pages: int
    size: int
    sort: str
    descending: bool

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


def sliced(
    rows: Sequence[Row],
    whole: int,
    params: Mapping[str, str],
    keys: Mapping[str, Callable[[Row], Any]],
    default: str,
) -> Slice[Row]:
    """The page that `sort` (a leading `-` turns it round), `page` and `size` ask for.

    What cannot be asked for is taken as not asked; rows that are equal keep their order.
    """
    wanted = params.get("sort", "") or default
    descending, name = wanted.startswith("-"), wanted.removeprefix("-")
    if name not in keys:
        descending, name = default.startswith("-"), default.removeprefix("-")
    ordered = sorted(rows, key=keys[name], reverse=descending)
    size = number(params.get("size", ""), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    pages = max(1, -(-len(ordered) // size))
    page = min(max(1, number(params.get("page", ""), 1)), pages)
    shown = tuple(ordered[(page - 1) * size : page * size])
    return Slice(shown, len(ordered), whole, page, pages, size, name, descending)


def number(text: str, otherwise: int) -> int:
    """A small whole number out of an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def finds(search: str, *texts: str | None) -> bool:
    """Whether every word searched for stands in one of the texts, in any case."""
    if not search:
        return True
    whole = " ".join(text for text in texts if text).casefold()
    return all(word in whole for word in search.casefold().split())
