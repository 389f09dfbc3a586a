"""What every form of workbook is read as."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from importers.cells import Raw

LARGEST = 400 * 1024 * 1024
"""Bytes of one unpacked part of a file; a bigger one is refused unread."""
LARGE, RATIO = 10_000_000, 250
"""A part of more bytes than this that unpacks to more than so many times its size is a bomb."""
MOST_COLUMNS = 256


class UnreadableFile(ValueError):
    """A file that is no workbook, or is not safe to read; the message says why."""


Rows = Iterator[tuple[int, dict[int, Raw]]]
"""Number of the row (from 1), column index (from 0) -> raw value; blank cells are left out."""


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells: rows counted from 1, columns from 0, both ends included."""

    top: int
    bottom: int
    left: int
    right: int


def _none() -> list[Area]:
    return []


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. What is `merged` is known once all rows were read."""

    name: str
    rows: Rows
    epoch_1904: bool = False
    merged: Callable[[], list[Area]] = _none


def column_of(reference: str) -> int:
    """`C14` -> 2; -1 where no letter stands."""
    index = 0
    for letter in reference:
        if not letter.isalpha() or index > 1_000_000:
            break
        index = index * 26 + ord(letter.upper()) - 64
    return index - 1


def area_of(reference: str) -> Area | None:
    """`A2:C4` -> rows 2 to 4, columns 0 to 2."""
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})", reference)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    return Area(int(top), int(bottom), column_of(left), column_of(right))


def letters(column: int) -> str:
    """2 -> `C`."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
