"""`ovop template`: an empty workbook of one kind."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(["ky", "ru", "en"]), default="en", show_default=True)
def template(kind: str, file: Path, lang: str) -> None:
    """Write an empty workbook of one KIND, with drop-downs and notes.

    \b
    Example: ovop template deliveries deliveries.xlsx --lang ky
    """
    from importers.kinds import KINDS
    from importers.template import write_template
    from ovop_payouts.refusal import Refusal

    if kind not in KINDS:
        raise click.UsageError(f"{kind} is no kind; kinds are {', '.join(KINDS)}")
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{file}: a template is written as .xlsx")
    if file.exists():
        raise Refusal(f"{file} is there already: name another file, or take it away")
    write_template(kind, file, lang)
    click.echo(f"Written: {file}")
