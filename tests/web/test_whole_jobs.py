"""Each role does its whole job in a real browser: on small books, and (soak) on the demo's.

The demo's are those of the eve of April: March is over, and none of its workbooks is in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect
from worked.books import NARYN, delivery, make_base, rule, write_sheets
from worked.books import PASSWORD as BASE_PASSWORD

from ovop_payouts.book import load
from ovop_payouts.links import member_link, web_secret
from ovop_payouts.payout.history import status
from ovop_payouts.payout.periods import run_id
from web.eve import PASSWORD, TODAY, books_on_the_eve, browsing, served

RUN = "2026-03/issyk-kul/1"
SMALL = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Stage:
    """Books, the workbooks of their month, and the people who work with them."""

    books: Path
    files: list[Path]
    password: str
    treasurer: str
    approver: str
    member: str
    disputed: str
    drafts: str


MONTH = {
    "policy": [rule("signature", 1), rule("fee", "0.03", account="Liabilities:Associations:Fees")],
    "deliveries": [
        delivery("D-1", "felt-1", 12, "M0345", rejected=2, reject_reason="open seam"),
        delivery("D-2", "felt-1", 5, "M0346"),
        delivery("D-3", "honey-1", 8, "M0501"),
        delivery("D-4", "honey-1", 3, "M0502"),
        {**delivery("N-1", "felt-1", 4, "N0001"), "association": NARYN, "group": "Atbashy"},
    ],
    "advances": [{"advance_no": "A-1", "date": "2026-03-05", "member": "M0346", "amount": 300}],
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("small")
    make_base(folder / "books")
    path = write_sheets(folder / "march.xlsx", MONTH)
    people = BASE_PASSWORD, "talgat", "bermet"
    return Stage(folder / "books", [path], *people, "M0345", "M0346", "2")


@pytest.fixture(scope="module")
def address(small: Stage) -> Iterator[str]:
    with served(small.books) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def patience() -> None:
    """A busy machine is no failure."""
    expect.set_options(timeout=40_000)


def signed_in(browser: Browser, address: str, user: str, password: str = BASE_PASSWORD) -> Page:
    page = browser.new_context(locale="en-GB", accept_downloads=True).new_page()
    page.set_default_timeout(180_000)
    page.goto(f"{address}/login")
    page.get_by_label("User").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".ovop-overview h2")).to_be_visible()
    return page


def open_page(page: Page, name: str, asked: str = "") -> None:
    home = page.url.split("/ovop/")[0]
    page.goto(f"{home}/ovop/{name}/{asked}")


def prove(page: Page, stage: Stage) -> None:
    page.get_by_label("Your password").last.fill(stage.password)


def said(page: Page) -> str:
    return page.get_by_role("status").first.inner_text()


def state_of(books: Path, run: str) -> str:
    return status(load(books, goods=False), run_id(run))


def test_one_month_from_workbooks_to_paid_members(
    small: Stage, address: str, browser: Browser, tmp_path: Path
) -> None:
    _whole_month(small, address, browser, tmp_path)


@pytest.mark.soak
def test_one_month_of_the_demo(demo_folder: Path, browser: Browser, tmp_path: Path) -> None:
    books = books_on_the_eve(demo_folder, tmp_path / "books")
    months = ("2026-03-associations.xlsx", "2026-03-office.xlsx")
    files = [demo_folder / "workbooks" / name for name in months]
    stage = Stage(books, files, PASSWORD, "tamara", "bek", "M0001", "M0004", "7")
    with served(books) as address:
        _whole_month(stage, address, browser, tmp_path)


def _whole_month(stage: Stage, address: str, browser: Browser, folder: Path) -> None:
    _accountant_uploads_and_drafts(stage, browser, address)
    assert state_of(stage.books, RUN) == "draft"
    _treasurer_disputes_and_signs(stage, browser, address)
    assert state_of(stage.books, RUN) == "signed"
    _approver_approves(stage, browser, address)
    assert state_of(stage.books, RUN) == "approved"
    _accountant_exports_and_settles(stage, browser, address, folder)
    assert state_of(stage.books, RUN) == "settled"
    _member_reads_on_a_small_screen(stage, browser, address)


def _accountant_uploads_and_drafts(stage: Stage, browser: Browser, address: str) -> None:
    page = signed_in(browser, address, "anna", stage.password)
    page.locator("aside").get_by_role("link", name="Imports").click()
    page.set_input_files("input[type=file]", stage.files)
    page.get_by_role("button", name="Try out").click()
    expect(page.get_by_role("heading", name="What would be booked")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Book [0-9,]+ rows$")).click()
    assert "rows booked" in said(page)
    page.locator("aside").get_by_role("link", name="Payout runs").click()
    prove(page, stage)
    page.get_by_role("button", name="Draft the runs").click()
    assert said(page) == f"Runs drafted for March 2026: {stage.drafts}."
    _every_amount_leads_to_its_rows(page, stage)
    page.context.close()


def _every_amount_leads_to_its_rows(page: Page, stage: Stage) -> None:
    """From a payee's amount in the run down to file, sheet and row."""
    page.get_by_role("link", name=RUN).click()
    expect(page.get_by_text("exactly what the ledger owes")).to_be_visible()
    page.get_by_label("Search").fill(stage.member)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".payees tbody tr")).to_have_count(1)
    page.locator(".payees .strong a").click()
    expect(page.locator("td.source").first).to_contain_text(".xlsx/")
    shown = page.locator("#earned + .scroll tfoot td.n").inner_text()
    assert shown == page.locator(".sums td").nth(1).inner_text()


def _treasurer_disputes_and_signs(stage: Stage, browser: Browser, address: str) -> None:
    page = signed_in(browser, address, stage.treasurer, stage.password)
    expect(
        page.get_by_role("link", name="1 run waits for the treasurer's signature")
    ).to_be_visible()
    assert "naryn" not in page.content().lower()
    open_page(page, "payee", f"?run={RUN}&member={stage.disputed}")
    page.get_by_text("Dispute", exact=True).first.click()
    page.get_by_label("What is disputed?").fill("the count of 3 March does not agree with ours")
    page.locator("details[open]").get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Dispute").click()
    expect(page.get_by_role("alert")).to_have_text("wrong password")
    page.get_by_text("Dispute", exact=True).first.click()
    kept = page.get_by_label("What is disputed?")
    expect(kept).to_have_value("the count of 3 March does not agree with ours")
    page.locator("details[open]").get_by_label("Your password").last.fill(stage.password)
    page.get_by_role("button", name="Dispute").click()
    assert said(page) == f"{stage.disputed} is disputed in {RUN}."
    open_page(page, "run", f"?run={RUN}")
    page.get_by_role("link", name="Sign", exact=True).click()
    prove(page, stage)
    page.get_by_role("button", name="Sign", exact=True).click()
    assert said(page) == f"{RUN} is signed."
    page.context.close()


def _approver_approves(stage: Stage, browser: Browser, address: str) -> None:
    page = signed_in(browser, address, stage.approver, stage.password)
    open_page(page, "run", f"?run={RUN}")
    page.get_by_role("link", name="Approve", exact=True).click()
    expect(page.get_by_role("heading", name="What will be booked")).to_be_visible()
    debit, credit = page.locator("tfoot td.n").all_inner_texts()[-2:]
    assert debit == credit
    prove(page, stage)
    page.get_by_role("button", name="Approve", exact=True).click()
    assert said(page).startswith(f"{RUN} is approved: ")
    expect(page.get_by_text("exactly what the ledger booked").first).to_be_visible()
    page.context.close()


def _accountant_exports_and_settles(
    stage: Stage, browser: Browser, address: str, folder: Path
) -> None:
    page = signed_in(browser, address, "anna", stage.password)
    open_page(page, "run", f"?run={RUN}")
    page.get_by_role("link", name="Payment files").click()
    prove(page, stage)
    page.get_by_role("button", name="Payment files").click()
    expect(page.get_by_role("heading", name="Payment files of")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("bank.csv")).click()
    taken = started.value.path()
    with taken.open(encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) > 1
    open_page(page, "settlement")
    page.set_input_files("input[type=file]", _all_settled(stage.books, folder / "bank.xlsx"))
    prove(page, stage)
    page.get_by_role("button", name="Settle").click()
    page.get_by_role("button", name=re.compile("^Book [0-9,]+ rows$")).click()
    assert "rows booked" in said(page)
    page.context.close()


def _all_settled(books: Path, path: Path) -> Path:
    """What the bank, the wallet and the cashier say: all was paid."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "bank"
    sheet.append(["date", "amount", "reference", "status"])
    for payment in load(books, goods=False).payments.values():
        if payment.run == RUN:
            sheet.append([TODAY, payment.amount, payment.reference, "settled"])
    book.save(path)
    return path


def _member_reads_on_a_small_screen(stage: Stage, browser: Browser, address: str) -> None:
    link = member_link(web_secret(stage.books), address, "2026-03", stage.member, TODAY)
    page = browser.new_page(viewport=SMALL)
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 200
    assert len(answer.body()) <= 50 * 1024
    expect(page.get_by_text(stage.member).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    page.close()


def test_a_bad_workbook_is_told_and_nothing_is_booked(
    small: Stage, address: str, browser: Browser, tmp_path: Path
) -> None:
    before = sorted(path.name for path in (small.books / "changes").iterdir())
    path = tmp_path / "advances.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "advances"
    sheet.append(["advance_no", "date", "member", "amount"])
    sheet.append(["A-9", TODAY, "M9999", 500])
    book.save(path)
    page = signed_in(browser, address, "anna")
    open_page(page, "imports")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Try out").click()
    expect(page.locator(".problems")).to_contain_text("M9999")
    expect(page.get_by_role("button", name=re.compile("Book"))).to_have_count(0)
    with page.expect_download() as started:
        page.get_by_role("link", name="with problems marked").click()
    assert started.value.suggested_filename == "advances.problems.xlsx"
    assert sorted(path.name for path in (small.books / "changes").iterdir()) == before
    page.context.close()


PAGES = "overview runs members certificates stock orders imports settlement log".split()


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_pages_fit_a_small_screen_and_speak_one_language(
    address: str, browser: Browser, language: str
) -> None:
    page = signed_in(browser, address, "anna")
    page.set_viewport_size(SMALL)
    page.context.add_cookies([{"name": "ovop_language", "value": language, "url": address}])
    for name in PAGES:
        open_page(page, name)
        expect(page.locator(".ovop-page h2")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"], name
        assert page.evaluate("document.documentElement.lang") == language
        unnamed = page.evaluate(UNNAMED)
        assert unnamed == [], f"{name}: fields without a label"
    page.context.close()


FIELDS = ".ovop-page :is(input:not([type=hidden]), select, textarea)"
UNNAMED = f"""[...document.querySelectorAll('{FIELDS}')]
  .filter((field) => !field.labels.length && !field.ariaLabel).map((field) => field.name)"""


def test_everything_is_reached_by_keyboard(address: str, browser: Browser) -> None:
    page = signed_in(browser, address, "anna")
    open_page(page, "runs")
    page.locator(".ovop-page select").first.focus()
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert RUN in seen
    page.context.close()
