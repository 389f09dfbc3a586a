"""`ovop layout`: how files of other programs are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session, echo_json, one_line

if TYPE_CHECKING:
    from importers.trial import Trial

_FIRST = 5
_WIDEST = 24


@click.group()
def layout() -> None:
    """Read what tills, banks and other programs write (docs/layouts.md)."""


@layout.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List the layouts by which files are read, in the order they are tried.

    \b
    Example: ovop layout list
    """
    from importers.layouts import shipped
    from ovop_payouts.importing import layouts_of

    own = len(layouts_of(session.books)) - len(shipped())
    found = [
        {"layout": each.name, "kind": each.kind.name, "from": "books" if i < own else "shipped"}
        for i, each in enumerate(layouts_of(session.books))
    ]
    if as_json:
        echo_json(found)
        return
    for each in found:
        click.echo(f"{each['layout']:<24}  {each['kind']:<14}  {each['from']}")


@layout.command("try")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", help="What the file is, where it is not guessed.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def try_(session: Session, file: Path, kind: str | None, as_json: bool) -> None:
    """Say how FILE would be read; propose a layout where none fits. Nothing is booked.

    \b
    Example: ovop layout try till-march.csv
    Save what is proposed as layouts/NAME.toml in the books, mend it, and try again.
    """
    from importers.kinds import KINDS
    from importers.sheets import UnreadableFile
    from importers.trial import try_file
    from ovop_payouts.importing import layouts_of
    from ovop_payouts.refusal import Refusal

    if kind is not None and kind not in KINDS:
        raise click.UsageError(f"{kind} is no kind; kinds are {', '.join(KINDS)}")
    try:
        trials = try_file(file, layouts_of(session.books), kind)
    except UnreadableFile as error:
        raise Refusal(f"{file.name} {error}") from None
    if as_json:
        echo_json([_as_json(trial) for trial in trials])
        return
    for trial in trials:
        _show(trial)


def _show(trial: Trial) -> None:
    name = one_line(trial.sheet)
    if trial.kind is None:
        click.echo(f"{name}: like no kind; say which with --kind, or see docs/layouts.md")
        return
    if trial.proposal is None:
        by = f"by layout {trial.layout}" if trial.layout else "by its own headers"
        click.echo(f"{name}: {trial.kind}, {by}")
    else:
        click.echo(f"{name}: looks like {trial.kind}; a layout for layouts/NAME.toml:\n")
        click.echo(trial.proposal)
    if trial.incomplete:
        click.echo(f"\n# not complete: {trial.incomplete}\n")
        return
    click.echo("\n# first rows as they would be read")
    _table(trial)
    for problem in trial.reading.problems[:_FIRST]:
        click.echo(f"# {problem.cell}  {one_line(problem.value)}  {problem.reason}")
    click.echo()


def _table(trial: Trial) -> None:
    from importers.trial import rows_of

    rows = list(rows_of(trial, _FIRST))
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = [names, *([one_line(row.get(name, ""), _WIDEST) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        shown = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo("  ".join(shown).rstrip())


def _as_json(trial: Trial) -> dict[str, object]:
    from importers.trial import rows_of

    return {
        "sheet": trial.sheet,
        "kind": trial.kind,
        "layout": trial.layout,
        "proposal": trial.proposal,
        "incomplete": trial.incomplete,
        "rows": list(rows_of(trial, _FIRST)),
        "problems": [
            {"cell": p.cell, "value": p.value, "reason": p.reason} for p in trial.reading.problems
        ],
    }
