"""No row, however odd, ends in anything but a booking or a problem in words (contract §3, §6)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worked.books import BASE, ISSYK, Books, delivery, opening, rule, sale, worked

from importers.kinds import KINDS
from properties.copies import copy_of

GOOD: dict[str, list[dict[str, Any]]] = {
    **BASE,
    "policy": [rule("fee", "0.03", limit=5, account="Liabilities:Funds:Social", order=1)],
    "deliveries": [delivery("D-2", "felt-1", 3, "M0345", rejected=1, unit_price=10)],
    "contributions": [worked("Akburun", "M0345", 3, product="felt-1")],
    "sales": [
        sale("R-1", "felt-1", 2, 350, discount=1, currency="USD", rate=87, lot="D-1/1"),
        sale("R-2", "felt-1", -1, return_of="R-0", date="2026-03-25"),
    ],
    "advances": [{"advance_no": "A-1", "date": "2026-03-05", "member": "M0345", "amount": 10}],
    "orders": [
        {
            "order_no": "ORD-7",
            "client": "A client",
            "date": "2026-03-05",
            "due": "2026-06-05",
            "product": "felt-1",
            "quantity": 5,
            "unit_price": 10,
            "currency": "USD",
            "group": "Akburun",
            "quota": 5,
        }
    ],
    "distributions": [
        {
            "distribution_no": "V-1",
            "date": "2026-03-31",
            "kind": "correction",
            "amount": -5,
            "association": ISSYK,
            "group": "Akburun",
            "member": "M0345",
            "product": "felt-1",
            "from": "2026-03-01",
            "to": "2026-03-31",
            "basis": "quantity",
        }
    ],
    "transfers": [
        {
            "transfer_no": "T-1",
            "line_no": 1,
            "date": "2026-03-15",
            "product": "felt-1",
            "quantity": 1,
            "from": "osh",
            "to": "talas",
        }
    ],
    "stocktakes": [
        {
            "count_no": "S-1",
            "date": "2026-03-25",
            "location": "osh",
            "product": "felt-1",
            "counted": 50,
            "explanation": "found",
        }
    ],
    "bank": [
        {
            "date": "2026-04-05",
            "amount": 5,
            "reference": "2026-03/issyk-kul/1/M0345",
            "status": "returned",
            "reason": "closed",
        }
    ],
    "openings": [
        opening(
            kind,
            100,
            association=ISSYK,
            group="Akburun",
            member="M0345",
            product="felt-1",
            location="osh",
            quantity=3,
            ref="Liabilities:Funds:Social",
        )
        for kind in ("payable", "advance", "stock", "consigned", "taken")
    ],
    "cashbook": [
        {
            "entry_no": "K-1",
            "date": "2026-03-25",
            "kind": kind,
            "amount": 5,
            "currency": "USD",
            "rate": 87,
            "order_no": "ORD-7",
            "member": "M0345",
            "association": ISSYK,
            "account": "Liabilities:Funds:Social",
            "rail": "bank",
        }
        for kind in (
            "client-receipt",
            "tax-paid",
            "fee-paid",
            "fund-paid",
            "advance-repaid",
            "deposit",
            "expense",
        )
    ],
}
ODD = st.one_of(
    st.none(),
    st.sampled_from(
        [0, -1, 10**14, "0.000001", "1e5", "x", " ", "=1+1", "#N/A", "naryn", "N0001", "Atbashy"]
    ),
    st.sampled_from(
        ["Pool", "head-office", "common", "2026-02-30", "KGS", "JPY", "usd", "Assets:Cash", "a/b"]
    ),
    st.sampled_from(["honey-1", "soap-1", "M0501", "Bokonbaev", "2026-01-01", "9999-12-31"]),
    st.text(max_size=6),
)


@st.composite
def odd_rows(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A row that was good, with one to three cells blank or odd."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    row = dict(draw(st.sampled_from(GOOD[kind])))
    columns = [column.name for column in KINDS[kind].columns]
    for name in draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3)):
        row[name] = draw(ODD)
    return kind, row


@pytest.fixture(scope="session")
def with_goods(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books in which something was delivered and sold."""
    folder = tmp_path_factory.mktemp("goods") / "books"
    books = Books(Path(shutil.copytree(base, folder)))
    books.take_all(
        deliveries=[delivery("D-1", "felt-1", 30, "M0345")],
        sales=[sale("R-0", "felt-1", 2, 350)],
    )
    return folder


def _writable(value: Any) -> bool:
    """Whether a workbook can hold the text at all."""
    return not isinstance(value, str) or all(c >= " " and c.isprintable() for c in value)


@given(odd=odd_rows())
@settings(
    max_examples=settings().max_examples // 2,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_an_odd_row_is_booked_or_refused_in_words(
    odd: tuple[str, dict[str, Any]], with_goods: Path
) -> None:
    kind, row = odd
    row = {name: value for name, value in row.items() if _writable(value)}
    with copy_of(with_goods) as books:
        path = books.workbook(**{kind: [row]})
        before = books.changes()
        result = books.ovop("anna", "import", str(path))
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert result.exit_code in (0, 1), result.output
        if result.exit_code:
            assert path.name in result.output
            assert books.changes() == before
        else:
            assert books.done("anna", "check") == "The books are sound.\n"
