"""`ovop members`: who is paid, how; and the confirmation of changed payment details."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session, echo_json

if TYPE_CHECKING:
    from ovop_payouts.book import Book


@click.group(invoke_without_command=True)
@click.option("-a", "--association", help="Only this association.")
@click.option("--json", "as_json", is_flag=True, help="Print the members as JSON.")
@click.pass_context
def members(ctx: click.Context, association: str | None, as_json: bool) -> None:
    """List members with their group, rail and what they are owed.

    \b
    Example: ovop members -a issyk-kul
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    book = session.book()
    user = session.reader(book, association)
    own = user.association if user is not None else None
    rows = _rows(book, association or own)
    if as_json:
        echo_json(rows)
        return
    from ovop_payouts.payout.views import aligned

    head = ("member", "name", "association", "group", "rail", "owed", "hold")
    body = [tuple(row[name] for name in head) for row in rows]
    for text in aligned([head, *body], numbers=range(5, 6)):
        click.echo(text)


def _rows(book: Book, association: str | None) -> list[dict[str, str]]:
    from ovop_payouts.money import ZERO
    from ovop_payouts.payout.line import som

    rows = []
    for ident in sorted(book.members):
        member = book.member(ident)
        if association in (None, member.association):
            account = book.payable(ident, member.association, member.group)
            waiting = member.details > book.confirmed.get(ident, 1)
            rows.append(
                {
                    "member": ident,
                    "name": member.name,
                    "association": member.association,
                    "group": member.group,
                    "rail": member.rail,
                    "owed": som(-book.owed.get(account, ZERO)),
                    "hold": "yes" if member.hold else "unconfirmed" if waiting else "",
                }
            )
    return rows


@members.command()
@click.argument("member")
@click.pass_obj
def confirm(session: Session, member: str) -> None:
    """Confirm changed payment details, as another person than who entered them.

    \b
    Example: ovop --as bermet members confirm M0345
    """
    from ovop_payouts.confirming import confirm_details
    from ovop_payouts.payout.life import Actor

    user = session.allowed(session.people(), "confirm")
    session.sign_in(user)
    confirm_details(session.books, member, Actor(user, session.today, session.at))
    click.echo(f"{member}: payment details confirmed")
