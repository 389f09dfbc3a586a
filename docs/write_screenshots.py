"""Writes a picture of each page in three languages at two widths: `make screenshots`.

    python docs/write_screenshots.py DEMO FOLDER

DEMO is what `ovop demo` made. All pictures go to FOLDER; the few that the documents show, to
docs/pictures.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from web.eve import PASSWORD, books_on_the_eve, browsing, ovop, served  # noqa: E402

WIDTHS = {"wide": (1280, 800), "narrow": (360, 740)}
HIGHEST = 2400
LANGUAGES = ("en", "ru", "ky")
RUN = "2026-03/issyk-kul/1"
PAGES: dict[str, tuple[str, str]] = {
    "overview": ("anna", "overview/"),
    "overview-approver": ("bek", "overview/"),
    "runs": ("anna", "runs/"),
    "run": ("anna", f"run/?run={RUN}"),
    "run-approver": ("bek", "run/?run=2026-03/naryn/1"),
    "payee": ("anna", f"payee/?run={RUN}&member=M0001"),
    "decide": ("bek", "decide/?run=2026-03/naryn/1&action=approve"),
    "files": ("anna", "files/?run=2026-02/naryn/1"),
    "members": ("anna", "members/"),
    "member": ("anna", "member/?member=M0001"),
    "certificates": ("sveta", "certificates/"),
    "stock": ("anna", "stock/"),
    "orders": ("anna", "orders/"),
    "imports": ("anna", "imports/"),
    "settlement": ("anna", "settlement/"),
    "log": ("aida", "log/"),
    "treasurer": ("tamara", "overview/"),
}
SHOWN = {
    ("overview", "en", "wide"): "overview.png",
    ("run", "ru", "wide"): "run.png",
    ("member", "ky", "narrow"): "member.png",
    ("decide", "en", "wide"): "approve.png",
}
"""(page, language, width) -> the picture of it in docs/pictures."""


def prepare(demo: Path, books: Path) -> None:
    """March is in and drafted; some runs wait, one is disputed, some are approved and paid."""
    books_on_the_eve(demo, books)
    months = [demo / "workbooks" / f"2026-03-{name}.xlsx" for name in PARTS]
    ovop(books, "anna", "import", *map(str, months))
    ovop(books, "anna", "payout", "draft", "2026-03")
    why = "the count of 3 March does not agree with ours"
    ovop(books, "tamara", "payout", "dispute", RUN, "M0004", "--reason", why)
    for name in ("osh", "talas"):
        ovop(books, "bek", "payout", "approve", f"2026-03/{name}/1")
    ovop(books, "anna", "payout", "export", "2026-03/osh/1", "--out", str(books.parent / "osh"))


PARTS = ("associations", "stores", "office")


def main(demo: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = ROOT / "docs" / "pictures"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        books = Path(place) / "books"
        prepare(demo, books)
        with served(books) as address, browsing() as browser:
            for user in sorted({user for user, _ in PAGES.values()}):
                for shape, (width, height) in WIDTHS.items():
                    page = browser.new_page(viewport={"width": width, "height": height})
                    sign_in(page, address, user)
                    for language in LANGUAGES:
                        choose(page, address, language)
                        for name, (whose, path) in PAGES.items():
                            if whose == user:
                                take(page, path, folder / f"{name}-{language}-{shape}.png")
                                if shown := SHOWN.get((name, language, shape)):
                                    show(page, pictures / shown)
                    page.close()


def show(page: Page, target: Path) -> None:
    """The upper part of the screen: small enough for a document."""
    size = page.viewport_size
    assert size is not None
    height = min(size["height"], 640) if size["width"] > 400 else size["height"]
    page.screenshot(path=target, clip={"x": 0, "y": 0, "width": size["width"], "height": height})


def sign_in(page: Page, address: str, user: str) -> None:
    page.goto(f"{address}/login")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:not([name])")
    page.wait_for_selector(".ovop-overview")


def choose(page: Page, address: str, language: str) -> None:
    page.context.add_cookies([{"name": "ovop_language", "value": language, "url": address}])


@contextmanager
def whole(page: Page) -> Iterator[None]:
    """A screen as high as the page: on a wide one only the article scrolls."""
    size = page.viewport_size
    assert size is not None
    hidden = page.evaluate(
        "(a => a.scrollHeight - a.clientHeight)(document.querySelector('article'))"
    )
    page.set_viewport_size(
        {"width": size["width"], "height": min(size["height"] + hidden, HIGHEST)}
    )
    yield
    page.set_viewport_size(size)


def take(page: Page, path: str, target: Path) -> None:
    home = page.url.split("/ovop/")[0]
    page.goto(f"{home}/ovop/{path}")
    page.wait_for_selector("aside")
    page.evaluate("document.fonts.ready.then(() => true)")
    with whole(page):
        page.screenshot(path=target, full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        print(f"{target.name}: {wide} px wider than the screen")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
