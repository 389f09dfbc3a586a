"""Rows a second of `ovop import` beside the bare cost of reading the same workbook.

Whole processes on the same file in one run: openpyxl (read-only), python-calamine, and the whole
import: reading, checks, lots, booking, reading back, fsync.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from ovop_payouts.demo.workbooks import write

DAY = date(2026, 3, 1)
PRODUCTS = 500
OVOP = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]
OPENPYXL = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
print(sum(1 for page in book for row in page.iter_rows(values_only=True)))
"""
CALAMINE = """
import sys, python_calamine
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
print(sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names))
"""


def workbooks(folder: Path, rows: int) -> tuple[Path, Path]:
    """Master data with stock enough, and a workbook of so many sale lines; the same each time."""
    chosen = random.Random(rows)
    products = [f"p-{number}" for number in range(PRODUCTS)]
    master = {
        "associations": [{"association": "a", "name_en": "A"}],
        "members": [
            {"association": "a", "group": "g", "member": "M1", "name": "M", "rail": "cash"}
        ],
        "products": [{"product": p, "name_en": p} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": DAY}
            for p in products
        ],
        "openings": [
            {
                "date": DAY,
                "kind": "consigned",
                "association": "a",
                "group": "g",
                "member": "M1",
                "product": p,
                "location": "Shop",
                "quantity": rows,
                "ref": f"O-{p}",
            }
            for p in products
        ],
    }
    sales = {
        "sales": [
            {
                "receipt_no": f"R{number // 3}",
                "line_no": number % 3 + 1,
                "date": date(2026, 3, number * 28 // rows + 1),
                "store": "Shop",
                "product": chosen.choice(products),
                "quantity": chosen.randint(1, 3),
                "unit_price": Decimal(chosen.randint(100, 90_000)) / 100,
                "payment": "cash",
            }
            for number in range(rows)
        ]
    }
    return write(folder / "master.xlsx", master, DAY), write(folder / "sales.xlsx", sales, DAY)


def seconds(words: list[str]) -> float:
    env = os.environ | {"OVOP_PASSWORD": "bench-password", "OVOP_NEW_PASSWORD": "bench-password"}
    began = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=env)
    return time.perf_counter() - began


def measure(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        master, sales = workbooks(folder, rows)
        books = folder / "books"
        seconds([*OVOP, "init", str(books)])
        begin = [*OVOP, "--books", str(books), "--as", "admin", "--today", "2026-04-05", "import"]
        seconds([*begin, str(master)])
        bare = seconds([sys.executable, "-c", OPENPYXL, str(sales)])
        fast = seconds([sys.executable, "-c", CALAMINE, str(sales)])
        whole = seconds([*begin, str(sales)])
    print(
        f"{rows:>8,} rows  openpyxl {bare:6.2f} s  calamine {fast:6.2f} s"
        f"  ovop import {whole:6.2f} s  {rows / whole:8,.0f} rows/s  {whole / bare:5.2f} × openpyxl"
    )


if __name__ == "__main__":
    for size in [int(word) for word in sys.argv[1:]] or [10_000, 100_000]:
        measure(size)
