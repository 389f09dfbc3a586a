"""Does the tenth year's month cost what the first one's did?

One association works ten years, month by month, with the real commands; at the end of each year
the year is closed. In months 1, 12, 60 and 120 the month's import, its draft, one statement and
the first Fava page (the application is made, the treasurer signs in and gets the income statement
with its figures) are measured as whole processes: processor seconds (the median of a few runs on
copies) and peak memory, each against month 1. What stock Fava takes, which shows every entry of the
year, stands below.
"""

from __future__ import annotations

import calendar
import random
import shutil
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

from country import ovop
from measuring import OVOP, PASSWORD, Measured, Runner, once

from ovop_payouts.demo.workbooks import write

FIRST_YEAR, YEARS = 2016, 10
MEASURED = (1, 12, 60, 120)
PRODUCERS, LINES, PRODUCTS = 60, 480, 30
RUNS = 3
OWN = "issyk-kul"
TREASURER = "talgat"
FAVA = """
import re, sys
from pathlib import Path
from ovop_payouts.web.application import create_app
books, user, password = sys.argv[1:]
with create_app(Path(books)).test_client() as browser:
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/login").text)[1]
    form = {"csrf": token, "user": user, "password": password}
    assert browser.post("/login", data=form).status_code == 303
    home = browser.get("/").headers["Location"].partition("ovop/")[0]
    assert browser.get(f"{home}income_statement/").status_code == 200
    told = browser.get(f"{home}api/income_statement?interval=month")
    assert told.status_code == 200 and b"Income:" in told.data, told.data[:500]
"""
STOCK = """
import sys
from fava.application import create_app
with create_app([sys.argv[1]]).test_client() as browser:
    assert browser.get("/", follow_redirects=True).status_code == 200
"""
Rows = list[dict[str, object]]


def day(month: int, number: int = 1) -> date:
    """A day of the n-th month."""
    years, rest = divmod(month - 1, 12)
    return date(FIRST_YEAR + years, rest + 1, number)


def last(month: int) -> date:
    first = day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def begin(books: Path, scratch: Path) -> None:
    eve = day(1) - timedelta(days=1)
    ovop(books, "admin", "init", str(books), today=eve)
    for name, role in (("anna", "accountant"), ("bek", "approver")):
        ovop(books, "admin", "user", "add", name, "--role", role, today=eve)
    products = [f"p-{n}" for n in range(PRODUCTS)]
    sheets: dict[str, Rows] = {
        "associations": [{"association": OWN, "name_en": "Issyk-Kul"}],
        "members": [
            {
                "association": OWN,
                "group": f"G{n % 4}",
                "member": f"M{n:04d}",
                "name": f"Айнура Токтогулова {n}",
                "rail": "cash",
            }
            for n in range(PRODUCERS)
        ],
        "products": [{"product": p, "name_en": f"Felt {p}", "association": OWN} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": eve}
            for p in products
        ],
        "policy": [
            {"valid_from": eve, "rule": "fee", "value": Decimal("0.03"), "order": 1},
            {"valid_from": eve, "rule": "commission", "value": Decimal("0.15")},
        ],
    }
    ovop(books, "anna", "import", str(write(scratch / "master.xlsx", sheets, eve)), today=eve)
    role = f"treasurer:{OWN}"
    ovop(books, "admin", "user", "add", TREASURER, "--role", role, today=eve)


def workbook(scratch: Path, month: int) -> Path:
    """The month's deliveries and sales: all that comes in is sold within the month."""
    chosen = random.Random(month)
    sheets: dict[str, Rows] = {
        "deliveries": [
            {
                "note_no": f"N{month:03d}-{n}",
                "line_no": 1,
                "date": day(month, n % 20 + 1),
                "association": OWN,
                "group": f"G{n % PRODUCERS % 4}",
                "member": f"M{n % PRODUCERS:04d}",
                "product": f"p-{n % PRODUCTS}",
                "terms": "consignment" if n % 3 else "buyback",
                "unit_price": None if n % 3 else Decimal(100 + n % 50),
                "delivered": LINES // PRODUCERS,
                "location": "store-1",
            }
            for n in range(2 * PRODUCERS)
        ],
        "sales": [
            {
                "receipt_no": f"R{month:03d}-{n // 3}",
                "line_no": n % 3 + 1,
                "date": day(month, 20 + n * 8 // LINES),
                "store": "store-1",
                "product": f"p-{n % PRODUCTS}",
                "quantity": 2,
                "unit_price": Decimal(chosen.randint(10_000, 90_000)) / 100,
                "payment": "cash",
            }
            for n in range(LINES)
        ],
    }
    return write(scratch / f"{month:03d}.xlsx", sheets, last(month))


def live(books: Path, month: int, file: Path) -> None:
    """A month as an accountant lives it; in December the year is closed too."""
    period, today = f"{day(month):%Y-%m}", last(month) + timedelta(days=3)
    run = f"{period}/{OWN}/1"
    ovop(books, "anna", "import", str(file), today=today)
    ovop(books, "anna", "payout", "draft", period, today=today)
    ovop(books, "bek", "payout", "approve", run, today=today)
    papers = str(file.with_suffix(""))
    ovop(books, "anna", "statement", period, "-m", "M0001", "--out", papers, today=today)
    settled = write(file.with_suffix(".bank.xlsx"), {"bank": _paid(books, run, today)}, today)
    ovop(books, "anna", "payout", "settle", str(settled), today=today)
    ovop(books, "anna", "close", period, today=today)
    if month % 12 == 0:
        ovop(books, "anna", "close-year", period[:4], today=today)


def _paid(books: Path, run: str, today: date) -> Rows:
    import json

    shown = json.loads(ovop(books, "anna", "payout", "show", run, "--json", today=today))
    return [
        {
            "date": today,
            "amount": Decimal(line["payout"]),
            "reference": f"{run}/{line['member']}",
            "status": "settled",
        }
        for line in shown["lines"]
        if Decimal(line["payout"])
    ]


def measured(books: Path, month: int, file: Path, scratch: Path) -> dict[str, Measured]:
    """What the month's commands cost on books that hold everything before it."""
    period, today = f"{day(month):%Y-%m}", last(month) + timedelta(days=3)
    copy = scratch / "copy"

    def fresh() -> None:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(books, copy)

    options = ["--books", str(copy), "--as", "anna", "--today", today.isoformat()]
    found: dict[str, Measured] = {}
    runners = (
        Runner("import", [*OVOP, *options, "import", str(file)], fresh),
        Runner("draft", [*OVOP, *options, "payout", "draft", period]),
        Runner(
            "statement",
            [*OVOP, *options, "statement", period, "-m", "M0001", "--out", str(scratch / "s")],
        ),
        Runner("first Fava page", [sys.executable, "-c", FAVA, str(copy), TREASURER, PASSWORD]),
        Runner(
            "(stock, whole)",
            [sys.executable, "-c", STOCK, str(copy / "associations" / OWN / "book.beancount")],
        ),
    )
    for _ in range(RUNS):
        for runner in runners:
            once(runner, found.setdefault(runner.name, Measured()))
    return found


def main(months: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        books = scratch / "books"
        begin(books, scratch)
        first: dict[str, Measured] = {}
        print(
            f"{'month':>6}  {'':16}{'processor s':>12}{'against 1':>11}{'MB':>7}{'against 1':>11}"
        )
        for month in range(1, months + 1):
            file = workbook(scratch, month)
            if month in MEASURED:
                found = measured(books, month, file, scratch)
                first = first or found
                for what, each in found.items():
                    busy, was = median(each.busy), median(first[what].busy)
                    print(
                        f"{month:>6}  {what:16}{busy:12.2f}{busy / was:10.2f}×"
                        f"{each.megabytes:7.0f}{each.megabytes / first[what].megabytes:10.2f}×",
                        flush=True,
                    )
            live(books, month, file)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12 * YEARS)
