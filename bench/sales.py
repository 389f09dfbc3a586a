"""Sale lines from a seed: as a workbook, as CSV, and what must be in the books before them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from ovop_payouts.demo.workbooks import write

DAY = date(2026, 3, 1)
PRODUCTS = 500
STORE = "Shop"
CENT = Decimal("0.01")
Row = dict[str, Any]


def master(folder: Path, rows: int) -> Path:
    """One association whose consigned stock is enough for so many lines."""
    products = [f"p-{number}" for number in range(PRODUCTS)]
    opening = {
        "date": DAY,
        "kind": "consigned",
        "association": "a",
        "group": "g",
        "member": "M1",
        "location": STORE,
        "quantity": rows,
    }
    member = {"association": "a", "group": "g", "member": "M1", "name": "M", "rail": "cash"}
    sheets: dict[str, list[Row]] = {
        "associations": [{"association": "a", "name_en": "A"}],
        "members": [member],
        "products": [{"product": p, "name_en": p} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": DAY}
            for p in products
        ],
        "openings": [{**opening, "product": p, "ref": f"O-{p}"} for p in products],
    }
    return write(folder / "master.xlsx", sheets, DAY)


def lines(rows: int, seed: int = 1) -> Iterator[Row]:
    """So many sale lines of one month, three to a receipt; the same each time."""
    chosen = random.Random(seed)
    for number in range(rows):
        yield {
            "receipt_no": f"R{number // 3}",
            "line_no": number % 3 + 1,
            "date": date(2026, 3, number * 28 // rows + 1),
            "store": STORE,
            "product": f"p-{chosen.randrange(PRODUCTS)}",
            "quantity": chosen.randint(1, 3),
            "unit_price": CENT * chosen.randint(100, 90_000),
            "payment": "cash",
        }


def as_workbook(path: Path, rows: int) -> Path:
    """One sheet `sales`."""
    return as_sheets(path, {"sales": lines(rows)})


def as_sheets(path: Path, sheets: Mapping[str, Iterable[Row]]) -> Path:
    """A workbook written row by row, as programs that export do."""
    book = Workbook(write_only=True)
    for kind, rows in sheets.items():
        page = book.create_sheet(kind)
        for number, row in enumerate(rows):
            if not number:
                page.append(list(row))
            page.append(list(row.values()))
    book.save(path)
    return path


def as_csv(path: Path, rows: int) -> Path:
    """The same rows, with the amount of each line, which other programs do not work out."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for number, line in enumerate(lines(rows)):
            if not number:
                writer.writerow([*line, "amount"])
            writer.writerow([*line.values(), line["quantity"] * line["unit_price"]])
    return path
