"""`ovop demo`: three months run through the same commands that a person would use."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import click

PASSWORD = "demo-password"
PEOPLE = (
    ("anna", "accountant"),
    ("bek", "approver"),
    ("aida", "auditor"),
    ("sveta", "secretary"),
    ("tamara", "treasurer:issyk-kul"),
)
SIGNED = "issyk-kul"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"))
@click.option("--seed", default=1, show_default=True, help="Other numbers make other months.")
def demo(folder: Path, seed: int) -> None:
    """Write realistic workbooks into FOLDER and run three months with them.

    \b
    Example: ovop demo demo
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; name a new folder, or remove it")
    from ovop_payouts.demo.workbooks import write_workbooks

    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    click.echo(f"Writing workbooks into {folder / 'workbooks'}")
    files = write_workbooks(folder / "workbooks", seed)
    story = Story(folder, folder / "books")
    with _passwords():
        story.start(files.pop("start"))
        for period, workbooks in sorted(files.items()):
            story.month(period, workbooks, Random(f"{seed} {period}"))
        story.papers(max(files))
    _tell(folder, max(files), time.monotonic() - began)


@contextmanager
def _passwords() -> Iterator[None]:
    """The demo's people all have one password."""
    names = ("OVOP_PASSWORD", "OVOP_NEW_PASSWORD")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, PASSWORD))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def run(*words: str) -> None:
    """One command, as typed; what it refuses ends the demo."""
    from ovop_payouts.cli import main

    click.secho(f"$ ovop {shlex.join(words)}", bold=True)
    code = main.main(list(words), prog_name="ovop", standalone_mode=False)
    if code:
        raise click.ClickException(f"ovop {shlex.join(words)} ended with {code}")


@dataclass(frozen=True, slots=True)
class Story:
    """Who does what in the demo's three months."""

    folder: Path
    books: Path

    def ovop(self, user: str, today: date, *words: str) -> None:
        run("--books", str(self.books), "--as", user, "--today", today.isoformat(), *words)

    def start(self, workbooks: list[Path]) -> None:
        """New books, their people, what was there before."""
        new_year = date(2026, 1, 1)
        run("--today", new_year.isoformat(), "init", str(self.books))
        for name, role in PEOPLE[:-1]:
            self.ovop("admin", new_year, "user", "add", name, "--role", role)
        self.ovop("anna", new_year, "import", *map(str, workbooks))
        name, role = PEOPLE[-1]
        self.ovop("admin", new_year, "user", "add", name, "--role", role)

    def month(self, period: str, workbooks: list[Path], random: Random) -> None:
        """Import, draft, sign, approve, export, settle; the month before is closed."""
        from ovop_payouts.payout.periods import last_day
        from ovop_payouts.shards import load_everybody

        today = last_day(period) + timedelta(days=5)
        self.ovop("anna", today, "import", *map(str, workbooks))
        book = load_everybody(self.books)
        for member, versions in sorted(book.members.items()):
            if versions[-1].details > book.confirmed.get(member, 1):
                self.ovop("bek", today, "members", "confirm", member)
        self.ovop("anna", today, "payout", "draft", period)
        self.explain_unusual(period, today)
        self.ovop("tamara", today, "payout", "sign", f"{period}/{SIGNED}/1")
        for association in sorted(book.associations):
            run_name = f"{period}/{association}/1"
            self.ovop("bek", today, "payout", "approve", run_name)
            out = self.folder / "payments" / run_name.replace("/", "_")
            self.ovop("anna", today, "payout", "export", run_name, "--out", str(out))
        settled = self.bank(period, today + timedelta(days=2), random)
        self.ovop("anna", today + timedelta(days=3), "payout", "settle", str(settled))
        if period != "2026-03":
            self.ovop("anna", today + timedelta(days=4), "close", period)

    def explain_unusual(self, period: str, today: date) -> None:
        """Write a reason for each amount that the variance gate asks about."""
        from ovop_payouts.payout.gates import is_unusual
        from ovop_payouts.payout.history import lines_of
        from ovop_payouts.payout.periods import RunId, last_day
        from ovop_payouts.shards import load_everybody

        book = load_everybody(self.books)
        for association in sorted(book.associations):
            run_name = RunId(period, association, 1)
            ratio = book.rate("variance", association, last_day(period))
            for member, line in lines_of(book, run_name).items():
                if is_unusual(line, ratio):
                    words = ("payout", "reason", str(run_name), member, "more was ready now")
                    self.ovop("anna", today, *words)

    def bank(self, period: str, day: date, random: Random) -> Path:
        """What bank, wallet provider and cashiers report: nearly all paid, a few came back."""
        from ovop_payouts.demo.workbooks import write
        from ovop_payouts.shards import load_everybody

        reasons = ("account closed", "wallet not registered", "name does not match")
        rows: list[dict[str, object]] = []
        for reference, payment in sorted(load_everybody(self.books).payments.items()):
            if not payment.run.startswith(period):
                continue
            row = {"date": day, "amount": payment.amount, "reference": reference}
            if payment.rail != "cash" and random.random() < 0.02:
                rows.append({**row, "status": "returned", "reason": random.choice(reasons)})
            else:
                rows.append({**row, "status": "settled"})
        return write(self.folder / "workbooks" / f"{period}-bank.xlsx", {"bank": rows}, day)

    def papers(self, period: str) -> None:
        """Statements of one group, in three languages, and the proofs of the books."""
        out = str(self.folder / "statements")
        today = date(2026, 4, 9)
        for language in ("ky", "ru", "en"):
            words = ("statement", period, "-g", "Akburun", "--lang", language, "--out", out)
            self.ovop("anna", today, *words)
        self.ovop("aida", today, "verify")


def _tell(folder: Path, period: str, seconds: float) -> None:
    books = folder / "books"
    statement = min((folder / "statements").glob("*_ky.pdf"), default=folder)
    lines = (
        "",
        f"Done in {seconds:.0f} seconds. All passwords are {PASSWORD}.",
        f"  books            {books / 'main.beancount'}",
        f"  one association  {books / 'associations' / SIGNED / 'book.beancount'}",
        f"  a run            ovop --books {books} payout show {period}/{SIGNED}/1",
        f"  an explanation   ovop --books {books} payout show {period}/{SIGNED}/1 --member M0001",
        f"  pay sheets       {folder / 'payments'}",
        f"  a statement      {statement}",
        f"  review in Fava   .venv/bin/fava {books / 'associations' / SIGNED / 'book.beancount'}",
    )
    for line in lines:
        click.echo(line)
