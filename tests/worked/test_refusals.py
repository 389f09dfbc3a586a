"""What is not booked, and what was booked already (contract §3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from worked.books import (
    ISSYK,
    MARCH,
    NARYN,
    Books,
    amounts,
    consigned,
    delivery,
    earned,
    line,
    member,
    rule,
    sale,
    worked,
)

GOOD = delivery("D-1", "felt-1", 5, "M0345")


def decision(number: str, word: str, day: str, **more: Any) -> dict[str, Any]:
    row = {"certificate_no": number, "product": "soap-1", "decision": word, "date": day}
    return {**row, **more}


# --- all or nothing ----------------------------------------------------------------------------


def test_one_bad_row_and_nothing_is_booked(books: Books) -> None:
    said = books.refused("deliveries", GOOD, delivery("D-2", "felt-1", 1, "M9999"))
    assert "deliveries!F3" in said
    assert "M9999" in said
    assert books.draft()["lines"] == []


def test_every_problem_is_listed(books: Books) -> None:
    said = books.refused(
        "deliveries", delivery("D-1", "felt-9", 1, "M0345"), delivery("D-2", "felt-1", 1, "M9999")
    )
    assert "felt-9" in said
    assert "M9999" in said


def test_the_workbook_comes_back_with_its_problems_marked(books: Books) -> None:
    books.refused("deliveries", GOOD, delivery("D-2", "felt-1", 1, "M9999"))
    path = books.files[-1].with_name(f"{books.files[-1].stem}.problems.xlsx")
    cell = load_workbook(path)["deliveries"]["F3"]
    assert cell.value == "M9999"
    assert cell.comment is not None


def test_partial_books_the_good_rows_and_gives_the_bad_ones_back(books: Books) -> None:
    path = books.workbook(deliveries=[GOOD, delivery("D-2", "felt-1", 1, "M9999")])
    result = books.ovop("anna", "import", "--partial", str(path))
    assert result.exit_code == 3
    assert earned(books.draft(), "M0345") == {"buyback": "1000.00"}
    rejected = path.with_name(f"{path.stem}.rejected.xlsx")
    rows = list(load_workbook(rejected)["deliveries"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["D-2"]


def test_a_dry_run_books_nothing(books: Books) -> None:
    before = books.changes()
    said = books.done("anna", "import", "--dry-run", str(books.workbook(deliveries=[GOOD])))
    assert "1 would be booked" in said
    assert books.changes() == before


# --- the same again ----------------------------------------------------------------------------


def test_the_same_row_again_is_counted_as_imported(books: Books) -> None:
    books.take("deliveries", [GOOD])
    before = books.changes()
    assert "deliveries: 0 booked, 1 already imported" in books.take("deliveries", [GOOD])
    assert books.changes() == before


def test_a_file_may_overlap_an_earlier_one(books: Books) -> None:
    books.take("deliveries", [GOOD])
    said = books.take("deliveries", [GOOD, delivery("D-2", "felt-1", 1, "M0345")])
    assert "deliveries: 1 booked, 1 already imported" in said
    assert earned(books.draft(), "M0345") == {"buyback": "1200.00"}


def test_the_same_key_with_other_content_names_the_first_import(books: Books) -> None:
    books.take("deliveries", [GOOD])
    first = books.files[-1].name
    assert first in books.refused("deliveries", {**GOOD, "delivered": 6})


def test_two_rows_of_one_key_in_one_file_are_a_problem(books: Books) -> None:
    books.refused("deliveries", GOOD, {**GOOD, "delivered": 6})


def test_a_row_twice_in_one_file_is_booked_once(books: Books) -> None:
    books.take("deliveries", [GOOD, GOOD])
    assert earned(books.draft(), "M0345") == {"buyback": "1000.00"}


def test_lines_of_one_receipt_in_two_stores_are_two_rows(books: Books) -> None:
    # the key has the store in it: 350 + 350
    books.take_all(
        deliveries=[
            consigned("D-1", "felt-1", 5, "M0345"),
            consigned("D-2", "felt-1", 5, "M0345", location="talas"),
        ],
        sales=[sale("R-1", "felt-1", 1, 350), sale("R-1", "felt-1", 1, 350, store="talas")],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "700.00"}


def test_that_a_row_is_imported_is_seen_before_its_date_is_judged(books: Books) -> None:
    # a row of a closed month, again: known, not refused
    books.take("deliveries", [GOOD])
    books.pay()
    row = {"date": "2026-04-05", "amount": 1000, "reference": "2026-03/issyk-kul/1/M0345"}
    books.settle({**row, "status": "settled"})
    books.done("anna", "close", MARCH, "-a", ISSYK)
    assert "1 already imported" in books.take("deliveries", [GOOD])


# --- numbers and days --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "earning"),
    [
        (0.1, "0.10"),  # the decimal that a person sees
        (1234.5600000000002, "1234.56"),
        ("1 234,56", "1234.56"),  # text in local form
        ("1\u00a0234,56", "1234.56"),
        (1234.56, "1234.56"),
    ],
)
def test_numbers_are_exact(books: Books, cell: Any, earning: str) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345", unit_price=cell)])
    assert earned(books.draft(), "M0345") == {"buyback": earning}


@pytest.mark.parametrize("cell", ["#N/A", "=1+1", -5, "five", "1.5.2", 0.1234567])
def test_what_is_no_price_is_a_problem(books: Books, cell: Any) -> None:
    row = delivery("D-1", "felt-1", 1, "M0345", unit_price=cell)
    assert "deliveries!" in books.refused("deliveries", row)


def test_empty_is_not_zero(books: Books) -> None:
    # an empty price is asked of the list: 200; a price of 0 earns nothing
    books.take(
        "deliveries",
        [
            delivery("D-1", "felt-1", 1, "M0345", unit_price=None),
            delivery("D-2", "felt-1", 1, "M0346", unit_price=0),
        ],
    )
    assert amounts(books.draft(), "gross") == {"M0345": "200.00"}


def test_an_empty_required_cell_is_a_problem(books: Books) -> None:
    assert "deliveries!I2" in books.refused("deliveries", {**GOOD, "delivered": None})


def test_amounts_have_no_more_decimals_than_the_currency(books: Books) -> None:
    row = {"advance_no": "A-1", "date": "2026-03-01", "member": "M0345", "amount": "10.005"}
    assert "10.005" in books.refused("advances", row)


def test_discounts_have_no_more_decimals_than_the_currency(books: Books) -> None:
    books.take("deliveries", [GOOD])
    books.refused("sales", sale("R-1", "felt-1", 1, 350, discount="0.005"))
    abroad = {"payment": "invoice", "currency": "JPY", "rate": "0.58"}
    books.refused("sales", sale("R-1", "felt-1", 1, 350, discount="0.5", **abroad))


def test_prices_and_quantities_may_have_six_decimals(books: Books) -> None:
    # 1.000001 × 200 = 200.0002 -> 200.00; 1 × 0.000001 -> 0.00
    books.take("deliveries", [delivery("D-1", "honey-1", "1.000001", "M0345", unit_price=200)])
    assert earned(books.draft(), "M0345") == {"buyback": "200.00"}
    row = delivery("D-2", "honey-1", "1.0000001", "M0345", unit_price=200)
    assert "decimals" in books.refused("deliveries", row)


def test_a_day_in_the_future_is_a_problem(books: Books) -> None:
    # it is 5 April
    assert "future" in books.refused(
        "deliveries", delivery("D-1", "felt-1", 1, "M0345", date="2026-04-06")
    )


def test_a_day_in_a_closed_month_is_a_problem_that_names_the_first_open_day(
    books: Books,
) -> None:
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)
    assert "2026-04-01" in books.refused("deliveries", GOOD)
    books.take("deliveries", [{**GOOD, "date": "2026-04-01"}])


def test_another_associations_month_stays_open(books: Books) -> None:
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)
    naryn = {"association": NARYN, "group": "Atbashy"}
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "N0001", **naryn)])


def test_a_late_contribution_to_a_closed_month_is_no_problem(books: Books) -> None:
    books.pay()
    books.done("anna", "close", MARCH, "-a", ISSYK)
    books.take("contributions", [worked("Akburun", "M0345", 8)])


# --- who and what is known ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("association", "talas"),
        ("group", "Akbulak"),
        ("group", "Bokonbaev"),  # M0345 is of Akburun
        ("member", "M0354"),
        ("product", "felt-2"),
        ("terms", "loan"),
    ],
)
def test_what_is_not_known_or_does_not_fit_is_a_problem(
    books: Books, column: str, value: str
) -> None:
    assert value in books.refused("deliveries", {**GOOD, column: value})


def test_a_group_of_another_association_is_a_problem(books: Books) -> None:
    assert ISSYK in books.refused("deliveries", {**GOOD, "association": NARYN})


def test_a_near_name_is_suggested(books: Books) -> None:
    said = books.refused("deliveries", {**GOOD, "product": "felt-l"})
    assert "felt-1" in said


# --- certificates ------------------------------------------------------------------------------

SOAP = delivery("D-1", "soap-1", 1, "M0345", unit_price=10)


def test_goods_without_a_certificate_are_not_delivered(books: Books) -> None:
    assert "certificate" in books.refused("deliveries", SOAP)


@pytest.mark.parametrize(
    ("until", "good"), [("2026-03-10", True), ("2026-03-09", False), (None, True)]
)
def test_valid_until_is_the_last_good_day(books: Books, until: str | None, good: bool) -> None:
    # delivered on 10 March
    books.take("certificates", [decision("S-1", "certified", "2026-03-01", valid_until=until)])
    if good:
        books.take("deliveries", [SOAP])
    else:
        assert "2026-03-09" in books.refused("deliveries", SOAP)


@pytest.mark.parametrize("word", ["rejected", "suspended", "revoked"])
def test_the_latest_decision_holds(books: Books, word: str) -> None:
    books.take(
        "certificates",
        [decision("S-1", "certified", "2026-03-01"), decision("S-2", word, "2026-03-10")],
    )
    assert word in books.refused("deliveries", SOAP)


def test_a_decision_of_a_later_day_does_not_hold_yet(books: Books) -> None:
    books.take(
        "certificates",
        [decision("S-1", "certified", "2026-03-01"), decision("S-2", "revoked", "2026-03-11")],
    )
    books.take("deliveries", [SOAP])


def test_of_one_days_decisions_the_last_number_holds(books: Books) -> None:
    books.take(
        "certificates",
        [decision("S-2", "certified", "2026-03-01"), decision("S-1", "revoked", "2026-03-01")],
    )
    books.take("deliveries", [SOAP])


def test_a_groups_certificate_is_for_that_group_alone(books: Books) -> None:
    books.take("certificates", [decision("S-1", "certified", "2026-03-01", group="Bokonbaev")])
    assert "certificate" in books.refused("deliveries", SOAP)
    books.take("deliveries", [{**SOAP, "group": "Bokonbaev", "member": "M0401"}])


def test_product_wide_and_group_decisions_stand_in_one_row(books: Books) -> None:
    # product-wide certified on the 1st, Akburun's revoked on the 5th: Akburun may not
    books.take(
        "certificates",
        [
            decision("S-1", "certified", "2026-03-01"),
            decision("S-2", "revoked", "2026-03-05", group="Akburun"),
        ],
    )
    assert "revoked" in books.refused("deliveries", SOAP)
    books.take("deliveries", [{**SOAP, "group": "Bokonbaev", "member": "M0401"}])


def test_a_product_wide_decision_overrules_an_older_one_of_a_group(books: Books) -> None:
    books.take(
        "certificates",
        [
            decision("S-1", "revoked", "2026-03-01", group="Akburun"),
            decision("S-2", "certified", "2026-03-05"),
        ],
    )
    books.take("deliveries", [SOAP])


def test_a_sale_needs_a_certificate_on_its_own_day(books: Books) -> None:
    # delivered on the 10th, expired on the 15th, sold on the 20th
    until = decision("S-1", "certified", "2026-03-01", valid_until="2026-03-15")
    books.take_all(certificates=[until], deliveries=[SOAP])
    assert "2026-03-15" in books.refused("sales", sale("R-1", "soap-1", 1, 20))


def test_a_sale_needs_it_for_every_group_whose_lots_it_takes(books: Books) -> None:
    # Akburun's soap may be sold, Bokonbaev's no more: one of each is refused, one of Akburun's
    # is not
    books.take_all(
        certificates=[
            decision("S-1", "certified", "2026-03-01"),
            decision("S-2", "revoked", "2026-03-15", group="Bokonbaev"),
        ],
        deliveries=[
            SOAP,
            {**SOAP, "note_no": "D-2", "group": "Bokonbaev", "member": "M0401"},
        ],
    )
    assert "Bokonbaev" in books.refused("sales", sale("R-1", "soap-1", 2, 20))
    books.take("sales", [sale("R-1", "soap-1", 1, 20)])


# --- master data -------------------------------------------------------------------------------


def test_a_members_new_content_needs_a_later_date(books: Books) -> None:
    other = member("M0345", ISSYK, "Akburun", "wallet", phone="+996700000001")
    assert "changed" in books.refused("members", other)
    books.take("members", [{**other, "changed": "2026-03-15"}])
    assert "changed" in books.refused(
        "members", {**other, "phone": "+996700000002", "changed": "2026-03-15"}
    )
    books.refused("members", {**other, "phone": "+996700000002", "changed": "2026-03-14"})


def test_a_products_owner_never_changes(books: Books) -> None:
    row = {"product": "felt-1", "name_en": "Slippers", "association": ISSYK}
    assert "owner" in books.refused("products", row)
    books.take("products", [{"product": "felt-1", "name_en": "Slippers"}])


def test_an_associations_names_are_replaced(books: Books) -> None:
    said = books.take("associations", [{"association": ISSYK, "name_en": "Issyk-Kul women"}])
    assert "associations: 1 booked" in said


def test_an_unknown_rule_is_a_problem(books: Books) -> None:
    assert "fees" in books.refused("policy", rule("fees", "0.03"))


def test_a_share_is_no_percentage(books: Books) -> None:
    assert "0.05" in books.refused("policy", rule("fee", 5))


def test_a_secretary_records_certificates_and_nothing_else(books: Books) -> None:
    books.done("admin", "user", "add", "sanat", "--role", "secretary")
    path = books.workbook(certificates=[decision("S-1", "certified", "2026-03-01")])
    books.done("sanat", "import", str(path))
    other = books.workbook(deliveries=[GOOD])
    books.not_done("sanat", "import", str(other))


def test_an_auditor_changes_nothing(books: Books) -> None:
    books.done("admin", "user", "add", "olga", "--role", "auditor")
    books.not_done("olga", "import", str(books.workbook(deliveries=[GOOD])))
    books.not_done("olga", "payout", "draft", MARCH)


# --- text is data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        '=HYPERLINK("http://example.org")',
        "+1",
        "@SUM(A1)",
        'a "quoted" word',
        "two\nlines",
        '2026-03-01 open Assets:Cash\n1970-01-01 * "x"',
        "back\\slash",
    ],
)
def test_words_stay_words(books: Books, words: str, tmp_path: Path) -> None:
    row = delivery("D-1", "felt-1", 2, "M0345", rejected=1)
    path = _with_text(books, row, words)
    books.done("anna", "import", str(path))
    assert line(books.draft(), "M0345")["gross"] == "200.00"
    assert books.balance("Liabilities:Payable:IssykKul") == -200


def _with_text(books: Books, row: dict[str, Any], words: str) -> Path:
    """A workbook whose reject_reason is text, even where it looks like a formula."""
    path = books.workbook(deliveries=[{**row, "reject_reason": "x"}])
    book = load_workbook(path)
    sheet = book["deliveries"]
    column = [cell.value for cell in sheet[1]].index("reject_reason") + 1
    cell = sheet.cell(2, column)
    cell.value = words
    cell.data_type = "s"
    book.save(path)
    return path


def test_a_row_with_a_wrong_number_is_named_for_its_unknown_ids_too(books: Books) -> None:
    # four cells of one row: product, member, delivered, and a day after today
    wrong = delivery("D-1", "wool-9", -1, "M9999", date="2027-01-01")
    said = books.refused("deliveries", wrong)
    assert "4 problems; nothing was booked." in said
    for value in ("wool-9", "M9999", "-1", "2027-01-01"):
        assert f"  {value}  " in said
