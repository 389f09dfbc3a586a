"""`ovop close` and `ovop verify`: sealed months."""

from __future__ import annotations

import click

from ovop_payouts.cli.session import Session, echo_json


@click.command()
@click.argument("period")
@click.option("-a", "--association", "chosen", multiple=True, help="Only these associations.")
@click.option("--scheduler", help="A Dask cluster that seals (tcp://HOST:PORT).")
@click.pass_obj
def close(session: Session, period: str, chosen: tuple[str, ...], scheduler: str | None) -> None:
    """Seal a month: nothing dated in it can be entered any more. It cannot be opened again.

    \b
    Example: ovop close 2026-03 -a issyk-kul
    """
    from ovop_payouts.closing import close
    from ovop_payouts.payout.periods import check_period

    check_period(period)
    book = session.people()
    user = session.user(book)
    for name in chosen or (None,):
        session.allowed(book, "close", name)
    done = close(session.books, period, chosen, user.name, session.today, session.at, scheduler)
    for name in done:
        click.echo(f"{name}: {period} is closed")


@click.command("close-year")
@click.argument("year", type=click.IntRange(1970, 9998))
@click.pass_obj
def close_year_(session: Session, year: int) -> None:
    """Bring a sealed year's balances, lots and master data forward into new books.

    \b
    Example: ovop close-year 2026
    The old year's books stay as they are, in main-2026.beancount.
    """
    from ovop_payouts.yearend import close_year

    user = session.allowed(session.people(), "close")
    done = close_year(session.books, year, user.name, session.today, session.at)
    click.echo(f"{year} is closed; {year + 1} begins with {done}")
    click.echo(f"Its own books are main-{year}.beancount")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was altered as JSON.")
@click.pass_obj
def verify(session: Session, as_json: bool) -> None:
    """Prove every seal, the chain of seals, and every archived original.

    \b
    Example: ovop verify
    """
    from ovop_payouts.verifying import verify_books

    session.reader(session.people())
    problems = session.shown(verify_books(session.books))
    if as_json:
        echo_json({"problems": problems})
    else:
        for problem in problems:
            click.echo(problem)
        click.echo(f"{len(problems)} problems" if problems else "Nothing was altered.")
    if problems:
        raise click.exceptions.Exit(1)
