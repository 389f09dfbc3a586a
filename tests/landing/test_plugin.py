"""What plain `bean-check` says of books through our plugin: ledgers in, messages out."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from beancount import loader

HEAD = """
option "tolerance_multiplier" "0"
plugin "ledger.plugin"
2020-01-01 open Assets:Stock:A:Shop:FELT "NONE"
2020-01-01 open Assets:Consigned:A:Shop:FELT "NONE"
2020-01-01 open Liabilities:Consignors:A:G:M1
2020-01-01 open Liabilities:Payable:A:G:M1
2020-01-01 open Liabilities:Payable:A:G:M2
2020-01-01 open Liabilities:Payable:A:G:Pool
2020-01-01 open Liabilities:Payable:InTransit
2020-01-01 open Liabilities:Associations:A:Fees
2020-01-01 open Equity:Opening
2026-01-01 custom "certificates" "C1"
  certificate_no: "C1"
  product: "felt"
  decision: "certified"
  date: "2026-01-01"
  valid_until: "2026-12-31"
2026-01-01 custom "certificates" "C2"
  certificate_no: "C2"
  product: "felt"
  decision: "rejected"
  date: "2026-01-01"
2026-01-01 custom "certificates" "C3"
  certificate_no: "C3"
  product: "honey"
  decision: "certified"
  date: "2026-01-01"
"""
IN = """
2026-03-02 * "in" #openings
  Assets:Stock:A:Shop:FELT  5 FELT {10 KGS, 2026-03-02, "D-1/1"}
  Equity:Opening  -50 KGS
"""


def messages(text: str) -> list[str]:
    _, errors, _ = loader.load_string(HEAD + dedent(text))
    return [error.message for error in errors]


def test_sound_books_are_silent() -> None:
    assert messages(IN) == []


def test_a_lot_below_zero() -> None:
    out = """
    2026-03-03 * "out" #transfers
      Assets:Stock:A:Shop:FELT  -6 FELT {10 KGS, 2026-03-02, "D-1/1"}
      Equity:Opening  60 KGS
    """
    assert messages(IN + dedent(out)) == [
        "Negative stock: -1 FELT in Assets:Stock:A:Shop:FELT",
        "Negative lot: -1 FELT of lot D-1/1 (2026-03-02) in Assets:Stock:A:Shop:FELT",
    ]


def test_a_lot_that_was_never_there_is_seen_though_the_place_has_enough() -> None:
    out = """
    2026-03-03 * "out" #transfers
      Assets:Stock:A:Shop:FELT  -1 FELT {10 KGS, 2026-03-01, "D-9/1"}
      Equity:Opening  10 KGS
    """
    (message,) = messages(IN + dedent(out))
    assert message.startswith("Negative lot: -1 FELT of lot D-9/1")


def test_within_a_day_order_does_not_matter() -> None:
    early = """
    2026-03-02 * "out" #transfers
      Assets:Stock:A:Shop:FELT  -5 FELT {10 KGS, 2026-03-02, "D-1/1"}
      Equity:Opening  50 KGS
    """
    assert messages(dedent(early) + IN) == []


def test_consigned_lots_are_told_apart_by_owner() -> None:
    text = """
    2026-03-02 * "in" #openings
      Assets:Consigned:A:Shop:FELT  2 FELT
        lot: "D-2/1"
        since: "2026-03-02"
        of: "G/M1"
      Liabilities:Consignors:A:G:M1  -2 FELT
    2026-03-03 * "out" #transfers
      Assets:Consigned:A:Shop:FELT  -1 FELT
        lot: "D-2/1"
        since: "2026-03-02"
        of: "G/M2"
      Liabilities:Consignors:A:G:M1  1 FELT
    """
    (message,) = messages(text)
    assert message.startswith("Negative lot: -1 FELT of lot D-2/1")


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ('certificate: "C1"', None),
        ('place: "x"', "names no certificate"),
        ('certificate: "C9"', "names certificate C9, which is not recorded"),
        ('certificate: "C2"', "names certificate C2, which is rejected"),
        ('certificate: "C3"', "names certificate C3, which is for honey"),
        ('certificate: "C1"\n      certificate-2: "C2"', "names certificate C2, which is rejected"),
    ],
)
def test_deliveries_name_a_certificate_that_allowed_them(
    certificate: str, said: str | None
) -> None:
    text = f"""
    2026-03-02 * "M1" #deliveries
      product: "felt"
      {certificate}
      Assets:Stock:A:Shop:FELT  5 FELT {{10 KGS, 2026-03-02, "D-1/1"}}
      Liabilities:Payable:A:G:M1  -50 KGS
    """
    assert messages(text) == ([f"Uncertified: felt {said}"] if said else [])


def test_a_certificate_that_had_ended() -> None:
    text = """
    2027-01-01 * "M1" #deliveries
      product: "felt"
      certificate: "C1"
      Assets:Stock:A:Shop:FELT  5 FELT {10 KGS, 2027-01-01, "D-1/1"}
      Liabilities:Payable:A:G:M1  -50 KGS
    """
    assert messages(text) == [
        "Uncertified: felt names certificate C1, which was valid until 2026-12-31"
    ]


def test_a_pool_is_allocated_whole() -> None:
    text = """
    2026-03-31 * "G" #pool
      Liabilities:Payable:A:G:Pool  100 KGS
      Liabilities:Payable:A:G:M1  -60 KGS
        payee: "M1"
      Liabilities:Payable:A:G:M2  -40 KGS
    """
    assert messages(text) == ["Run: the pool is not allocated whole"]


RUN = """
2026-04-05 custom "run-line" "2026-03/a/1" "M1"
  step: "1"
  payout: "97"
  deductions: "[[\\"fee\\", \\"3.00\\", \\"Fees\\", \\"0.03\\", \\"3\\"]]"
2026-04-05 custom "run" "2026-03/a/1" "approve"
  step: "2"
2026-03-31 * "M1" #deduction
  run: "2026-03/a/1"
  member: "M1"
  Liabilities:Payable:A:G:M1  {fee} KGS
  Liabilities:Associations:A:Fees  -{fee} KGS
2026-04-05 * "M1" #payout
  run: "2026-03/a/1"
  member: "M1"
  Liabilities:Payable:A:G:M1  {paid} KGS
  Liabilities:Payable:InTransit  -{paid} KGS
"""


def test_a_run_that_books_its_lines() -> None:
    assert messages(RUN.format(fee="3.00", paid="97")) == []


def test_a_run_that_pays_or_takes_other_than_its_lines() -> None:
    assert messages(RUN.format(fee="4.00", paid="96")) == [
        "Run: 2026-03/a/1 pays M1 96, its line says 97",
        "Run: 2026-03/a/1 deducts 4.00 from M1, its line says 3.00",
    ]


def test_a_payout_without_a_line() -> None:
    text = RUN.format(fee="3.00", paid="97").replace('member: "M1"', 'member: "M2"')
    assert "Run: 2026-03/a/1 pays or deducts from M2 without an approved line" in messages(text)


def test_the_worked_example_passes() -> None:
    root = Path(__file__).resolve().parents[2] / "ledger" / "example"
    books = [root / "main.beancount", *root.glob("associations/*/book.beancount")]
    assert len(books) == 3
    for path in books:
        _, errors, _ = loader.load_file(str(path))
        assert errors == []


REVERSED = """
2026-03-04 * "back" #reversal
  reverses: "c"
  reverses-tag: "openings"
  reverses-source: "a.xlsx/openings!2"
  Assets:Stock:A:Shop:FELT  -{units} FELT {{10 KGS, 2026-03-02, "D-1/1"}}
  Equity:Opening  {money} KGS
"""


@pytest.mark.parametrize(("units", "wrong"), [(5, False), (4, True)])
def test_a_reversal_takes_back_exactly_what_it_names(
    tmp_path: Path, units: int, wrong: bool
) -> None:
    booked = IN.replace("#openings\n", '#openings\n  source: "a.xlsx/openings!2"\n')
    for name, text in {
        "c/a.2026.beancount": booked.replace("2026-03-02 *", "2026-03-04 *"),
        "d/a.2026.beancount": REVERSED.format(units=units, money=units * 10),
    }.items():
        path = tmp_path / "changes" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    main = tmp_path / "main.beancount"
    main.write_text(HEAD + 'include "changes/*/*.beancount"\n')
    said = [error.message for error in loader.load_file(str(main))[1]]
    assert [text for text in said if text.startswith("Reversal: ")] == (
        ["Reversal: Assets:Stock:A:Shop:FELT is not taken back exactly"] if wrong else []
    )
