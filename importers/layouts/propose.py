"""A layout proposed from what a foreign sheet calls its columns, for a person to check and keep."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice

from importers import cells
from importers.cells import BadCell, Raw, text
from importers.headers import Cells
from importers.kinds import KINDS, Column, Kind
from importers.languages import column_names, value_names
from importers.layouts.declare import shipped

_STEM, _WEAK, _MORE, _LIKELY, _FEWEST = 5, 0.3, 0.6, 0.6, 2
"""Letters of a word that count; weights of weak words, and of more words than ours has; likeness
that is enough; columns at least."""
_SAMPLES, _MOST_WORDS, _CHOICE = 200, 12, 3
_DAYS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%m-%Y",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d %b %Y",
    "%d %B %Y",
)
_NUMBERING = {"line_no": ("receipt_no", "note_no", "transfer_no")}
"""A column that may be counted by row, and within what."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind, the row of the headers, and which header is likely which column of ours."""

    kind: Kind
    row: int
    columns: Mapping[str, int]
    """Column of ours -> index in the sheet."""
    titles: Mapping[int, str]
    score: float

    @property
    def missing(self) -> list[str]:
        found = {*self.columns, *self.numbered}
        return [c.name for c in self.kind.columns if c.required and c.name not in found]

    @property
    def numbered(self) -> dict[str, str]:
        """Columns that the sheet lacks, but that rows can be counted for."""
        known = {column.name for column in self.kind.columns}
        return {
            name: next(each for each in within if each in self.columns)
            for name, within in _NUMBERING.items()
            if name in known and name not in self.columns
            if any(each in self.columns for each in within)
        }


def propose(
    head: Sequence[tuple[int, Cells]], kind: str | None, seen: Sequence[tuple[int, Cells]]
) -> tuple[Guess, str] | None:
    """The likeliest kind of a sheet (or the one named), and its layout as TOML.

    The headers are looked for in `head`, forms of cells in all that was `seen`. None where too
    little is like any kind.
    """
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    guesses = [
        guess
        for number, raw in head
        for each in kinds
        if (guess := _guess(each, number, raw, _below(seen, number))) is not None
    ]
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: (guess.score, -guess.row))
    return best, "\n".join(_lines(best, _below(seen, best.row)))


def _below(seen: Sequence[tuple[int, Cells]], row: int) -> list[Cells]:
    return [raw for number, raw in seen if number > row]


def _guess(kind: Kind, number: int, raw: Cells, rows: Sequence[Cells]) -> Guess | None:
    titles = {index: value.strip() for index, value in raw.items() if isinstance(value, str)}
    likely = sorted(
        (
            (likeness, -order, column.name, index)
            for order, column in enumerate(kind.columns)
            for index, title in titles.items()
            if (likeness := _likeness(title, column, kind)) >= _LIKELY
            if _may_hold(column, _sample(rows, index))
        ),
        reverse=True,
    )
    columns: dict[str, int] = {}
    score = 0.0
    for likeness, _, name, index in likely:
        if name not in columns and index not in columns.values():
            columns[name] = index
            score += likeness * (2 if kind.column(name).required else 1)
    guess = Guess(kind, number, columns, titles, score)
    if len(columns) < _FEWEST:
        return None
    return Guess(kind, number, columns, titles, score - 2 * len(guess.missing))


def _sample(rows: Sequence[Cells], index: int) -> list[Raw]:
    return [raw[index] for raw in islice(rows, _SAMPLES) if not cells.is_blank(raw.get(index))]


def _may_hold(column: Column, seen: Sequence[Raw]) -> bool:
    """Whether what stands below is of the column's type; words of choices are mapped later."""
    if column.type not in ("number", "money", "integer", "date", "period") or not seen:
        return True
    read = sum(_reads(raw, column) for raw in seen)
    return 2 * read >= len(seen) or _form(column, seen) is not None


# --- how like two headers are ------------------------------------------------------------------


def _likeness(title: str, column: Column, kind: Kind) -> float:
    mine = _weights(title)
    return max(
        (_overlap(mine, _weights(name)) for name in _called(column.name, kind.name)), default=0
    )


def _overlap(mine: Mapping[str, float], name: Mapping[str, float]) -> float:
    """How much of both is the same; a header may say more than ours does."""
    both = sum(weight for stem, weight in mine.items() if stem in name)
    lacking = sum(weight for stem, weight in name.items() if stem not in mine)
    more = sum(weight for stem, weight in mine.items() if stem not in name)
    every = both + lacking + _MORE * more
    return both / every if every else 0.0


@cache
def _weights(title: str) -> dict[str, float]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title.replace("№", " номер "))
    found = re.findall(r"[^\W_]+", apart.lower().replace("ё", "е"))
    weak = _synonyms()[1]
    return {word[:_STEM]: _WEAK if word[:_STEM] in weak else 1.0 for word in found}


@cache
def _called(column: str, kind: str) -> tuple[str, ...]:
    shipped_names = [
        where
        for layout in shipped()
        if layout.kind.name == kind
        for name, where in layout.columns.items()
        if name == column and isinstance(where, str)
    ]
    return (*sorted(column_names()[column]), *_synonyms()[0].get(column, ()), *shipped_names)


@cache
def _synonyms() -> tuple[dict[str, list[str]], frozenset[str]]:
    found = tomllib.loads((files(__package__) / "synonyms.toml").read_text(encoding="utf-8"))
    return found["columns"], frozenset(word[:_STEM] for word in found["weak"].split())


# --- the layout as text ------------------------------------------------------------------------


def _lines(guess: Guess, rows: Sequence[Cells]) -> Iterator[str]:
    kind = guess.kind
    yield f'kind = "{kind.name}"'
    yield ""
    yield "[columns]"
    for column in kind.columns:
        if column.name in guess.columns:
            yield f"{column.name} = {_quoted(guess.titles[guess.columns[column.name]])}"
    left = [title for index, title in guess.titles.items() if index not in guess.columns.values()]
    if left:
        yield f"# not used: {', '.join(map(_quoted, left))}"
    if guess.missing:
        yield from ("", "[constants]")
        for name in guess.missing:
            yield f"# {name} = {_quoted('')}  # needed: write it here, or name its column above"
    if guess.numbered:
        yield from ("", "[numbered]")
        yield from (f"{name} = {_quoted(within)}" for name, within in guess.numbered.items())
    samples = {name: _sample(rows, index) for name, index in guess.columns.items()}
    yield from _forms(kind, samples)
    yield from _values(kind, samples)


def _quoted(title: str) -> str:
    """A TOML string; JSON's escapes are TOML's too."""
    return json.dumps(title, ensure_ascii=False)


def _forms(kind: Kind, samples: Mapping[str, Sequence[Raw]]) -> Iterator[str]:
    found = {
        name: form for name, seen in samples.items() if (form := _form(kind.column(name), seen))
    }
    if found:
        yield from ("", "[forms]")
        yield from (f"{name} = {_quoted(form)}" for name, form in found.items())


def _form(column: Column, seen: Sequence[Raw]) -> str | None:
    """The form of cells that cannot be read as they stand; None where they can, or none fits."""
    unread = [text(raw) for raw in seen if isinstance(raw, str) and not _reads(raw, column)]
    match column.type:
        case "date" if unread:
            return next((form for form in _DAYS if all(_is_day(raw, form) for raw in unread)), None)
        case "id" if unread:
            return "code"
        case "number" | "money" if unread:
            return "decimal comma" if all("," in raw for raw in unread) else None
    return None


def _reads(raw: Raw, column: Column) -> bool:
    try:
        cells.read(raw, column)
    except BadCell:
        return False
    return True


def _is_day(shown: str, form: str) -> bool:
    try:
        datetime.strptime(shown, form)  # noqa: DTZ007 (days have no zone)
    except ValueError:
        return False
    return True


def _values(kind: Kind, samples: Mapping[str, Sequence[Raw]]) -> Iterator[str]:
    for name, seen in samples.items():
        column = kind.column(name)
        if column.type != "choice":
            continue
        strange = dict.fromkeys(text(raw) for raw in seen if not _reads(raw, column))
        if strange:
            yield from ("", f"[values.{name}]  # each as one of: {', '.join(column.choices)}")
        for word in islice(strange, _MOST_WORDS):
            meant = _meant(word, column.choices)
            yield f"{_quoted(word)} = {_quoted(meant)}" if meant else f'# {_quoted(word)} = ""'


def _meant(word: str, choices: Iterable[str]) -> str | None:
    """The choice whose name, in some language, begins like one of the words."""
    starts = [part[:_CHOICE] for part in re.findall(r"[^\W_]+", word.lower())]
    for choice in choices:
        names = (choice, *value_names(choice))
        if any(name.startswith(start) for name in names for start in starts):
            return choice
    return None
