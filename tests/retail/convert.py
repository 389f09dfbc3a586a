"""The published retail file, and what must be known before its sales: all of it made up.

The sales themselves are imported as published, by the layout `uci-online-retail` alone: codes
become ids, lines are numbered within their invoice, so that rows which repeat one another exactly
stay two sales. Prices keep their mills; the books round each line's value to the minor unit, as
contract §4 says.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from importers.layouts.apply import as_id

STORE = "Online"
ASSOCIATIONS = ("felt", "honey")
MEMBERS = 40
OPENING_DAY = date(2010, 11, 30)
CONSIGNED_EVERY = 5
"""Every fifth code is consigned goods of a member; the others are own stock."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the published file."""

    invoice: str
    line_no: int
    day: str
    code: str
    quantity: int
    unit_price: Decimal

    @property
    def value(self) -> Decimal:
        """Unrounded, as the published totals are."""
        return self.quantity * self.unit_price


def read_lines(published: Path) -> Iterator[Line]:
    """The rows as published, numbered within their invoice."""
    numbers: Counter[str] = Counter()
    with gzip.open(published, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            invoice = row["InvoiceNo"]
            numbers[invoice] += 1
            yield Line(
                invoice,
                numbers[invoice],
                row["InvoiceDate"][:10],
                row["StockCode"],
                int(row["Quantity"]),
                Decimal(row["UnitPrice"]),
            )


def product_ids(codes: Iterator[str]) -> dict[str, str]:
    """Code -> product id, as the layout reads it; one to one."""
    ids = {code: as_id(code) for code in sorted(set(codes))}
    assert len({ident.upper() for ident in ids.values()}) == len(ids)
    return ids


def first_lines(published: Path, until: str, target: Path) -> Path:
    """The published rows dated before a day, byte for byte, under their headers."""
    with gzip.open(published, "rt", encoding="utf-8", newline="") as file:
        head = next(file)
        column = head.split(",").index("InvoiceDate")
        rows = list(file)
    dated = zip(rows, csv.reader(rows), strict=True)
    taken = [row for row, cells in dated if cells[column] < until]
    target.write_text(head + "".join(taken), encoding="utf-8", newline="")
    return target


def write_master(lines: list[Line], folder: Path) -> list[Path]:
    """Master data and stock enough for the sales."""
    ids = product_ids(line.code for line in lines)
    wanted: Counter[str] = Counter()
    for line in lines:
        if line.quantity > 0:
            wanted[line.code] += line.quantity
    return [
        _write(folder / "associations.csv", "association,name_en", _associations()),
        _write(folder / "members.csv", "association,group,member,name,rail", _members()),
        _write(folder / "products.csv", "product,name_en", ((i, c) for c, i in ids.items())),
        _write(
            folder / "certificates.csv",
            "certificate_no,product,decision,date",
            ((f"C-{i}", i, "certified", OPENING_DAY) for i in ids.values()),
        ),
        _write(
            folder / "policy.csv",
            "valid_from,rule,value",
            [(OPENING_DAY, "commission", "0.15"), (OPENING_DAY, "fee", "0.03")],
        ),
        _write(
            folder / "openings.csv",
            "date,kind,association,group,member,product,location,quantity,amount,ref",
            _openings(ids, wanted),
        ),
    ]


def _associations() -> Iterator[tuple[object, ...]]:
    return ((name, name.title()) for name in ASSOCIATIONS)


def _members() -> Iterator[tuple[object, ...]]:
    for number in range(MEMBERS):
        association = ASSOCIATIONS[number % len(ASSOCIATIONS)]
        yield association, f"{association}-1", f"M{number:03d}", f"Member {number}", "cash"


def _openings(ids: dict[str, str], wanted: Counter[str]) -> Iterator[tuple[object, ...]]:
    """Stock enough for every sale; of each code one lot, own or consigned."""
    for number, (code, ident) in enumerate(sorted(ids.items())):
        quantity = wanted[code] or 1
        member = number % MEMBERS
        association = ASSOCIATIONS[member % len(ASSOCIATIONS)]
        if number % CONSIGNED_EVERY == 0:
            who = (association, f"{association}-1", f"M{member:03d}")
            yield OPENING_DAY, "consigned", *who, ident, STORE, quantity, "", f"O-{number}"
        else:
            cost = quantity * Decimal("0.7")
            who = (association, "", "")
            yield OPENING_DAY, "stock", *who, ident, STORE, quantity, cost, f"O-{number}"


def _write(
    path: Path, head: str, rows: Iterator[tuple[object, ...]] | list[tuple[object, ...]]
) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)
    return path
