"""The demo's workbooks on disk, as an accountant would keep them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

from openpyxl import Workbook

from importers.kinds import KINDS
from ovop_payouts.demo import catalogue, extras, months, people
from ovop_payouts.demo.months import World
from ovop_payouts.demo.people import Row
from reports.sheets import content, heads, put

YEAR = 2026
MONTHS = (1, 2, 3)


def write_workbooks(folder: Path, seed: int = 1) -> dict[str, list[Path]]:
    """All workbooks: `start` (master data and openings), then a list for each month, YYYY-MM.

    The same seed gives the same bytes.
    """
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    groups = people.groups()
    made, product_rows = catalogue.goods(random, groups)
    members = people.members(random)
    world = World(random, groups, made)
    master = {
        "associations": people.associations(),
        "members": members,
        "products": product_rows,
        "certificates": catalogue.certificates(random, made),
        "prices": catalogue.prices(made),
        "policy": catalogue.policy(),
    }
    eve = date(YEAR - 1, 12, 31)
    written = {
        "start": [
            write(folder / "01-master.xlsx", master, eve),
            write(folder / "02-openings.xlsx", months.openings(world, eve), eve),
        ]
    }
    for number in MONTHS:
        period = f"{YEAR}-{number:02d}"
        written[period] = _month(folder, world, members, period, number)
    return written


def _month(folder: Path, world: World, members: list[Row], period: str, number: int) -> list[Path]:
    sent, stores = months.month(world, YEAR, number)
    more = extras.orders(world, number)
    last = date(YEAR, number, 28)
    office: dict[str, list[Row]] = {
        "orders": more.get("orders", []),
        "distributions": extras.distributions(world, number),
        "cashbook": [*extras.cashbook(world, number), *more.get("cashbook", [])],
    }
    if number == 2:
        office["members"] = people.changes(world.random, members, date(YEAR, 2, 1), 6)
    if number == 3:
        office["members"] = people.moves(world.random, members, date(YEAR, 3, 31), 3)
    sent["deliveries"] += more.get("deliveries", [])
    stores["sales"] += more.get("sales", [])
    return [
        write(folder / f"{period}-associations.xlsx", sent, last),
        write(folder / f"{period}-stores.xlsx", stores, last),
        write(folder / f"{period}-office.xlsx", office, last),
    ]


def write(path: Path, sheets: Mapping[str, list[Row]], on: date) -> Path:
    """One workbook, a sheet for each kind; `on` is the only time in it."""
    book = Workbook()
    first = book.active
    for kind, rows in sheets.items():
        if not rows:
            continue
        page = book.create_sheet(kind)
        used = [
            c.name for c in KINDS[kind].columns if any(row.get(c.name) is not None for row in rows)
        ]
        heads(page, 1, tuple(used), tuple(14 for _ in used))
        page.freeze_panes = "A2"
        for number, row in enumerate(rows, 2):
            for column, name in enumerate(used, 1):
                value = row.get(name)
                if value is not None:
                    put(page, number, column, value)  # type: ignore[arg-type]
    if first is not None:
        book.remove(first)
    path.write_bytes(content(book, on))
    return path
