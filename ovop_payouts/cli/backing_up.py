"""`ovop backup` and `ovop restore`: all of the books in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from ovop_payouts.cli.session import Session


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(session: Session, file: Path) -> None:
    """Write all of the books into FILE (.tar.gz), private and archived files too.

    \b
    Example: ovop --as anna backup books-2026-04-05.tar.gz
    Others may go on working. Keep the file as safe as the books: it holds payment details.
    """
    from ovop_payouts.backup import backup

    session.allowed(session.people(), "backup")
    told = backup(session.books, file)
    click.echo(f"{file}: {told.files} files, {told.size} bytes")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def restore(file: Path, folder: Path) -> None:
    """Put the books of a backup in a new FOLDER, after proving every file and the books.

    \b
    Example: ovop restore books-2026-04-05.tar.gz books
    """
    from ovop_payouts.backup import restore

    told = restore(file, folder)
    click.echo(f"{folder}: {told.files} files, proved; nothing was altered")
