"""From a file to what became of each of its rows: the original is read again, and asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from msgspec import structs

from importers.bank_messages import bank_rows, is_xml, read
from importers.reader import read_file
from importers.rows import Problem, Row
from importers.sheets import UnreadableFile
from ledger.books import ARCHIVE
from ovop_payouts.book import Book
from ovop_payouts.booking.batch import book_rows
from ovop_payouts.booking.plan import Plan, columns_of, row_key
from ovop_payouts.importing import layouts_of
from ovop_payouts.private import latest_details
from ovop_payouts.refusal import Refusal
from ovop_payouts.reversing import SHORTEST
from ovop_payouts.tracing import Trace, Traced, key_text, landed, visible
from ovop_payouts.tracing.fates import Fates


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, and the rows of it that are asked for: all, a number, or SHEET!NUMBER."""

    path: Path
    name: str
    sha256: str
    row: str = ""

    def is_asked(self, source: str) -> bool:
        return not self.row or source.endswith((f"/{self.row}", f"!{self.row}"))


def wanted_file(books: Path, book: Book, what: str) -> Wanted | None:
    """The file that is meant: one that is there, or one that was imported, by name or by hash."""
    for name, row in ((what, ""), _split(what)):
        path = Path(name)
        if path.is_file():
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            return Wanted(path, _name_of(book, sha256) or path.name, sha256, row)
        known = {**{r.sha256: r.file for r in book.reversals}, **_imports(book)}
        found = [sha for sha, file in known.items() if file == name or _begins(sha, name)]
        if len(found) > 1:
            raise Refusal(
                f"{name} is the name of several files: {', '.join(s[:16] for s in found)}"
            )
        for sha256 in found:
            for original in (books / ARCHIVE).glob(f"{sha256}.*"):
                return Wanted(original, known[sha256], sha256, row)
    return None


def _begins(sha256: str, text: str) -> bool:
    return len(text) >= SHORTEST and sha256.startswith(text.lower())


def _imports(book: Book) -> dict[str, str]:
    return {imported.sha256: imported.file for imported in book.imports}


def _name_of(book: Book, sha256: str) -> str | None:
    return _imports(book).get(sha256)


def _split(what: str) -> tuple[str, str]:
    """`march.xlsx!deliveries!14` -> file and row."""
    name, _, row = what.partition("!")
    return name, row


def trace_file(books: Path, book: Book, wanted: Wanted, today: date, only: str | None) -> Trace:
    """Every row of a file. A treasurer sees the rows that stand in their own books."""
    fates = Fates(book)
    stands = {
        row.source: landed(book, fates, kind, key, row)
        for kind, key, row in visible(book, only)
        if row.columns.get("sha") == wanted.sha256[:16]
    }
    listed = list(_unmatched(book, wanted, only))
    rows = [*stands.values(), *listed]
    if only is None:
        there = {row.source for row in rows}
        rows += list(_others(books, book, fates, wanted, today, there))
    chosen = sorted((r for r in rows if wanted.is_asked(r.source)), key=_place)
    if wanted.row and not chosen:
        raise Refusal(f"{wanted.name} has no row {wanted.row} of any kind")
    return Trace(wanted.name, _about(book, wanted), tuple(chosen))


def _unmatched(book: Book, wanted: Wanted, only: str | None) -> Iterator[Traced]:
    """What a bank's message says of payments of ours that fits none."""
    for ident, item in book.unmatched.items():
        if item.source.startswith(f"{wanted.name}/") and only in (None, item.scope):
            said = book.resolved.get(ident)
            note = f"{ident}: {item.reason}"
            note += f"; resolved by {said['user']}: {said['reason']}" if said else ""
            yield Traced("bank", item.reference, item.source, "unmatched", item.day, note=note)


def _place(row: Traced) -> tuple[str, int]:
    sheet, _, number = row.source.rpartition("!")
    return sheet, int(number) if number.isdigit() else 0


def _about(book: Book, wanted: Wanted) -> str:
    said = [
        f"imported by {i.user} on {i.date} ({i.change})"
        for i in book.imports
        if i.sha256 == wanted.sha256
    ]
    said += sorted(
        {
            f"reversed by {r.user} on {r.date}" + (f": {r.reason}" if r.reason else "")
            for r in book.reversals
            if r.sha256 == wanted.sha256 and not r.source
        }
    )
    return f"{wanted.sha256[:16]}, {'; '.join(said) or 'not imported'}"


def _others(
    books: Path, book: Book, fates: Fates, wanted: Wanted, today: date, stands: set[str]
) -> Iterator[Traced]:
    """Rows that this file did not book: known, reversed, refused, or never asked for."""
    rows, problems = _read(books, book, wanted)
    left: list[Row] = []
    for row in rows:
        source = str(structs.replace(row.source, file=wanted.name))
        if source in stands:
            continue
        known = _known(book, fates, row, source)
        if known is not None:
            yield known
        else:
            at = structs.replace(row.source, file=wanted.name)
            left.append(structs.replace(row, source=at))
    yield from _unbooked(books, book, left, today)
    for problem in problems:
        if not problem.warning and problem.row:
            place = f"{wanted.name}/{problem.sheet}!{problem.row}"
            yield Traced("", problem.value, place, "refused", note=problem.reason)


def _read(books: Path, book: Book, wanted: Wanted) -> tuple[list[Row], list[Problem]]:
    content = wanted.path.read_bytes()
    if not is_xml(content):
        reading = read_file(wanted.path, layouts_of(books))
        return list(reading.rows), reading.problems
    try:
        message = read(content)
    except UnreadableFile as error:
        raise Refusal(f"{wanted.name}: {error}") from None
    sent = {p.reference: p.amount for p in book.payments.values()}
    return bank_rows(message, wanted.name, wanted.sha256, sent)[0], []


def _known(book: Book, fates: Fates, row: Row, source: str) -> Traced | None:
    """A row that another file booked, or that was reversed."""
    key, sha = row_key(row), row.source.sha256
    standing = book.rows[row.kind].get(key)
    if standing is not None and _same(row, standing.columns):
        other = landed(book, fates, row.kind, key, standing)
        note = f"booked from {standing.source}"
        return replace(other, source=source, status="already imported", note=note)
    for reversal in book.reversals:
        if reversal.sha256 == sha and reversal.source in ("", source):
            note = f"by {reversal.user} on {reversal.date}"
            note += f": {reversal.reason}" if reversal.reason else ""
            day = str(row.values.get("date", ""))
            return Traced(row.kind, key_text(key), source, "reversed", day, reversal.of, note)
    return None


def _same(row: Row, columns: dict[str, str]) -> bool:
    """Whether a row says what the books hold; a member's payment details are not compared."""
    mine = columns_of(row)
    private = ("account_no", "bic", "phone", "reason")
    return all(columns.get(name) == text for name, text in mine.items() if name not in private)


def _unbooked(books: Path, book: Book, rows: list[Row], today: date) -> Iterator[Traced]:
    """Rows that stand nowhere: why they would be refused, or that they would be booked now."""
    plan = Plan(book, today, "", latest_details(books, book))
    book_rows(plan, rows)
    why = {(p.sheet, p.row): p.reason for p in plan.problems if not p.warning}
    for row in rows:
        place = (row.source.sheet, row.source.row)
        refused = place in why
        yield Traced(
            row.kind,
            key_text(row_key(row)),
            str(row.source),
            "refused" if refused else "not imported",
            str(row.values.get("date", "")),
            note=why.get(place, "would be booked now"),
        )
