"""What the demo promises: sound books, runs that tie to them, papers that tie to the runs."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import convert
from beancount.core.data import Transaction
from click.testing import CliRunner
from fava.application import create_app
from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader

from demo.conftest import Demo
from ovop_payouts.cli import main
from ovop_payouts.payout.history import approved, lines_of
from ovop_payouts.proving import prove
from ovop_payouts.settings import read_settings
from ovop_payouts.statements import Shelf, shelf_of, statement_of
from reports.statement.txt import LONGEST, statement_txt

PERIODS = ("2026-01", "2026-02", "2026-03")
NOTHING = Decimal()


def transactions(entries: list[Any]) -> list[Any]:
    return [entry for entry in entries if isinstance(entry, Transaction)]


def test_it_is_as_large_as_promised(demo: Demo) -> None:
    book = demo.book
    assert len(book.associations) == 7
    assert 55 <= len(book.groups) <= 65
    assert len(book.members) == 1500
    assert len(book.products) == 2000
    sales = [row.columns["date"][:7] for row in book.rows["sales"].values()]
    assert all(sales.count(period) >= 10_000 for period in PERIODS)
    names = [member.name for versions in book.members.values() for member in versions]
    assert any("ү" in name or "Ө" in name for name in names)


def test_beancount_finds_nothing_wrong(demo: Demo) -> None:
    assert demo.errors == []


def test_each_association_has_a_sound_book_of_its_own(demo: Demo) -> None:
    for name in demo.book.associations:
        entries, errors, _ = loader.load_file(
            str(demo.books / "associations" / name / "book.beancount")
        )
        assert errors == []
        others = {f":{other.title().replace('-', '')}:" for other in demo.book.associations} - {
            f":{name.title().replace('-', '')}:"
        }
        accounts = {p.account for entry in transactions(entries) for p in entry.postings}
        assert [a for a in accounts if any(other in a for other in others)] == []


def test_what_a_treasurer_reads_names_no_other_association(demo: Demo) -> None:
    """Neither common data nor the own files, nor the names of the changes that these lie in."""
    names = [name.replace("-", "-?") for name in demo.book.associations]
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(names)})(?![\w-])", re.IGNORECASE)
    for path in demo.books.glob("changes/*/*.beancount"):
        scope = path.name.partition(".")[0]
        change = re.sub(r"(?<=\d)-|-(?=\d)", " ", path.parent.name)
        told = {found.casefold() for found in word.findall(f"{change}\n{path.read_text()}")}
        foreign = {name.replace("-", "") for name in told} - {scope.replace("-", "")}
        assert not foreign or scope == "head-office", f"{path.parent.name}/{path.name}: {foreign}"


def test_no_leg_is_interpolated_and_all_legs_sum_to_nothing(demo: Demo) -> None:
    weigh: Any = convert.get_weight
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in transactions(demo.entries):
        for posting in entry.postings:
            assert "__automatic__" not in (posting.meta or {})
            weight = weigh(posting)
            sums[weight.currency] += weight.number
    assert {currency: amount for currency, amount in sums.items() if amount} == {}


def test_the_read_model_agrees_with_a_cold_load(demo: Demo) -> None:
    assert prove(demo.books) == []


def test_stock_fava_opens_it(demo: Demo) -> None:
    paths = ["main.beancount", "associations/issyk-kul/book.beancount"]
    app = create_app([demo.books / path for path in paths])
    client = app.test_client()
    for slug in app.config["LEDGERS"].ledgers_by_slug:
        for page in ("balance_sheet", "income_statement", "journal"):
            assert client.get(f"/{slug}/{page}/").status_code == 200


def test_every_run_ties_to_the_ledger(demo: Demo) -> None:
    """What Beancount says left payables for a run is what its lines say."""
    paid: dict[str, Decimal] = defaultdict(Decimal)
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for entry in transactions(demo.entries):
        if "payout" in entry.tags:
            paid[entry.meta["run"]] += entry.postings[0].units.number
        if "deduction" in entry.tags:
            taken[entry.meta["run"]] += entry.postings[0].units.number
    for association in demo.book.associations:
        for run in approved(demo.book, association):
            lines = lines_of(demo.book, run).values()
            assert paid[str(run)] == sum((line.payout for line in lines), NOTHING)
            assert taken[str(run)] == sum((line.deducted for line in lines), NOTHING)


@pytest.fixture(scope="module")
def shelves(demo: Demo) -> dict[tuple[str, str], Shelf]:
    settings = read_settings(demo.books)
    return {
        (name, period): shelf_of(demo.book, name, period, settings, {})
        for name in demo.book.associations
        for period in PERIODS
    }


def test_statements_close_as_the_next_opens_and_end_at_the_ledger(
    demo: Demo, shelves: dict[tuple[str, str], Shelf]
) -> None:
    """For each of 1,500 members over three months, to the tyiyn."""
    closing: dict[str, Decimal] = defaultdict(Decimal)
    for (_, period), shelf in sorted(shelves.items(), key=lambda item: item[0][1]):
        seen = set(shelf.payees)
        for member in seen:
            made = statement_of(shelf, member)
            if period != PERIODS[0]:
                assert made.opening == closing[member]
            lines = [d.amount for d in made.deliveries] + [s.amount for s in made.sales]
            assert sum(lines + [o.amount for o in made.others], NOTHING) == made.gross
            assert made.net == made.payout + made.closing
            closing[member] = made.closing
    held = {change for r in demo.book.steps for s in demo.book.steps[r] for change in s.seen}
    for returned in demo.book.returned.values():
        if returned.change not in held:
            closing[returned.member] += returned.amount
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for entry in transactions(demo.entries):
        for posting in entry.postings:
            parts = posting.account.split(":")
            if parts[:2] == ["Liabilities", "Payable"] and len(parts) == 5 and parts[4] != "Pool":
                balances[parts[4]] -= posting.units.number
    assert {m: b for m, b in balances.items() if b} == {m: b for m, b in closing.items() if b}


def test_text_messages_fit_two_sms(shelves: dict[tuple[str, str], Shelf]) -> None:
    shelf = shelves["issyk-kul", "2026-03"]
    texts = [statement_txt(statement_of(shelf, member, "ky")) for member in shelf.payees]
    assert max(map(len, texts)) <= LONGEST


def test_statements_are_one_page_with_their_fonts(demo: Demo) -> None:
    written = sorted((demo.folder / "statements").glob("*.pdf"))
    assert len(written) >= 60
    for path in written[:6]:
        reader = PdfReader(path)
        assert len(reader.pages) == 1
        assert "Akburun" not in reader.pages[0].extract_text()[:5]
        fonts: Any = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
        assert all("NotoSans" in str(font.get_object()["/BaseFont"]) for font in fonts.values())


def test_payment_files_are_valid_and_sum_to_the_run(demo: Demo, realdata: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(realdata / "iso20022/xsd/pain.001.001.09.xsd")))
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    found = sorted((demo.folder / "payments").glob("*/*_bank.xml"))
    assert len(found) == 21
    for path in found:
        tree = etree.parse(str(path))
        assert schema.validate(tree), schema.error_log
        run = path.name.removesuffix("_bank.xml").replace("_", "/")
        bank = [p for p in demo.book.payments.values() if p.run == run and p.rail == "bank"]
        total = sum((p.amount for p in bank), NOTHING)
        assert tree.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=space) == f"{total:.2f}"
        assert tree.findtext(".//p:GrpHdr/p:NbOfTxs", namespaces=space) == str(len(bank))


def test_exporting_again_gives_the_same_bytes(demo: Demo, tmp_path: Path) -> None:
    first = demo.folder / "payments" / "2026-02_naryn_1"
    words = ["--books", str(demo.books), "--as", "anna", "--today", "2026-05-01"]
    words += ["payout", "export", "2026-02/naryn/1", "--out", str(tmp_path)]
    env = {"OVOP_PASSWORD": "demo-password"}
    result = CliRunner().invoke(main, words, env=env)
    assert result.exit_code == 0, result.output
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in tmp_path.iterdir()
    }


def test_pay_sheets_name_everybody_who_is_paid_in_cash(demo: Demo) -> None:
    path = demo.folder / "payments" / "2026-03_osh_1" / "2026-03_osh_1_cash.xlsx"
    book = load_workbook(BytesIO(path.read_bytes()))
    listed = {
        row[1]: Decimal(str(row[3]))
        for page in book.worksheets
        for row in page.iter_rows(min_row=5, values_only=True)
        if isinstance(row[0], int)
    }
    cash = [p for p in demo.book.payments.values() if p.run == "2026-03/osh/1" and p.rail == "cash"]
    assert listed == {p.member: p.amount for p in cash}


def test_it_says_how_to_go_on(demo: Demo) -> None:
    for words in ("payout show 2026-03/issyk-kul/1", "fava", "demo-password", "statements"):
        assert words in demo.output
