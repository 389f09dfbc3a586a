"""Imports: which files are in the books, what they brought; new ones, tried out first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from importers.answers import write_problems, write_rejected
from importers.kinds import KINDS
from importers.rows import Problem
from importers.template import write_template
from ledger import accounts
from ovop_payouts.importing import Order, Outcome, import_files
from ovop_payouts.permissions import kinds_allowed
from ovop_payouts.refusal import Refusal
from ovop_payouts.web.desk import Desk, Done, Download, NothingThere, Page
from ovop_payouts.web.pages import kept
from ovop_payouts.web.pages.files import KINDS as TYPES
from ovop_payouts.web.pages.lookup import remembered
from ovop_payouts.web.pages.tables import Slice, finds, sliced
from reports.words import LANGUAGES

SHOWN_PROBLEMS = 200
FOR_ALL = frozenset((accounts.COMMON, accounts.HEAD_OFFICE))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One imported file and the rows that the reader may see of it, by kind."""

    file: str
    sha: str
    date: date | None
    user: str
    whole: bool
    kinds: tuple[tuple[str, int], ...]
    rows: int
    change: str


@dataclass(frozen=True, slots=True)
class TriedFile:
    """One uploaded file: what would be booked of it, what is wrong with it."""

    name: str
    rows: int
    problems: int
    warnings: int
    marked: bool
    """Whether the workbook can be had back with its problems marked."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run of the uploaded files said."""

    ticket: str
    files: tuple[TriedFile, ...]
    kinds: tuple[tuple[str, int, int], ...]
    """(kind, rows that would be booked, rows already imported)."""
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    all_problems: int
    new: int


@dataclass(frozen=True, slots=True)
class Imports:
    table: Slice[FileRow]
    can_import: bool
    trial: Trial | None
    kinds: tuple[str, ...]
    """Kinds that have a template."""
    languages: tuple[str, ...]
    rows: int


KEYS: dict[str, Callable[[FileRow], Any]] = {
    "date": lambda r: (r.date or date.min, r.file),
    "file": lambda r: r.file.casefold(),
    "user": lambda r: (r.user, r.date or date.min),
    "rows": lambda r: r.rows,
}


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Imports:
    key = ("imports", desk.user.association)
    everything = remembered(desk.book, key, lambda: list(_files(desk)))
    rows = [r for r in everything if finds(desk.text("q"), r.file, r.user, r.sha)]
    ticket = desk.text("try")
    can = desk.may("import")
    return Imports(
        sliced(rows, len(everything), desk.asked, KEYS, "-date"),
        can,
        _trial(desk, ticket) if ticket and can else None,
        tuple(sorted(kinds_allowed(desk.user) or KINDS)) if can else (),
        LANGUAGES,
        sum(r.rows for r in everything),
    )


def _files(desk: Desk) -> Iterator[FileRow]:
    """Files by the rows that came of them; a treasurer sees those of the own association."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    names: dict[tuple[str, str], str] = {}
    for kind, rows in desk.book.rows.items():
        for row in rows.values():
            if row.scope not in FOR_ALL and not desk.sees(row.scope):
                continue
            key = row.change, row.columns.get("sha", "")
            counts[key][kind] += 1
            names[key] = row.source.rpartition("/")[0]
    known = {(each.change, each.sha256[:16]): each for each in desk.book.imports}
    for key in counts.keys() | (known.keys() if desk.user.association is None else set()):
        imported, found = known.get(key), counts.get(key, Counter())
        yield FileRow(
            imported.file if imported else names[key],
            key[1],
            imported.date if imported else _day(key[0]),
            imported.user if imported else "",
            imported.whole if imported else True,
            tuple(sorted(found.items())),
            found.total(),
            key[0],
        )


def _day(change: str) -> date | None:
    """The day in a change's name, where it begins with one."""
    try:
        return date.fromisoformat(change[:10])
    except ValueError:
        return None


# --- a trial -----------------------------------------------------------------------------------


def _trial(desk: Desk, ticket: str) -> Trial:
    files = kept.found(desk, ticket)
    outcome = _run(desk, files, dry_run=True)
    return Trial(
        ticket,
        tuple(_tried(path, outcome) for path in files),
        tuple(
            (kind, outcome.booked[kind], outcome.known[kind])
            for kind in sorted({*outcome.booked, *outcome.known})
        ),
        tuple(outcome.problems[:SHOWN_PROBLEMS]),
        tuple(outcome.warnings[:SHOWN_PROBLEMS]),
        len(outcome.problems),
        outcome.booked.total(),
    )


def _run(desk: Desk, files: list[Path], dry_run: bool, partial: bool = False) -> Outcome:
    order = Order(
        files, desk.user.name, desk.today, partial, dry_run, kinds_allowed(desk.user), desk.at
    )
    return import_files(desk.books, order)


def _tried(path: Path, outcome: Outcome) -> TriedFile:
    reading = next(r for r in outcome.readings if r.file == path.name)
    mine = [p for p in outcome.problems if p.file == path.name]
    return TriedFile(
        path.name,
        len(reading.rows),
        len(mine),
        sum(1 for p in outcome.warnings if p.file == path.name),
        any(p.sheet for p in mine),
    )


def try_out(desk: Desk) -> Done:
    """Keep the uploaded files and say what booking them would do; nothing is booked."""
    desk.require("import")
    return Done(desk.words("said_kept"), "imports", {"try": kept.keep(desk)})


def book(desk: Desk) -> Done:
    """Book what was tried out: all of it, or with `partial` the good rows."""
    desk.require("import")
    ticket = desk.must("try")
    partial = desk.text("partial") == "yes"
    outcome = _run(desk, kept.found(desk, ticket), dry_run=False, partial=partial)
    if outcome.problems and not outcome.change:
        raise Refusal(desk.words("import_refused", count=str(len(outcome.problems))))
    rows, known = str(outcome.booked.total()), str(outcome.known.total())
    if outcome.problems:
        said = desk.words("said_part_booked", rows=rows, bad=str(len(outcome.problems)))
        return Done(said, "imports", {"try": ticket})
    kept.forget(desk, ticket)
    return Done(desk.words("said_booked", rows=rows, known=known), "imports", {})


def drop(desk: Desk) -> Done:
    kept.forget(desk, desk.must("try"))
    return Done(desk.words("said_dropped"), "imports", {})


def marked(desk: Desk) -> Download:
    """The user's own workbook with its bad cells marked, or only its bad rows."""
    desk.require("import")
    files = kept.found(desk, desk.must("try"))
    path = next((p for p in files if p.name == desk.text("name")), None)
    if path is None:
        raise NothingThere(desk.text("name"))
    outcome = _run(desk, files, dry_run=True)
    only = desk.text("only") == "rejected"
    with TemporaryDirectory() as folder:
        word = "rejected" if only else "problems"
        target = Path(folder) / f"{path.stem}.{word}.xlsx"
        if only:
            sha = next(r.sha256 for r in outcome.readings if r.file == path.name)
            bad = {(sheet, row) for of, sheet, row in outcome.bad if of == sha and row}
            write_rejected(path, bad, target)
        else:
            write_problems(path, [p for p in outcome.problems if p.file == path.name], target)
        return Download(target.name, target.read_bytes(), TYPES["xlsx"])


def template(desk: Desk) -> Download:
    """An empty workbook of a kind, in the reader's language."""
    kind = desk.chosen("kind", tuple(KINDS))
    if not kind:
        raise NothingThere(kind)
    language = desk.chosen("lang", LANGUAGES, desk.words.language)
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"{kind}_{language}.xlsx"
        write_template(kind, target, language)
        return Download(target.name, target.read_bytes(), TYPES["xlsx"])


PAGE = Page(
    "imports",
    build,
    actions={"try": try_out, "book": book, "drop": drop},
    downloads={"marked": marked, "template": template},
)
