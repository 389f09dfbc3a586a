"""`ovop report`: one of the reports, for a month or more, in a format and a language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session

if TYPE_CHECKING:
    from ovop_payouts.book import Book
    from ovop_payouts.reporting import Report, Span
    from ovop_payouts.settings import Language, Settings

FORMATS = ("text", "csv", "xlsx", "html", "json", "pdf")
BINARY = frozenset(("xlsx", "pdf"))


@click.command()
@click.argument("name", required=False)
@click.argument("period", required=False)
@click.option("-a", "--association", help="Of this association alone.")
@click.option("--lang", type=click.Choice(["ky", "ru", "en"]), help="Else the books' first.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write, or a folder for it.")
@click.pass_obj
def report(
    session: Session,
    name: str | None,
    period: str | None,
    association: str | None,
    lang: Language | None,
    form: str,
    as_json: bool,
    out: Path | None,
) -> None:
    """Make a report; without NAME, list those there are.

    PERIOD is a month (2026-03), a quarter (2026-Q1), a year (2026) or months (2026-01..2026-03);
    without it, the month of the latest run. A closed month gives the same bytes each time.

    \b
    Example: ovop report treasurer 2026-03 -a issyk-kul --lang ky --format pdf --out reports
    """
    from ovop_payouts.settings import read_settings

    settings = read_settings(session.books)
    if name is None:
        _list(lang or settings.languages[0], as_json)
    else:
        made = _make(session, name, period, association, lang, settings)
        _write(made, "json" if as_json else form, out)


def _list(language: str, as_json: bool) -> None:
    from ovop_payouts.cli.session import echo_json
    from ovop_payouts.reporting import kinds
    from reports.words import words

    say = words(language)
    about = {name: say(f"about_{name}") for name in kinds()}
    if as_json:
        echo_json([{"report": name, "about": text} for name, text in about.items()])
    else:
        width = max(map(len, about))
        for name, text in about.items():
            click.echo(f"{name.ljust(width)}  {text}")


def _make(
    session: Session,
    name: str,
    period: str | None,
    association: str | None,
    lang: Language | None,
    settings: Settings,
) -> Report:
    from ovop_payouts.refusal import Refusal
    from ovop_payouts.reporting import gather, kinds

    kind = kinds().get(name)
    if kind is None:
        raise Refusal(f"there is no report {name}; there are {', '.join(kinds())}")
    book = session.history()
    own = whose(session, book, association)
    if own is not None and not kind.alone:
        raise Refusal(f"{name} sets all associations side by side; it is not for one alone")
    span = _span(book, period, own, session)
    material = gather(session.books, span, own, settings, lang or settings.languages[0])
    return kind.build(material)


def whose(session: Session, book: Book, association: str | None) -> str | None:
    """The association that is reported on; a treasurer's is their own."""
    from ovop_payouts.permissions import require
    from ovop_payouts.refusal import Refusal

    user = session.user(book) if session.name else None
    if user is not None:
        require(user, "report", association)
        association = association or user.association
    if association is not None and association not in book.associations:
        raise Refusal(f"association {association} is not known")
    return association


def _span(book: Book, period: str | None, association: str | None, session: Session) -> Span:
    """What was asked for, else the month of the latest run, else this month."""
    from ovop_payouts.payout.history import runs
    from ovop_payouts.payout.periods import month_of
    from ovop_payouts.reporting import span_of

    if period is None:
        known = runs(book, association)
        period = known[-1].period if known else month_of(session.today)
    return span_of(period)


def _write(made: Report, form: str, out: Path | None) -> None:
    from ledger.changes import replace
    from reports.report import file_name, writer

    content = writer(form)(made)
    if out is None and form not in BINARY:
        click.echo(content.decode("utf-8-sig"), nl=False)
        return
    folder = out is None or out.is_dir() or not out.suffix
    path = (out or Path()) / file_name(made, form) if folder else out
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, content)
    click.echo(f"Written: {path}")
