"""The books as Parquet files, for those who analyse: five tables without names or private data.

The tables and their columns are declared here; docs/parquet.md is written from the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ledger import accounts
from ledger.directives import Entry
from ledger.store import LandedFile, landed
from ovop_payouts.book import Book
from ovop_payouts.folding import fold
from ovop_payouts.payout.history import approval, earnings_by_run, lines_of, runs, status
from ovop_payouts.payout.why import phrase_of
from ovop_payouts.records import EARNING_KINDS, Member
from ovop_payouts.shards import readable

MONEY, EXACT, FINE = pa.decimal128(20, 2), pa.decimal128(38, 6), pa.decimal128(38, 12)
"""Som and tyiyn; quantities and unit costs with six decimals; their product with twelve."""
TEXT, DAY, NUMBER = pa.string(), pa.date32(), pa.int32()
BATCH = 50_000
"""Rows in memory at once; each becomes a row group."""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: Any
    about: str


def _fields(*columns: tuple[str, Any, str]) -> tuple[Field, ...]:
    return tuple(Field(*column) for column in columns)


TABLES: dict[str, tuple[Field, ...]] = {
    "entries": _fields(
        ("entry", TEXT, "names the entry: change, file and place in it"),
        ("change", TEXT, "the change that it landed with"),
        ("scope", TEXT, "whose book: an association, or head-office"),
        ("date", DAY, "its day"),
        ("tag", TEXT, "what happened: deliveries, sales, returns, payout, deduction, …"),
        ("narration", TEXT, "the same in words"),
        ("source", TEXT, "file, sheet and row that it came from; empty for runs"),
        ("columns", pa.map_(TEXT, TEXT), "every column of the row, as text"),
    ),
    "legs": _fields(
        ("entry", TEXT, "the entry it belongs to"),
        ("leg", NUMBER, "its place in the entry, from 0"),
        ("date", DAY, "the entry's day"),
        ("tag", TEXT, "the entry's tag"),
        ("scope", TEXT, "whose book"),
        ("account", TEXT, "account"),
        ("family", TEXT, "kind of account: payables, stock, sales, …"),
        ("association", TEXT, "association of the account, where it has one"),
        ("member", TEXT, "member of the account (payables, advances, consignors)"),
        ("number", EXACT, "amount or quantity, debit positive"),
        ("currency", TEXT, "KGS, another currency, or a product's commodity"),
        ("cost", EXACT, "unit cost of the lot (of a foreign receivable: the rate)"),
        ("lot", TEXT, "name of the lot"),
        ("lot_date", DAY, "day on which the lot came in"),
        ("kgs", FINE, "what it weighs in the balance, KGS; empty for consigned goods"),
        ("rule", TEXT, "which rule took it (deductions)"),
    ),
    "earnings": _fields(
        ("date", DAY, "day"),
        ("period", TEXT, "month whose contributions share it, where it is a pool's"),
        ("association", TEXT, "association"),
        ("group", TEXT, "group"),
        ("member", TEXT, "member; empty: the pool of the group"),
        ("kind", TEXT, ", ".join(EARNING_KINDS)),
        ("amount", MONEY, "earned, KGS; returns negative"),
        ("value", MONEY, "what a consigned sale brought before commission, KGS"),
        ("quantity", EXACT, "accepted or sold, in the product's unit"),
        ("product", TEXT, "product"),
        ("run", TEXT, "approved run that holds it; empty: none yet, or a pool's"),
        ("change", TEXT, "the change that it landed with"),
    ),
    "runs": _fields(
        ("run", TEXT, "the run, as 2026-03/issyk-kul/1"),
        ("period", TEXT, "its month"),
        ("association", TEXT, "association"),
        ("number", NUMBER, "1, or the number of the supplement"),
        ("status", TEXT, "draft, signed, approved, exported, settled, cancelled"),
        ("approved", DAY, "day of approval"),
        ("member", TEXT, "payee"),
        ("group", TEXT, "the payee's group"),
        ("opening", MONEY, "brought forward"),
        *((kind.replace("-", "_"), MONEY, f"earned as {kind}") for kind in EARNING_KINDS),
        ("gross", MONEY, "sum of what was earned"),
        ("returned", MONEY, "payments that came back"),
        ("deducted", MONEY, "sum of deductions"),
        (
            "deductions",
            pa.list_(pa.struct([("rule", TEXT), ("account", TEXT), ("amount", MONEY)])),
            "each deduction: rule, account, amount",
        ),
        ("net", MONEY, "opening + gross + returned - deducted"),
        ("payout", MONEY, "paid"),
        ("carried", MONEY, "net - payout"),
        ("rail", TEXT, "cash, bank, wallet"),
        ("state", TEXT, "pay, carry, hold"),
        ("why", TEXT, "why it is not paid, as a word; what people wrote is left out"),
    ),
    "members": _fields(
        ("member", TEXT, "member"),
        ("changed", DAY, "day from which this row holds; empty: from the start"),
        ("association", TEXT, "association"),
        ("group", TEXT, "group"),
        ("group_name", TEXT, "name of the group"),
        ("gender", TEXT, "as it was entered"),
        ("birth_year", NUMBER, "year of birth"),
        ("joined", DAY, "day of joining"),
        ("left", DAY, "day of leaving"),
        ("language", TEXT, "language of statements"),
        ("tax_status", TEXT, "tax status"),
        ("rail", TEXT, "way of being paid"),
    ),
}


def schema_of(table: str) -> Any:
    return pa.schema([pa.field(f.name, f.type, metadata={"about": f.about}) for f in TABLES[table]])


def export(books: Path, folder: Path, association: str | None) -> dict[str, int]:
    """Write all tables of one association's books, or of all; returns table -> rows.

    The same books give the same bytes.
    """
    files = list(landed(books, readable(association)))
    book = fold(files)
    rows = {
        "entries": _entries(files),
        "legs": _legs(files, book),
        "earnings": _earnings(book),
        "runs": _runs(book),
        "members": _members(book, association),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(folder / f"{name}.parquet", name, found) for name, found in rows.items()}


def _write(path: Path, table: str, rows: Iterator[Row]) -> int:
    """A file appears whole or not at all."""
    schema, count = schema_of(table), 0
    unfinished = path.with_suffix(".unfinished")
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            for batch in _batches(rows):
                columns = [
                    pa.array(cells, field.type)
                    for cells, field in zip(zip(*batch, strict=True), schema, strict=True)
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                count += len(batch)
        os.replace(unfinished, path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return count


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _named(files: list[LandedFile]) -> Iterator[tuple[LandedFile, str, Entry]]:
    for file in files:
        number = 0
        for directive in file.directives:
            if isinstance(directive, Entry):
                yield file, f"{file.change}/{file.scope}.{file.year}#{number}", directive
                number += 1


def _entries(files: list[LandedFile]) -> Iterator[Row]:
    for file, name, entry in _named(files):
        columns = sorted(entry.meta.items())
        source = entry.meta.get("source", "")
        yield (
            name,
            file.change,
            file.scope,
            entry.date,
            entry.tag,
            entry.narration,
            source,
            columns,
        )


def _legs(files: list[LandedFile], book: Book) -> Iterator[Row]:
    for file, name, entry in _named(files):
        for number, leg in enumerate(entry.legs):
            weight, currency = leg.weight
            kind, association, member = _about(leg.account, book)
            cost = leg.cost
            yield (
                name,
                number,
                entry.date,
                entry.tag,
                file.scope,
                leg.account,
                kind,
                association,
                member,
                leg.number,
                leg.currency,
                cost.number if cost else None,
                cost.label if cost else leg.meta.get("lot"),
                cost.date if cost else None,
                weight if currency == accounts.CURRENCY else None,
                leg.meta.get("rule"),
            )


def _about(account: str, book: Book) -> tuple[str, str | None, str | None]:
    """Kind of account, and the association and member that its name says."""
    parts = account.split(":")
    kind = accounts.family(account)
    association = next((book.components[p] for p in parts[2:] if p in book.components), None)
    of_member = kind in ("payables", "advances", "consignors")
    member = book.member_components.get(parts[-1]) if of_member else None
    return kind, association, member


def _earnings(book: Book) -> Iterator[Row]:
    for association in sorted(book.earnings):
        holders = {
            id(earning): str(run)
            for run, by_member in earnings_by_run(book, association).items()
            for mine in by_member.values()
            for earning in mine
        }
        for e in book.earnings[association]:
            yield (
                e.date,
                e.period,
                e.association,
                e.group,
                e.member,
                e.kind,
                e.amount,
                e.value,
                e.quantity,
                e.product,
                holders.get(id(e)),
                e.change,
            )


def _runs(book: Book) -> Iterator[Row]:
    for run in runs(book):
        step = approval(book, run)
        state = status(book, run)
        for line in lines_of(book, run).values():
            deductions = [
                {"rule": d.rule, "account": d.account, "amount": d.amount} for d in line.deductions
            ]
            yield (
                str(run),
                run.period,
                run.association,
                run.number,
                state,
                step.date if step else None,
                line.member,
                line.group,
                line.opening,
                *(line.earnings.get(kind, Decimal()) for kind in EARNING_KINDS),
                line.gross,
                line.returned,
                line.deducted,
                deductions,
                line.net,
                line.payout,
                line.carried,
                line.rail,
                line.state,
                _why(line.state, line.reason),
            )


def _why(state: str, reason: str | None) -> str | None:
    if state == "pay" or reason is None:
        return None
    return phrase_of(reason) or "why_objection"


def _members(book: Book, association: str | None) -> Iterator[Row]:
    for ident in sorted(book.members):
        for m in book.members[ident]:
            if association in (None, m.association):
                yield _member(m)


def _member(m: Member) -> Row:
    return (
        m.member,
        m.changed,
        m.association,
        m.group,
        m.group_name,
        m.gender,
        m.birth_year,
        m.joined,
        m.left,
        m.language,
        m.tax_status,
        m.rail,
    )


@cache
def described() -> str:
    """The tables and columns as they stand in docs/parquet.md."""
    lines = []
    for table, fields in TABLES.items():
        lines += [f"## {table}.parquet", "", "| column | type | what |", "|---|---|---|"]
        lines += [f"| `{f.name}` | {f.type} | {f.about} |" for f in fields]
        lines.append("")
    return "\n".join(lines)
