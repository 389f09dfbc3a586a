"""The web under people: pages warm, the first page after a change, many at once.

    python bench/bench_web.py [BOOKS...]    books whose user `anna` has the demo's password;
                                            without any, books of 5,000 payees are made

Every figure comes from `ovop serve` in a process of its own, asked over HTTP.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from openpyxl import Workbook

from ovop_payouts.web.pages import PAGES

PASSWORD = "demo-password"
PAYEES = 5_000
TIMES = 20
REPORTS = ("income_statement", "balance_sheet", "trial_balance", "statistics", "journal")
API = ("income_statement", "balance_sheet", "trial_balance", "journal_page?page=1&order=desc")
OVOP = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]


def ovop(books: Path, user: str, *words: str, today: str = "2026-04-20") -> None:
    environment = {
        **os.environ,
        "OVOP_BOOKS": str(books),
        "OVOP_USER": user,
        "OVOP_TODAY": today,
        "OVOP_PASSWORD": PASSWORD,
        "OVOP_NEW_PASSWORD": PASSWORD,
    }
    subprocess.run([*OVOP, *words], check=True, env=environment, capture_output=True)


def sheet(path: Path, kind: str, rows: list[dict[str, object]]) -> Path:
    book = Workbook(write_only=True)
    table = book.create_sheet(kind)
    table.append(list(rows[0]))
    for row in rows:
        table.append(list(row.values()))
    book.save(path)
    return path


def make(folder: Path) -> Path:
    """Books of one association with PAYEES members, a delivery each, and a drafted run."""
    books, named = folder / "books", {"association": "issyk-kul", "group": "Akburun"}
    ovop(books, "admin", "init", str(books))
    for user, role in (("anna", "accountant"), ("bek", "approver")):
        ovop(books, "admin", "user", "add", user, "--role", role)
    members = [f"M{number:05d}" for number in range(PAYEES)]
    day, first = "2026-03-10", "2026-01-01"
    kinds: dict[str, list[dict[str, object]]] = {
        "associations": [{"association": "issyk-kul", "name_en": "Issyk-Kul"}],
        "members": [{**named, "member": m, "name": f"Member {m}", "rail": "cash"} for m in members],
        "products": [{"product": "felt", "name_en": "Felt"}],
        "certificates": [
            {"certificate_no": "C-1", "product": "felt", "decision": "certified", "date": first}
        ],
        "prices": [{"product": "felt", "valid_from": first, "buyback_price": 200}],
        "deliveries": [
            {"note_no": f"D-{n}", "line_no": 1, "date": day, **named, "member": m,
             "product": "felt", "terms": "buyback", "delivered": n % 9 + 1, "location": "osh"}
            for n, m in enumerate(members)
        ],
    }  # fmt: skip
    paths = [sheet(folder / f"{kind}.xlsx", kind, rows) for kind, rows in kinds.items()]
    ovop(books, "anna", "import", *map(str, paths))
    ovop(books, "anna", "payout", "draft", "2026-03")
    return books


@contextmanager
def serving(books: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--books", str(books), "serve", "--port", str(port)]
    with open(os.devnull, "w") as nowhere:
        server = subprocess.Popen([*OVOP, *words], stderr=nowhere)
    url = f"http://localhost:{port}"
    try:
        while True:
            try:
                build_opener().open(f"{url}/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


class Person:
    """Somebody with a browser."""

    def __init__(self, url: str, user: str = "anna") -> None:
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        page = self.opener.open(f"{url}/login").read().decode()
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        form = urlencode({"csrf": token[1], "user": user, "password": PASSWORD})
        landed = self.opener.open(f"{url}/login", form.encode()).geturl()
        found = re.match(r"http://[^/]+/[^/]+/", landed)
        assert found
        self.book = found[0]

    def get(self, path: str) -> bytes:
        content: bytes = self.opener.open(self.book + path).read()
        return content


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def warm(person: Person) -> None:
    """Each page, asked again and again."""
    paths = [f"ovop/{page.name}/" for page in PAGES if page.menu]
    paths += [f"{name}/" for name in REPORTS] + [f"api/{name}" for name in API]
    for path in paths:
        person.get(path)
        size = len(person.get(path))
        times = [timed(lambda path=path: person.get(path)) for _ in range(TIMES)]  # type: ignore[misc]
        middle, high = median(times) * 1000, p95(times) * 1000
        print(f"  {path:32} {middle:6.0f} ms  p95 {high:6.0f} ms  {size / 1024:7.0f} KB")


PLAIN = """
import sys, time
from beancount import loader
started = time.perf_counter()
loader._load([(sys.argv[1], True)], None, None, None)
print(time.perf_counter() - started)
"""


def first_after_a_change(books: Path, person: Person, folder: Path) -> None:
    """Against one load by plain Beancount in a process of its own."""
    member = next(iter(re.findall(r"M\d{4,5}", person.get("api/ledger_data").decode())))
    for number in range(2):
        row: dict[str, object] = {
            "advance_no": f"W-{time.time_ns()}",
            "date": "2026-04-10",
            "member": member,
            "amount": 10,
        }
        ovop(books, "anna", "import", str(sheet(folder / f"w{number}.xlsx", "advances", [row])))
        page = timed(lambda: person.get("ovop/overview/"))
        figures = timed(lambda: person.get("api/trial_balance"))
        main = str(books.resolve() / "main.beancount")
        plain = float(
            subprocess.run([sys.executable, "-c", PLAIN, main], capture_output=True).stdout
        )
        print(
            f"  after a change: our page {page:5.2f} s, Fava's report {figures:5.2f} s;"
            f" plain Beancount {plain:5.2f} s: {page / plain:.2f} x and {figures / plain:.2f} x"
        )


def browsing(books: Path, url: str, folder: Path, member: str) -> None:
    """20 people, while an import lands."""
    people = [Person(url) for _ in range(20)]
    paths = [f"ovop/{page.name}/" for page in PAGES if page.menu] + ["api/trial_balance"]
    until = time.monotonic() + 20

    def browse(person: Person) -> list[float]:
        times = []
        while time.monotonic() < until:
            for path in paths:
                times.append(timed(lambda path=path: person.get(path)))  # type: ignore[misc]
        return times

    with ThreadPoolExecutor(20) as pool:
        watching = [pool.submit(browse, person) for person in people]
        time.sleep(5)
        row: dict[str, object] = {
            "advance_no": f"X-{time.time_ns()}",
            "date": "2026-04-10",
            "member": member,
            "amount": 10,
        }
        ovop(books, "anna", "import", str(sheet(folder / "x.xlsx", "advances", [row])))
        times = [each for watched in watching for each in watched.result()]
    print(
        f"  20 people and an import: {len(times)} answers, no error;"
        f" {median(times) * 1000:.0f} ms, p95 {p95(times) * 1000:.0f} ms"
    )


def queries(url: str, members: list[str]) -> None:
    """500 queries at once, each with a filter of its own."""
    people = [Person(url) for _ in range(16)]
    asked = quote("select account, sum(position) where account ~ 'Payable' group by account")
    paths = [f"api/query?account=.*{member}&query_string={asked}" for member in members]
    alone = [people[0].get(path) for path in paths]
    assert len(set(alone)) == len(members)

    def ask(number: int) -> bool:
        which = number % len(members)
        return people[number % 16].get(paths[which]) == alone[which]

    started = time.perf_counter()
    with ThreadPoolExecutor(64) as pool:
        right = sum(pool.map(ask, range(500)))
    print(f"  500 queries at once: {right} right, {time.perf_counter() - started:.1f} s in all")


def bench(books: Path, folder: Path) -> None:
    with serving(books) as url:
        print(f"  ready after {timed(lambda: Person(url).get('api/trial_balance')):.1f} s")
        person = Person(url)
        warm(person)
        text = person.get("api/ledger_data").decode()
        members = sorted(set(re.findall(r"Payable:[^\"]*:(M\d{4,5})\"", text)))[:8]
        queries(url, members)
        first_after_a_change(books, person, folder)
        browsing(books, url, folder, members[0])


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for given in sys.argv[1:]:
            print(given)
            bench(Path(given), folder)
        if len(sys.argv) == 1:
            print(f"{PAYEES:,} payees")
            bench(make(folder), folder)


if __name__ == "__main__":
    main()
