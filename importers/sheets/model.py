"""What every form of workbook is read as."""

from __future__ import annotations

from collections.abc import Iterator
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
class Sheet:
    """One sheet of a workbook."""

    name: str
    rows: Rows
    epoch_1904: bool = False


def column_of(reference: str) -> int:
    """`C14` -> 2; -1 where no letter stands."""
    index = 0
    for letter in reference:
        if not letter.isalpha() or index > 1_000_000:
            break
        index = index * 26 + ord(letter.upper()) - 64
    return index - 1


def letters(column: int) -> str:
    """2 -> `C`."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
