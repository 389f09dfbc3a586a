"""`ovop statement`: one page for each payee, one for each group, and the papers around them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session

if TYPE_CHECKING:
    from ovop_payouts.book import Book
    from ovop_payouts.papers.many import Made
    from ovop_payouts.papers.wanted import Wanted

PAPERS = ("statement", "remittance", "act")
WORDS = {
    "statement": ("statement", "statements"),
    "remittance": ("remittance advice", "remittance advices"),
    "act": ("reconciliation act", "reconciliation acts"),
    "year": ("summary of the year", "summaries of the year"),
}


@click.command()
@click.argument("period")
@click.option("-a", "--association", help="All payees of this association.")
@click.option("-g", "--group", help="All payees of this group.")
@click.option("-m", "--member", help="This payee alone.")
@click.option("--lang", type=click.Choice(["ky", "ru", "en"]), help="Else the payee's own.")
@click.option("--format", "form", type=click.Choice(["pdf", "html", "xlsx", "txt"]), default="pdf")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write.")
@click.option(
    "--paper",
    type=click.Choice(PAPERS),
    default="statement",
    help="Else a remittance advice for each payment, or a reconciliation act for each group.",
)
@click.option(
    "--sms",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a CSV of phones and texts for an SMS gateway instead; readable by you alone.",
)
@click.option("--scheduler", help="A Dask cluster that makes them (tcp://HOST:PORT).")
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
    paper: str,
    sms: Path | None,
    scheduler: str | None,
) -> None:
    """Write the statements of a month; for a year (2026), its summary for each payee.

    Beside the payees' own, `groups/` gets a statement of each group for its leader and, as PDF, all
    its members' statements in one file. What is there and would not change is kept, so a run that
    was interrupted goes on where it was. Exit code 3: some could not be made, and are named.

    \b
    Example: ovop statement 2026-03 -m M0345 --lang ky --out statements
    """
    from ovop_payouts.papers.wanted import Wanted

    kind = _kind(period, paper)
    book = session.members()
    names = _associations(book, association, group, member)
    user = session.reader(book, names[0] if len(names) == 1 else None)
    if user is not None and user.association:
        names = [name for name in names if name == user.association]
    folder = out or Path("statements") / period
    wanted = Wanted(session.books, period, folder, kind, form, lang, group, member)
    if sms is not None:
        session.allowed(book, "export", names[0] if len(names) == 1 else None)
        _send(wanted, names, sms)
        return
    _tell(wanted, _make(wanted, names, scheduler))


def _kind(period: str, paper: str) -> str:
    from ovop_payouts.payout.periods import check_period

    year = len(period) == 4 and period.isascii() and period.isdigit()
    check_period(f"{period}-01" if year else period)
    if year and paper == "remittance":
        raise click.UsageError("remittance advices are of one month: write it as 2026-03")
    return "year" if year and paper == "statement" else paper


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


def _make(wanted: Wanted, names: list[str], scheduler: str | None) -> Made:
    """All batches of all associations, side by side."""
    from ovop_payouts.cli.progress import progress
    from ovop_payouts.papers.many import Made, batches, make
    from ovop_payouts.spread import all_of, spread

    found = all_of(spread(partial(batches, wanted), names, scheduler))
    shards = [batch for each in found for batch in each]
    made = Made()
    running = spread(partial(make, wanted), shards, scheduler)
    for done in progress(running, WORDS[wanted.kind][1], len(shards)):
        if done.error is not None:
            made.failed.append((done.shard, str(done.error)))
        else:
            made.add(done.get())
    return made


def _tell(wanted: Wanted, made: Made) -> None:
    from ovop_payouts.refusal import Refusal

    if not made.payees and not made.groups and not made.failed:
        raise Refusal(
            f"there is no line of {wanted.period} for whom you asked: draft the run first"
        )
    count = made.payees or made.groups
    word = WORDS[wanted.kind][count != 1]
    more = f", {made.groups} of groups" if made.groups and made.payees else ""
    same = f", {made.kept} files were there already" if made.kept else ""
    click.echo(f"Written: {count} {word} in {wanted.out}{more}{same}")
    for name, why in made.failed:
        click.echo(f"not made: {name}: {why}", err=True)
    if made.failed:
        click.get_current_context().exit(3)


def _send(wanted: Wanted, names: list[str], path: Path) -> None:
    from ledger.changes import replace
    from ovop_payouts.papers.messages import gateway_csv, messages

    found = [each for name in names for each in messages(wanted, name)]
    silent = [each.member for each in found if not each.phone]
    replace(path, gateway_csv(found), 0o600)
    count = len(found) - len(silent)
    click.echo(f"Written: {count} messages in {path}: it holds phones, so delete it once sent")
    if silent:
        click.echo(f"{len(silent)} have no phone: {', '.join(silent[:8])}", err=True)
