"""Reconciliation act (акт сверки): what moved between OVOP+1 and a group, by the ledger's legs.

Debit is what OVOP+1 paid or took off, credit what it came to owe; the group's columns are left for
the group to fill in.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from ledger import accounts
from ledger.changes import open_changes
from ledger.directives import Entry
from ledger.store import landed, landed_ever
from ledger.years import holds_year
from ovop_payouts.folding import WITHOUT_GOODS
from ovop_payouts.folding.brought import TAG as BROUGHT
from ovop_payouts.money import ZERO
from ovop_payouts.naming import association_name
from ovop_payouts.papers.group import group_title
from ovop_payouts.papers.wanted import Named, Wanted
from ovop_payouts.payout.periods import first_day, last_day
from ovop_payouts.shards import own_scopes
from ovop_payouts.statements import Shelf
from reports.papers.model import DATE, MONEY, Cell, Column, Paper, Table
from reports.spelled import spelled
from reports.statement.plain import som
from reports.statement.txt import fitting
from reports.words import Words, words

DOCUMENTS = {
    "deliveries": ("act_deliveries", "note_no"),
    "sales": ("act_sales", "store"),
    "returns": ("act_returns", "store"),
    "stocktakes": ("act_stocktakes", "count_no"),
    "openings": ("act_openings", ""),
    "distribution": ("act_run", "run"),
    "pool": ("act_run", "run"),
    "deduction": ("act_deductions", "run"),
    "payout": ("act_payout", "run"),
    "bank": ("act_returned", "reference"),
    "regrouping": ("act_regrouping", "member"),
    "reversal": ("act_reversal", ""),
}
"""Tag of an entry -> its phrase, and the column that numbers the document."""
Movement = tuple[date, str, str]
"""(day, phrase, number)."""


def act(wanted: Wanted, found: Shelf, group: str) -> Named:
    """The act of a month, or of a year, in the language asked for or Russian."""
    language = wanted.language or found.settings.languages[0]
    say = words(language)
    span = wanted.period
    months = (f"{span}-01", f"{span}-12") if len(span) == 4 else (span, span)
    first, last = first_day(months[0]), last_day(months[1])
    before, moved = _movements(wanted, found.association, group, first, last)
    closing = before + sum((credit - debit for debit, credit in moved.values()), ZERO)
    name = group_title(found, group)
    payer = found.settings.payer
    association = association_name(found.book, found.association, language)
    lead = _owed(payer, closing, last, say)
    paper = Paper(
        language,
        say("act"),
        say("act"),
        payer,
        ((say("group"), name), (say("association"), association)),
        last,
        say(
            "act_text",
            payer=payer,
            group=name,
            association=association,
            first=say.day(first),
            last=say.day(last),
        ),
        lead,
        (),
        (_table(before, closing, moved, (first, last), say),),
        (),
        (payer, name),
        sms=fitting(lead, f"{payer[:24]}, {name[:20]}: {som(closing, say)}"),
        footer=f"{name} · {say.day(first)} – {say.day(last)}",
    )
    yield f"{span}_{group}_{language}_act", paper


def _owed(payer: str, closing: Decimal, last: date, say: Words) -> str:
    if not closing:
        return say("act_even", day=say.day(last))
    return say(
        "act_owed" if closing > 0 else "act_owing",
        day=say.day(last),
        payer=payer,
        amount=som(abs(closing), say),
        words=spelled(abs(closing), say.language),
    )


def _movements(
    wanted: Wanted, association: str, group: str, first: date, last: date
) -> tuple[Decimal, dict[Movement, tuple[Decimal, Decimal]]]:
    """What was owed before, and debit and credit of each document, by day."""
    prefix = accounts.group_payables(association, group)
    before = ZERO
    moved: dict[Movement, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    read = landed if holds_year(open_changes(wanted.books), first.year) else landed_ever
    for file in read(wanted.books, own_scopes(association), WITHOUT_GOODS):
        for entry in file.directives:
            if not isinstance(entry, Entry) or entry.date > last:
                continue
            owed = -sum((x.number for x in entry.legs if x.account.startswith(prefix)), ZERO)
            if entry.date < first or entry.tag == BROUGHT:
                before += owed
            elif owed:
                moved[_document(entry)][owed > 0] += abs(owed)
    return before, {key: (pair[0], pair[1]) for key, pair in sorted(moved.items())}


def _document(entry: Entry) -> Movement:
    phrase, column = DOCUMENTS.get(entry.tag, ("act_other", ""))
    number = entry.meta.get(column, "") if column else entry.tag if phrase == "act_other" else ""
    return entry.date, phrase, number


def _table(
    before: Decimal,
    closing: Decimal,
    moved: dict[Movement, tuple[Decimal, Decimal]],
    span: tuple[date, date],
    say: Words,
) -> Table:
    """Opening, documents, turnover, closing; the group's own two columns are blank."""
    first, last = span
    columns = (
        Column(say("date"), DATE),
        Column(say("act_document"), wide=True),
        Column(say("act_debit"), MONEY),
        Column(say("act_credit"), MONEY),
        Column(say("act_theirs_debit"), MONEY),
        Column(say("act_theirs_credit"), MONEY),
    )
    opened = say("act_opening", day=say.day(first - timedelta(days=1)))
    rows: list[tuple[Cell, ...]] = [_side(None, opened, before)]
    for (day, phrase, number), (debit, credit) in moved.items():
        text = say(phrase, number=number)
        rows.append((day, text, debit or None, credit or None, None, None))
    debits = sum((debit for debit, _ in moved.values()), ZERO)
    credits_ = sum((credit for _, credit in moved.values()), ZERO)
    rows.append((None, say("act_turnover"), debits, credits_, None, None))
    rows.append(_side(None, say("act_opening", day=say.day(last)), closing))
    return Table(say("act_lines"), columns, tuple(rows))


def _side(day: date | None, text: str, owed: Decimal) -> tuple[Cell, ...]:
    """A balance on its side: what is owed to the group is credit."""
    debit, credit = (-owed, None) if owed < 0 else (None, owed)
    return day, text, debit, credit, None, None
