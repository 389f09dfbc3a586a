"""A workbook as typed rows and problems: every problem of the file at once (contract §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from importers import cells
from importers.cells import BadCell, Raw
from importers.checks import check, with_rails
from importers.headers import TITLE_ROWS, Cells, Header, Nearest, find_header
from importers.layouts import Layout, find_layout, nearest_layout
from importers.merged import covered
from importers.rows import Packed, Problem, Row, Rows, Shape, Value, unpacked
from importers.sheets import Sheet, UnreadableFile, column_of, letters, sheets

EXAMPLE = "example"
"""A row with a cell that starts with this word in brackets shows how, and is never booked."""
_EXAMPLES = tuple(f"[{word}" for word in (EXAMPLE, "пример", "мисал"))
_TOTALS = frozenset(("total", "totals", "итого", "всего", "жыйынтыгы", "баары", "бардыгы"))
_IGNORED_SHEETS = frozenset(
    ("notes", "readme", "summary", "arithmetic", "примечания", "эскертүүлөр", "problems")
)
Numbered = tuple[int, dict[int, Raw]]
Watch = Callable[[Iterable[Numbered]], Iterator[Numbered]]
_SEVERAL, _LONGEST_HEADING = 3, 100
_NO_KIND = (
    "has no sheet whose headers are those of a kind; see `ovop template`, or `ovop layout try`"
    " for what other programs write"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file holds: good rows, and what is wrong with the others."""

    file: str
    sha256: str
    rows: Rows
    problems: list[Problem]
    sheets: list[str] = field(default_factory=list)
    """Names of its sheets, in their order."""
    refused: list[Row] = field(default_factory=list)
    """Rows with problems, as far as they could be read."""
    layouts: list[str] = field(default_factory=list)
    """Names of the layouts by which its sheets were read."""


def read_file(path: Path, layouts: Sequence[Layout] = (), watch: Watch = iter) -> Reading:
    """Read one file. What makes it unreadable as a whole is a problem without a cell.

    `layouts` say how sheets of others are read; our own headers go before them. Rows of sheets
    pass through `watch`. Raises OSError where the disk does.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    watched = (replace(sheet, rows=watch(sheet.rows)) for sheet in sheets(path, content))
    return read_sheets(path.name, sha256, watched, layouts)


def read_sheets(
    file: str, sha256: str, found: Iterable[Sheet], layouts: Sequence[Layout] = ()
) -> Reading:
    """The same, of sheets that are at hand."""
    reading = Reading(file, sha256, Rows(), [])
    try:
        recognised = [_read_sheet(reading, sheet, layouts) for sheet in found]
        if not any(recognised):
            reading.problems[:] = [p for p in reading.problems if not p.warning]
            if not reading.problems:
                reading.problems.append(Problem(file, "", "", "", _NO_KIND))
    except UnreadableFile as error:
        reading.rows.keep(lambda _: False)
        reading.problems[:] = [Problem(file, "", "", "", str(error))]
    return reading


def is_ours(sheet: str) -> bool:
    """Whether a sheet of this name may hold rows; notes and lists of problems hold none."""
    return sheet.strip().lower() not in _IGNORED_SHEETS


def recognise(
    file: str, sheet: str, head: Sequence[tuple[int, Cells]], layouts: Sequence[Layout]
) -> Header | Nearest | None:
    """The headers among a sheet's first filled rows: ours, else those of a layout."""
    found = find_header(head)
    if isinstance(found, Header):
        return found
    return find_layout(layouts, file, sheet, head) or found


def _read_sheet(reading: Reading, sheet: Sheet, layouts: Sequence[Layout]) -> bool:
    """Read one sheet; whether its kind was recognised."""
    reading.sheets.append(sheet.name)
    if not is_ours(sheet.name):
        return False
    rows = ((number, raw) for number, raw in sheet.rows if raw)
    head = list(islice(rows, TITLE_ROWS))
    found = recognise(reading.file, sheet.name, head, layouts)
    if not isinstance(found, Header):
        _report_nearest(reading, sheet, found, head, layouts)
        return False
    if found.layout:
        reading.layouts.append(found.layout)
    reading.problems.extend(_strange_headers(reading.file, sheet.name, found))
    titles = dict(head).get(found.row, {})
    page = _page(reading, sheet, found)
    for number, raw in chain(head, rows):
        if number > found.row and raw != titles:  # printed registers repeat their headers
            if _read_row(page, number, raw):
                continue
            other = _other_table(reading, sheet.name, found, number, raw)
            if other is not None:
                reading.problems[:] = [p for p in reading.problems if not _at(p, sheet, number)]
                reading.problems.append(other)
                break
    _refuse_merged(reading, sheet, found)
    return True


def _other_table(
    reading: Reading, sheet: str, header: Header, number: int, raw: Cells
) -> Problem | None:
    """Headers of another kind below rows that were refused: what follows is no row of this one."""
    if not reading.refused or reading.refused[-1].source.row != number or header.layout:
        return None
    other = find_header([(number, raw)])
    if not isinstance(other, Header):
        return None
    reason = f"has headers of {other.kind.name} below rows of {header.kind.name}"
    reason += ": give each kind a sheet of its own; nothing from here on is read"
    return Problem(reading.file, sheet, f"A{number}", "", reason, number)


def _refuse_merged(reading: Reading, sheet: Sheet, header: Header) -> None:
    """Refuse rows that show, in merged cells, what only the first of them holds."""
    areas = sheet.merged()
    if not areas:
        return
    rows = [row for row in (*reading.rows, *reading.refused) if row.source.sheet == sheet.name]
    found = list(covered(areas, header, sorted(row.source.row for row in rows)))
    cells_of, bad = {cell for _, cell, _ in found}, {number for number, _, _ in found}
    reading.problems[:] = [
        p for p in reading.problems if p.sheet != sheet.name or p.cell not in cells_of
    ]
    for number, cell, first in found:
        reason = f"is merged with {first}: unmerge them, and fill in each row"
        reading.problems.append(Problem(reading.file, sheet.name, cell, "", reason, number))

    def is_covered(row: Row) -> bool:
        return row.source.sheet == sheet.name and row.source.row in bad

    reading.refused.extend(filter(is_covered, reading.rows))
    reading.rows.keep(lambda row: not is_covered(row))


def _at(problem: Problem, sheet: Sheet, row: int) -> bool:
    return problem.row == row and problem.sheet == sheet.name


def _strange_headers(file: str, sheet: str, header: Header) -> Iterator[Problem]:
    """Headers that mean nothing, and those that mean what another one means already."""
    kind = header.kind.name
    for index, title in header.unknown.items():
        cell, warning = f"{letters(index)}{header.row}", index not in header.twice
        reason = f"is no column of {kind}; it is ignored"
        if not warning:
            reason = f"{kind} has this column already: take one of them out, or rename it"
        yield Problem(file, sheet, cell, title, reason, header.row, warning)


def _report_nearest(
    reading: Reading,
    sheet: Sheet,
    nearest: Nearest | None,
    head: Sequence[tuple[int, Cells]],
    layouts: Sequence[Layout],
) -> None:
    """What a sheet that was not recognised is like, and what it lacks."""
    near = nearest_layout(layouts, head)
    if near is not None:
        layout, row, lacking = near
        shown = ", ".join(f"«{title}»" for title in lacking)
        reason = f"is nearly as layout {layout} says, but has no column {shown}"
        reason += "; see `ovop layout try`"
        reading.problems.append(Problem(reading.file, sheet.name, f"A{row}", "", reason, row))
    elif nearest is not None and len(nearest.header.columns) >= 2:
        header, missing = nearest.header, ", ".join(sorted(nearest.missing))
        reason = f"looks like {header.kind.name}, but has no column {missing}: add what is missing"
        reason += ", or see `ovop layout try`"
        where = f"A{header.row}"
        reading.problems.append(Problem(reading.file, sheet.name, where, "", reason, header.row))
    elif head:
        reason = "has headers of no kind; the sheet is ignored"
        reading.problems.append(
            Problem(reading.file, sheet.name, "A1", "", reason, 1, warning=True)
        )


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet whose headers are known, and what its rows are read with."""

    reading: Reading
    sheet: Sheet
    header: Header
    columns: list[tuple[int, cells.Remembered]]
    """Key of a cell, what the cells of its column hold."""
    shape: Shape
    seen: frozenset[int]
    """Columns of the sheet that mean something."""
    needed: int
    """How many of them are required."""

    def problem(self, cell: str, shown: str, reason: str, row: int, warning: bool = False) -> None:
        self.reading.problems.append(
            Problem(self.reading.file, self.sheet.name, cell, shown, reason, row, warning)
        )


def _page(reading: Reading, sheet: Sheet, header: Header) -> _Page:
    columns = [
        (key, cells.Remembered(column, sheet.epoch_1904)) for key, column in header.columns.items()
    ]
    names = tuple(column.name for column in header.columns.values())
    shape = Shape(header.kind.name, reading.file, reading.sha256, sheet.name, names, header.places)
    seen = frozenset(column_of(place) for place in header.places.values())
    needed = len(header.kind.required & header.places.keys())
    return _Page(reading, sheet, header, columns, shape, seen, needed)


def _read_row(page: _Page, number: int, raw: Cells) -> bool:
    """Read one row; whether it is a good one, or none."""
    if _is_example(raw):
        return True
    if _is_total(page, raw):
        where, shown = f"{letters(min(raw))}{number}", str(raw[min(raw)])
        page.problem(where, shown, "is a row of totals; it is not booked", number, warning=True)
        return True
    if _is_heading(page, raw):
        where, shown = f"{letters(min(raw))}{number}", str(raw[min(raw)])
        reason = "is a line of text alone; it is not booked"
        page.problem(where, shown, reason, number, warning=True)
        return True
    header = page.header
    own = raw if header.translate is None else header.translate(raw)
    if own is None:
        return True
    values, bad = _values(page, own)
    if not bad and not any(values) and _is_blank(page, own, values):
        return True
    packed: Packed = page.shape, number, values
    if header.kind.name == "policy":
        packed = _with_rails(packed)
    wrong = [each for each in check(header.kind.name, _named(packed)) if each[0] not in bad]
    if not bad and not wrong:
        page.reading.rows.packed.append(packed)
        return True
    _refuse(page, unpacked(packed), bad, wrong)
    return False


def _is_blank(page: _Page, own: Cells, values: tuple[Value | None, ...]) -> bool:
    nothing = all(value is None for value in values)
    return nothing and all(cells.is_blank(own.get(key)) for key, _ in page.columns)


def _named(packed: Packed) -> dict[str, Value]:
    """The values by column."""
    shape, _, values = packed
    named = zip(shape.names, values, strict=True)
    return {name: value for name, value in named if value is not None}


def _with_rails(packed: Packed) -> Packed:
    shape, number, _ = packed
    values = with_rails(_named(packed))
    return shape, number, tuple([values.get(name) for name in shape.names])


def _refuse(
    page: _Page, row: Row, bad: dict[str, tuple[str, str]], wrong: Iterable[tuple[str, str]]
) -> None:
    """Say of each bad cell what stands there and why not, and of the row what is wrong with it."""
    page.reading.refused.append(row)
    number = row.source.row
    for name, (shown, reason) in bad.items():
        page.problem(row.cell(name), shown, reason, number)
    for name, reason in wrong:
        said = reason if name in page.header.places else f"column {name}: {reason}"
        page.problem(row.cell(name), _shown(row.values.get(name)), said, number)


_NOTHING_BAD: dict[str, tuple[str, str]] = {}


def _values(page: _Page, own: Cells) -> tuple[tuple[Value | None, ...], dict[str, tuple[str, str]]]:
    """Typed values of all columns, and of what could not be read: what stands there, why not."""
    try:
        return tuple(
            [
                known[(raw := own[key]).__class__, raw] if key in own else None
                for key, known in page.columns
            ]
        ), _NOTHING_BAD
    except BadCell:
        return _values_one_by_one(page, own)


def _values_one_by_one(
    page: _Page, own: Cells
) -> tuple[tuple[Value | None, ...], dict[str, tuple[str, str]]]:
    values: list[Value | None] = []
    bad: dict[str, tuple[str, str]] = {}
    for (key, known), name in zip(page.columns, page.shape.names, strict=True):
        value = None
        if key in own:
            raw = own[key]
            try:
                value = known[raw.__class__, raw]
            except BadCell as error:
                bad[name] = _shown(raw), str(error)
        values.append(value)
    return tuple(values), bad


def _shown(value: Raw | Value | None) -> str:
    match value:
        case None:
            return ""
        case cells.Missing():
            return "(formula)"
        case float():
            return f"{value:.0f}" if value.is_integer() else f"{value:.15g}"
        case tuple():
            return ",".join(value)
    return str(value)


def _is_example(raw: Cells) -> bool:
    for value in raw.values():
        if value.__class__ is str and "[" in value and _shows_how(value):
            return True
    return False


def _shows_how(value: str) -> bool:
    return value.strip().lower().startswith(_EXAMPLES)


def _is_total(page: _Page, raw: Cells) -> bool:
    """A word for totals in a row that has not what the kind needs."""
    if len(page.seen) >= page.needed and page.seen.issubset(raw):
        return False
    if len(raw.keys() & page.seen) >= page.needed:
        return False
    words = [str(v).strip().lower().rstrip(":") for v in raw.values() if isinstance(v, str)]
    return any(word in _TOTALS or word.split(" ")[0] in _TOTALS for word in words if word)


def _is_heading(page: _Page, raw: Cells) -> bool:
    """One short text where a row needs several cells: the name of a group, or a signature."""
    if len(raw) > 1 or page.needed < _SEVERAL:
        return False
    (value,) = raw.values()
    return isinstance(value, str) and len(value) <= _LONGEST_HEADING and "\n" not in value
