"""An import that adds up what landed before does what one that reads all of it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from worked.books import ISSYK, Books, delivery, member, opening, sale

from importers.rows import Rows
from ledger.store import CACHE
from ovop_payouts import importing
from ovop_payouts.book import Book, load
from ovop_payouts.importing import Order, Outcome, import_files
from ovop_payouts.near import load_for_import
from properties.copies import copy_of
from properties.months import AKBURUN, POLICY, PRODUCTS, Sheets, late, months

PERIODS = ("2026-03", "2026-04", "2026-05", "2026-06")
READ_ON = ("2026-04-03", "2026-05-03", "2026-06-03", "2026-07-03")
STORES = ("osh", "bishkek", "osk")
Line = dict[str, Any]
Load = Callable[[Path, Rows], Book]


def whole(books: Path, rows: Rows) -> Book:
    """The long way."""
    return load(books)


def imported(books: Path, file: Path, today: date, way: Load, partial: bool) -> dict[str, object]:
    """What becomes of an import on a copy, and every byte that it leaves."""
    with copy_of(books) as copy, pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "load_for_import", way)
        done = import_files(copy.folder, Order([file], "anna", today, partial=partial))
        return told(done) | {
            str(path.relative_to(copy.folder)): path.read_bytes()
            for path in copy.folder.rglob("*")
            if path.is_file() and CACHE not in path.parts and path.name != ".lock"
        }


def told(done: Outcome) -> dict[str, object]:
    return {
        "problems": done.problems,
        "warnings": done.warnings,
        "bad": done.bad,
        "booked": done.booked,
        "known": done.known,
        "change": done.change,
    }


def must_agree(books: Books, file: Path, partial: bool = True) -> None:
    on = date.fromisoformat(books.today)
    short = imported(books.folder, file, on, load_for_import, partial)
    assert short == imported(books.folder, file, on, whole, partial)
    event("something landed" if short["change"] else "nothing landed")
    event("something was refused" if short["problems"] else "nothing was refused")


days = st.builds("{}-{:02d}".format, st.sampled_from(PERIODS), st.integers(1, 28))
pieces = st.integers(1, 6)


@st.composite
def odd(draw: st.DrawFn, before: list[Sheets], number: int) -> tuple[str, Line]:
    """A row that asks of what landed before: again, otherwise, of other days, of no store."""
    product, day = draw(st.sampled_from(PRODUCTS)), draw(days)
    store = draw(st.sampled_from(STORES))
    who, few = draw(st.sampled_from(AKBURUN)), draw(pieces)
    landed = [(kind, row) for sheets in before for kind in sheets for row in sheets[kind]]
    kind, known = draw(st.sampled_from(landed))
    sold = [row for sheets in before for row in sheets.get("sales", []) if "return_of" not in row]
    name = f"X-{number}"
    back = sale(name, product, -few, date=day, store=store)
    rows: list[tuple[str, Line]] = [
        (kind, known),
        (kind, _changed(known, few)),
        ("sales", sale(name, product, few, "9.99", date=day, store=store)),
        ("sales", back),
        ("deliveries", delivery(name, product, few, who, date=day, location=store, unit_price="7")),
        ("stocktakes", {"count_no": name, "date": day, "location": store, "product": product,
                        "counted": few * 3, "explanation": "found"}),
        ("transfers", {"transfer_no": name, "line_no": 1, "date": day, "from": store,
                       "to": draw(st.sampled_from(STORES)), "product": product, "quantity": few}),
        ("advances", {"advance_no": name, "date": day, "member": who, "amount": few}),
        ("cashbook", {"entry_no": name, "date": day, "kind": "advance-repaid", "member": who,
                      "amount": few * 100}),
        ("cashbook", {"entry_no": name, "date": day, "kind": "client-receipt", "currency": "USD",
                      "amount": few * 50, "rate": "88", "account": "Assets:Receivables:Osh"}),
        ("members", member(who, ISSYK, "Bokonbaev", changed=day)),
        ("openings", opening("consigned", quantity=few, product=product, member=who, ref=name,
                             location=store, date=day)),
        ("bank", {"reference": f"{draw(st.sampled_from(PERIODS))}/{ISSYK}/1/{who}", "date": day,
                  "amount": few, "status": draw(st.sampled_from(["settled", "returned"]))}),
    ]  # fmt: skip
    if sold:
        of = draw(st.sampled_from(sold))
        named = {"return_of": of["receipt_no"], "product": of["product"]}
        rows += [("sales", {**back, "store": "osh", **named})] * 3
    return draw(st.sampled_from(rows))


def _changed(row: Line, few: int) -> Line:
    column = next((c for c in ("quantity", "delivered", "amount") if c in row), None)
    return {**row, column: few} if column else row


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[Sheets, Sheets, bool]]:
    """Months in order; after each, what comes late or asks back, and whether it is paid out."""
    found: list[tuple[Sheets, Sheets, bool]] = []
    before: list[Sheets] = []
    for period in PERIODS:
        before.append(draw(months(period)))
        more: Sheets = {}
        for kind, rows in draw(late(period)).items():
            more.setdefault(kind, []).extend(rows)
        for number in range(draw(st.integers(0, 6))):
            kind, row = draw(odd(before, len(before) * 10 + number))
            more.setdefault(kind, []).append(row)
        found.append((before[-1], more, draw(st.booleans())))
    return found


def pay(books: Books, period: str, chance: bool) -> None:
    """A run is approved, and the bank says of a payment that it arrived or came back."""
    books.ovop("anna", "payout", "draft", period, "-a", ISSYK)
    run = f"{period}/{ISSYK}/1"
    if books.ovop("bermet", "payout", "approve", run).exit_code:
        return
    for at, line in enumerate(books.show(run)["lines"]):
        if line["state"] == "pay":
            row = {"date": books.today, "reference": f"{run}/{line['member']}"}
            status = ("settled", "returned")[at % 2 == chance]
            file = books.workbook(bank=[{**row, "amount": line["payout"], "status": status}])
            must_agree(books, file)
            books.ovop("anna", "import", str(file))


@given(life=lives())
@settings(
    max_examples=max(2, settings().max_examples // 25),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_sums_and_all_rows_import_alike(
    life: list[tuple[Sheets, Sheets, bool]], base: Path
) -> None:
    with copy_of(base) as books:
        books.take("policy", POLICY)
        for (sheets, more, paid), period, books.today in zip(life, PERIODS, READ_ON, strict=True):
            for each in (sheets, more):
                if each:
                    file = books.workbook(**each)
                    must_agree(books, file, partial=each is more)
                    books.ovop("anna", "import", "--partial", str(file))
            if paid:
                pay(books, period, chance=bool(more))
