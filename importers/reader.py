"""A workbook as typed rows and problems: every problem of the file at once (contract §3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from importers import cells
from importers.cells import BadCell, Raw
from importers.currencies import is_currency, places
from importers.kinds import KINDS, Column, Kind
from importers.languages import column_names, value_names
from importers.rows import Problem, Row, Source, Value
from importers.sheets import Sheet, UnreadableFile, letters, sheets

EXAMPLE = "example"
"""A row whose first cell starts with this word (in brackets) shows how, and is never booked."""
TITLE_ROWS = 30
_TOTALS = frozenset(("total", "totals", "итого", "всего", "жыйынтыгы", "баары", "бардыгы"))
_IGNORED_SHEETS = frozenset(("notes", "readme", "summary", "примечания", "эскертүүлөр", "problems"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file holds: good rows, and what is wrong with the others."""

    file: str
    sha256: str
    rows: list[Row]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's headers stand and what they mean: column index -> column."""

    kind: Kind
    row: int
    columns: Mapping[int, Column]
    unknown: Mapping[int, str]


def read_file(path: Path) -> Reading:
    """Read one file. What makes it unreadable as a whole is a problem without a cell.

    Raises OSError where the disk does.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    reading = Reading(path.name, sha256, [], [])
    try:
        recognised = [_read_sheet(reading, sheet) for sheet in sheets(path, content)]
        if not any(recognised):
            reason = "has no sheet whose headers are those of a kind; see `ovop template`"
            reading.problems[:] = [p for p in reading.problems if not p.warning]
            if not reading.problems:
                reading.problems.append(Problem(path.name, "", "", "", reason))
    except UnreadableFile as error:
        reading.rows.clear()
        reading.problems[:] = [Problem(path.name, "", "", "", str(error))]
    return reading


def _read_sheet(reading: Reading, sheet: Sheet) -> bool:
    """Read one sheet; whether its kind was recognised."""
    if sheet.name.strip().lower() in _IGNORED_SHEETS:
        return False
    rows = iter(sheet.rows)
    header = _find_header(reading, sheet, rows)
    if header is None:
        return False
    for index, title in header.unknown.items():
        reading.problems.append(
            Problem(
                reading.file,
                sheet.name,
                f"{letters(index)}{header.row}",
                title,
                f"is no column of {header.kind.name}; it is ignored",
                header.row,
                warning=True,
            )
        )
    for number, raw in rows:
        if raw:
            _read_row(reading, sheet, header, number, raw)
    return True


def header_name(raw: Raw) -> str:
    """How headers are compared: without case, spaces, underscores and the mark of the required."""
    return re.sub(r"[\s_\-*!]+", "", str(raw).lower())


_NAMES: dict[str, dict[str, Column]] = {
    kind.name: {
        header_name(title): column
        for column in reversed(kind.columns)
        for title in sorted(column_names()[column.name])
    }
    for kind in KINDS.values()
}
"""Kind -> header in any language -> column; where two share a title, the first column has it."""


def _find_header(
    reading: Reading, sheet: Sheet, rows: Iterator[tuple[int, dict[int, Raw]]]
) -> Header | None:
    """The first row that is the headers of a kind; rows of titles may stand above it."""
    nearest: tuple[int, Header, frozenset[str]] | None = None
    filled = 0
    for number, raw in rows:
        if not raw:
            continue
        filled += 1
        header, missing, score = _as_header(number, raw)
        if header is not None and not missing:
            return header
        if header is not None and (nearest is None or score > nearest[0]):
            nearest = (score, header, missing)
        if filled >= TITLE_ROWS:
            break
    _report_header(reading, sheet, nearest, filled)
    return None


_MAY_LACK = {"sales": frozenset(("unit_price",)), "openings": frozenset(("amount",))}
"""Columns that some rows need not have: a sheet of returns alone has no prices."""


def _as_header(number: int, raw: Mapping[int, Raw]) -> tuple[Header | None, frozenset[str], int]:
    titles = {index: header_name(value) for index, value in raw.items() if isinstance(value, str)}
    best: tuple[tuple[int, int], Header, frozenset[str]] | None = None
    for kind in KINDS.values():
        names = _NAMES[kind.name]
        columns: dict[int, Column] = {}
        for index, title in titles.items():
            if title in names and names[title] not in columns.values():
                columns[index] = names[title]
        found = {column.name for column in columns.values()}
        missing = kind.required - found - _MAY_LACK.get(kind.name, frozenset())
        rank = (-len(missing), len(found))
        if found and (best is None or rank > best[0]):
            unknown = {i: str(raw[i]) for i in titles if i not in columns}
            best = (rank, Header(kind, number, columns, unknown), missing)
    if best is None:
        return None, frozenset(), 0
    return best[1], best[2], len(best[1].columns)


def _report_header(
    reading: Reading, sheet: Sheet, nearest: tuple[int, Header, frozenset[str]] | None, filled: int
) -> None:
    if nearest is not None and nearest[0] >= 2:
        _, header, missing = nearest
        reason = (
            f"looks like {header.kind.name}, but has no column {', '.join(sorted(missing))}:"
            " add what is missing"
        )
        where = f"A{header.row}"
        reading.problems.append(Problem(reading.file, sheet.name, where, "", reason, header.row))
    elif filled:
        reason = "has headers of no kind; the sheet is ignored"
        reading.problems.append(
            Problem(reading.file, sheet.name, "A1", "", reason, 1, warning=True)
        )


def _read_row(
    reading: Reading, sheet: Sheet, header: Header, number: int, raw: dict[int, Raw]
) -> None:
    kind = header.kind
    mine = {i: raw[i] for i in header.columns if i in raw and not cells.is_blank(raw[i])}
    if not mine or _is_example(raw):
        return
    if _is_total(raw, mine, kind):
        where = f"{letters(min(raw))}{number}"
        shown = str(raw[min(raw)])
        reason = "is a row of totals; it is not booked"
        reading.problems.append(
            Problem(reading.file, sheet.name, where, shown, reason, number, warning=True)
        )
        return
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for index, value in mine.items():
        column = header.columns[index]
        try:
            values[column.name] = cells.read(value, column, epoch_1904=sheet.epoch_1904)
        except BadCell as error:
            where = f"{letters(index)}{number}"
            problems.append(
                Problem(reading.file, sheet.name, where, _shown(value), str(error), number)
            )
    if kind.name == "policy":
        values = _with_rails(values)
    at = {column.name: letters(index) for index, column in header.columns.items()}
    source = Source(reading.file, reading.sha256, sheet.name, number)
    row = Row(kind.name, {k: v for k, v in values.items() if v not in ("", ())}, source, at)
    bad = {re.match(r"[A-Z]+", p.cell)[0] for p in problems}  # type: ignore[index]
    for name, reason in check(row):
        if at.get(name) not in bad:
            shown = _shown(values.get(name))
            reason = reason if name in at else f"column {name}: {reason}"
            problems.append(
                Problem(reading.file, sheet.name, row.cell(name), shown, reason, number)
            )
    reading.problems.extend(problems)
    if not problems:
        reading.rows.append(row)


def _shown(value: Raw | Value | None) -> str:
    return "" if value is None else ",".join(value) if isinstance(value, tuple) else str(value)


def _is_example(raw: Mapping[int, Raw]) -> bool:
    first = str(raw[min(raw)]).strip().lower()
    return first.startswith((f"[{EXAMPLE}", "[пример", "[мисал"))


def _is_total(raw: Mapping[int, Raw], mine: Mapping[int, Raw], kind: Kind) -> bool:
    words = [str(v).strip().lower().rstrip(":") for v in raw.values() if isinstance(v, str)]
    return len(mine) < len(kind.required) and any(
        word in _TOTALS or word.split(" ")[0] in _TOTALS for word in words if word
    )


# --- what needs no books to be seen as wrong ---------------------------------------------------


def check(row: Row) -> Iterator[tuple[str, str]]:
    """(column, reason) of what is wrong with a row by itself."""
    kind = KINDS[row.kind]
    for column in kind.columns:
        if column.required and column.name not in row.values and not _excused(row, column.name):
            yield column.name, "is required, but blank"
    yield from _check_money(row, kind)
    rule = _RULES.get(row.kind)
    if rule is not None:
        yield from rule(row.values)


def _excused(row: Row, column: str) -> bool:
    """`unit_price` is not needed on returns, `amount` not for consigned openings."""
    if row.kind == "sales" and column == "unit_price":
        quantity = row.values.get("quantity")
        return isinstance(quantity, Decimal) and quantity < 0
    return row.kind == "openings" and column == "amount" and row.values.get("kind") == "consigned"


def _check_money(row: Row, kind: Kind) -> Iterator[tuple[str, str]]:
    currency = str(row.values.get("currency") or "KGS").upper()
    most = places(currency)
    for column in kind.columns:
        value = row.values.get(column.name)
        if column.type == "money" and isinstance(value, Decimal) and cells.decimals(value) > most:
            yield column.name, f"{currency} has {most} decimals"


def _number(values: Mapping[str, Value], name: str) -> Decimal:
    value = values.get(name)
    return value if isinstance(value, Decimal) else Decimal()


def _delivery(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if _number(values, "rejected") > _number(values, "delivered"):
        yield "rejected", "more is rejected than was delivered"


def _currency(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if not is_currency(str(values.get("currency") or "KGS")):
        yield "currency", "a currency has three capital letters, like USD"


def _sale(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if "quantity" in values and not values["quantity"]:
        yield "quantity", "must not be zero"
    yield from _currency(values)
    currency = str(values.get("currency") or "KGS")
    if is_currency(currency) and currency != "KGS" and _number(values, "quantity") > 0:
        if not _number(values, "rate"):
            yield "rate", "a sale in foreign currency needs its rate in KGS"
        if values.get("payment") != "invoice":
            yield "payment", "a sale in foreign currency is an invoice"
    if "return_of" in values and _number(values, "quantity") > 0:
        yield "return_of", "a return has a quantity below zero"


def _certificate(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if "valid_until" in values and str(values["valid_until"]) < str(values.get("date", "")):
        yield "valid_until", "ends before the decision"


def _distribution(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if _number(values, "amount") < 0 and values.get("kind") != "correction":
        yield "amount", "only a correction may be negative"
    if "from" in values and "to" in values and str(values["to"]) < str(values["from"]):
        yield "to", "ends before it begins"


_AMOUNTS = frozenset(("fixed", "minimum", "cash_unit"))
"""Rules whose value is an amount in KGS."""
_OF_RAILS = frozenset(("minimum", "cash_unit"))
"""Rules that apply to rails (contract §5)."""
_RAILS = next(c.choices for c in KINDS["members"].columns if c.name == "rail")


def _with_rails(values: dict[str, Value]) -> dict[str, Value]:
    """Rails in a rule are written as those of members are: in any case, and any language."""
    listed = values.get("applies_to")
    if values.get("rule") not in _OF_RAILS or not isinstance(listed, tuple):
        return values
    names = {name: rail for rail in _RAILS for name in (rail, *value_names(rail))}
    meant = {names.get(word.lower(), word) for word in listed}
    return {**values, "applies_to": tuple(sorted(meant))}


def _policy(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    amounts = ("value", "limit") if values.get("rule") in _AMOUNTS else ("limit",)
    for name in amounts:
        if cells.decimals(_number(values, name)) > places("KGS"):
            yield name, f"KGS has {places('KGS')} decimals"
    if values.get("rule") == "signature" and _number(values, "value") not in (0, 1):
        yield "value", "1 where the treasurer must sign, 0 where not"
    listed = values.get("applies_to", ())
    if values.get("rule") in _OF_RAILS and isinstance(listed, tuple):
        wrong = [word for word in listed if word not in _RAILS]
        if wrong:
            yield "applies_to", f"{wrong[0]} is no rail: write {', '.join(_RAILS)}, or leave blank"


def _opening(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    kind = values.get("kind")
    needed = {
        "stock": ("product", "location", "quantity"),
        "consigned": ("product", "location", "quantity"),
        "payable": ("member",),
        "advance": ("member",),
        "taken": ("member", "ref"),
    }
    for name in needed.get(str(kind), ()):
        if name not in values:
            yield name, f"an opening of kind {kind} needs it"
    if kind != "payable" and _number(values, "amount") < 0:
        yield "amount", "must not be negative"


_RULES = {
    "deliveries": _delivery,
    "sales": _sale,
    "certificates": _certificate,
    "distributions": _distribution,
    "openings": _opening,
    "cashbook": _currency,
    "orders": _currency,
    "policy": _policy,
}
