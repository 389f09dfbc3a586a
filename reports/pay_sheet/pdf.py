"""Pay sheets as PDF, a group on pages of its own."""

from __future__ import annotations

from typing import Any

from reports import pdf
from reports.pay_sheet.model import PaySheet
from reports.spelled import spelled
from reports.words import words

TEMPLATE = (__package__ or "", "pay_sheet.typ")


def pay_sheets_pdf(sheets: list[PaySheet]) -> bytes:
    """All groups of a run in one file."""
    return pdf.render(*TEMPLATE, data_of(sheets), sheets[0].issued)


def data_of(sheets: list[PaySheet]) -> dict[str, Any]:
    """What the template shows; labels are in the language of the first sheet."""
    say = words(sheets[0].language)
    titles = ("number", "member", "name", "amount", "signature")
    return {
        "language": say.language,
        "title": say("pay_sheet"),
        "run": sheets[0].run,
        "columns": [say(title) for title in titles],
        "page_words": say("page"),
        "marks": [say.marks[ord(",")], say.marks[ord(".")]],
        "page_total_label": say("page_total"),
        "running_label": say("running_total"),
        "total_label": say("total"),
        "words_label": say("in_words"),
        "paid_by": say("paid_by"),
        "checked_by": say("checked_by"),
        "sheets": [_sheet(sheet) for sheet in sheets],
    }


def _sheet(sheet: PaySheet) -> dict[str, Any]:
    say = words(sheet.language)
    return {
        "payer": sheet.payer,
        "association": sheet.association,
        "heading": f"{sheet.group}, {say.month(sheet.period)}",
        "rows": [
            [
                str(number),
                payee.member,
                payee.name,
                say.money(payee.amount),
                int(payee.amount * 100),
            ]
            for number, payee in enumerate(sheet.payees, 1)
        ],
        "total": say.money(sheet.total),
        "words": spelled(sheet.total, sheet.language),
    }
