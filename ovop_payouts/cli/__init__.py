"""The command line: a thin shell. Each command is loaded only when it is called."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click

from ledger.notice import Notice
from ovop_payouts.cli.session import Session

COMMANDS = {
    "backup": "ovop_payouts.cli.backing_up:backup",
    "check": "ovop_payouts.cli.checking:check",
    "close": "ovop_payouts.cli.closing:close",
    "close-year": "ovop_payouts.cli.closing:close_year_",
    "demo": "ovop_payouts.cli.demo:demo",
    "export": "ovop_payouts.cli.exporting:export",
    "import": "ovop_payouts.cli.importing:import_",
    "init": "ovop_payouts.cli.init:init",
    "layout": "ovop_payouts.cli.layout:layout",
    "log": "ovop_payouts.cli.log:log",
    "members": "ovop_payouts.cli.members:members",
    "payout": "ovop_payouts.cli.payout:payout",
    "report": "ovop_payouts.cli.report:report",
    "restore": "ovop_payouts.cli.backing_up:restore",
    "serve": "ovop_payouts.cli.serving:serve",
    "statement": "ovop_payouts.cli.statement:statement",
    "template": "ovop_payouts.cli.template:template",
    "trace": "ovop_payouts.cli.tracing:trace",
    "user": "ovop_payouts.cli.users:user",
    "verify": "ovop_payouts.cli.closing:verify",
}
"""Name -> module:object, so that `ovop --help` imports none of them."""
SUMMARIES = {
    "backup": "Write all of the books into one file.",
    "check": "Prove the books, cold, through Beancount.",
    "close": "Seal a month.",
    "close-year": "Begin the books of a new year.",
    "demo": "Write three months of workbooks and run them.",
    "export": "Write the books as Parquet, for those who analyse.",
    "import": "Book workbooks, all or nothing.",
    "init": "Make new books.",
    "layout": "Read what tills, banks and other programs write.",
    "log": "List who did what, when, on which hash.",
    "members": "List members, or confirm changed payment details.",
    "payout": "Draft, show, approve, export and settle payout runs.",
    "report": "Make a report: balances, sales, stock, groups, impact and more.",
    "restore": "Put the books of a backup in a new folder.",
    "serve": "Serve the web pages.",
    "statement": "Write statements of account.",
    "template": "Write an empty workbook of one kind.",
    "trace": "Follow a file, a row, a member or a payment.",
    "user": "Add, list and remove users.",
    "verify": "Prove that no sealed month was altered.",
}


@contextmanager
def _notices() -> Iterator[None]:
    """What a person should know though the work was done, on stderr."""

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, Notice):
            click.echo(f"warning: {message}", err=True)
        else:
            others(message, category, *place, **more)

    with warnings.catch_warnings():
        others = warnings.showwarning
        warnings.filterwarnings("always", category=Notice)
        warnings.showwarning = show
        yield


class Root(click.Group):
    """Finds commands by name and says what is refused in plain words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _notices():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            from ovop_payouts.cli.session import refusal_of

            message = refusal_of(error)
            if message is None:
                raise
            click.echo(f"refused: {message}", err=True)
            ctx.exit(1)


@click.group(cls=Root)
@click.option(
    "--books",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="OVOP_BOOKS",
    default=Path(),
    help="Folder of the books (OVOP_BOOKS; else the current folder).",
)
@click.option("--as", "user", envvar="OVOP_USER", help="Who is working (OVOP_USER).")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    envvar="OVOP_TODAY",
    help="The day (or moment) that counts as now (OVOP_TODAY).",
)
@click.version_option(package_name="ovop-payouts")
@click.pass_context
def main(ctx: click.Context, books: Path, user: str | None, today: Any) -> None:
    """Co-operative accounting and payouts on plain-text books.

    \b
    Example: ovop --books books --as anna import march.xlsx
    Exit codes: 0 done, 1 refused, 2 wrong usage, 3 partly done.
    """
    now = today or datetime.now().astimezone()
    at = "" if today and today.time() == time() else now.isoformat(timespec="seconds")
    ctx.obj = Session(books, user, now.date(), at)
