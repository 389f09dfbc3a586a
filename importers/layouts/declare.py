"""A layout as its TOML file declares it; every mistake says where it is and what would be right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from importers.kinds import KINDS, Kind

Where = str | int
"""A column of the foreign sheet: its header, or its number counted from 1."""
FORMS = ("code", "negated", "decimal comma", "decimal point")
"""Forms of cells beside those of days (`%d.%m.%Y`); docs/layouts.md explains each."""
_SECTIONS = frozenset(
    ("kind", "match", "columns", "constants", "numbered", "forms", "values", "negative")
) | {"only", "skip"}


class BadLayout(ValueError):
    """A layout file that cannot be used; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one foreign sheet is read as a kind. Names of ours are columns of `kind`."""

    name: str
    kind: Kind
    file: str | None
    sheet: str | None
    """Patterns that the names of file and sheet match, where there are any."""
    first_row: int | None
    """Where a sheet without headers begins."""
    columns: Mapping[str, Where]
    constants: Mapping[str, Any]
    numbered: Mapping[str, str]
    """Column -> another one within whose values the rows are counted, from 1."""
    forms: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    """Column -> what stands in a cell -> what is meant."""
    negative: Mapping[str, Mapping[Where, tuple[str, ...]]]
    """Column -> foreign column -> words that make it negative."""
    only: Mapping[Where, tuple[str, ...]]
    skip: Mapping[Where, tuple[str, ...]]
    """Foreign column -> patterns of the rows to take, or to leave out."""


def read_layout(name: str, text: str) -> Layout:
    """A layout out of its file. Raises BadLayout."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadLayout(f"{name}: is no TOML ({error})") from None
    mistakes = list(_mistakes(found))
    if mistakes:
        raise BadLayout("; ".join(f"{name}: {each}" for each in mistakes))
    match = found.get("match", {})
    return Layout(
        name.removesuffix(".toml"),
        KINDS[found["kind"]],
        match.get("file"),
        match.get("sheet"),
        match.get("first_row"),
        found["columns"],
        found.get("constants", {}),
        found.get("numbered", {}),
        found.get("forms", {}),
        found.get("values", {}),
        {
            column: {where: _words(said) for where, said in wheres.items()}
            for column, wheres in found.get("negative", {}).items()
        },
        {where: _words(said) for where, said in found.get("only", {}).items()},
        {where: _words(said) for where, said in found.get("skip", {}).items()},
    )


def _words(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def read_layouts(folder: Path) -> list[Layout]:
    """The layouts of a folder, none where it is not there. Raises BadLayout."""
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return _closest_first(read_layout(path.name, _text(path)) for path in paths)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadLayout(f"{path.name}: is no UTF-8; save it so") from None


def _closest_first(layouts: Iterable[Layout]) -> list[Layout]:
    """Those that ask for more columns are tried before those that ask for fewer."""
    return sorted(layouts, key=lambda each: (-len(each.columns), each.name))


@cache
def shipped() -> tuple[Layout, ...]:
    """The layouts that come with the product."""
    found = files(__package__).joinpath("shipped").iterdir()
    return tuple(
        _closest_first(
            read_layout(path.name, path.read_text(encoding="utf-8"))
            for path in found
            if path.name.endswith(".toml")
        )
    )


# --- mistakes ----------------------------------------------------------------------------------


def _mistakes(found: dict[str, Any]) -> Iterator[str]:
    for section in found.keys() - _SECTIONS:
        yield f"{section} is no section of a layout{_hint(section, _SECTIONS)}"
    kind = found.get("kind")
    if kind not in KINDS:
        yield f"kind {kind!r} is none of ours: {', '.join(KINDS)}"
        return
    columns = found.get("columns")
    if not isinstance(columns, dict) or not columns:
        yield "columns is missing: say which column of the sheet is which of ours"
        return
    yield from _unknown_columns(KINDS[kind], found)
    yield from _bad_entries(found)
    first_row = found.get("match", {}).get("first_row")
    if first_row is None and any(isinstance(where, int) for where in columns.values()):
        yield "columns by number need match.first_row: where the rows begin"


def _unknown_columns(kind: Kind, found: dict[str, Any]) -> Iterator[str]:
    known = {column.name for column in kind.columns}
    for section in ("columns", "constants", "numbered", "forms", "values", "negative"):
        for name in found.get(section, {}):
            if name not in known:
                yield f"{section}.{name} is no column of {kind.name}{_hint(name, known)}"
    given = {*found["columns"], *found.get("constants", {}), *found.get("numbered", {})}
    for name in sorted(kind.required - given):
        yield f"{kind.name} needs {name}: name its column, or a constant"


def _bad_entries(found: dict[str, Any]) -> Iterator[str]:
    for name, where in found["columns"].items():
        if not isinstance(where, str) and not (isinstance(where, int) and where > 0):
            yield f"columns.{name}: write the header in quotes, or the number of the column"
    for name, form in found.get("forms", {}).items():
        if form not in FORMS and "%" not in form:
            yield f"forms.{name}: {form!r} is none of {', '.join(FORMS)}, or of a day (%d.%m.%Y)"
    for name, other in found.get("numbered", {}).items():
        if other not in found["columns"]:
            yield f"numbered.{name}: {other} is none of the columns"
    patterns = [found.get("match", {}).get(part) for part in ("file", "sheet")]
    for section in ("only", "skip"):
        patterns += [each for said in found.get(section, {}).values() for each in _words(said)]
    for pattern in filter(None, patterns):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{pattern!r} is no pattern ({error})"


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
