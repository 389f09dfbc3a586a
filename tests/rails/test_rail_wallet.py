"""The wallet rail, and CSV cells that no spreadsheet runs, rounds or rewrites."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovop_payouts import rails
from ovop_payouts.rails import Batch, Instruction, Payer, guarded, unguarded
from reports.guarded import table

RUN = "2026-03/chui/2"
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def batch(name: str = "Айгүл", phone: str | None = "+996555123456") -> Batch:
    payment = Instruction(
        f"{RUN}/M1", "M1", name, "G", Decimal("1750.5"), phone=phone, language="ru"
    )
    return Batch(RUN, "chui", date(2026, 4, 6), date(2026, 4, 6), (payment,))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_one_row_a_payment() -> None:
    files, refusals = rails.export("wallet", batch(), Payer("OVOP+1", provider="MBank"))
    assert refusals == ()
    assert rows(files["2026-03_chui_2_wallet.csv"]) == [
        {
            "phone": "'+996555123456",
            "amount": "1750.50",
            "currency": "KGS",
            "reference": f"{RUN}/M1",
            "name": "Айгүл",
            "purpose": f"Выплата {RUN}/M1",
            "provider": "MBank",
        }
    ]
    assert unguarded("'+996555123456") == "+996555123456"


@pytest.mark.parametrize(
    "written", ["+996555123456", "996 555 12-34-56", "0555 123 456", "0 (555) 12.34.56"]
)
def test_phones_become_one_form(written: str) -> None:
    files, _ = rails.export("wallet", batch(phone=written), Payer("OVOP+1"))
    (row,) = rows(files["2026-03_chui_2_wallet.csv"])
    assert unguarded(row["phone"]) == "+996555123456"


@pytest.mark.parametrize(
    "written",
    ["", None, " ", "0" * 36],
)
def test_phones_that_no_file_can_hold_are_refused_without_showing_them(written: str | None) -> None:
    files, refusals = rails.export("wallet", batch(phone=written), Payer("OVOP+1"))
    assert files == {}
    (refusal,) = refusals
    assert (refusal.reference, refusal.field) == (f"{RUN}/M1", "phone")
    assert not written or len(written) < 6 or written not in str(refusal)


@pytest.mark.parametrize("written", ["12345", "+79161234567", "n/a"])
def test_an_odd_phone_keeps_nobody_else_waiting(written: str) -> None:
    files, _ = rails.export("wallet", batch(phone=written), Payer("OVOP+1"))
    (row,) = rows(files["2026-03_chui_2_wallet.csv"])
    assert unguarded(row["phone"]) == written


def test_a_wallet_needs_no_account_of_the_payer_but_a_name() -> None:
    _, refusals = rails.export("wallet", batch(), Payer(" "))
    assert [refusal.field for refusal in refusals] == ["name"]


def test_the_same_bytes_twice() -> None:
    first, second = (rails.export("wallet", batch(), Payer("OVOP+1")) for _ in range(2))
    assert first == second


def test_published_injections_are_dead_and_come_back_as_they_were(realdata: Path) -> None:
    payloads = (realdata / "hostile/csv_injection/Intruder__csv-payload.txt").read_text("utf-8")
    strings = json.loads((realdata / "hostile/strings/blns.json").read_text(encoding="utf-8"))
    names = [text for text in [*payloads.splitlines(), *strings] if text.strip()]
    assert [name for name in names if name.startswith(LIVE)]
    content = table(["name"], [[name] for name in names])
    read = [row["name"] for row in rows(content)]
    assert not [cell for cell in read if cell.startswith(LIVE)]
    assert [unguarded(cell) for cell in read] == names


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n;,'\"01a|＝"), max_size=20) | st.text())
def test_any_text_comes_back_and_never_runs(text: str) -> None:
    (row,) = list(
        csv.reader(io.StringIO(table(["x"], [[text, "end"]]).decode("utf-8-sig"), newline=""))
    )[1:]
    assert not row[0].startswith(LIVE)
    assert unguarded(row[0]) == text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(text=st.text(alphabet=st.sampled_from("=+-@\t;,'\"a1"), max_size=20))
def test_no_separator_of_a_spreadsheet_brings_a_cell_to_life(separator: str, text: str) -> None:
    content = table(["x", "y"], [["a", text]]).decode("utf-8-sig")
    for line in content.splitlines():
        for cell in line.split(separator):
            assert not cell.strip('"').startswith(LIVE)


@pytest.mark.parametrize("number", ["1280010020040012", "0001", "996555123456"])
def test_numbers_that_a_spreadsheet_would_rewrite_are_text(number: str) -> None:
    assert guarded(number) == f"'{number}"


@pytest.mark.parametrize("number", ["1750.50", "128001", "0", "M0345", RUN])
def test_what_a_spreadsheet_leaves_alone_stays(number: str) -> None:
    assert guarded(number) == number
