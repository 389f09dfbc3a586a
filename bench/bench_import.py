"""`ovop import` of sale lines beside the bare cost of reading them, and beside other importers.

Whole processes. Ours reads, checks, chooses lots, books, writes, reads back, and waits for the
disk: a workbook, beside openpyxl and calamine that only read it; and the same rows as CSV, beside
beangulp and hledger that turn them into entries.

    bench_import.py [ROWS]... [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sales
from measuring import ENVIRONMENT, OVOP, Runner, measure, must_have, table

OURS = "ovop import"
PEERS = Path(__file__).parent / "peers"
RULES = """
skip 1
fields receipt,line,date,store,product,quantity,price,payment,amount
date-format %Y-%m-%d
currency KGS
account1 Assets:Till
account2 Income:Sales
description %receipt %line %product
"""


def books_with_stock(folder: Path, rows: int) -> Path:
    books = folder / "empty"
    master = sales.master(folder, rows)
    begun = ["--today", f"{sales.DAY}", "init", str(books)]
    for words in (begun, [*_as_admin(books), "import", str(master)]):
        subprocess.run([*OVOP, *words], check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return books


def _as_admin(books: Path) -> list[str]:
    return ["--books", str(books), "--as", "admin", "--today", "2026-04-05"]


def _python(script: str, *words: str) -> list[str]:
    return [sys.executable, str(PEERS / script), *words]


def _ours(folder: Path, empty: Path, file: Path) -> Runner:
    """Our import of a file into fresh books."""
    books = folder / "books"

    def fresh() -> None:
        shutil.rmtree(books, ignore_errors=True)
        shutil.copytree(empty, books)

    return Runner(OURS, [*OVOP, *_as_admin(books), "import", str(file)], fresh)


def of_workbook(folder: Path, empty: Path, rows: int) -> list[Runner]:
    workbook = sales.as_workbook(folder / "sales.xlsx", rows)
    return [
        _ours(folder, empty, workbook),
        Runner("openpyxl, reading", _python("read_openpyxl.py", str(workbook))),
        Runner("calamine, reading", _python("read_calamine.py", str(workbook))),
    ]


def of_text(folder: Path, empty: Path, rows: int) -> list[Runner]:
    table_of_text = sales.as_csv(folder / "sales.csv", rows)
    rules = folder / "sales.rules"
    rules.write_text(RULES)
    out = str(folder / "out")
    return [
        _ours(folder, empty, table_of_text),
        Runner(
            "beangulp, csvbase",
            _python("csv_importer.py", "extract", str(table_of_text), "-o", out),
        ),
        Runner(
            "hledger, CSV rules",
            ["hledger", "-f", str(table_of_text), "--rules-file", str(rules), "print", "-o", out],
        ),
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    words.add_argument("--rounds", type=int, default=3)
    chosen = words.parse_args()
    must_have("hledger")
    for rows in chosen.rows:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            empty = books_with_stock(folder, rows)
            for form, runners in (("workbook", of_workbook), ("CSV", of_text)):
                found = measure(runners(folder, empty, rows), chosen.rounds)
                table(f"{rows:,} sale lines, {form}", found, OURS)


if __name__ == "__main__":
    main()
