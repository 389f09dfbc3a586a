"""`ovop payout draft` beside `ledger bal`, `hledger bal` and `bean-check` of the same entries.

Whole processes on books of a year, eleven months of it approved. One change lands before each
draft, outside of what is measured. "Cold" is the same with the cache deleted before.

    bench_draft.py [--lines N] [--members N] [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import date
from itertools import count
from pathlib import Path

import books as made
import journal
from measuring import OVOP, Runner, measure, must_have, table
from sales import as_sheets

TODAY = f"{made.YEAR + 1}-01-05"
DRAFT = ["--as", "anna", "--today", TODAY, "payout", "draft", f"{made.YEAR}-12"]


def runners(folder: Path, books: Path) -> list[Runner]:
    entries = folder / "books.journal"
    print(f"{journal.write_journal(books, entries):,} transactions")
    numbers = count(1)

    def one_change() -> None:
        number = next(numbers)
        row = {"advance_no": f"A-{number}", "date": date(made.YEAR, 12, 5)}
        file = as_sheets(
            folder / f"advance-{number}.xlsx",
            {"advances": [{**row, "member": "M00003", "amount": 5}]},
        )
        made.ovop(books, ["import", str(file)], "anna", TODAY)

    def no_cache() -> None:
        shutil.rmtree(books / ".cache", ignore_errors=True)

    made.ovop(books, DRAFT[4:], "anna", TODAY)  # the last command before what is measured
    draft = [*OVOP, "--books", str(books), *DRAFT]
    bin_ = Path(sys.executable).parent
    return [
        Runner("ovop payout draft", draft, one_change),
        Runner("ledger bal", ["ledger", "-f", str(entries), "bal"]),
        Runner("hledger bal", ["hledger", "-f", str(entries), "bal"]),
        Runner("the same, cold", draft, no_cache),
        Runner("bean-check", [str(bin_ / "bean-check"), str(books / "main.beancount")]),
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lines", type=int, default=88_000)
    words.add_argument("--members", type=int, default=300)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--books", type=Path, help="Books that were made before (they are copied).")
    chosen = words.parse_args()
    must_have("ledger", "hledger")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.books:
            books = shutil.copytree(chosen.books, folder / "books")
        else:
            books = made.year(folder, chosen.lines, chosen.members)
        found = measure(runners(folder, books), chosen.rounds)
    cold = {name: found.pop(name) for name in ("the same, cold", "bean-check")}
    table(f"A month's draft, {chosen.members:,} members", found, "ovop payout draft")
    table("With the cache deleted", cold, "the same, cold")


if __name__ == "__main__":
    main()
