"""The calculation itself, held against sums done by hand."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from fractions import Fraction

import pytest

from .arithmetic import allocate, money
from .booking import import_rows
from .runs import Refused, approve, confirm, draft, settle
from .state import Books, Row
from .stock import stock_by_place

DAY = Date(2026, 1, 10)
LATER = Date(2026, 1, 31)
OPEN = Date(2025, 12, 1)


def base(*policy: Row) -> Books:
    """One association, two groups, three members, one product at 100 retail."""
    rows: list[tuple[str, Row]] = [
        ("associations", {"association": "naryn", "name_en": "Naryn"}),
        ("products", {"product": "felt", "name_en": "Felt"}),
        ("certificates", {"certificate_no": "C1", "product": "felt", "decision": "certified",
                          "date": OPEN}),
        ("prices", {"product": "felt", "valid_from": OPEN, "retail_price": Decimal(100)}),
    ]  # fmt: skip
    for member, group in (("M1", "Tyup"), ("M2", "Tyup"), ("M3", "Kochkor")):
        rows.append(("members", {"association": "naryn", "group": group, "member": member,
                                 "name": member, "rail": "cash"}))  # fmt: skip
    rows += [("policy", {"valid_from": OPEN, **rule}) for rule in policy]
    return taken(Books(), rows)


def taken(books: Books, rows: list[tuple[str, Row]], today: Date = LATER) -> Books:
    after, outcome = import_rows(books, rows, today)
    assert not outcome.problems
    return after


def delivery(note: str, quantity: str, day: Date = DAY, **more: object) -> tuple[str, Row]:
    row: Row = {"note_no": note, "line_no": 1, "date": day, "association": "naryn",
                "group": "Tyup", "member": "M1", "product": "felt", "terms": "buyback",
                "unit_price": Decimal(100), "delivered": Decimal(quantity),
                "location": "Karakol", **more}  # fmt: skip
    return "deliveries", {name: value for name, value in row.items() if value is not None}


def sale(receipt: str, quantity: str, day: Date = DAY, **more: object) -> tuple[str, Row]:
    row: Row = {"receipt_no": receipt, "line_no": 1, "date": day, "store": "Karakol",
                "product": "felt", "quantity": Decimal(quantity), "unit_price": Decimal(10),
                "payment": "cash", **more}  # fmt: skip
    return "sales", row


def line(books: Books, member: str, period: str = "2026-01") -> Row:
    shown = draft(books, period, "naryn").shown
    return next(found for found in shown["lines"] if found["member"] == member)


@pytest.mark.parametrize(
    ("x", "currency", "expected"),
    [("0.005", "KGS", 1), ("0.0049", "KGS", 0), ("-0.005", "KGS", -1), ("12.5", "JPY", 13)],
)
def test_money_rounds_half_up_by_absolute_value(x: str, currency: str, expected: int) -> None:
    assert money(Fraction(x), currency) == expected


def test_largest_fractions_get_the_units_left_ties_by_id() -> None:
    # 100 in three: 33 each, one left; all fractions are 1/3, so the first id gets it.
    assert allocate(100, dict.fromkeys("bca", Fraction(1))) == {"a": 34, "b": 33, "c": 33}
    # 10 by 1, 2, 4 of 7: 1.43, 2.86, 5.71 -> 1, 2, 5 and two left: to .86 and .71.
    weights = {"a": Fraction(1), "b": Fraction(2), "c": Fraction(4)}
    assert allocate(10, weights) == {"a": 1, "b": 3, "c": 6}
    assert allocate(-10, weights) == {"a": -1, "b": -3, "c": -6}
    with pytest.raises(ValueError, match="zero"):
        allocate(10, {"a": Fraction(0)})


def test_a_delivery_earns_what_was_accepted_times_the_price() -> None:
    # (7.5 - 0.5) * 33.335 = 233.345 -> 233.35
    books = taken(base(), [delivery("D1", "7.5", rejected=Decimal("0.5"),
                                    unit_price=Decimal("33.335"))])  # fmt: skip
    assert line(books, "M1")["earnings"]["buyback"] == "233.35"


def test_a_line_over_two_lots_is_allocated_by_quantity_and_pays_commission_by_lot() -> None:
    # 3 at 10 less 0.01 = 29.99 over lots of 1 and 2: 999.67 and 1999.33 tyiyn -> 10.00 and 19.99.
    # Commission 15 %: 1.50 and 2.9985 -> 3.00; earned 8.50 by M1 and 16.99 by M2.
    books = base({"rule": "commission", "value": Decimal("0.15")})
    books = taken(books, [
        delivery("D1", "1", terms="consignment", unit_price=None),
        delivery("D2", "2", terms="consignment", unit_price=None, member="M2"),
        sale("1", "3", discount=Decimal("0.01")),
    ])  # fmt: skip
    assert line(books, "M1")["earnings"]["consignment"] == "8.50"
    assert line(books, "M2")["earnings"]["consignment"] == "16.99"


def test_foreign_money_is_rounded_in_its_own_currency_first() -> None:
    # 3 * 333.5 = 1000.5 -> JPY 1001; * 0.5857 = 586.2857 -> 586.29
    books = taken(base(), [
        delivery("D1", "3", terms="consignment", unit_price=None),
        sale("1", "3", unit_price=Decimal("333.5"), payment="invoice", currency="JPY",
             rate=Decimal("0.5857")),
    ])  # fmt: skip
    assert line(books, "M1")["earnings"]["consignment"] == "586.29"


def test_returns_reverse_cumulatively_the_lot_taken_last_first() -> None:
    # 3 at 10 less 0.01 from one lot: 29.99. One back: 9.9967 -> 10.00; two: 19.9933 -> 19.99,
    # so the second takes 9.99; all three 29.99.
    books = taken(base(), [
        delivery("D1", "3", terms="consignment", unit_price=None),
        sale("1", "3", discount=Decimal("0.01")),
        sale("2", "-1", Date(2026, 1, 11), return_of="1"),
    ])  # fmt: skip
    assert line(books, "M1")["gross"] == "19.99"
    books = taken(books, [sale("3", "-1", Date(2026, 1, 12), return_of="1")])
    assert line(books, "M1")["gross"] == "10.00"
    _, outcome = import_rows(books, [sale("4", "-2", Date(2026, 1, 12), return_of="1")], LATER)
    assert [problem.column for problem in outcome.problems] == ["return_of"]


def test_reserved_goods_go_to_their_order_first_and_to_no_other_line() -> None:
    books = taken(base(), [
        delivery("D1", "4", terms="consignment", unit_price=None),
        delivery("D2", "5", terms="order", order_no="O-1"),
        sale("1", "6", order_no="O-1"),
    ])  # fmt: skip
    # 5 of D2, then 1 of D1, though D1 is no younger.
    assert stock_by_place(books) == {("Karakol", "felt", "D1/1"): 3}
    books = taken(books, [delivery("D3", "5", terms="order", order_no="O-2")])
    _, outcome = import_rows(books, [sale("2", "4")], LATER)
    assert [problem.column for problem in outcome.problems] == ["quantity"]


def test_note_numbers_break_ties_as_text() -> None:
    books = taken(base(), [delivery("D9", "1"), delivery("D10", "1"), sale("1", "1")])
    assert stock_by_place(books) == {("Karakol", "felt", "D9/1"): 1}


def test_a_later_sale_must_not_leave_landed_ones_short() -> None:
    books = taken(base(), [delivery("D1", "5"), sale("1", "4", Date(2026, 1, 20))])
    _, outcome = import_rows(books, [sale("2", "2", Date(2026, 1, 15))], LATER)
    assert outcome.problems
    assert not import_rows(books, [sale("2", "1", Date(2026, 1, 15))], LATER)[1].problems


def test_the_latest_decision_holds_whoever_it_is_for() -> None:
    no = ("certificates", {"certificate_no": "C2", "product": "felt", "group": "Tyup",
                           "decision": "revoked", "date": Date(2026, 1, 15)})  # fmt: skip
    books = taken(base(), [no])
    late = delivery("D1", "1", Date(2026, 1, 15))
    assert import_rows(books, [late], LATER)[1].problems
    other = delivery("D1", "1", Date(2026, 1, 15), group="Kochkor", member="M3")
    assert not import_rows(books, [other], LATER)[1].problems
    assert not import_rows(books, [delivery("D1", "1", Date(2026, 1, 14))], LATER)[1].problems


def test_missing_consigned_goods_are_made_good_at_a_share_of_the_retail_price() -> None:
    # 2 missing * 100 * 0.333 = 66.60
    books = base({"rule": "shrinkage", "value": Decimal("0.333")})
    books = taken(books, [
        delivery("D1", "5", terms="consignment", unit_price=None),
        ("stocktakes", {"count_no": "1", "date": DAY, "location": "Karakol", "product": "felt",
                        "counted": Decimal(3)}),
    ])  # fmt: skip
    assert line(books, "M1")["earnings"]["correction"] == "66.60"


def contribution(member: str, quantity: str, product: str | None = None) -> tuple[str, Row]:
    row: Row = {"period": "2026-01", "group": "Tyup", "member": member,
                "quantity": Decimal(quantity), "measure": "hours"}  # fmt: skip
    return "contributions", row | ({"product": product} if product else {})


def test_a_pool_waits_for_contributions_and_a_supplement_allocates_it() -> None:
    books = taken(base(), [delivery("D1", "1", member=None), delivery("D2", "1", member="M1")])
    run = draft(books, "2026-01", "naryn")
    assert run.shown["held_pools"] == [{"group": "Tyup", "amount": "100.00"}]
    assert run.shown["totals"]["held"] == "100.00"
    approve(books, run.id)
    books = taken(books, [contribution("M1", "1"), contribution("M2", "2")])
    # 100.00 by 1 and 2: 33.33 and 66.67
    second = draft(books, "2026-01", "naryn")
    assert second.id == "2026-01/naryn/2"
    pools = {found["member"]: found["earnings"]["pool"] for found in second.shown["lines"]}
    assert pools == {"M1": "33.33", "M2": "66.67"}


def test_a_distribution_counts_a_pool_as_one_payee_and_is_frozen() -> None:
    # 10.00 by value: M1 earned 100, the pool of Tyup 200 -> 3.33 and 6.67; the pool's part waits
    # with the 200.
    gift = ("distributions", {"distribution_no": "V1", "date": LATER, "kind": "premium",
                              "amount": Decimal(10), "from": OPEN, "to": LATER})  # fmt: skip
    books = taken(base(), [delivery("D1", "1"), delivery("D2", "2", member=None), gift])
    run = draft(books, "2026-01", "naryn")
    assert run.shown["lines"][0]["earnings"]["premium"] == "3.33"
    assert run.shown["held_pools"] == [{"group": "Tyup", "amount": "206.67"}]
    approve(books, run.id)
    books = taken(books, [delivery("D3", "7"), contribution("M2", "1")])
    lines = draft(books, "2026-01", "naryn").shown["lines"]
    assert [found["gross"] for found in lines] == ["700.00", "206.67"]


def test_deductions_come_in_order_each_from_its_own_base() -> None:
    # Gross 1000. Fee 3 % = 30; withholding 10 % = 100, outside the floor; the floor leaves
    # 1000 - 600 = 400 in all: fee 30, fixed 300, advance wants min(900, 500), gets 70; social 0.
    books = base(
        {"rule": "fee", "value": Decimal("0.03"), "order": 1},
        {"rule": "withholding", "value": Decimal("0.1"), "order": 2, "applies_to": "firm"},
        {"rule": "fixed", "value": Decimal(300), "order": 3},
        {"rule": "advance", "value": Decimal("0.5"), "order": 4},
        {"rule": "social", "value": Decimal("0.01"), "order": 5, "account": "Liabilities:Fund"},
        {"rule": "take_home_floor", "value": Decimal("0.6")},
    )
    firm = {**books.members["M1"][0], "tax_status": "firm", "changed": Date(2026, 1, 2)}
    lent = {"advance_no": "A1", "date": DAY, "member": "M1", "amount": Decimal(900)}
    books = taken(books, [("members", firm), delivery("D1", "10"), ("advances", lent)])
    found = line(books, "M1")
    taken_ = [(d["rule"], d["amount"]) for d in found["deductions"]]
    assert taken_ == [("fee", "30.00"), ("withholding", "100.00"), ("fixed", "300.00"),
                      ("advance", "70.00")]  # fmt: skip
    assert found["net"] == "500.00"


def test_withholding_is_whole_even_where_it_leaves_arrears() -> None:
    # Opening -995, gross 1000: available 5. Fee 5 of 30; withholding 100 -> net -100.
    books = base(
        {"rule": "fee", "value": Decimal("0.03"), "order": 1},
        {"rule": "withholding", "value": Decimal("0.1"), "order": 2, "applies_to": "firm"},
    )
    firm = {**books.members["M1"][0], "tax_status": "firm", "changed": Date(2026, 1, 2)}
    owed = {"date": OPEN, "kind": "payable", "member": "M1", "amount": Decimal(-995)}
    books = taken(books, [("members", firm), ("openings", owed), delivery("D1", "10")])
    found = line(books, "M1")
    assert [d["amount"] for d in found["deductions"]] == ["5.00", "100.00"]
    assert (found["net"], found["state"], found["carried"]) == ("-100.00", "carry", "-100.00")


def test_fixed_stops_at_its_limit() -> None:
    # 60 a month until 100: 60, then 40, then nothing.
    books = base({"rule": "fixed", "value": Decimal(60), "limit": Decimal(100), "order": 1})
    for month, expected in ((1, ["60.00"]), (2, ["40.00"]), (3, [])):
        day = Date(2026, month, 5)
        books = taken(books, [delivery(f"D{month}", "1", day)], day)
        run = draft(books, f"2026-{month:02d}", "naryn")
        assert [d["amount"] for d in run.shown["lines"][0]["deductions"]] == expected
        approve(books, run.id)


def test_the_rail_named_goes_before_a_blank_rule_and_the_rest_is_carried() -> None:
    # 123.45 in cash: above the cash minimum of 100, though below 500; paid in fives.
    books = base(
        {"rule": "minimum", "value": Decimal(500)},
        {"rule": "minimum", "value": Decimal(100), "applies_to": "cash"},
        {"rule": "cash_unit", "value": Decimal(5)},
    )
    books = taken(books, [delivery("D1", "1", unit_price=Decimal("123.45"))])
    found = line(books, "M1")
    assert (found["state"], found["payout"], found["carried"]) == ("pay", "120.00", "3.45")


def test_an_association_own_rule_replaces_the_general_one_whatever_the_dates() -> None:
    books = base(
        {"rule": "fee", "value": Decimal("0.01"), "order": 1, "association": "naryn"},
        {"rule": "fee", "value": Decimal("0.5"), "order": 1, "valid_from": Date(2026, 1, 1)},
    )
    books = taken(books, [delivery("D1", "1")])
    assert [d["amount"] for d in line(books, "M1")["deductions"]] == ["1.00"]


def test_a_payment_back_from_the_bank_holds_until_new_details_are_confirmed() -> None:
    books = base()
    bank = {**books.members["M1"][0], "rail": "bank", "account_no": "1", "bic": "DEMIKG22"}
    books.members["M1"] = [bank]
    books.details["M1"][0].rail, books.details["M1"][0].account_no = "bank", "1"
    books.details["M1"][0].bic = "DEMIKG22"
    books = taken(books, [delivery("D1", "1")])
    approve(books, draft(books, "2026-01", "naryn").id)
    back = {"date": LATER, "amount": Decimal(100), "reference": "2026-01/naryn/1/M1",
            "status": "returned"}  # fmt: skip
    assert not settle(books, [back])
    found = line(books, "M1")
    assert (found["returned"], found["net"], found["state"]) == ("100.00", "100.00", "hold")
    new = {**bank, "account_no": "2", "changed": Date(2026, 1, 20)}
    books = taken(books, [("members", new)])
    assert line(books, "M1")["state"] == "hold"
    confirm(books, "M1")
    assert line(books, "M1")["state"] == "pay"


def test_approval_is_refused_on_other_figures() -> None:
    books = taken(base(), [delivery("D1", "1")])
    run = draft(books, "2026-01", "naryn")
    books = taken(books, [delivery("D2", "1")])
    with pytest.raises(Refused):
        approve(books, run.id)


def test_one_bad_row_and_nothing_is_booked() -> None:
    rows = [delivery("D1", "1"), delivery("D2", "1", product="wool")]
    after, outcome = import_rows(base(), rows, LATER)
    assert [(p.place, p.column) for p in outcome.problems] == [(1, "product")]
    assert outcome.booked == 0
    assert not after.earnings
    after, outcome = import_rows(base(), rows, LATER, partial=True)
    assert outcome.booked == 1
    assert len(after.earnings) == 1
