"""`ovop payout settle|unmatched|resolve`: what became of payments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session, echo_json, one_line

if TYPE_CHECKING:
    from ovop_payouts.records import Unmatched
    from ovop_payouts.settling import Settled


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_obj
def settle(session: Session, file: Path, as_json: bool) -> None:
    """Book what the bank, the wallet or the cashier says became of payments.

    \b
    Example: ovop payout settle bank-march.xlsx
    FILE is a workbook of the kind `bank`, or a bank's XML: camt.053, camt.054 or pain.002.
    """
    from importers.bank_messages import is_xml
    from ovop_payouts.cli.importing import run_import
    from ovop_payouts.settling import Message, settle_message

    user = session.allowed(session.people(), "settle")
    session.sign_in(user)
    content = file.read_bytes()
    if not is_xml(content):
        run_import(session, (file,), user.name, kinds=frozenset(("bank",)), as_json=as_json)
        return
    message = Message(file.name, content)
    done = settle_message(session.books, message, user.name, session.today, session.at)
    if as_json:
        echo_json(_as_json(done))
    else:
        _say(done)


def _say(done: Settled) -> None:
    for unused in done.ignored:
        click.echo(f"ignored: {one_line(str(unused))}")
    for reference, amount, reason in done.back:
        click.echo(f"came back: {reference}  {amount:.2f}  {one_line(reason) or 'no reason given'}")
    for item in done.listed:
        click.echo(f"unmatched: {_line(item)}")
    click.echo(
        f"{done.kind}: {done.booked['settled']} settled, {done.booked['returned']} came back,"
        f" {done.known} already known, {len(done.ignored)} ignored, {len(done.listed)} unmatched"
    )
    if done.listed:
        click.echo("What is unmatched blocks the close: ovop payout resolve ITEM --reason TEXT")
    if done.change:
        click.echo(f"Change: {done.change}")


def _line(item: Unmatched) -> str:
    parts = (item.ident, item.reference, item.amount, item.day, item.status, item.reason)
    return "  ".join(one_line(part) or "-" for part in (*parts, item.source))


def _as_json(done: Settled) -> dict[str, object]:
    return {
        "kind": done.kind,
        "change": done.change,
        "settled": done.booked["settled"],
        "returned": done.booked["returned"],
        "came_back": [
            {"reference": reference, "amount": f"{amount:.2f}", "reason": reason}
            for reference, amount, reason in done.back
        ],
        "already_known": done.known,
        "ignored": [
            {"entry": u.number, "reference": u.reference, "amount": u.amount, "reason": u.reason}
            for u in done.ignored
        ],
        "unmatched": [_item(item) for item in done.listed],
    }


def _item(item: Unmatched) -> dict[str, object]:
    return {
        "item": item.ident,
        "association": item.scope,
        "reference": item.reference,
        "amount": item.amount,
        "date": item.day,
        "status": item.status,
        "reason": item.reason,
        "source": item.source,
        "listed": item.on.isoformat(),
    }


@click.command()
@click.option("-a", "--association", help="Only what concerns this association.")
@click.option("--json", "as_json", is_flag=True, help="Print the items as JSON.")
@click.pass_obj
def unmatched(session: Session, association: str | None, as_json: bool) -> None:
    """List what banks said of payments of ours that fits none; it blocks the close.

    \b
    Example: ovop payout unmatched -a issyk-kul
    """
    from ovop_payouts.settling import still_unmatched

    book = session.book()
    user = session.reader(book, association)
    own = user.association if user is not None else None
    items = still_unmatched(book, association or own)
    items = [item for item in items if own in (None, item.scope)]
    if as_json:
        echo_json([_item(item) for item in items])
        return
    for item in items:
        click.echo(_line(item))
    click.echo(f"{len(items)} unmatched")


@click.command()
@click.argument("item")
@click.option("--reason", required=True, help="What it was, and what was done about it.")
@click.pass_obj
def resolve(session: Session, item: str, reason: str) -> None:
    """Say what an unmatched item was, so that the month can be closed.

    \b
    Example: ovop payout resolve U-3f9a12bc --reason "paid twice; the bank took it back"
    """
    from ovop_payouts.settling import resolve

    user = session.allowed(session.people(), "resolve")
    session.sign_in(user)
    done = resolve(session.books, item, reason, user.name, session.today, session.at)
    click.echo(f"{done.ident} {done.reference}: resolved")
