"""Papers as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from reports import pdf
from reports.papers.model import DATE, MONEY, QUANTITY, TEXT, Cell, Column, Paper, Table
from reports.words import Words, words

TEMPLATE = (__package__ or "", "paper.typ")


def papers_pdf(papers: Sequence[Paper]) -> bytes:
    """Each on pages of its own."""
    data = {"papers": [data_of(paper) for paper in papers]}
    return pdf.render(*TEMPLATE, data, max(paper.issued for paper in papers))


def data_of(paper: Paper) -> dict[str, Any]:
    """What the template shows."""
    say = words(paper.language)
    return {
        "language": paper.language,
        "heading": paper.heading,
        "payer": paper.payer,
        "who": paper.who,
        "subtitle": paper.subtitle,
        "lead": paper.lead,
        "plain": paper.plain,
        "tables": [_table(table, say) for table in paper.tables],
        "notes": paper.notes,
        "signatures": paper.signatures,
        "watermark": paper.watermark,
        "footer": paper.footer or paper.heading,
        "page_words": say("page"),
    }


def _table(table: Table, say: Words) -> dict[str, Any]:
    numbers = [column.kind not in (TEXT, DATE) for column in table.columns]
    return {
        "title": table.title,
        "columns": pdf.titles_of([column.title for column in table.columns], numbers),
        "numbers": numbers,
        "wide": [column.wide for column in table.columns],
        "rows": [shown_row(row, table.columns, say) for row in table.rows],
        "total": shown_row(table.totals, table.columns, say) if table.totals else [],
    }


def shown_row(row: tuple[Cell, ...], columns: tuple[Column, ...], say: Words) -> list[str]:
    return [shown(cell, column.kind, say) for cell, column in zip(row, columns, strict=True)]


def shown(cell: Cell, kind: str, say: Words) -> str:
    """A cell as people read it; an empty one is blank, for empty is not zero."""
    match cell:
        case None:
            return ""
        case Decimal() if kind == MONEY:
            return say.money(cell)
        case Decimal() if kind == QUANTITY:
            return say.quantity(cell)
        case str() | int() | Decimal():
            return str(cell)
    return say.day(cell)
