"""The demo's books on the eve of April: March is over, none of its workbooks is in yet.

And a real server over books, and a real browser before it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

from cheroot.wsgi import Server
from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from ovop_payouts.cli import main
from ovop_payouts.web.application import create_app

PASSWORD = "demo-password"
TODAY = date(2026, 4, 9)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
_APRIL = re.compile(rb"^2026-04-", re.MULTILINE)


def books_on_the_eve(demo: Path, books: Path) -> Path:
    """A copy of the demo's books without what happened in April."""
    shutil.copytree(demo / "books", books)
    for change in sorted((books / "changes").iterdir()):
        if any(_APRIL.search(path.read_bytes()) for path in change.glob("*.beancount")):
            shutil.rmtree(change)
    (books / "heads.txt").unlink(missing_ok=True)
    return books


def ovop(books: Path, user: str, *words: str, today: date = TODAY) -> str:
    """One command, done."""
    options = ["--books", str(books), "--as", user, "--today", today.isoformat()]
    secrets = {"OVOP_PASSWORD": PASSWORD}
    result = CliRunner().invoke(main, [*options, *words], env=secrets, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@contextmanager
def served(books: Path, today: date = TODAY) -> Iterator[str]:
    """The application over books on a free port of this machine; gives its address."""
    server = Server(("127.0.0.1", 0), create_app(books, today=lambda: today), numthreads=6)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()


@contextmanager
def browsing() -> Iterator[Browser]:
    """The Chromium of the system; without it this fails, for nothing here may be skipped."""
    path = shutil.which("chromium")
    assert path, "chromium is missing: `make test` installs it"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
