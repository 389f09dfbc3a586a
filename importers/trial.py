"""How a file would be read: by its own headers, by a layout, or by one that is proposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from importers.headers import TITLE_ROWS, Header
from importers.layouts import BadLayout, Layout, read_layout
from importers.layouts.propose import propose
from importers.reader import Reading, is_ours, read_sheets, recognise
from importers.rows import Rows
from importers.sheets import Sheet, sheets

LOOKED_AT = 200
"""Rows of a sheet that are looked at."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one sheet was taken for; `kind` is None where it is like none."""

    sheet: str
    kind: str | None
    layout: str | None
    """The layout that fits, if it is no sheet of our own headers."""
    proposal: str | None
    """A layout as TOML, where none fits."""
    incomplete: str | None
    """What the proposal lacks before it can be used."""
    reading: Reading


def try_file(path: Path, layouts: Sequence[Layout], kind: str | None = None) -> list[Trial]:
    """A trial of each sheet; `kind` says what the file is where it is known.

    Raises sheets.UnreadableFile, OSError.
    """
    found = sheets(path, path.read_bytes())
    return [_try(path.name, sheet, layouts, kind) for sheet in found if is_ours(sheet.name)]


def _try(file: str, sheet: Sheet, layouts: Sequence[Layout], kind: str | None) -> Trial:
    rows = list(islice(((number, raw) for number, raw in sheet.rows if raw), LOOKED_AT))
    found = recognise(file, sheet.name, rows[:TITLE_ROWS], layouts)

    def read(by: Sequence[Layout]) -> Reading:
        return read_sheets(file, "", [replace(sheet, rows=iter(rows))], by)

    if isinstance(found, Header) and kind in (None, found.kind.name):
        return Trial(sheet.name, found.kind.name, found.layout, None, None, read(layouts))
    proposed = propose(rows[:TITLE_ROWS], kind, rows)
    if proposed is None:
        return Trial(sheet.name, None, None, None, None, Reading(file, "", Rows(), []))
    guess, text = proposed
    try:
        layout = read_layout("proposal", text)
    except BadLayout as error:
        nothing = Reading(file, "", Rows(), [])
        return Trial(
            sheet.name, guess.kind.name, None, text, str(error).replace("proposal: ", ""), nothing
        )
    return Trial(sheet.name, guess.kind.name, None, text, None, read([layout]))


def rows_of(trial: Trial, most: int) -> Iterator[dict[str, str]]:
    """The first rows as they would be read, by column."""
    for row in islice(trial.reading.rows, most):
        yield {name: _shown(value) for name, value in row.values.items()}


def _shown(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
