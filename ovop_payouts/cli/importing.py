"""`ovop import`: workbooks into the books."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.progress import progress
from ovop_payouts.cli.session import Session, echo_json, one_line

if TYPE_CHECKING:
    from importers.rows import Problem
    from ovop_payouts.importing import Outcome


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--partial", is_flag=True, help="Book the good rows; exit 3 if some were refused.")
@click.option("--dry-run", is_flag=True, help="Only say what would be booked.")
@click.option("--reverse", metavar="HASH", help="Reverse the import of the file with this hash.")
@click.option("--row", "rows", multiple=True, metavar="SHEET!ROW", help="Reverse this row alone.")
@click.option("--reason", default="", help="Why it is reversed.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_obj
def import_(
    session: Session,
    files: tuple[Path, ...],
    partial: bool,
    dry_run: bool,
    reverse: str | None,
    rows: tuple[str, ...],
    reason: str,
    as_json: bool,
) -> None:
    """Book workbooks as one change, all or nothing; or reverse what was booked.

    \b
    Example: ovop import members.xlsx march-sales.xlsx
    What is wrong is listed, and marked in NAME.problems.xlsx beside the file.
    Example: ovop import --reverse 0f3b52c1 --row "deliveries!14" --reason "weighed twice"
    A file is reversed while its month is open and nothing rests on it; `ovop trace` shows its hash.
    """
    if reverse is not None:
        if files or partial:
            raise click.UsageError("--reverse takes back one file by its hash: name no files")
        run_reverse(session, reverse, rows, reason, dry_run, as_json)
        return
    if not files or rows or reason:
        raise click.UsageError("name the files to import; --row and --reason go with --reverse")
    from ovop_payouts.permissions import kinds_allowed

    user = session.allowed(session.people(), "import")
    kinds = kinds_allowed(user)
    run_import(session, files, user.name, partial, dry_run, kinds=kinds, as_json=as_json)


def run_reverse(
    session: Session, sha256: str, rows: tuple[str, ...], reason: str, dry_run: bool, as_json: bool
) -> None:
    """Take back an import, or rows of it, and say what was taken back."""
    from ovop_payouts.reversing import Wish, reverse

    user = session.allowed(session.people(), "reverse")
    wish = Wish(sha256, user.name, session.today, rows, reason, dry_run, session.at)
    done = reverse(session.books, wish)
    if as_json:
        found = dict(sorted(done.rows.items()))
        echo_json({"change": done.change, "file": done.imported.file, "reversed": found})
        return
    verb = "would be reversed" if dry_run else "reversed"
    for kind, count in sorted(done.rows.items()):
        click.echo(f"{kind}: {count} {verb}")
    if not rows and not dry_run:
        click.echo(f"{one_line(done.imported.file)} can be imported again")
    if done.change:
        click.echo(f"Change: {done.change}")


def run_import(
    session: Session,
    files: tuple[Path, ...],
    user: str,
    partial: bool = False,
    dry_run: bool = False,
    *,
    kinds: frozenset[str] | None,
    as_json: bool,
) -> None:
    """Import, give the workbooks back where they were refused, and say what became of it."""
    from ovop_payouts.importing import Order, import_files

    order = Order(files, user, session.today, partial, dry_run, kinds, session.at, progress)
    outcome = import_files(session.books, order)
    written = [] if dry_run else _answers(session.books, order.files, outcome, partial)
    if as_json:
        echo_json(_as_json(outcome, written))
    else:
        _report(outcome, written, dry_run)
    if outcome.problems:
        raise click.exceptions.Exit(3 if partial and (outcome.change or outcome.known) else 1)


def _answers(books: Path, files: Sequence[Path], outcome: Outcome, partial: bool) -> list[Path]:
    """The user's own workbooks back: with problems marked, or only the rows to correct."""
    if not outcome.problems:
        return []
    from importers.answers import write_problems, write_rejected
    from ovop_payouts.importing import layouts_of

    written = []
    for path, reading in zip(files, outcome.readings, strict=True):
        mine = [p for p in outcome.problems if p.file == reading.file]
        rows = {(sheet, row) for sha, sheet, row in outcome.bad if sha == reading.sha256 and row}
        if not any(problem.sheet for problem in mine) or (partial and not rows):
            continue
        target = path.with_name(f"{path.stem}.{'rejected' if partial else 'problems'}.xlsx")
        try:
            if partial:
                write_rejected(path, rows, target, layouts_of(books))
            else:
                write_problems(path, mine, target)
        except OSError as error:  # the folder may be read only; what was booked stays booked
            click.echo(f"{target}: not written ({error.strerror or error})", err=True)
        else:
            written.append(target)
    return written


def _report(outcome: Outcome, written: list[Path], dry_run: bool) -> None:
    for reading in outcome.readings:
        for layout in dict.fromkeys(reading.layouts):
            click.echo(f"{one_line(reading.file)}: read by layout {layout}")
        if not (reading.rows or reading.refused or reading.problems):
            click.echo(f"{one_line(reading.file)}: holds no rows")
    for problem in [*outcome.warnings, *outcome.problems]:
        click.echo(_line(problem))
    for path in written:
        click.echo(f"Written: {path}")
    verb = "would be booked" if dry_run else "booked"
    count = len(outcome.problems)
    counted = f"{count} problem{'s' if count != 1 else ''}"
    if outcome.problems and not outcome.change:
        known = outcome.known.total()
        already = f" {known} rows are imported already." if known else ""
        click.echo(f"{counted}; nothing was booked.{already}")
        return
    for kind in sorted({*outcome.booked, *outcome.known}):
        new, old = outcome.booked[kind], outcome.known[kind]
        click.echo(f"{kind}: {new} {verb}, {old} already imported")
    if outcome.problems:
        click.echo(f"{counted}; the rest was booked.")
    if outcome.change:
        click.echo(f"Change: {outcome.change}")


def _line(problem: Problem) -> str:
    """`FILE  SHEET!CELL  value  what is wrong and what would be right` (contract §3)."""
    place = f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet
    parts = (problem.file, place, problem.value, problem.reason)
    text = "  ".join(one_line(part) for part in parts)
    return f"{text} (warning)" if problem.warning else text


def _as_json(outcome: Outcome, written: list[Path]) -> dict[str, object]:
    refused = outcome.problems and not outcome.change
    return {
        "change": outcome.change,
        "layouts": {r.file: r.layouts for r in outcome.readings if r.layouts},
        "booked": {} if refused else dict(sorted(outcome.booked.items())),
        "already_imported": dict(sorted(outcome.known.items())),
        "problems": [_problem(p) for p in outcome.problems],
        "warnings": [_problem(p) for p in outcome.warnings],
        "written": [str(path) for path in written],
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "cell": problem.cell,
        "row": problem.row,
        "value": problem.value,
        "reason": problem.reason,
    }
