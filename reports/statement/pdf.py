"""A statement as PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import segno

from reports import pdf
from reports.statement.model import Statement
from reports.statement.page import page_of
from reports.words import words

_MASK = 3
LONG = 24
"""Letters of a note or a receipt that would leave too little room for the product."""
TEMPLATE = (__package__ or "", "statement.typ")


def statement_pdf(statement: Statement) -> bytes:
    """One A4 page; it continues on a second where the lines are many."""
    return statements_pdf([statement])


def statements_pdf(statements: list[Statement]) -> bytes:
    """Statements one after the other, each on pages of its own, ready to print."""
    data = {"papers": [data_of(each) for each in statements]}
    return pdf.render(*TEMPLATE, data, max(each.issued for each in statements))


def data_of(statement: Statement) -> dict[str, Any]:
    """What the template shows."""
    page = page_of(statement)
    data = asdict(page)
    for section in data["sections"]:
        section["columns"] = pdf.titles_of(section["columns"], section["numbers"], 11)
        section["widths"] = _widths(section["columns"], section["rows"])
    say = words(statement.language)
    data["why_label"] = say("reason")
    data["gross_label"], data["payout_label"] = say("gross"), say("payout")
    data["qr"] = qr_svg(page.link) if page.link else ""
    return data


def _widths(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[int]:
    """0 where a column shares the room that others leave: what was it, and a long place or note."""
    wide = {len(titles) // 3}
    wide |= {1} if any(len(row[1]) > LONG for row in rows) else set()
    return [0 if index in wide else 1 for index in range(len(titles))]


def qr_svg(text: str) -> str:
    """A QR code as SVG text.

    The mask is fixed: any is readable, and to weigh all eight takes longer than the rest of a page.
    """
    buffer = io.BytesIO()
    code = segno.make(text, error="m", micro=False, mask=_MASK)
    code.save(buffer, kind="svg", border=0, xmldecl=False)
    return buffer.getvalue().decode()
