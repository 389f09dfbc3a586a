"""Cells merged over several rows: only the first holds what a person sees beside all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from importers.headers import Header
from importers.sheets import Area, letters


def covered(
    areas: Iterable[Area], header: Header, numbers: Sequence[int]
) -> Iterator[tuple[int, str, str]]:
    """(row, its cell, the cell that holds the value) of rows whose cell shows another's value.

    `numbers` are the rows that were read, in order. Whoever sees one name beside three deliveries
    would find two of them booked without it.
    """
    seen = set(header.places.values())
    for area in areas:
        letter = letters(area.left)
        if area.bottom > area.top and letter in seen:
            start = bisect_right(numbers, max(area.top, header.row))
            for number in numbers[start : bisect_left(numbers, area.bottom + 1)]:
                yield number, f"{letter}{number}", f"{letter}{area.top}"
