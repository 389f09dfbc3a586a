"""Closed months in sums: every figure is that of the entries, which are a click away."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount.core.data import Transaction
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from worked.books import invoke, write_sheets

from ledger.directives import Cost, Directive, Entry, Fact, Leg
from ledger.store import LandedFile
from ovop_payouts.web.application import create_app
from ovop_payouts.web.loading import Reader
from ovop_payouts.web.sums import CLOSED, IN_SUMS, Sums
from web.books import OTHERS, OURS, TODAY
from web.conftest import home, signed_in

Figures = dict[tuple[object, ...], Decimal]
FIGURES = ("income_statement", "balance_sheet", "trial_balance")


def moved(entries: list[Any]) -> Figures:
    """(month, account, currency, lot) -> what it moved."""
    sums: Figures = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                lot = posting.cost or tuple(
                    (posting.meta or {}).get(name) for name in ("lot", "since", "of")
                )
                month = entry.date.year, entry.date.month
                sums[month, posting.account, units.currency, str(lot)] += units.number
    return {key: number for key, number in sums.items() if number}


# --- random entries ----------------------------------------------------------------------------

FIRST = date(2026, 1, 1)
LEGS = st.builds(
    Leg,
    st.sampled_from(["Assets:Bank", "Assets:Stock:A", "Income:Sales"]),
    st.integers(-5, 5).map(lambda n: Decimal(n) / 4),
    st.sampled_from(["KGS", "FELT"]),
    st.none() | st.builds(Cost, st.just(Decimal(7)), st.just("KGS"), st.just(FIRST),
                          st.sampled_from(["a", "b"])),
    st.sampled_from([{}, {"lot": "N1/1", "since": "2026-01-02", "of": "M1"}, {"group": "G"}]),
)  # fmt: skip
ENTRIES = st.builds(
    Entry,
    st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n)),
    st.sampled_from(["sales", "payout"]),
    st.just(""),
    st.just(""),
    st.lists(LEGS, max_size=4).map(tuple),
)
FILES = st.lists(st.tuples(st.sampled_from([OURS, OTHERS]), st.lists(ENTRIES)), max_size=6)
SEALED = st.dictionaries(
    st.sampled_from([OURS, OTHERS]),
    st.sampled_from([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
)


@settings(max_examples=25, deadline=None)
@given(FILES, SEALED)
def test_sums_are_what_the_entries_moved(
    said: list[tuple[str, list[Directive]]], sealed: dict[str, date]
) -> None:
    """Of any entries, whoever has closed whichever month: month by month, lot by lot."""
    facts: list[Directive] = [
        Fact(day, "seal", (scope,), {"until": day.isoformat()}) for scope, day in sealed.items()
    ]
    all_said = [("head-office", facts), *said]
    files = [
        LandedFile(f"c{n}", scope, 2026, "", IN_SUMS.of(directives))
        for n, (scope, directives) in enumerate(all_said)
    ]
    sums = Sums(files, None)
    found: Figures = defaultdict(Decimal, moved(sums.entries("main")))
    wanted: Figures = defaultdict(Decimal)
    for file, (scope, directives) in zip(files, all_said, strict=True):
        for each in directives:
            if not isinstance(each, Entry):
                continue
            closed = each.date <= sealed.get(scope, date.min)
            assert closed or not sums.is_closed(file)
            for leg in each.legs if closed else ():
                held: object = leg.cost and (leg.cost.number, leg.cost.date, leg.cost.label)
                named = tuple(leg.meta.get(name) for name in ("lot", "since", "of"))
                key = (each.date.year, each.date.month), leg.account, leg.currency, held or named
                wanted[key] += leg.number
    assert sorted(found.values()) == sorted(n for n in wanted.values() if n)
    by_account: dict[bool, Figures] = {True: defaultdict(Decimal), False: defaultdict(Decimal)}
    for which, figures in ((True, found), (False, wanted)):
        for (month, account, currency, _), number in figures.items():
            by_account[which][month, account, currency] += number
    assert {k: n for k, n in by_account[True].items() if n} == {
        k: n for k, n in by_account[False].items() if n
    }


# --- the demo's books --------------------------------------------------------------------------


def test_the_demos_figures_are_those_of_its_entries(demo_folder: Path, tmp_path: Path) -> None:
    books = Path(shutil.copytree(demo_folder / "books", tmp_path / "books"))
    main = books / "associations" / "osh" / "book.beancount"
    reader = Reader()
    entries, errors, options = reader.load_open(main, books, "osh")
    whole, wrong, all_options = reader.load(main)
    assert errors == wrong == []
    assert moved(entries) == moved(whole)
    singly = [e for e in entries if isinstance(e, Transaction) and CLOSED not in e.tags]
    assert min(e.date for e in singly) >= date(2026, 3, 1)
    summed = [e for e in entries if isinstance(e, Transaction) and CLOSED in e.tags]
    assert [e.date for e in summed if e.date.year == 2026] == [
        date(2026, 1, 31), date(2026, 2, 28),
    ]  # fmt: skip
    count = sum(int(e.meta["entries"]) for e in summed)
    assert count + len(singly) == sum(isinstance(e, Transaction) for e in whole)
    assert options["include"] == all_options["include"]


# --- small books with March closed -------------------------------------------------------------


@pytest.fixture(scope="module")
def closed_books(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our association has closed March; the other one has not."""
    books = Path(shutil.copytree(made_once, tmp_path_factory.mktemp("closed") / "books"))
    run = f"2026-03/{OURS}/1"

    def ovop(user: str, *words: str) -> str:
        result = invoke(books, user, TODAY, *words)
        assert result.exit_code == 0, result.output
        return result.output

    ovop("talgat", "payout", "sign", run)
    ovop("bermet", "payout", "approve", run)
    lines = json.loads(ovop("anna", "payout", "show", run, "--json"))["lines"]
    rows: list[dict[str, object]] = [
        {"date": TODAY, "amount": line["payout"], "reference": f"{run}/{line['member']}",
         "status": "settled"}
        for line in lines
        if Decimal(line["payout"])
    ]  # fmt: skip
    paid = write_sheets(books.with_suffix(".bank.xlsx"), {"bank": rows})
    ovop("anna", "payout", "settle", str(paid))
    ovop("anna", "close", "2026-03", "-a", OURS)
    return books


@pytest.fixture
def closed(closed_books: Path) -> Flask:
    return create_app(closed_books, today=lambda: date(2026, 4, 5))


def both(app: Flask, client: FlaskClient) -> tuple[str, str]:
    """The addresses of the user's two books."""
    who = home(client).strip("/")
    web = app.extensions["ovop"]
    association = OURS if who == web.slug(OURS) else None
    assert who == web.slug(association)
    return f"/{who}/", f"/{web.slug(association, whole=True)}/"


@pytest.mark.parametrize("user", ["talgat", "anna"])
def test_figures_of_both_books_are_the_same(closed: Flask, user: str) -> None:
    client = signed_in(closed, user)
    in_sums, whole = both(closed, client)
    for report in FIGURES:
        for time in ("", "2026-03", "2026-04", "2026"):
            asked = f"api/{report}?interval=month&conversion=at_cost&time={time}"
            figures = client.get(in_sums + asked).json["data"]  # type: ignore[index]
            assert figures == client.get(whole + asked).json["data"], asked  # type: ignore[index]
    assert client.get(f"{in_sums}api/errors").json["data"] == []  # type: ignore[index]


def test_a_closed_month_is_one_entry_there_and_all_of_them_here(closed: Flask) -> None:
    client = signed_in(closed, "talgat")
    in_sums, whole = both(closed, client)
    query = "select distinct narration where year = 2026 and month = 3"

    def narrated(book: str) -> str:
        return client.get(f"{book}api/query", query_string={"query_string": query}).text

    assert "March 2026, closed: 5 entries in sums" in narrated(in_sums), narrated(in_sums)
    assert "closed:" not in narrated(whole)
    assert "D-2" in narrated(whole)


def test_nobody_opens_the_whole_year_of_another(closed: Flask) -> None:
    web = closed.extensions["ovop"]
    client = signed_in(closed, "talgat")
    nothing = client.get("/nowhere00000/journal/")
    for association in (OTHERS, None):
        for path in ("journal/", "api/journal", "ovop/overview/", ""):
            answer = client.get(f"/{web.slug(association, whole=True)}/{path}")
            assert (answer.status_code, answer.data) == (404, nothing.data)


def test_our_own_pages_stand_in_one_book(closed: Flask) -> None:
    client = signed_in(closed, "talgat")
    in_sums, whole = both(closed, client)
    assert client.get(f"{in_sums}ovop/overview/").status_code == 200
    assert client.get(f"{whole}ovop/overview/").status_code == 404
    page = client.get(f"{whole}journal/").text
    assert f"{in_sums}ovop/overview/" in page
    assert f"{whole}ovop/" not in page


def test_the_whole_year_is_read_for_who_asks_for_it_alone(closed: Flask) -> None:
    client = signed_in(closed, "talgat")
    in_sums, whole = both(closed, client)
    shelf = closed.extensions["ovop"].library.shelf(OURS)
    for path in ("ovop/overview/", "journal/", "api/journal", "income_statement/"):
        client.get(in_sums + path)
    assert shelf.year.latest is None
    client.get(f"{whole}api/journal")
    assert shelf.year.latest is not None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Closed months are shown in sums."),
        ("ru", "Закрытые месяцы показаны суммами."),
        ("ky", "Жабылган айлар суммалар менен көрсөтүлгөн."),
    ],
)
def test_it_is_said_in_each_language_with_the_way_to_the_entries(
    closed: Flask, language: str, said: str
) -> None:
    client = signed_in(closed, "talgat")
    in_sums, whole = both(closed, client)
    client.get(f"/login?language={language}")
    page = client.get(f"{in_sums}journal/").text
    assert said in page
    assert f'<a data-remote href="{whole}">' in page


# --- what was done to a sealed month shows without its entries ---------------------------------


@pytest.fixture
def touched(closed_books: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(closed_books, tmp_path / "books"))


def errors(books: Path) -> str:
    main = books / "associations" / OURS / "book.beancount"
    found = Reader().load_open(main, books, OURS)[1]
    return "\n".join(str(error.message) for error in found)


def sealed_file(books: Path) -> Path:
    return next(
        path
        for path in sorted(books.glob(f"changes/*import*/{OURS}.2026.beancount"))
        if "#deliveries" in path.read_text()
    )


def test_a_sealed_file_that_was_altered_is_told(touched: Path) -> None:
    assert errors(touched) == ""
    path = sealed_file(touched)
    path.write_text(path.read_text().replace("D-2", "D-3"))
    assert f"Sealed: changes/{path.parent.name}/{path.name} was altered" in errors(touched)


def test_a_sealed_file_that_is_gone_is_told(touched: Path) -> None:
    path = sealed_file(touched)
    path.unlink()
    assert f"Sealed: changes/{path.parent.name}/{path.name} is missing" in errors(touched)


def test_an_entry_added_to_a_sealed_month_is_told(touched: Path) -> None:
    folder = touched / "changes" / "z-by-hand"
    folder.mkdir()
    (folder / f"{OURS}.2026.beancount").write_text(
        '2026-03-20 * "" "late" #advances\n'
        "  Assets:Advances:AlatooOne:Akburun:M0002  5.00 KGS\n"
        "  Liabilities:Payable:AlatooOne:Akburun:M0002  -5.00 KGS\n"
    )
    assert f"Sealed: {OURS} is closed up to 2026-03-31" in errors(touched)


def test_what_stands_in_no_change_of_ours_is_read_whole(touched: Path) -> None:
    """Somebody's own entries or balances may rest on each entry: nothing is summed then."""
    main = touched / "associations" / OURS / "book.beancount"
    main.write_text(main.read_text() + "\n2026-03-12 balance Assets:Bank  0.00 KGS\n")
    entries, _, _ = Reader().load_open(main, touched, OURS)
    assert not any(isinstance(e, Transaction) and CLOSED in e.tags for e in entries)
