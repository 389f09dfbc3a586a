"""Cash pay sheets of an approved run, group by group (contract §5, export)."""

from __future__ import annotations

from collections import defaultdict

from ovop_payouts.book import Book
from ovop_payouts.naming import association_name, group_name
from ovop_payouts.payout.history import approval
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import Payment
from ovop_payouts.settings import Settings
from reports.pay_sheet.model import Payee, PaySheet

A_PART = 1000
"""Payees of one file: beyond that neither typst nor who prints would bear it."""


def sheets_of(
    book: Book, run: RunId, payments: list[Payment], settings: Settings
) -> list[PaySheet]:
    """One sheet for each group with cash to pay, in order of groups and members."""
    step = approval(book, run)
    assert step is not None
    language = settings.languages[0]
    groups: dict[str, list[Payment]] = defaultdict(list)
    names: dict[str, str] = {}
    for payment in payments:
        member = book.member(payment.member, run.cutoff)
        groups[member.group].append(payment)
        names[member.group] = group_name(member)
    return [
        PaySheet(
            language,
            settings.payer,
            association_name(book, run.association, language),
            names[group] if names[group] == group else f"{names[group]} ({group})",
            str(run),
            run.period,
            step.date,
            tuple(
                Payee(p.member, book.member(p.member).name, p.amount)
                for p in sorted(mine, key=lambda p: p.member)
            ),
        )
        for group, mine in sorted(groups.items())
    ]


def pay_sheets(
    book: Book, run: RunId, payments: list[Payment], settings: Settings
) -> dict[str, bytes]:
    """File name -> content: the run's pay sheets as PDF and XLSX; none where no cash is paid.

    One file of each, or numbered parts of whole groups where there are more payees than `A_PART`.
    """
    parts = parts_of(sheets_of(book, run, payments, settings))
    files: dict[str, bytes] = {}
    for number, sheets in enumerate(parts, 1):
        stem = f"{str(run).replace('/', '_')}_cash" + (f"_{number}" if len(parts) > 1 else "")
        files |= _files(stem, sheets)
        if len(parts) > 1:
            _forget()
    return files


def parts_of(sheets: list[PaySheet]) -> list[list[PaySheet]]:
    """Sheets in their order, cut where a part would pass `A_PART` payees; a group stays whole."""
    parts: list[list[PaySheet]] = []
    room = 0
    for sheet in sheets:
        if not parts or room < len(sheet.payees):
            parts.append([])
            room = A_PART
        parts[-1].append(sheet)
        room -= len(sheet.payees)
    return parts


def _files(stem: str, sheets: list[PaySheet]) -> dict[str, bytes]:
    from reports.pay_sheet.pdf import pay_sheets_pdf
    from reports.pay_sheet.xlsx import pay_sheets_xlsx

    return {f"{stem}.pdf": pay_sheets_pdf(sheets), f"{stem}.xlsx": pay_sheets_xlsx(sheets)}


def _forget() -> None:
    """Otherwise a large run's parts would all stay in memory."""
    from reports.pdf import forget

    forget()
