"""Writes docs/commands.md from the commands' own help: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ovop_payouts.cli import main


def pages(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """A command's help, then that of its own commands."""
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100)
    yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            if inner is not None:
                yield from pages(inner, each, context)


if __name__ == "__main__":
    text = "# Commands\n\nWritten by `make docs` from the commands' own help.\n\n"
    Path(sys.argv[1]).write_text(text + "\n".join(pages(main, "ovop", None)), encoding="utf-8")
