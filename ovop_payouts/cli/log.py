"""`ovop log`: who did what, when, on which hash."""

from __future__ import annotations

import click

from ovop_payouts.cli.session import Session, echo_json, one_line


@click.command("log")
@click.option("-a", "--association", help="Only what touched this association.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.pass_obj
def log(session: Session, association: str | None, as_json: bool) -> None:
    """List who did what, when, on which hash, in the order in which it landed.

    \b
    Example: ovop log -a issyk-kul
    Each record holds the hash of the one before; `ovop verify` proves them.
    """
    from ovop_payouts.history import steps_of

    session.reader(session.people(), association)
    user = session.user(session.people()) if session.name else None
    own = association or (user.association if user else None)
    steps = steps_of(session.books, own)
    if as_json:
        echo_json([step.as_json() for step in steps])
        return
    for step in steps:
        what = f"{step.action} {step.about}".strip()
        click.echo(f"{step.at}  {step.user}  {one_line(what)}  {step.change}  {step.on}")
