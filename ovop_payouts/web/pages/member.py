"""One member: what they are owed and why, their months, advances, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ovop_payouts.confirming import confirm_details
from ovop_payouts.money import ZERO
from ovop_payouts.naming import group_name
from ovop_payouts.papers.months import month_of
from ovop_payouts.payout.history import runs
from ovop_payouts.payout.line import Line
from ovop_payouts.payout.periods import check_period
from ovop_payouts.private import latest_details
from ovop_payouts.records import Member
from ovop_payouts.statements import Shelf, shelf_of, statement_of
from ovop_payouts.web.desk import Desk, Done, Download, NothingThere, Page
from ovop_payouts.web.pages.files import KINDS as TYPES
from ovop_payouts.web.pages.lookup import lines, member_of, status_of
from ovop_payouts.web.pages.members import advances_of, latest_month, owed_to
from ovop_payouts.web.pages.months import KINDS, Month, columns, picture
from ovop_payouts.web.pages.proof import prove
from reports.statement.model import Statement
from reports.words import LANGUAGES

FORMS = ("pdf", "html", "xlsx", "txt")


@dataclass(frozen=True, slots=True)
class RunLine:
    """What one run did for the member, and what became of its payment."""

    run: str
    status: str
    line: Line
    payment: str
    """`transit`, `settled`, `returned`, or nothing."""
    day: date | None


@dataclass(frozen=True, slots=True)
class AdvanceRow:
    """An advance and what of it is still open, oldest recovered first."""

    advance_no: str
    date: date
    amount: Decimal
    open: Decimal
    purpose: str
    source: str


@dataclass(frozen=True, slots=True)
class Event:
    """A change of what the books know of the member."""

    date: date | None
    group: str
    rail: str
    hold: bool
    details: int


@dataclass(frozen=True, slots=True)
class MemberView:
    member: Member
    group: str
    owed: Decimal
    advances: Decimal
    months: tuple[Month, ...]
    runs: tuple[RunLine, ...]
    open_advances: tuple[AdvanceRow, ...]
    events: tuple[Event, ...]
    periods: tuple[str, ...]
    """Months with a statement, the latest first."""
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    can_confirm: bool
    unconfirmed: bool


def build(desk: Desk) -> Mapping[str, object]:
    view = view_of(desk)
    return {"view": view, "months": columns(view.months, desk.words), "kinds": KINDS}


def view_of(desk: Desk) -> MemberView:
    """Raises NothingThere where the member is not there, or another association's."""
    member = member_of(desk, desk.must("member"))
    ident, book = member.member, desk.book
    found = tuple(_runs(desk, member))
    open_ = member.details > book.confirmed.get(ident, 1)
    return MemberView(
        member,
        group_name(member),
        owed_to(book, member),
        advances_of(book, ident),
        picture(book, [member.association], latest_month(desk), lambda li: li.member == ident),
        found,
        tuple(_advances(desk, ident)),
        tuple(
            Event(v.changed, v.group, v.rail, v.hold, v.details)
            for v in reversed(book.members[ident])
        ),
        tuple(sorted({r.run[:7] for r in found if r.status != "cancelled"}, reverse=True)),
        LANGUAGES,
        FORMS,
        open_ and desk.may("confirm") and member.entered_by != desk.user.name,
        open_,
    )


def _runs(desk: Desk, member: Member) -> Iterator[RunLine]:
    """The latest first."""
    book = desk.book
    for run in reversed(runs(book, member.association)):
        line = lines(book, run).get(member.member)
        if line is None:
            continue
        reference = f"{run}/{member.member}"
        back, came = book.returned.get(reference), book.settled.get(reference)
        state = "transit" if reference in book.payments else ""
        state = "returned" if back else "settled" if came else state
        yield RunLine(str(run), status_of(book, run), line, state, back.date if back else came)


def _advances(desk: Desk, ident: str) -> Iterator[AdvanceRow]:
    known = sorted(desk.book.advances.get(ident, ()), key=lambda a: (a.date, a.advance_no))
    given = sum((a.amount for a in known), ZERO)
    paid_back = given - advances_of(desk.book, ident)
    for each in known:
        covered = min(each.amount, max(ZERO, paid_back))
        paid_back -= covered
        yield AdvanceRow(
            each.advance_no,
            each.date,
            each.amount + each.recovered,
            each.amount - covered,
            each.purpose or "",
            each.source,
        )


def statement(desk: Desk) -> Download:
    """A month's statement, in one of three languages and four forms."""
    member = member_of(desk, desk.must("member"))
    period = check_period(desk.must("period"))
    form = desk.chosen("form", FORMS, "pdf")
    language = desk.chosen("lang", LANGUAGES, member.language or desk.words.language)
    shelf = _shelf(desk, member, period)
    if member.member not in shelf.payees:
        raise NothingThere(period)
    made = statement_of(shelf, member.member, language)
    kind = {"html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8"}
    name = f"{period}_{member.member}_{language}.{form}"
    return Download(name, written(made, form), kind.get(form) or TYPES[form])


def _shelf(desk: Desk, member: Member, period: str) -> Shelf:
    book, earlier = month_of(desk.books, member.association, period)
    details = latest_details(desk.books, book)
    return shelf_of(book, member.association, period, desk.settings, details, earlier=earlier)


def written(made: Statement, form: str) -> bytes:
    """A statement as a file; each writer is loaded when it is asked for."""
    if form == "pdf":
        from reports.statement.pdf import statement_pdf

        return statement_pdf(made)
    if form == "xlsx":
        from reports.statement.xlsx import statement_xlsx

        return statement_xlsx(made)
    if form == "html":
        from reports.statement.html import statement_html

        return statement_html(made).encode()
    from reports.statement.txt import statement_txt

    return (statement_txt(made) + "\n").encode()


def confirm(desk: Desk) -> Done:
    """Changed payment details hold the payee until a second person confirms them."""
    member = member_of(desk, desk.must("member"))
    desk.require("confirm", member.association)
    prove(desk)
    confirm_details(desk.books, member.member, desk.actor)
    said = desk.words("said_confirmed", member=member.member)
    return Done(said, "member", {"member": member.member})


PAGE = Page(
    "member", build, actions={"confirm": confirm}, downloads={"statement": statement}, menu=False
)
