"""Allocation and first in, first out, against answers that others published.

`../shared/realdata/answers` names the source of each case.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ovop_payouts.money import allocate
from worked.books import Books, delivery, opening, sale

COST, STOCK = "Expenses:CostOfSales", "Assets:Stock"


def cases(realdata: Path, name: str) -> dict[str, dict[str, Any]]:
    """Id -> case of one file of answers."""
    content = json.loads((realdata / "answers" / f"{name}.json").read_text())
    return {case["id"]: case for case in content["cases"]}


# --- largest remainder -------------------------------------------------------------------------

HAMILTON = (
    "us_house_1790_120_seats us_census_bureau_example balinski_young_1975_ex1"
    " balinski_young_1975_ex2 weak_proportionality zero_weights fewer_units_than_parties"
    " tie_goes_to_first_listed alabama_A_10 alabama_A_11 hospital_2020 hospital_2021"
    " costaguana_before costaguana_after san_lorenzo_before san_lorenzo_after"
    " gulliversia_before gulliversia_after hawaii_min_one"
).split()


def test_every_published_case_is_here(realdata: Path) -> None:
    assert sorted(HAMILTON) == sorted(cases(realdata, "hamilton_apportionment"))


@pytest.mark.parametrize("ident", HAMILTON)
@pytest.mark.parametrize("sign", [1, -1])
def test_hamilton(realdata: Path, ident: str, sign: int) -> None:
    """Units are whole yen; parties stand in the order listed, which breaks ties.

    One case gives each party a unit first, by a law of its own (hawaii_min_one): pure largest
    remainder is compared with the answer computed for it there.
    """
    case = cases(realdata, "hamilton_apportionment")[ident]
    pure = case["agrees_with_pure_hamilton"]
    expected = case["expected"] if pure else case["pure_hamilton_check"]
    weights = {f"{i:02d}": Decimal(str(w)) for i, w in enumerate(case["weights"])}
    parts = allocate(Decimal(sign * case["total"]), weights, "JPY")
    assert [sign * part for part in parts.values()] == expected


def test_hamilton_in_tyiyn(realdata: Path) -> None:
    # the same 120 seats as 1.20 KGS
    case = cases(realdata, "hamilton_apportionment")["us_house_1790_120_seats"]
    weights = {f"{i:02d}": Decimal(w) for i, w in enumerate(case["weights"])}
    parts = allocate(Decimal("1.20"), weights)
    assert [int(part * 100) for part in parts.values()] == case["expected"]


# --- first in, first out -----------------------------------------------------------------------


def own(units: int, cost: Any, day: str, note: str) -> dict[str, Any]:
    """Goods bought from a member at a cost of their own."""
    return delivery(note, "felt-1", units, "M0345", unit_price=cost, date=day)


def begin(units: int, cost: Any, day: str) -> dict[str, Any]:
    """Stock at the beginning: its total cost."""
    row = {"product": "felt-1", "location": "osh", "quantity": units, "ref": "BEGIN"}
    return opening("stock", units * Decimal(cost), **{**row, "date": day})


def sold(units: int, price: Any, day: str, receipt: str = "R-1", **more: Any) -> dict[str, Any]:
    return sale(receipt, "felt-1", units, price, **{"date": day, **more})


def value_left(books: Books) -> Decimal:
    """All cost that came in, less the cost of what was sold."""
    came = -books.balance("Equity:Opening") - books.balance("Liabilities:Payable")
    return came - books.balance(COST)


def spy_world(books: Books, realdata: Path, *lots: str | None) -> dict[str, Any]:
    """The events of `openstax_spy`; each of its sales may be split over named lots."""
    case = cases(realdata, "inventory_costing")["openstax_spy"]
    sheets: dict[str, list[dict[str, Any]]] = {"openings": [], "deliveries": [], "sales": []}
    for number, event in enumerate(case["events"]):
        day = f"2026-{event['d']}"
        match event["t"]:
            case "begin":
                sheets["openings"].append(begin(event["units"], event["cost"], day))
            case "buy":
                note = f"D-{number}"
                sheets["deliveries"].append(own(event["units"], event["cost"], day, note))
            case "sale":
                sheets["sales"].append(sold(event["units"], event["price"], day, f"R-{number}"))
    books.today = "2026-08-01"
    if lots:
        sheets["sales"] = [
            {**sheets["sales"][0], "lot": "BEGIN"},
            {**sheets["sales"][1], "lot": "BEGIN", "quantity": 20},
            {**sheets["sales"][1], "lot": "D-2/1", "quantity": 160, "line_no": 2},
        ]
    books.take_all(**sheets)
    return dict(case)


def test_openstax_spy_first_in_first_out(books: Books, realdata: Path) -> None:
    # 120 × 21; then 30 × 21 + 150 × 27: 7,200; 75 × 27 + 210 × 33 = 8,955 left
    case = spy_world(books, realdata)
    answer = case["expected"]["FIFO_perpetual"]
    cost, sales = books.balance(COST), -books.balance("Income:Sales")
    assert cost == Decimal(answer["cogs"])
    assert value_left(books) == Decimal(answer["ending"])
    assert sales == Decimal(case["sales"])
    assert sales - cost == Decimal(answer["gross_margin"])
    assert books.balance(STOCK, "FELT-1") == case["units_end"]
    assert books.stock() == {"D-2/1": 75, "D-4/1": 210}


def test_openstax_spy_by_named_lots(books: Books, realdata: Path) -> None:
    # 120 at 21; 20 at 21 and 160 at 27: 7,260
    case = spy_world(books, realdata, "named")
    answer = case["expected"]["SPECIFIC"]
    assert books.balance(COST) == Decimal(answer["cogs"])
    assert value_left(books) == Decimal(answer["ending"])


def test_openstax_february(books: Books, realdata: Path) -> None:
    # 50 + 20 at 7 = 490; 18 left = 126; 52 sold = 364
    case = cases(realdata, "inventory_costing")["openstax_february"]
    first, bought = case["begin"], case["buy"]
    units = first["units"] + bought["units"] - case["units_end"]
    books.take_all(
        openings=[begin(first["units"], first["cost"], "2026-02-01")],
        deliveries=[own(bought["units"], bought["cost"], "2026-02-10", "D-1")],
        sales=[sold(units, 10, "2026-02-20")],
    )
    assert books.balance(COST) == Decimal(case["expected"]["cogs"])
    assert value_left(books) == Decimal(case["expected"]["ending"])
    assert books.balance(STOCK, "FELT-1") == case["units_end"]


def test_fincal(books: Books, realdata: Path) -> None:
    # 2 × 2 + 3 × 3 + 2 × 5 = 23; 3 × 5 = 15 left
    case = cases(realdata, "inventory_costing")["fincal_cogs"]
    buys = [
        own(buy["units"], buy["cost"], f"2026-02-{10 + i}", f"D-{i}")
        for i, buy in enumerate(case["buys"])
    ]
    books.take_all(
        openings=[begin(case["begin"]["units"], case["begin"]["cost"], "2026-02-01")],
        deliveries=buys,
        sales=[sold(case["sold"], 10, "2026-02-20")],
    )
    assert books.balance(COST) == Decimal(case["expected"]["FIFO"]["cogs"])
    assert value_left(books) == Decimal(case["expected"]["FIFO"]["ending"])
