"""`ovop trace`: what became of a row, and where an amount came from."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session, echo_json, one_line

if TYPE_CHECKING:
    from ovop_payouts.tracing import Trace, Traced
    from ovop_payouts.tracing.fates import Fate


@click.command()
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print the lineage as JSON.")
@click.pass_obj
def trace(session: Session, what: str, as_json: bool) -> None:
    """Follow a file, a row, a member or a payment: what was booked, in which run it was paid.

    \b
    Example: ovop trace march.xlsx                 every row of a file
    Example: ovop trace "march.xlsx!deliveries!14" one row
    Example: ovop trace D-17/1                     rows by their number
    Example: ovop trace M0345                      everything of a member
    Example: ovop trace 2026-03/issyk-kul/1/M0345  the rows behind a payment
    """
    from ovop_payouts.book import load_ever
    from ovop_payouts.shards import own_scopes
    from ovop_payouts.tracing import trace_books
    from ovop_payouts.tracing.files import trace_file, wanted_file

    user = session.reader(session.people())
    only = user.association if user is not None else None
    book = load_ever(session.books, own_scopes(only) if only else None)
    wanted = wanted_file(session.books, book, what)
    if wanted is not None:
        found = trace_file(session.books, book, wanted, session.today, only)
    else:
        found = trace_books(book, what, only)
    if as_json:
        echo_json(asdict(found))
        return
    for text in _lines(found):
        click.echo(text)


def _lines(found: Trace) -> list[str]:
    texts = [f"{one_line(found.what)}: {one_line(found.about)}"]
    for row in found.rows:
        texts += _row(row)
    if found.payments:
        texts.append("Payments")
        texts += [f"  {_fate(fate)}" for fate in found.payments]
    return texts


def _row(row: Traced) -> list[str]:
    parts = (row.kind, row.key, row.date, row.source, row.status, row.change)
    head = "  ".join(one_line(part) for part in parts if part)
    note = [f"    {one_line(row.note)}"] if row.note else []
    return [head, *note, *(f"    {_fate(fate)}" for fate in row.fates)]


def _fate(fate: Fate) -> str:
    where = f" in {fate.run}" if fate.run else ""
    return one_line(f"{fate.payee}  {fate.kind} {fate.amount}{where}: {fate.became}")
