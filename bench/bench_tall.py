"""One large association's month, at one, two, four and eight times its size: is anything quadratic?

Its commands as whole processes on the same books, one after another: import of the month's
workbook, draft, approval, payment files, statements, and the import and the draft of a next month
of which little is in yet. For each, processor seconds of all its processes, megabytes of the
largest, and what one unit (a member and its sale lines) costs against the smallest size.

    bench_tall.py [SIZE]...        1 is 3,750 members and 62,500 sale lines; 8 is 30,000 and 500,000
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from measuring import OVOP, Measured, Runner, once
from sales import CENT, as_sheets

from ovop_payouts.demo.workbooks import write

MEMBERS, LINES, PRODUCTS = 3_750, 62_500, 500
TO_A_GROUP, STORES, RETURNED = 25, 3, 100
OWN = "issyk-kul"
EVE, FIRST, LAST = date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31)
NEXT = date(2026, 4, 30)
USERS = {"anna": "accountant", "bek": "approver"}
Row = dict[str, Any]


def member(number: int) -> str:
    return f"M{number:06d}"


def group(number: int) -> str:
    return f"G{number // TO_A_GROUP}"


def master(size: int) -> dict[str, list[Row]]:
    """Who and what there is: every fifth member is paid by a bank, every tenth has an advance."""
    products = [f"p-{n}" for n in range(PRODUCTS * size)]
    rules = (("fee", "0.03"), ("social", "0.01"), ("commission", "0.15"), ("advance", "0.5"))
    return {
        "associations": [{"association": OWN, "name_en": "Issyk-Kul"}],
        "members": [
            {
                "association": OWN,
                "group": group(n),
                "member": member(n),
                "name": f"Айнура Токтогулова {n}",
                "language": "ky",
                "rail": "cash" if n % 5 else "bank",
                "account_no": None if n % 5 else f"10{n:014d}",
                "bic": None if n % 5 else "DEMOKG22",
            }
            for n in range(MEMBERS * size)
        ],
        "products": [{"product": p, "name_en": f"Felt {p}", "association": OWN} for p in products],
        "certificates": [
            {"certificate_no": f"C-{p}", "product": p, "decision": "certified", "date": EVE}
            for p in products
        ],
        "policy": [
            {"valid_from": EVE, "rule": rule, "value": value, "order": order}
            for order, (rule, value) in enumerate(rules)
        ],
    }


def month(size: int, first: date, lines: int) -> dict[str, Iterator[Row]]:
    """Each member's goods, bought and on commission; pools of groups; sales to the month's end."""
    return {
        "deliveries": _deliveries(size, first),
        "contributions": _contributions(size, first),
        "advances": _advances(size, first),
        "sales": _sales(size, first, lines),
    }


def _deliveries(size: int, first: date) -> Iterator[Row]:
    many = MEMBERS * size
    for n in range(2 * many + many // TO_A_GROUP):
        of_pool, maker = n >= 2 * many, n % many if n < 2 * many else (n - 2 * many) * TO_A_GROUP
        yield {
            "note_no": f"N{first.month}-{n}",
            "line_no": 1,
            "date": first + timedelta(days=n % 20),
            "association": OWN,
            "group": group(maker),
            "member": None if of_pool else member(maker),
            "product": f"p-{n % (PRODUCTS * size)}",
            "terms": "buyback" if n % 2 or of_pool else "consignment",
            "unit_price": 100 + n % 50 if n % 2 or of_pool else None,
            "delivered": 2 * LINES // MEMBERS + 4,
            "location": f"store-{n % STORES}",
        }


def _contributions(size: int, first: date) -> Iterator[Row]:
    for n in range(MEMBERS * size):
        yield {
            "period": f"{first:%Y-%m}",
            "group": group(n),
            "member": member(n),
            "quantity": n % 7 + 1,
            "measure": "hours",
        }


def _advances(size: int, first: date) -> Iterator[Row]:
    for n in range(0, MEMBERS * size, 10):
        yield {
            "advance_no": f"A{first.month}-{n}",
            "date": first,
            "member": member(n),
            "amount": 500,
        }


def _sales(size: int, first: date, lines: int) -> Iterator[Row]:
    """Every hundredth line comes back in part on the last day."""
    chosen = random.Random(first.month)
    back = []
    for n in range(lines):
        line = {
            "receipt_no": f"R{first.month}-{n // 3}",
            "line_no": n % 3 + 1,
            "date": first + timedelta(days=20 + n * 8 // lines),
            "store": f"store-{n // 3 % STORES}",
            "product": f"p-{chosen.randrange(PRODUCTS * size)}",
            "quantity": chosen.randint(1, 3),
            "unit_price": CENT * chosen.randint(10_000, 90_000),
            "payment": "cash",
            "return_of": None,
        }
        yield line
        if n % RETURNED == 0:
            back.append(line)
    for n, line in enumerate(back):
        number, origin = f"B{first.month}-{n}", line["receipt_no"]
        more = {"receipt_no": number, "line_no": 1, "quantity": -1, "return_of": origin}
        yield {**line, **more, "date": first + timedelta(days=28)}


def prepared(folder: Path, size: int) -> Path:
    """Books with the master data of one association."""
    books = folder / "books"
    eve = ["--today", f"{EVE}"]
    start = write(folder / "master.xlsx", master(size), EVE)
    office = ["--books", str(books), "--as", "admin", *eve]
    for words in (
        [*eve, "init", str(books)],
        *([*office, "user", "add", name, "--role", role] for name, role in USERS.items()),
        ["--books", str(books), "--as", "anna", *eve, "import", str(start)],
    ):
        once(Runner(" ".join(words), [*OVOP, *words]), Measured())
    return books


def commands(folder: Path, books: Path, size: int) -> Iterator[Runner]:
    """The month's commands, in turn."""
    period, run = f"{FIRST:%Y-%m}", f"{FIRST:%Y-%m}/{OWN}/1"
    this = as_sheets(folder / "month.xlsx", month(size, FIRST, LINES * size))
    after = as_sheets(
        folder / "next.xlsx", {"sales": _sales(size, NEXT.replace(day=1), LINES // 100)}
    )

    def of(name: str, user: str, today: date, *words: str) -> Runner:
        who = ["--books", str(books), "--as", user, "--today", f"{today}"]
        return Runner(name, [*OVOP, *who, *words])

    end = LAST + timedelta(days=3)
    yield of("import", "anna", end, "import", str(this))
    yield of("draft", "anna", end, "payout", "draft", period)
    yield of("draft again", "anna", end, "payout", "draft", period)
    yield of("show", "anna", end, "payout", "show", run)
    yield of("approve", "bek", end, "payout", "approve", run)
    yield of("export", "anna", end, "payout", "export", run, "--out", str(folder / "pay"))
    yield of(
        "one statement",
        "anna",
        end,
        "statement",
        period,
        "-m",
        member(1),
        "--out",
        str(folder / "s"),
    )
    yield of(
        "a group's", "anna", end, "statement", period, "-g", group(0), "--out", str(folder / "g")
    )
    yield of("next import", "anna", NEXT, "import", str(after))
    yield of("next draft", "anna", NEXT + timedelta(days=3), "payout", "draft", f"{NEXT:%Y-%m}")


def main(sizes: list[int]) -> None:
    first: dict[str, float] = {}
    head = (
        f"{'members':>8}{'lines':>9}  {'':16}{'seconds':>9}{'processor':>11}{'MB':>7}{'a unit':>9}"
    )
    print(head)
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            books = prepared(folder, size)
            for runner in commands(folder, books, size):
                found = Measured()
                once(runner, found)
                unit = found.busy[0] / size
                first.setdefault(runner.name, unit)
                print(
                    f"{MEMBERS * size:>8,}{LINES * size:>9,}  {runner.name:16}{found.wall[0]:9.1f}"
                    f"{found.busy[0]:11.1f}{found.megabytes:7.0f}{unit / first[runner.name]:8.2f}×",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 2, 4, 8])
