"""`ovop statement`: one page for each payee."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session

if TYPE_CHECKING:
    from ovop_payouts.book import Book
    from ovop_payouts.statements import Shelf
    from reports.statement.model import Statement


@click.command()
@click.argument("period")
@click.option("-a", "--association", help="All payees of this association.")
@click.option("-g", "--group", help="All payees of this group.")
@click.option("-m", "--member", help="This payee alone.")
@click.option("--lang", type=click.Choice(["ky", "ru", "en"]), help="Else the payee's own.")
@click.option("--format", "form", type=click.Choice(["pdf", "html", "xlsx", "txt"]), default="pdf")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write.")
@click.pass_obj
def statement(
    session: Session,
    period: str,
    association: str | None,
    group: str | None,
    member: str | None,
    lang: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Write the statements of a month.

    \b
    Example: ovop statement 2026-03 -m M0345 --lang ky --out statements
    """
    from ovop_payouts.payout.periods import check_period
    from ovop_payouts.refusal import Refusal

    check_period(period)
    book = session.book()
    names = _associations(book, association, group, member)
    user = session.reader(book, names[0] if len(names) == 1 else None)
    if user is not None and user.association:
        names = [name for name in names if name == user.association]
    folder = out or Path("statements") / period
    written = 0
    for name in names:
        shelf = _shelf(session, book, name, period)
        for ident in _chosen(shelf, group, member):
            _write(shelf, ident, lang, form, folder)
            written += 1
    if not written:
        raise Refusal(f"there is no line of {period} for whom you asked: draft the run first")
    click.echo(f"Written: {written} statements in {folder}")


def _associations(
    book: Book, association: str | None, group: str | None, member: str | None
) -> list[str]:
    from ovop_payouts.refusal import Refusal

    if member is not None:
        if member not in book.members:
            raise Refusal(f"member {member} is not known")
        return [book.member(member).association]
    if group is not None:
        if group not in book.groups:
            raise Refusal(f"group {group} is not known")
        return [book.groups[group]]
    if association is not None:
        if association not in book.associations:
            raise Refusal(f"association {association} is not known")
        return [association]
    return sorted(book.associations)


def _shelf(session: Session, book: Book, association: str, period: str) -> Shelf:
    from ovop_payouts.payout.decided import month_as_decided
    from ovop_payouts.private import latest_details
    from ovop_payouts.settings import read_settings
    from ovop_payouts.statements import shelf_of

    decided = month_as_decided(session.books, book, association, period)
    details = latest_details(session.books, decided)
    return shelf_of(decided, association, period, read_settings(session.books), details)


def _chosen(shelf: Shelf, group: str | None, member: str | None) -> list[str]:
    if member is not None:
        return [ident for ident in shelf.payees if ident == member]
    return [ident for ident in shelf.payees if group in (None, shelf.book.member(ident).group)]


def _write(shelf: Shelf, ident: str, lang: str | None, form: str, folder: Path) -> None:
    from ledger.changes import replace
    from ovop_payouts.statements import statement_of

    made = statement_of(shelf, ident, lang)
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder / f"{shelf.period}_{ident}_{made.language}.{form}", _writer(form)(made))


def _writer(form: str) -> Callable[[Statement], bytes]:
    if form == "pdf":
        from reports.statement.pdf import statement_pdf

        return statement_pdf
    if form == "xlsx":
        from reports.statement.xlsx import statement_xlsx

        return statement_xlsx
    if form == "html":
        from reports.statement.html import statement_html

        return lambda made: statement_html(made).encode()
    from reports.statement.txt import statement_txt

    return lambda made: (statement_txt(made) + "\n").encode()
