"""`ovop check`: the books, proved cold."""

from __future__ import annotations

import click

from ovop_payouts.cli.session import Session, echo_json


@click.command()
@click.option("--scheduler", help="A Dask cluster that proves (tcp://HOST:PORT).")
@click.option("--json", "as_json", is_flag=True, help="Print what is wrong as JSON.")
@click.pass_obj
def check(session: Session, scheduler: str | None, as_json: bool) -> None:
    """Prove the books through Beancount alone, and that the engine reads the same in them.

    \b
    Example: ovop --books books check
    """
    from ovop_payouts.proving import prove

    session.reader(session.people())
    problems = session.shown(prove(session.books, scheduler))
    if as_json:
        echo_json({"problems": problems})
    else:
        for problem in problems:
            click.echo(problem)
        click.echo(f"{len(problems)} problems" if problems else "The books are sound.")
    if problems:
        raise click.exceptions.Exit(1)
