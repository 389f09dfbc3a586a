"""Statements a second beside the bare cost of typst on the same pages, on one core and on two.

    python bench/bench_statements.py [BOOKS] [STATEMENTS]

BOOKS are a demo's (made at first where none are named). Ours is all that `ovop statement` does for
a page: looking up, words, the QR code, typst, hashes, the file. Bare is the same typst compiler,
kept, on the same data. Both are measured in processor time, batch by batch in turn, so that what
else the machine does weighs on both; two cores against one in time on the wall.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ovop_payouts.papers.many import batches, make
from ovop_payouts.papers.shelves import members_of, shelf
from ovop_payouts.papers.wanted import Wanted
from ovop_payouts.shards import load_everybody
from ovop_payouts.statements import statement_of
from reports import pdf
from reports.statement.pdf import TEMPLATE, data_of

PERIOD = "2026-03"
ASSOCIATION = "issyk-kul"
SIZE = 25
OVOP = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]


def each(wanted: Wanted) -> list[str]:
    """Batches of payees' own statements, without the files of groups."""
    names = sorted(load_everybody(wanted.books).associations)
    return [b for name in names for b in batches(wanted, name) if b.startswith("each/")]


def bare(wanted: Wanted, batch: str) -> float:
    """Processor time of typst alone on the pages of a batch."""
    _, association, group, first = batch.split("/")
    found = shelf(wanted.books, association, wanted.period)
    members = members_of(found, group)[int(first) : int(first) + SIZE]
    pages = [statement_of(found, ident) for ident in members]
    data = [({"papers": [data_of(page)]}, page.issued) for page in pages]
    start = time.process_time()
    for content, issued in data:
        pdf.render(*TEMPLATE, content, issued)
    return time.process_time() - start


def side_by_side(wanted: Wanted, chosen: list[str], folder: Path) -> None:
    """Ours and bare in turn, over the same batches."""
    make(wanted, chosen[0])  # fonts, books, catalogs: read once
    ours = typst = 0.0
    count = 0
    for batch in chosen:
        mine = Wanted(wanted.books, PERIOD, folder / "ours" / batch.replace("/", "_"))
        start = time.process_time()
        count += make(mine, batch).payees
        ours += time.process_time() - start
        typst += bare(wanted, batch)
    print(f"{count} statements: {count / ours:.0f} a second of one core; typst bare", end=" ")
    print(f"{count / typst:.0f}; ours takes {ours / typst:.2f} times as long")


def cores(books: Path, folder: Path, whose: tuple[str, ...] = (), rounds: int = 1) -> None:
    """The command itself for the whole month (or some of it), with one core and with two."""
    every = sorted(os.sched_getaffinity(0))
    if len(every) < 2:
        print("one core alone: two are not compared")
        return
    wall = {1: 0.0, 2: 0.0}
    for number in (1, 2) * rounds:
        os.sched_setaffinity(0, every[:number])
        out = str(folder / f"cores{number}-{wall[number]}")
        words = ["--books", str(books), "statement", PERIOD, *whose, "--out", out]
        start = time.perf_counter()
        subprocess.run([*OVOP, *words], check=True, capture_output=True)
        wall[number] += time.perf_counter() - start
    os.sched_setaffinity(0, every)
    asked = " ".join(("ovop statement", PERIOD, *whose))
    print(f"`{asked}`: two cores {wall[1] / wall[2]:.2f} times as fast as one", end="")
    print(f" ({wall[1] / rounds:.1f} s)", flush=True)


def growth(wanted: Wanted, chosen: list[str], count: int, folder: Path) -> None:
    """Peak memory of one process while it makes more and more statements."""
    made, told = 0, 0
    start = time.process_time()
    while made < count:
        batch = chosen[(made // SIZE) % len(chosen)]
        out = folder / f"round{made // (SIZE * len(chosen))}"
        made += make(Wanted(wanted.books, PERIOD, out), batch).payees
        if made - told >= count // 10 or made >= count:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            spent = time.process_time() - start
            print(f"{made} statements: peak {peak} MB, {spent:.0f} s of processor", flush=True)
            told = made


def main() -> None:
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        books = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "demo" / "books"
        if not books.exists():
            subprocess.run([*OVOP, "demo", str(folder / "demo")], check=True, capture_output=True)
        wanted = Wanted(books, PERIOD, folder / "first")
        chosen = each(wanted)
        side_by_side(wanted, chosen[:12], folder)
        cores(books, folder)
        cores(books, folder, ("-a", ASSOCIATION), rounds=2)
        growth(wanted, chosen, count, folder)


if __name__ == "__main__":
    main()
