"""`ovop init`: new books and their first user."""

from __future__ import annotations

from pathlib import Path

import click

from ovop_payouts.cli.session import Session, new_password

ADMIN = "admin"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def init(session: Session, folder: Path) -> None:
    """Make new books in FOLDER, with the user `admin`.

    \b
    Example: ovop init books
    The password is asked for, or taken from OVOP_NEW_PASSWORD.
    """
    from ledger import accounts
    from ledger.books import PRIVATE, create, is_books
    from ledger.log import Note
    from ovop_payouts import versions
    from ovop_payouts.book import Book
    from ovop_payouts.settings import DEFAULT
    from ovop_payouts.users import set_password, user_fact

    if is_books(folder) or (folder.is_dir() and any(_not_hidden(folder))):
        raise click.ClickException(f"{folder} is not empty; name a new folder")
    password = new_password(ADMIN)
    fact = user_fact(Book(), ADMIN, ADMIN, ADMIN, session.today)
    folder.mkdir(parents=True, exist_ok=True)
    set_password(folder / PRIVATE, ADMIN, password)
    note = Note(ADMIN, session.today, "init", "", "", session.at)
    create(folder, DEFAULT, note, [(accounts.HEAD_OFFICE, fact)])
    versions.commit(folder)
    click.echo(f"Books are in {folder}; their first user is {ADMIN}.")
    click.echo(f"Next: ovop --books {folder} --as {ADMIN} user add NAME --role accountant")


def _not_hidden(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]
