"""`ovop serve` as a process of its own, and Fava's frontend in a real browser under our policy."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from worked.books import invoke

from ovop_payouts.links import member_link, web_secret
from web.books import OURS, PASSWORD, TODAY

BROWSER = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


@dataclass
class Served:
    """A running server; its log is complete once it has stopped."""

    books: Path
    port: int
    process: subprocess.Popen[str]
    log: str = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        try:
            with urlopen(Request(self.url + path, headers=headers), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.log += self.process.communicate(timeout=30)[1]
        return self.process.returncode


@contextmanager
def serving(books: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--books", str(books), "serve", "--port", str(port)]
    command = [sys.executable, "-c", "from ovop_payouts.cli import main; main()", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ})
    served = Served(books, port, process)
    for _ in range(300):
        try:
            if served.get("/healthz") == (200, "ok\n"):
                break
        except OSError:
            time.sleep(0.1)
    try:
        yield served
    finally:
        if process.poll() is None:
            served.stop()


@pytest.fixture(scope="module")
def served(shared: Path) -> Iterator[Served]:
    for user, words in (
        ("talgat", ("payout", "sign", f"2026-03/{OURS}/1")),
        ("bermet", ("payout", "approve", f"2026-03/{OURS}/1")),
    ):
        assert invoke(shared, user, TODAY, *words).exit_code == 0
    with serving(shared) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test when a script fails, or the policy forbids what it needs."""
    context = browser.new_context(locale="en-US")
    found = context.new_page()
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    found.on("response", lambda r: r.status >= 400 and complaints.append(f"{r.status} {r.url}"))
    yield found
    context.close()
    assert complaints == []


def enter(page: Page, served: Served, user: str) -> str:
    """Sign in; returns the address of the user's book."""
    page.goto(served.url)
    page.fill("[name=user]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector("aside")
    found = re.match(r"http://[^/]+/[^/]+/", page.url)
    assert found
    return found[0]


def test_favas_pages_work_under_the_policy(page: Page, served: Served) -> None:
    book = enter(page, served, "anna")
    for report, seen in (
        ("income_statement", "svg"),
        ("balance_sheet", "article a >> text=Assets"),
        ("trial_balance", "article a >> text=Liabilities"),
        ("journal", ".journal li.transaction, ol.journal li"),
        ("holdings", "article"),
        ("statistics", "article table"),
        ("options", "article table"),
        ("help", "article >> text=Fava"),
    ):
        page.goto(f"{book}{report}/")
        page.wait_for_selector(seen)
    page.goto(f"{book}query/?query_string=select account, count(position)")
    page.wait_for_selector("article table td")
    assert page.title().endswith("OVOP+1")


def test_texts_of_the_books_do_nothing_in_a_browser(page: Page, served: Served) -> None:
    book = enter(page, served, "talgat")
    member = "account/Liabilities:Payable:AlatooOne:Akburun:M0001/"
    for path in ("journal/", member, "ovop/overview/", "events/", "errors/"):
        page.goto(book + path)
        page.wait_for_load_state("networkidle")
        assert page.locator("article img").count() == 0
        assert "owned" not in page.title()


def test_an_entry_shows_where_it_stands_but_not_the_servers_disk(
    page: Page, served: Served
) -> None:
    book = enter(page, served, "anna")
    page.goto(f"{book}journal/")
    page.click(".journal li.transaction .datecell a, ol.journal li.transaction a")
    page.wait_for_selector("text=changes/")
    assert str(served.books) not in page.content()


def test_our_pages_are_followed_without_loading_all_anew(page: Page, served: Served) -> None:
    enter(page, served, "anna")
    page.evaluate("window.stayed = true")
    page.click("aside >> text=Income Statement")
    page.wait_for_selector("article svg")
    page.click("aside >> text=Overview")
    page.wait_for_selector(".ovop-overview")
    assert page.evaluate("window.stayed") is True
    assert page.locator("aside >> text=Editor").is_hidden()


def test_the_other_book_is_a_click_away_and_so_is_the_way_back(page: Page, served: Served) -> None:
    book = enter(page, served, "talgat")
    page.goto(f"{book}journal/?time=2026-03")
    page.click("header .ovop-book a")
    page.wait_for_url(lambda url: not url.startswith(book))
    assert page.url.endswith("/journal/?time=2026-03")
    page.wait_for_selector(".journal li.transaction, ol.journal li")
    page.click("aside >> text=Overview")
    page.wait_for_selector(".ovop-overview")
    assert page.url.startswith(book)
    assert page.locator("header .ovop-book").is_hidden()


def test_language_and_sign_out_are_in_the_corner(page: Page, served: Served) -> None:
    enter(page, served, "anna")
    page.select_option("header select[name=language]", "ky")
    page.wait_for_selector("html[lang=ky] header .ovop-user")
    page.wait_for_selector("aside >> text=Жалпы көрүнүш")
    page.click("header >> text=Чыгуу")
    page.wait_for_selector("[name=password]")
    page.goto(served.url)
    assert "/login" in page.url


def test_a_members_page_fits_a_small_phone(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
    page = context.new_page()
    secret = web_secret(served.books)
    page.goto(member_link(secret, served.url, "2026-03", "M0002", date(2099, 1, 1)))
    assert page.locator("h1").is_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    context.close()


def test_the_log_tells_nothing_private(own: Path) -> None:
    with serving(own) as server:
        link = member_link(web_secret(own), "", "2026-03", "M0001", date(2099, 1, 1))
        server.get(link)
        server.get("/nowhere/M0001?q=M0001")
        server.get("/login?next=/M0001")
        assert server.get("/", Host="evil.example")[0] == 400
        assert server.stop() == 0
    assert "GET /s/<token> 404" in server.log
    assert "GET /login 200" in server.log
    for private in ("M0001", link.rsplit(".", 1)[1], "anna"):
        assert private not in server.log, server.log
