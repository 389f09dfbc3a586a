"""Years are closed, and nothing is different after: the same steps on books that never close one.

Two sets of books live three years through the same steps; one closes each year. Runs,
statements, balances, lots and refusals must be the same in both, to the tyiyn.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction
from worked.books import (
    ISSYK,
    NARYN,
    Books,
    Line,
    consigned,
    delivery,
    member,
    opening,
    rule,
    sale,
)
from worked.told import Told, by_sums, in_full

from ledger.changes import every_changes
from ovop_payouts.book import load, load_ever
from ovop_payouts.links import MemberLink
from ovop_payouts.papers.months import month_by_sums
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.periods import RunId, last_day
from ovop_payouts.proving import prove
from ovop_payouts.reporting import kinds
from ovop_payouts.settings import read_settings
from ovop_payouts.shards import load_association, load_for_papers
from ovop_payouts.verifying import verify_books
from ovop_payouts.web.library import Library
from ovop_payouts.web.member_page import member_page
from reports.statement.model import Statement

GROUPS = {ISSYK: "Akburun", NARYN: "Atbashy"}
WHO = {ISSYK: ("M0345", "M0346", "M0501", "M0502"), NARYN: ("N0001",)}
START = {
    "policy": [
        rule("fee", "0.03", order=1),
        rule("fixed", 30, limit=100, order=2),
        rule("advance", "0.5", order=3),
        rule("social", "0.01", order=4),
        rule("commission", "0.2"),
        rule("minimum", 40),
        rule("cash_unit", 10, applies_to="cash"),
    ],
    "advances": [
        {"advance_no": "A-1", "date": "2026-02-01", "member": "M0345", "amount": 5000},
        {"advance_no": "A-2", "date": "2026-02-01", "member": "M0346", "amount": 900},
    ],
    "openings": [
        opening("payable", "77.70", member="M0346", date="2026-02-01"),
        opening(
            "stock",
            1000,
            product="felt-1",
            quantity=5,
            location="osh",
            ref="old",
            association=ISSYK,
            date="2026-02-01",
        ),
        opening(
            "taken",
            40,
            member="M0345",
            ref="Liabilities:Associations:IssykKul:Shares",
            date="2026-02-01",
        ),
    ],
}


@dataclass
class Twins:
    """Two sets of books that live through the same; `closing` closes years, `ever` never does."""

    closing: Books
    ever: Books
    said: list[tuple[str, ...]] = field(default_factory=list)

    def both(self, user: str, *words: str) -> str:
        """The same command for both; it must end alike and say the same."""
        answers = [books.ovop(user, *words) for books in (self.closing, self.ever)]
        for answer in answers:
            if answer.exception and not isinstance(answer.exception, SystemExit):
                raise answer.exception
        one, other = (_plain(answer.output) for answer in answers)
        assert one == other, (self.closing.today, words)
        assert answers[0].exit_code == answers[1].exit_code
        self.said.append((self.closing.today, *words, str(answers[0].exit_code)))
        if answers[0].exit_code:
            print(self.closing.today, words, one)
        return answers[0].output

    def at(self, day: str) -> None:
        self.closing.today = self.ever.today = day

    def take(self, **sheets: list[Line]) -> str:
        path = self.closing.workbook(**sheets)
        return self.both("anna", "import", str(path))

    def pay(self, period: str, random: Random) -> None:
        """Draft, raise or release a hold, and approve for every association."""
        self.both("anna", "payout", "draft", period)
        papers_must_be_alike(self, period)
        verb, payee = random.choice(("hold", "release")), random.choice(WHO[ISSYK])
        words = ("payout", verb, f"{period}/issyk-kul/1", payee, "--reason", "it is looked into")
        self.both("anna", *words)
        for association in (ISSYK, NARYN):
            self.both("bermet", "payout", "approve", f"{period}/{association}/1")

    def arrived(self, back: Random | None = None) -> None:
        book = load(self.ever.folder)
        rows: list[Line] = []
        for reference, payment in sorted(book.payments.items()):
            if reference in book.settled or reference in book.returned:
                continue
            row = {"date": self.closing.today, "amount": payment.amount, "reference": reference}
            returned = back is not None and payment.rail != "cash" and back.random() < 0.4
            more = {"status": "returned", "reason": "AC04"} if returned else {"status": "settled"}
            rows.append({**row, **more})
        if rows:
            path = self.closing.workbook(bank=rows)
            self.both("anna", "payout", "settle", str(path))

    def close_year(self, year: int) -> None:
        self.both("anna", "close", f"{year}-12")
        self.closing.done("anna", "close-year", str(year))


def _plain(text: str) -> str:
    """Without names of changes, which follow from what landed with them, and hashes over these."""
    return re.sub(r"Change: \S+|sha256:[0-9a-f]+|changes?/\S+", "…", text)


@pytest.fixture
def twins(base: Path, tmp_path: Path) -> Twins:
    folders = [Path(shutil.copytree(base, tmp_path / n / "books")) for n in ("closing", "ever")]
    pair = Twins(*(Books(folder, "2026-02-01") for folder in folders))
    pair.take(**START)
    return pair


# --- what must be the same ----------------------------------------------------------------------


def must_be_alike(twins: Twins, period: str) -> None:
    one, other = twins.closing.folder, twins.ever.folder
    assert prove(one) == []
    assert verify_books(one) == []
    assert _balances(one) == _balances(other)
    assert _lots(one) == _lots(other)
    for path in sorted(one.glob("main-*.beancount")) + sorted(one.glob("associations/*/*")):
        _, errors, _ = loader.load_file(str(path))
        assert not errors, (path, errors[:3])
    for name in sorted({name[:7] for name in load_ever(one).steps}):
        papers_must_be_alike(twins, name)
    for association in (ISSYK, NARYN):
        shown = json.loads(
            twins.both("anna", "payout", "show", f"{period}/{association}/1", "--json")
        )
        for line in shown["lines"][:2]:
            words = ("payout", "show", shown["run"], "--member", line["member"])
            twins.both("anna", *words)
        assert _papers(twins.closing, period, association) == _papers(
            twins.ever, period, association
        )
    whole = load_ever(one)
    assert _facts(whole) == _facts(load(other))


def papers_must_be_alike(twins: Twins, period: str) -> None:
    """A month's papers, read in the short way, of all years' changes, and where no year closed."""
    for association in (ISSYK, NARYN):
        short = by_sums(twins.closing.folder, association, period)
        full = in_full(twins.closing.folder, association, period)
        assert short is None or short == full
        other = in_full(twins.ever.folder, association, period)
        assert _without_hashes(full) == _without_hashes(other)


def _without_hashes(papers: Told) -> dict[str, object]:
    """A statement's reference ends with a snapshot's hash, which covers names of changes."""
    return {
        name: replace(paper, link="") if isinstance(paper, Statement) else paper
        for name, paper in papers.items()
    }


def _papers(
    books: Books, period: str, association: str, paper: str = "statement"
) -> dict[str, str]:
    """Every payee's or group's paper as text: what is left of advances, what was paid of late."""
    out = books.folder.parent / "papers" / paper / period / association
    form = "txt" if paper == "statement" else "html"  # as text, an act is a line
    words = ("statement", period, "-a", association, "--format", form, "--lang", "en")
    books.done("anna", *words, "--paper", paper, "--out", str(out))
    return {path.name: path.read_text() for path in sorted(out.rglob(f"*.{form}"))}


def _balances(folder: Path) -> dict[tuple[str, str], Decimal]:
    """Assets and liabilities, as Beancount alone reads the books that are worked in."""
    entries, errors, _ = loader.load_file(str(folder / "main.beancount"))
    assert not errors, errors[:3]
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                key = posting.account, posting.units.currency
                sums[key] = sums.get(key, Decimal()) + posting.units.number
    kept = ("Assets:", "Liabilities:")
    return {key: n for key, n in sums.items() if n and key[0].startswith(kept)}


def _lots(folder: Path) -> dict[tuple[str, str], list[tuple[Any, Decimal]]]:
    """Place and product -> lots in the order in which they will be taken."""
    stock = load(folder).stock
    return {
        place: [(h.lot, h.balance) for h in stock.at(*place) if h.balance]
        for place in sorted(stock.holdings)
        if any(h.balance for h in stock.at(*place))
    }


def _facts(book: Any) -> dict[str, Any]:
    names = ("advances", "payments", "settled", "returned", "frozen", "fixed_taken", "members")
    found = {name: dict(getattr(book, name)) for name in names}
    found["returned"] = {k: (r.amount, r.date) for k, r in book.returned.items()}
    found["earned"] = sorted(
        (str(e.date), e.group, e.member or "", e.kind, e.amount)
        for earnings in book.earnings.values()
        for e in earnings
    )
    return found


# --- three years --------------------------------------------------------------------------------


def live_a_month(twins: Twins, period: str, random: Random) -> None:
    """Deliveries, sales, returns of this and earlier months, advances; everybody is paid."""
    day = f"{period}-{random.randrange(1, 20):02d}"
    twins.at((last_day(period)).isoformat())
    twins.take(**goods(period, day, random))
    twins.take(sales=sold(period, day, random))
    twins.take(sales=brought_back(twins, period, random))
    if random.random() < 0.5:
        twins.take(
            distributions=[
                {
                    "distribution_no": f"X-{period}",
                    "date": f"{period}-25",
                    "kind": random.choice(("premium", "second-payment")),
                    "amount": "123.45",
                    "association": random.choice((ISSYK, None)),
                    "from": random.choice((None, "2026-01-01")),
                    "to": f"{period}-28",
                }
            ]
        )
    twins.at((last_day(period) + timedelta(days=5)).isoformat())
    twins.pay(period, random)
    twins.at((last_day(period) + timedelta(days=7)).isoformat())
    papers_must_be_alike(twins, period)
    twins.arrived(random)
    papers_must_be_alike(twins, period)


def goods(period: str, day: str, random: Random) -> dict[str, list[Line]]:
    rows = []
    for number in range(6):
        association = random.choice((ISSYK, ISSYK, NARYN))
        who = {"association": association, "group": GROUPS[association], "date": day}
        ident = random.choice((*WHO[association], None))
        note = f"D-{period}-{number}"
        if random.random() < 0.4:
            rows.append(consigned(note, "jam-1", random.randrange(2, 20), ident, **who))
        else:
            amount = random.randrange(1, 12)
            rows.append(delivery(note, "felt-1", amount, ident, **who, unit_price="199.99"))
    rows.append(delivery(f"D-{period}-own", "honey-1", 4, "M0345", date=day))
    shared = [
        {
            "period": period,
            "group": "Akburun",
            "member": m,
            "quantity": random.randrange(1, 9),
            "measure": "hours",
        }
        for m in ("M0345", "M0347")
    ]
    advances = [{"advance_no": f"A-{period}", "date": day, "member": "M0501", "amount": 150}]
    return {
        "deliveries": rows,
        "advances": advances,
        **({"contributions": shared} if random.random() < 0.7 else {}),
    }


def sold(period: str, day: str, random: Random) -> list[Line]:
    later = f"{period}-{random.randrange(20, 28):02d}"
    return [
        sale(
            f"R-{period}-{number}",
            random.choice(("felt-1", "jam-1", "honey-1")),
            random.randrange(1, 4),
            "350.50",
            date=later,
        )
        for number in range(5)
    ]


def brought_back(twins: Twins, period: str, random: Random) -> list[Line]:
    """One of all receipts so far comes back, and something without a receipt."""
    book = load_ever(twins.ever.folder)
    sold = sorted({(p.receipt_no, place[1]) for place, all_ in book.portions.items() for p in all_})
    day = f"{period}-28"
    rows = []
    if sold:
        receipt, product = random.choice(sold)
        rows.append(sale(f"B-{period}-1", product, -1, return_of=receipt, date=day))
    rows.append(sale(f"B-{period}-2", "jam-1", -1, date=day))
    return rows


def three_years(twins: Twins, seed: int) -> None:
    random = Random(f"years {seed}")
    for year in (2026, 2027, 2028):
        for month in (random.randrange(3, 7), random.randrange(7, 12), 12):
            live_a_month(twins, f"{year}-{month:02d}", random)
        twins.at(f"{year + 1}-01-10")
        # something of the new year is there before the old one is closed
        early = sale(f"E-{year}", "honey-1", 1, "400", date=f"{year + 1}-01-09")
        twins.take(sales=[early])
        twins.close_year(year)
        must_be_alike(twins, f"{year}-12")
    live_a_month(twins, "2029-01", random)
    must_be_alike(twins, "2029-01")
    done = [words for words in twins.said if words[-1] == "0"]
    assert len(done) > len(twins.said) * 0.6, twins.said


def test_closing_years_changes_nothing_that_comes_after(twins: Twins) -> None:
    three_years(twins, 1)
    assert len(every_changes(twins.closing.folder)) == 4


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 22))
def test_closing_years_changes_nothing_whatever_was_done(twins: Twins, seed: int) -> None:
    three_years(twins, seed)


# --- what a year close says and refuses ---------------------------------------------------------


def test_a_year_with_something_open_is_not_closed(twins: Twins) -> None:
    books = twins.closing
    books.today = "2027-01-20"
    said = books.not_done("anna", "close-year", "2026")
    assert "2026 cannot be closed:" in said
    assert "issyk-kul: 2026-12 is not closed" in said
    assert "head-office: 2026-12 is not closed" in said
    assert not (books.folder / "years").exists()


def closed(twins: Twins) -> Books:
    live_a_month(twins, "2026-12", Random(3))
    twins.at("2027-01-12")
    twins.close_year(2026)
    return twins.closing


def test_old_and_new_books_lie_side_by_side_and_only_the_new_are_worked_in(twins: Twins) -> None:
    books = closed(twins)
    folder = books.folder
    assert "changes/*/*.beancount" in (folder / "main-2026.beancount").read_text()
    assert 'include "years/2027/changes/*/*.beancount"' in (folder / "main.beancount").read_text()
    before = sorted((folder / "changes").iterdir())
    books.take("deliveries", [delivery("D-new", "felt-1", 1, "M0345", date="2027-01-11")])
    assert sorted((folder / "changes").iterdir()) == before
    assert len(list((folder / "years" / "2027" / "changes").iterdir())) == 2
    assert "2026 is closed, and every year before it" in books.not_done(
        "anna", "close-year", "2026"
    )


def test_what_all_associations_share_is_shared_alike_on_paper(twins: Twins) -> None:
    """A distribution that no run holds yet, over what was earned in the new year."""
    books = closed(twins)
    day = "2027-01-11"
    who = {"date": day, "association": NARYN, "group": "Atbashy"}
    rows = [delivery("D-i", "felt-1", 5, "M0345", date=day)]
    books.take("deliveries", [*rows, delivery("D-n", "felt-1", 5, "N0001", **who)])
    premium = {"distribution_no": "X-new", "date": day, "kind": "premium", "amount": 900}
    books.take("distributions", [{**premium, "from": "2027-01-01", "to": "2027-01-31"}])
    run, until = RunId("2027-01", ISSYK, 1), date(2027, 1, 31)
    books.today = "2027-02-05"
    paper = compute(load_for_papers(books.folder, ISSYK, until), run, {})
    assert paper.lines == compute(load_association(books.folder, ISSYK, until), run, {}).lines


# --- papers of the open year, without the changes of closed ones ---------------------------------


def must_be_short(twins: Twins, *periods: str) -> None:
    """Papers of these months are alike, and closed years' changes are not read for them."""
    assert _read_for_papers(twins, periods) == {False}


def must_be_long(twins: Twins, *periods: str) -> None:
    """Papers of these months are alike, and closed years' changes are read for them."""
    assert _read_for_papers(twins, periods) == {True}


def _read_for_papers(twins: Twins, periods: tuple[str, ...]) -> set[bool]:
    """Whether closed years' changes are read for papers that are alike."""
    read = set()
    for period in periods:
        papers_must_be_alike(twins, period)
        for association in (ISSYK, NARYN):
            month = month_by_sums(twins.closing.folder, association, period)
            read.add(month is None or month.book.brought_until is None)
    return read


def deliver(twins: Twins, period: str, ident: str = "M0345", many: int = 5) -> None:
    """One delivery in each association, and the draft of the month."""
    twins.at(last_day(period).isoformat())
    here = {"date": f"{period}-10", "unit_price": "199.99"}
    there = {"association": NARYN, "group": GROUPS[NARYN]}
    twins.take(
        deliveries=[
            delivery(f"S-{period}-{ident}", "felt-1", many, ident, **here),
            delivery(f"S-{period}-N", "felt-1", many, "N0001", **here, **there),
        ]
    )
    twins.at((last_day(period) + timedelta(days=3)).isoformat())
    twins.both("anna", "payout", "draft", period)


def approve(twins: Twins, period: str, number: int = 1) -> None:
    for association in (ISSYK, NARYN):
        twins.both("bermet", "payout", "approve", f"{period}/{association}/{number}")


def acts_and_years_must_be_alike(twins: Twins, *spans: str) -> None:
    """Reconciliation acts of groups, and of whole years payees' summaries too."""
    for span in spans:
        for paper in ("act", "statement")[: 1 + (len(span) == 4)]:
            made, other = (_papers(b, span, ISSYK, paper) for b in (twins.closing, twins.ever))
            assert made == other
            assert made


def statement_by_sums(twins: Twins, period: str, member: str) -> Statement:
    """A payee's statement, read in the short way."""
    papers = by_sums(twins.closing.folder, ISSYK, period)
    assert papers is not None
    statement = papers[member]
    assert isinstance(statement, Statement)
    return statement


def reports_must_be_alike(twins: Twins, *spans: str) -> None:
    """All reports, of everybody and of one association."""
    for name in kinds():
        for span in spans:
            for more in ((), ("-a", ISSYK)):
                twins.both("anna", "report", name, span, *more, "--json")


def test_papers_of_the_open_year_need_its_own_changes_alone(twins: Twins) -> None:
    """Who earned nothing for a year, whose advance is half recovered, what was reversed before."""
    twins.at("2026-11-30")
    wrong = delivery("S-wrong", "felt-1", 9, "M0345", date="2026-11-12", unit_price=100)
    path = twins.closing.workbook(deliveries=[wrong])
    twins.both("anna", "import", str(path))
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    twins.both("anna", "import", "--reverse", sha, "--reason", "weighed twice")
    for period, ident in (("2026-11", "M0346"), ("2026-12", "M0345")):
        deliver(twins, period, ident)
        approve(twins, period)
        twins.arrived()
    twins.at("2027-01-12")
    twins.close_year(2026)
    must_be_long(twins, "2026-11", "2026-12")
    deliver(twins, "2027-01")
    must_be_short(twins, "2027-01")
    approve(twins, "2027-01")
    must_be_short(twins, "2027-01")
    deliver(twins, "2027-10", "M0346", many=2)
    approve(twins, "2027-10")
    twins.arrived()
    must_be_short(twins, "2027-01", "2027-10")
    deliver(twins, "2027-12")
    must_be_short(twins, "2027-01", "2027-12")
    acts_and_years_must_be_alike(twins, "2026-11", "2026-12", "2026", "2027-01", "2027")
    reports_must_be_alike(twins, "2026-11", "2026-12", "2027-01", "2026-12..2027-10")
    statement = statement_by_sums(twins, "2027-10", "M0346")
    shown = {month.period: month.gross for month in statement.history if month.gross}
    assert list(shown) == ["2026-11", "2027-10"]
    assert statement.advance is not None
    assert 0 < statement.advance.left < 900


def test_papers_of_runs_that_a_late_close_found_approved(twins: Twins) -> None:
    """January is approved before the old year is closed, its supplement and February after."""
    for period in ("2026-12", "2027-01"):
        deliver(twins, period)
        approve(twins, period)
        twins.arrived()
    deliver(twins, "2027-02")
    twins.at("2027-03-10")
    twins.close_year(2026)
    must_be_long(twins, "2026-12", "2027-01")
    must_be_short(twins, "2027-02")
    twins.take(deliveries=[delivery("S-late", "felt-1", 1, "M0346", date="2027-01-20")])
    twins.both("anna", "payout", "draft", "2027-01")
    must_be_long(twins, "2027-01")
    twins.both("bermet", "payout", "approve", f"2027-01/{ISSYK}/2")
    must_be_long(twins, "2027-01")
    twins.both("anna", "payout", "draft", "2027-02")
    approve(twins, "2027-02")
    must_be_short(twins, "2027-02")
    deliver(twins, "2027-03", "M0501")
    approve(twins, "2027-03")
    must_be_short(twins, "2027-03")
    acts_and_years_must_be_alike(twins, "2026-12", "2027-01", "2027-02", "2027-03")
    twins.arrived()
    twins.both("anna", "close", "2027-01")
    twins.take(products=[{"product": "felt-1", "name_en": "Renamed"}])
    reports_must_be_alike(twins, "2026-12", "2027-01", "2027-02")


def test_papers_tell_of_what_an_old_run_saw_before_its_month_came(twins: Twins) -> None:
    """All is entered in January: August's run saw what January's is to hold."""
    months = [f"2026-{month:02d}" for month in range(8, 13)]
    days = [f"{month}-04" for month in (*months, "2027-01")]
    twins.at("2027-01-06")
    rows = [delivery(f"S-{day}", "felt-1", 2, "M0345", date=day, unit_price=100) for day in days]
    twins.take(deliveries=rows)
    for period in months:
        twins.both("anna", "payout", "draft", period)
        approve(twins, period)
    twins.arrived()
    twins.close_year(2026)
    twins.at("2027-02-02")
    twins.both("anna", "payout", "draft", "2027-01")
    must_be_short(twins, "2027-01")
    approve(twins, "2027-01")
    must_be_short(twins, "2027-01")
    statement = statement_by_sums(twins, "2027-01", "M0345")
    assert [each.note for each in statement.deliveries] == ["S-2027-01-04/1"]


def test_papers_of_the_month_in_which_an_old_payment_came_back(twins: Twins) -> None:
    deliver(twins, "2026-12")
    approve(twins, "2026-12")
    twins.arrived()
    twins.at("2027-01-10")
    twins.close_year(2026)
    reference = f"2026-12/{ISSYK}/1/M0345"
    amount = load(twins.ever.folder).payments[reference].amount
    twins.at("2027-02-10")
    back = {"date": "2027-02-09", "amount": amount, "reference": reference, "status": "returned"}
    twins.take(bank=[{**back, "reason": "AC04"}])
    deliver(twins, "2027-02", "M0346")
    must_be_short(twins, "2027-02")
    approve(twins, "2027-02")
    must_be_short(twins, "2027-02")
    statement = statement_by_sums(twins, "2027-02", "M0345")
    assert [each.amount for each in statement.returned] == [amount]


def test_a_members_link_outlives_the_year(twins: Twins) -> None:
    """The page is the same once the year is closed; the next one's picture reaches back."""

    def pages(books: Books, *periods: str) -> list[str]:
        library, known = Library(books.folder), read_settings(books.folder)
        links = (MemberLink(period, "M0345", date.max) for period in periods)
        found = [member_page(library, known, link, "en") for link in links]
        return [_plain(re.sub(r"KGS [0-9a-f]{16}", "KGS …", page or "")) for page in found]

    for period in ("2026-11", "2026-12"):
        deliver(twins, period)
        approve(twins, period)
    twins.arrived()
    told = pages(twins.closing, "2026-11", "2026-12")
    assert all("S-2026-1" in page for page in told)
    twins.at("2027-01-10")
    twins.close_year(2026)
    assert pages(twins.closing, "2026-11", "2026-12") == told
    deliver(twins, "2027-01")
    assert pages(twins.closing, "2027-01") == [""], "a draft is not told"
    approve(twins, "2027-01")
    months = ("2026-11", "2026-12", "2027-01")
    assert pages(twins.closing, *months) == pages(twins.ever, *months)


def test_an_old_row_is_known_for_ever(twins: Twins) -> None:
    books = closed(twins)
    said = books.done("anna", "import", str(books.files[1]))
    assert "deliveries: 0 booked, 7 already imported" in said
    assert "advances: 0 booked, 1 already imported" in said


def test_what_is_altered_in_a_closed_year_is_found_from_the_new_one(twins: Twins) -> None:
    books = closed(twins)
    path = next((books.folder / "changes").glob("run-*/naryn.*.beancount"))
    path.write_bytes(path.read_bytes().replace(b"bermet", b"bermot").replace(b"anna", b"anne"))
    found = verify_books(books.folder)
    assert found[0].startswith(f"changes/{path.parent.name}/naryn.")
    _, errors, _ = loader.load_file(str(books.folder / "main-2026.beancount"))
    assert any("Log: changes/" in e.message for e in errors)


def test_the_last_change_of_a_closed_year_cannot_vanish(twins: Twins) -> None:
    books = closed(twins)
    shutil.rmtree(books.folder / "changes" / "close-2026-12-all-associations")
    found = verify_books(books.folder)
    assert found[0].startswith("changes/close-2026-12-all-associations: record ")
    assert found[0].endswith(" is missing")


def test_a_new_association_of_the_new_year_has_its_book_in_it(twins: Twins) -> None:
    books = closed(twins)
    books.today = "2027-02-01"
    books.take_all(
        associations=[{"association": "osh", "name_en": "Osh"}],
        members=[member("O1", "osh", "Alay")],
    )
    text = (books.folder / "associations" / "osh" / "book.beancount").read_text()
    assert '"../../years/2027/changes/*/osh.*.beancount"' in text
    assert prove(books.folder) == []
    assert date(2027, 1, 1)
