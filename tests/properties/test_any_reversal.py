"""Whatever is imported and reversed: the books are as before, or the reasons are named (§3)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from worked.books import Books, consigned, delivery, opening, sale

from ovop_payouts.book import load
from ovop_payouts.proving import balances, load_cold
from properties.copies import copy_of

Sheets = dict[str, list[Any]]
DAYS = st.integers(10, 28).map(lambda day: f"2026-03-{day}")
STORES = st.sampled_from(("osh", "bishkek"))
PRODUCTS = st.sampled_from(("felt-1", "honey-1"))
KINDS = ("deliveries", "consigned", "sales", "returns", "transfers", "stocktakes", "openings")


@st.composite
def _row(draw: st.DrawFn, number: int) -> tuple[str, Any]:
    kind, product, day = draw(st.sampled_from(KINDS)), draw(PRODUCTS), draw(DAYS)
    store, units = draw(STORES), draw(st.integers(1, 6))
    match kind:
        case "deliveries":
            return kind, delivery(f"D-{number}", product, units, "M0345", date=day, location=store)
        case "consigned":
            row = consigned(f"C-{number}", product, units, "M0346", date=day, location=store)
            return "deliveries", row
        case "sales":
            return kind, sale(f"R-{number}", product, units, "99.99", date=day, store=store)
        case "returns":
            return "sales", sale(f"B-{number}", product, -1, date=day, store=store)
        case "transfers":
            to = "bishkek" if store == "osh" else "osh"
            row = {"transfer_no": f"T-{number}", "line_no": 1, "date": day, "product": product}
            return kind, {**row, "quantity": units, "from": store, "to": to}
        case "stocktakes":
            row = {"count_no": f"S-{number}", "date": day, "location": store, "product": product}
            return kind, {**row, "counted": units, "explanation": "counted"}
    return kind, opening("stock", 10 * units, product=product, quantity=units, location=store,
                         ref=f"O-{number}", association="issyk-kul")  # fmt: skip


@st.composite
def _files(draw: st.DrawFn) -> list[list[tuple[str, Any]]]:
    """Three files of rows, numbered through."""
    numbers = iter(range(1, 100))
    sizes = draw(st.tuples(*[st.integers(2, 8)] * 3))
    return [[draw(_row(next(numbers))) for _ in range(size)] for size in sizes]


def _taken(books: Books, rows: list[tuple[str, Any]]) -> str | None:
    """Import what can be booked of some rows; the file's hash."""
    sheets: Sheets = {}
    for kind, row in rows:
        sheets.setdefault(kind, []).append(row)
    path = books.workbook(**sheets)
    result = books.ovop("anna", "import", "--partial", str(path))
    assert result.exit_code in (0, 1, 3), result.output
    return hashlib.sha256(path.read_bytes()).hexdigest() if "Change: " in result.output else None


def _state(folder: Path) -> tuple[Any, ...]:
    """What the ledger and the read model say."""
    entries, errors = load_cold(folder / "main.beancount")
    assert errors == []
    book = load(folder)
    keys = {kind: sorted(rows) for kind, rows in book.rows.items() if rows}
    earned = {name: len(found) for name, found in book.earnings.items() if found}
    return balances(entries), keys, earned, _lots(book), sorted(i.sha256 for i in book.imports)


def _lots(book: Any) -> dict[tuple[str, str], Decimal]:
    return {
        (place, lot.label): held.balance
        for (place, _), holdings in book.stock.holdings.items()
        for lot, held in holdings.items()
        if held.balance
    }


def _reversed_or_refused(books: Books, sha: str) -> None:
    with copy_of(books.folder) as other:
        result = other.ovop("anna", "import", "--reverse", sha)
        event(f"an earlier file: {'free' if result.exit_code == 0 else 'in use'}")
        if result.exit_code == 0:
            assert other.done("anna", "check") == "The books are sound.\n"
        else:
            assert " cannot be reversed:\n" in result.output


@given(files=_files())
@settings(
    max_examples=settings().max_examples // 6,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_reversal(files: list[list[tuple[str, Any]]], base: Path) -> None:
    with copy_of(base) as books:
        stages: list[tuple[str, tuple[Any, ...]]] = []
        for rows in files:
            before = _state(books.folder)
            sha = _taken(books, rows)
            if sha is not None:
                stages.append((sha, before))
        for sha, _ in stages[:-1]:  # the earlier ones: only where nothing rests on them
            _reversed_or_refused(books, sha)
        for sha, before in reversed(stages):  # the last one always can be
            books.done("anna", "import", "--reverse", sha)
            assert _state(books.folder) == before
        assert books.done("anna", "check") == "The books are sound.\n"
