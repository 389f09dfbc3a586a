"""`ovop import` of a sales workbook beside the bare cost of reading it, and beside other importers.

Whole processes. Ours reads, checks, chooses lots, books, writes, reads back, and waits for the
disk; openpyxl and calamine only read the same workbook; beangulp and hledger turn the same rows as
CSV into entries.

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


def runners(folder: Path, rows: int) -> list[Runner]:
    empty, books = books_with_stock(folder, rows), folder / "books"
    workbook = sales.as_workbook(folder / "sales.xlsx", rows)
    table_of_text = sales.as_csv(folder / "sales.csv", rows)
    rules = folder / "sales.rules"
    rules.write_text(RULES)

    def fresh() -> None:
        shutil.rmtree(books, ignore_errors=True)
        shutil.copytree(empty, books)

    def python(script: str, *words: str) -> list[str]:
        return [sys.executable, str(PEERS / script), *words]

    out = str(folder / "out")
    return [
        Runner("ovop import", [*OVOP, *_as_admin(books), "import", str(workbook)], fresh),
        Runner("openpyxl, reading", python("read_openpyxl.py", str(workbook))),
        Runner("calamine, reading", python("read_calamine.py", str(workbook))),
        Runner(
            "beangulp, csvbase",
            python("csv_importer.py", "extract", str(table_of_text), "-o", out),
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
        with tempfile.TemporaryDirectory() as folder:
            found = measure(runners(Path(folder), rows), chosen.rounds)
        table(f"{rows:,} sale lines", found, "ovop import")


if __name__ == "__main__":
    main()
