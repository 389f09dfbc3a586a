"""Statements and pay sheets as pages: read back, in three languages, with hostile texts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

import reports
from ovop_payouts.payout.pay_sheets import parts_of
from reports.pay_sheet.model import Payee, PaySheet
from reports.pay_sheet.pdf import pay_sheets_pdf
from reports.pay_sheet.xlsx import pay_sheets_xlsx
from reports.spelled import spelled
from reports.statement.html import statement_html
from reports.statement.model import Back, Deducted, Delivery, Month, Other, Sale, Statement
from reports.statement.pdf import statement_pdf
from reports.statement.txt import LONGEST, statement_txt
from reports.statement.xlsx import statement_xlsx
from reports.words import LANGUAGES, words

WORDS = Path(reports.__file__).parent / "words"
HOSTILE = '=1+1 #read("x") <script>alert(1)</script> $x$ @SUM(A1) \\ [b] *c* _d_ `e` №'


def statement(lines: int = 6, language: str = "ky", name: str = "Айгүл Өмүр кызы Ң") -> Statement:
    """A month of so many delivery lines, 150.00 each."""
    earned = 150 * lines
    return Statement(
        language=language,
        payer="OVOP+1",
        association="Ысык-Көл",
        group="Ак-Бурун",
        member="M0345",
        name=name,
        period="2026-03",
        run="2026-03/issyk-kul/1",
        status="approved",
        issued=date(2026, 4, 5),
        opening=Decimal("-12.40"),
        deliveries=tuple(
            Delivery(
                date(2026, 3, 1 + number % 28),
                f"D-{number}/1",
                "Кийиз таман, Ң Ө Ү №3",
                Decimal(2),
                Decimal(1),
                "тигиши ачык",
                Decimal(150),
                Decimal(150),
            )
            for number in range(lines)
        ),
        sales=(),
        others=(),
        gross=Decimal(earned),
        returned=(),
        deductions=(Deducted("fee", Decimal("4.50"), Decimal("0.03")),) if lines else (),
        payout=Decimal(0),
        closing=Decimal(earned) - Decimal("12.40") - (Decimal("4.50") if lines else 0),
        rail="cash",
        account_end="",
        state="carry",
        reason="below",
        history=(
            Month("2026-02", Decimal(100), Decimal(90)),
            Month("2026-03", Decimal(5), Decimal()),
        ),
        link="OVOP 2026-03/issyk-kul/1/M0345",
    )


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_month_is_one_page(language: str) -> None:
    (text,) = pages(statement_pdf(statement(language=language)))
    for shown in ("M0345", "Айгүл Өмүр кызы Ң", "Ң Ө Ү №3", words(language)("statement")):
        assert shown in text


@pytest.mark.parametrize(("lines", "least"), [(0, 1), (40, 2), (400, 7)])
def test_many_lines_go_on_with_their_headers(lines: int, least: int) -> None:
    found = pages(statement_pdf(statement(lines)))
    assert len(found) >= least
    text = "\n".join(found)
    assert all(f"D-{number}/1" in text for number in range(lines))
    if lines:
        head = words("ky")("delivered")
        assert all(head in page for page in found if "D-1" in page)


def test_pages_are_tagged_with_fonts_of_their_own_and_the_same_each_time() -> None:
    content = statement_pdf(statement())
    assert content == statement_pdf(statement())
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert root["/Lang"] == "ky"
    assert root["/MarkInfo"]["/Marked"]
    resources: Any = reader.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    names = {str(font["/BaseFont"]) for font in fonts}
    assert names
    assert all("NotoSans" in name for name in names)


def test_texts_are_data_on_every_page() -> None:
    made = statement(name=HOSTILE)
    (text,) = pages(statement_pdf(made))
    assert '#read("x")' in text
    assert "<script>" in text
    assert "<script>" not in statement_html(made)
    book = load_workbook(BytesIO(statement_xlsx(made)))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert all(re.fullmatch(r"=SUM\(([A-Z])\d+:\1\d+\)", text) for text in formulas)


def test_html_is_small_and_fetches_nothing() -> None:
    text = statement_html(statement(40))
    assert len(text.encode()) < 50_000
    assert "http" not in text


@given(
    st.decimals(-(10**8), 10**8, places=2),
    st.decimals(0, 10**8, places=2),
    st.sampled_from(LANGUAGES),
)
def test_text_messages_fit_two_sms(gross: Decimal, payout: Decimal, language: str) -> None:
    made = replace(statement(language=language), gross=gross, payout=payout, payer="К" * 40)
    assert len(statement_txt(made)) <= LONGEST


def test_a_text_message_adds_up() -> None:
    # 0.40 + 1,000.00 + 800.00 - 200.00 = 1,600.40 = 1,600.00 paid + 0.40 left
    back = Back(date(2026, 4, 7), "2026-03/issyk-kul/1/M0345", "", Decimal(800))
    made = replace(
        statement(language="ru"),
        opening=Decimal("0.40"),
        gross=Decimal(1000),
        returned=(back,),
        deductions=(Deducted("fee", Decimal(200), Decimal("0.2")),),
        payout=Decimal(1600),
        closing=Decimal("0.40"),
    )
    said = statement_txt(made)
    assert "с прошлого месяца 0,40, начислено 1 000,00, вернулось 800,00, удержано 200,00" in said
    assert said.endswith("выплата 1 600,00, остаток 0,40 сом")
    assert len(said) <= LONGEST


def test_sales_and_other_lines_are_shown() -> None:
    made = replace(
        statement(0),
        sales=(Sale(date(2026, 3, 2), "S R-1", "Бал", Decimal(-1), Decimal(-500), Decimal(-400)),),
        others=(Other(date(2026, 3, 31), "pool", "2026-03", Decimal("0.01")),),
    )
    (text,) = pages(statement_pdf(made))
    assert "−400,00" in text
    assert words("ky")("no_refund")[:20] in text


def test_catalogs_are_complete() -> None:
    catalogs = {
        language: tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    assert catalogs["ky"].keys() == catalogs["ru"].keys() == catalogs["en"].keys()
    for language in ("ky", "ru"):
        same = [k for k, v in catalogs[language].items() if v == catalogs["en"][k]]
        assert same == []


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        ("0", "ru", "ноль сомов 00 тыйынов"),
        ("1.01", "ru", "один сом 01 тыйын"),
        ("2.22", "ru", "два сома 22 тыйына"),
        ("1001", "ru", "одна тысяча один сом 00 тыйынов"),
        ("12012.12", "ru", "двенадцать тысяч двенадцать сомов 12 тыйынов"),
        ("2000000", "ru", "два миллиона сомов 00 тыйынов"),
        ("121.05", "ky", "бир жүз жыйырма бир сом 05 тыйын"),
        ("10000", "ky", "он миң сом 00 тыйын"),
        ("342.10", "en", "three hundred forty-two som 10 tyiyn"),
        ("-5", "en", "minus five som 00 tyiyn"),
    ],
)
def test_amounts_in_words(amount: str, language: str, text: str) -> None:
    assert spelled(Decimal(amount), language) == text


def sheet(number: int) -> PaySheet:
    payees = tuple(Payee(f"M{n:04d}", HOSTILE, Decimal("1750.05")) for n in range(1, number + 1))
    return PaySheet(
        "ru",
        "OVOP+1",
        "Иссык-Куль",
        "Ак-Бурун",
        "2026-03/issyk-kul/1",
        "2026-03",
        date(2026, 4, 5),
        payees,
    )


def test_pay_sheets_sum_up_in_figures_and_words() -> None:
    text = "\n".join(pages(pay_sheets_pdf([sheet(2), sheet(45)])))
    assert "3 500,10" in text.replace("\u00a0", " ")
    assert "три тысячи пятьсот сомов 10 тыйынов" in text
    assert "M0045" in text
    content = pay_sheets_xlsx([sheet(2), sheet(45)])
    assert content == pay_sheets_xlsx([sheet(2), sheet(45)])
    book = load_workbook(BytesIO(content))
    assert len(book.sheetnames) == 2
    live = [
        cell.value
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert live == ["=SUM(D5:D6)", "=SUM(D5:D49)"]


def test_pay_sheets_of_thousands_come_in_parts_of_whole_groups() -> None:
    sizes = (600, 400, 1, 1500, 999, 1, 1)
    parts = parts_of([sheet(size) for size in sizes])
    assert [[len(each.payees) for each in part] for part in parts] == [
        [600, 400],
        [1],
        [1500],
        [999, 1],
        [1],
    ]
    assert parts_of([]) == []


@pytest.mark.parametrize("count", [1, 45, 130])
def test_pages_of_a_pay_sheet_sum_up_and_run_on(count: int) -> None:
    found = pages(pay_sheets_pdf([sheet(2), sheet(count)]))[1:]
    number, so_far = re.compile(r"по странице\s*([\d\s]+,\d\d)"), Decimal()
    listed = 0
    for text in found:
        if not (rows := len(re.findall(r"M\d{4}", text))):
            continue  # only the total and the signatures
        page = _som(number.findall(text)[0])
        running = _som(re.findall(r"Всего с начала:\s*([\d\s]+,\d\d)", text)[0])
        listed += rows
        so_far += page
        assert running == so_far
        assert page == rows * Decimal("1750.05")
    assert listed == count
    assert so_far == count * Decimal("1750.05")


def _som(text: str) -> Decimal:
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))
