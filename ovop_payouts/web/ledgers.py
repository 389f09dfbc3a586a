"""Fava's ledger without its reach: one moment of a book, with nothing in it that runs or writes.

What Fava's own would do with the books' directives or the server's files is left out: extensions
and importers (they run Python that the books name), watching (a ledger here never changes; another
one takes its place), the shared query shell.
"""

from __future__ import annotations

import cmd
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from beancount.parser import parser
from beanquery import CompilationError, Cursor, ParseError, connect
from beanquery.shell import Settings
from fava.beans.abc import Directive
from fava.beans.prices import FavaPriceMap
from fava.core import FavaLedger
from fava.core.extensions import ExtensionModule
from fava.core.fava_options import parse_options
from fava.core.group_entries import group_entries_by_type
from fava.core.ingest import IngestModule
from fava.core.query_shell import (
    FavaBQLShell,
    QueryCompilationError,
    QueryParseError,
    QueryShell,
)

from ovop_payouts.web.loading import Loaded

COMMANDS = frozenset(("run", "help", "tables", "describe", "explain"))
"""Commands of the query shell that only print what the user may see anyway."""


class NoExtensions(ExtensionModule):
    """Fava's loads Python that the books name."""

    def load_file(self) -> None:
        self.errors = []


class NoImports(IngestModule):
    """Fava's runs Python that the books name, on files that the visitor names."""

    def load_file(self) -> None:
        self.errors = ()


class OneQuery(FavaBQLShell):
    """A shell for one query: nothing is shared with another, and nothing leaves it but text."""

    def __init__(self, ledger: FavaLedger) -> None:
        cmd.Cmd.__init__(self, stdout=io.StringIO())
        self.identchars += "."
        self.outfile = self.stdout
        self.interactive = self.color = False
        self.settings = Settings()
        self.queries: dict[str, Any] = {}
        self.source = ""
        self.ledger = ledger

    def run(self, entries: Sequence[Directive], query: str) -> Cursor | str:
        self.context = connect(
            "beancount:", entries=entries, errors=self.ledger.errors, options=self.ledger.options
        )
        try:
            result = self.onecmd(query)
        except ParseError as error:
            raise QueryParseError(error) from error
        except CompilationError as error:
            raise QueryCompilationError(error) from error
        return result if isinstance(result, Cursor) else self.outfile.getvalue().strip()

    def onecmd(self, line: str) -> Any:
        name, argument, line = self.parseline(line)
        if not name:
            return None
        if not line.startswith(".") and name.lower() not in COMMANDS:
            return self.execute(line)
        if name.lower() not in COMMANDS:
            return self.error(f'"{name}" is closed here')
        return getattr(self, f"do_{name.lower()}")(argument)

    def error(self, message: str) -> None:
        print(message, file=self.outfile)


class OneQueryEach(QueryShell):
    """A shell of its own for each query: Fava's is shared by all threads."""

    @property
    def shell(self) -> OneQuery:
        return OneQuery(self.ledger)

    @shell.setter
    def shell(self, _: FavaBQLShell) -> None:
        """Fava makes one when the ledger is made; nobody uses it."""


class Unwatched:
    """In the place of Fava's watcher: when this moment was is all that it knows."""

    def __init__(self, version: int) -> None:
        self.last_checked = self.last_notified = version

    def update(self, files: object, folders: object) -> None: ...

    def check(self) -> bool:
        return False

    def notify(self, path: object) -> None: ...


class Ledger(FavaLedger):
    """One moment of one book. `version` grows from moment to moment; the frontend asks for it.

    `told` is what the frontend was told of it, kept as JSON, and `answers` what it was asked last.
    """

    def __init__(self, path: Path, version: int, loaded: Loaded) -> None:
        self._version, self._loaded = version, loaded
        self.told: str | None = None
        self.answers: dict[tuple[object, ...], bytes] = {}
        super().__init__(str(path), poll_watcher=True)

    def load_file(self) -> None:
        """What Fava's does, with entries that were read already and nothing to run or watch."""
        self.all_entries, self.load_errors, self.options = self._loaded
        del self._loaded
        self.watcher = Unwatched(self._version)  # type: ignore[assignment]
        self.extensions, self.ingest = NoExtensions(self), NoImports(self)
        self.query_shell = OneQueryEach(self)
        self.all_entries_by_type = group_entries_by_type(self.all_entries)
        self.prices = FavaPriceMap(self.all_entries_by_type.Price)
        self.fava_options, self.fava_options_errors = parse_options(self.all_entries_by_type.Custom)
        for module in (
            self.accounts,
            self.attributes,
            self.budgets,
            self.charts,
            self.commodities,
            self.extensions,
            self.file,
            self.format_decimal,
            self.misc,
            self.query_shell,
            self.ingest,
        ):
            module.load_file()

    def changed(self) -> bool:
        return False


def bare_ledger(path: Path, version: int) -> Ledger:
    """In the place of a book that is still being read: its options alone."""
    _, _, options = parser.parse_file(str(path))
    return Ledger(path, version, ([], [], options))
