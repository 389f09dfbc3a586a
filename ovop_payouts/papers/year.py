"""A payee's year: month by month, by kind of earning and by deduction."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ovop_payouts.money import ZERO
from ovop_payouts.naming import association_name, group_name
from ovop_payouts.papers.group import MONTH_COLUMNS
from ovop_payouts.papers.wanted import Named, Wanted
from ovop_payouts.payout.line import Line
from ovop_payouts.records import EARNING_KINDS
from ovop_payouts.statements import Shelf, issued_on, lines_in
from reports.papers.model import MONEY, Column, Paper, Table
from reports.statement.plain import som
from reports.statement.txt import fitting
from reports.words import Words, words


def year(wanted: Wanted, found: Shelf, ident: str) -> Named:
    """One paper, over the months of the year that were approved."""
    assert found.year is not None
    member = found.book.member(ident)
    language = wanted.language or member.language or found.settings.languages[0]
    say = words(language)
    months = {
        period: lines
        for period in sorted(found.history)
        if period[:4] == found.year and (lines := lines_in(found, period, ident))
    }
    every = [line for lines in months.values() for line in lines]
    gross, deducted, payout = (
        sum((getattr(line, name) for line in every), ZERO)
        for name in ("gross", "deducted", "payout")
    )
    closing = every[-1].carried
    texts = {
        "gross": som(gross, say),
        "deducted": som(deducted, say),
        "payout": som(payout, say),
    }
    lead = say("year_lead", year=found.year, **texts)
    last = found.runs[-1]
    tables = (_months(months, say), _kinds(every, say), _rules(every, say))
    paper = Paper(
        language,
        say("year_summary"),
        f"{say('year_summary')}, {found.year}",
        found.settings.payer,
        (
            (say("member"), f"{member.name}, {ident}"),
            (say("group"), group_name(member)),
            (say("association"), association_name(found.book, found.association, language)),
            (say("issued"), say.day(issued_on(found.book, last))),
        ),
        issued_on(found.book, last),
        lead=lead,
        tables=tuple(table for table in tables if table.rows),
        notes=(say("ask", reference=f"{found.year}/{ident}"),),
        sms=fitting(
            f"{found.settings.payer[:24]} {ident}: {lead}",
            say(
                "sms_short",
                month=found.year,
                member=ident,
                gross=say.money(gross),
                payout=say.money(payout),
                closing=say.money(closing),
            ),
        ),
        footer=f"{member.name}, {ident} · {found.year}",
    )
    yield f"{found.year}_{ident}_{language}", paper


def _months(months: dict[str, list[Line]], say: Words) -> Table:
    columns = (
        Column(say("period"), wide=True),
        *(
            Column(say(name), MONEY, summed=name not in ("col_opening", "col_closing"))
            for name in MONTH_COLUMNS
        ),
    )
    rows = tuple(
        (
            say.month(period).replace(" ", "\u00a0"),
            lines[0].opening,
            sum((line.gross for line in lines), ZERO),
            sum((line.returned for line in lines), ZERO),
            sum((line.deducted for line in lines), ZERO),
            sum((line.payout for line in lines), ZERO),
            lines[-1].carried,
        )
        for period, lines in months.items()
    )
    return Table(say("months"), columns, rows, say("total"))


def _kinds(lines: list[Line], say: Words) -> Table:
    sums = {kind: sum((e.earnings.get(kind, ZERO) for e in lines), ZERO) for kind in EARNING_KINDS}
    return _sums(say("year_kinds"), {f"kind_{k}": v for k, v in sums.items() if v}, say)


def _rules(lines: list[Line], say: Words) -> Table:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        for each in line.deductions:
            sums[f"rule_{each.rule}"] += each.amount
    return _sums(say("year_deductions"), dict(sums), say)


def _sums(title: str, sums: dict[str, Decimal], say: Words) -> Table:
    columns = (Column(say("what"), wide=True), Column(say("amount"), MONEY, summed=True))
    named = [(say(name), amount) for name, amount in sums.items()]
    rows = tuple((text[:1].upper() + text[1:], amount) for text, amount in named)
    return Table(title, columns, rows, say("total"))
