"""`ovop export`: the books in forms for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from ovop_payouts.cli.session import Session, echo_json


@click.group()
def export() -> None:
    """Write the books in a form for other programs.

    \b
    Example: ovop export parquet analysis
    """


@export.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("-a", "--association", help="Of this association alone.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_obj
def parquet(session: Session, folder: Path, association: str | None, as_json: bool) -> None:
    """Write entries, legs, earnings, runs and members as Parquet files into FOLDER.

    No names, no payment details: docs/parquet.md describes every column.

    \b
    Example: ovop export parquet analysis
    """
    from ovop_payouts.cli.report import whose
    from ovop_payouts.parquet import export as write

    own = whose(session, session.book(), association)
    written = write(session.books, folder, own)
    if as_json:
        echo_json([{"file": f"{name}.parquet", "rows": rows} for name, rows in written.items()])
        return
    for name, rows in written.items():
        click.echo(f"Written: {folder / name}.parquet, {rows} rows")
