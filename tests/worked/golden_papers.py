"""A month whose every paper is kept word for word in `papers/`; run it to write them anew:

PYTHONPATH=tests python -m worked.golden_papers
"""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from worked.books import (
    ISSYK,
    MARCH,
    Books,
    consigned,
    delivery,
    make_base,
    member,
    rule,
    sale,
    worked,
)

FOLDER = Path(__file__).with_name("papers")
LANGUAGES = ("ky", "ru", "en")
APRIL = "2026-04"
WANTED = (
    (MARCH, "statement", "-m", "M0345"),
    (MARCH, "statement", "-m", "M0346"),
    (MARCH, "statement", "-g", "Akburun"),
    (MARCH, "remittance", "-m", "M0345"),
    (MARCH, "act", "-g", "Akburun"),
    (APRIL, "statement", "-m", "M0345"),
    (APRIL, "statement", "-m", "M0501"),
    ("2026", "statement", "-m", "M0345"),
)
OWN = "Liabilities:Associations:IssykKul"
SHOWN = ("M0345", "M0346", "M0501", "Akburun", "issyk-kul")
AKBURUN = {"group_name": "Ак-Бурун", "changed": "2026-03-01"}


def paper_month(books: Books) -> None:
    """Two months: arrears, a payment that came back, a hold, an advance, a pool, returns."""
    felt, honey = "Кийиз таман Ң Ө Ү Ё №3", "Тоо балы"
    books.take_all(
        products=[
            {
                "product": "felt-1",
                "name_en": "Felt slippers",
                "name_ru": "Тапочки войлочные №3",
                "name_ky": felt,
                "unit": "piece",
            },
            {
                "product": "honey-1",
                "name_en": "Mountain honey",
                "name_ru": "Мёд горный",
                "name_ky": honey,
                "unit": "jar",
            },
        ],
        members=[
            member("M0345", ISSYK, "Akburun", name="Айгүл Өмүр кызы", **AKBURUN),
            member(
                "M0346",
                ISSYK,
                "Akburun",
                name="Константин Константинопольский-Преображенский оглы Мүсүралиев",
                **AKBURUN,
            ),
            member("M0347", ISSYK, "Akburun", name="Ёлка Ң", **AKBURUN),
        ],
        policy=[
            rule("commission", "0.2"),
            rule(
                "fee",
                "0.03",
                association=ISSYK,
                account=f"{OWN}:Fees",
                order=1,
            ),
            rule(
                "fixed",
                50,
                association=ISSYK,
                account=f"{OWN}:Shares",
                order=2,
            ),
            rule("advance", "0.25", order=3),
            rule("minimum", 100),
        ],
        advances=[
            {"advance_no": "A-1", "date": "2026-03-02", "member": "M0345", "amount": 12000},
        ],
        contributions=[worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)],
        deliveries=[
            delivery("D-1", "felt-1", 102, "M0345", rejected=2, reject_reason="тигиши ачык"),
            delivery("D-2", "felt-1", 4),
            delivery("D-3", "felt-1", 5, "M0346", rejected=5, reject_reason="влажный"),
            delivery("D-5", "felt-1", 7, "M0501"),
            delivery("D-6", "felt-1", 21, "M0502"),
            consigned("D-7", "honey-1", 22, "M0345"),
        ],
        sales=[
            sale("R-1", "honey-1", 3, 100),
            sale("R-2", "honey-1", -1, return_of="R-1", date="2026-03-25"),
            sale("R-3", "honey-1", 1, "99.99", date="2026-03-26"),
        ],
    )
    books.pay()
    books.today = "2026-04-08"
    came_back = {"date": "2026-04-08", "status": "returned", "reason": "AC04"}
    books.settle({**came_back, "amount": "1308.00", "reference": "2026-03/issyk-kul/1/M0501"})
    books.today = "2026-05-05"
    books.take_all(
        deliveries=[
            delivery("D-8", "felt-1", 11, "M0345", date="2026-04-10"),
            delivery("D-9", "felt-1", 2, "M0501", date="2026-04-11"),
        ],
        sales=[
            sale("R-4", "honey-1", -3, return_of="R-1", date="2026-04-25")
            | {"quantity": -2, "date": "2026-04-25"},
        ],
    )
    books.pay(APRIL)


def papers(books: Books, out: Path) -> dict[str, str]:
    """Name -> text of every paper: HTML, messages, and what the PDFs say."""
    for language in LANGUAGES:
        for period, paper, *whom in WANTED:
            for form in ("pdf", "html", "txt"):
                words = ("--lang", language, "--format", form, "--paper", paper, *whom)
                books.done("anna", "statement", period, "--out", str(out), *words)
    books.done("anna", "payout", "export", "2026-03/issyk-kul/1", "--out", str(out))
    found: dict[str, str] = {}
    for path in sorted(p for p in out.rglob("*.*") if p.is_file() and ".made" not in p.parts):
        name = str(path.relative_to(out)).replace("/", "_")
        if not any(part in name for part in SHOWN):
            continue
        if path.suffix == ".pdf" and "_all" not in name and "_payments" not in name:
            found[f"{name}.text"] = _text(path.read_bytes())
        elif path.suffix in (".html", ".txt"):
            found[name] = path.read_text(encoding="utf-8")
    return found


def _text(content: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return "\n\f\n".join(pages) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        base = Path(place) / "books"
        make_base(base)
        books = Books(base)
        paper_month(books)
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir()
        for name, text in papers(books, Path(place) / "out").items():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
