"""Where the books' folder is a git repository, each change is one commit by who made it.

Git is a witness, not the record: a change that landed stays, whatever git says to it.
"""

from __future__ import annotations

import os
import subprocess
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ledger.books import MAIN, SETTINGS
from ledger.changes import CHANGES, YEARS
from ledger.log import CLOSE_YEAR, HEADS, Record, record_in
from ledger.notice import Notice
from ovop_payouts.history import in_order, told

PATIENCE = 60
"""Seconds that one git command may take."""


def commit(books: Path) -> None:
    """Commit each landed change that git does not know yet, in the order of the log.

    Only files of ours, whatever else is changed or staged. A failure is a Notice: the next change
    makes up for it.
    """
    if not watched(books):
        return
    try:
        for change, record in _uncommitted(books):
            _commit(books, change, record)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        text = " ".join(str(said).split())[:200]
        warnings.warn(f"the change landed, but git did not take it: {text}", Notice, stacklevel=2)


def watched(books: Path) -> bool:
    """Whether the books' folder is a git repository."""
    return (books / ".git").exists()


def _uncommitted(books: Path) -> list[tuple[str, Record]]:
    """Folders of changes that git does not know, each with a record of its log."""
    listed = _git(books, "ls-files", "-z", "--others", "--exclude-standard", CHANGES, YEARS)
    found: dict[str, list[Record]] = defaultdict(list)
    for name in sorted(filter(None, listed.split("\0"))):
        folder, _, file = name.rpartition("/")
        if "/." in folder:  # left aside by a process that was killed
            continue
        content = (books / name).read_bytes()
        record = record_in(folder.rpartition("/")[2], file, content)
        if record is not None:
            found[folder].append(record)
    by_change = {folder.rpartition("/")[2]: (folder, mine) for folder, mine in found.items()}
    order = in_order({change: mine for change, (_, mine) in by_change.items()})
    return [(by_change[change][0], told(by_change[change][1])) for change in order]


def _commit(books: Path, change: str, record: Record) -> None:
    also = (MAIN, SETTINGS, ".gitignore", "associations", YEARS)
    new = _git(books, "ls-files", "-z", "--others", "--exclude-standard", *also).split("\0")
    ours = [change, HEADS, *(n for n in new if n and CHANGES not in Path(n).parts)]
    if record.action == CLOSE_YEAR:
        ours += [MAIN, *_git(books, "ls-files", "-z", "associations").strip("\0").split("\0")]
    _git(books, "add", "--", *ours)
    text = f"{record.action} {record.about}".strip()
    author = f"{record.user} <{record.user}@books.invalid>"
    words = ("commit", "-q", "--no-verify", "--no-gpg-sign", f"--author={author}")
    _git(books, *words, "-m", f"{text}\n\n{change}", "--only", "--", *ours)


def _git(books: Path, *words: str) -> str:
    """What git says; it never asks, and its committer is the program."""
    who = {
        "GIT_COMMITTER_NAME": "ovop",
        "GIT_COMMITTER_EMAIL": "ovop@books.invalid",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
    }
    done = subprocess.run(
        _line(words),
        cwd=books,
        env={**os.environ, **who},
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.stdout


def _line(words: Sequence[str]) -> list[str]:
    return ["git", "-c", "core.quotePath=false", *words]
