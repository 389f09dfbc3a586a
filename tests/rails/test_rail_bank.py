"""The bank rail: valid against the official XSD, the same bytes, sums that meet the run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ovop_payouts import rails
from ovop_payouts.rails import Batch, Instruction, Payer, Refusal
from ovop_payouts.rails._pain001 import NAMESPACE

RUN = "2026-03/issyk-kul/1"
PAYER = Payer("ОсОО «OVOP+1»", "1280010020040012", "DEMIKG22")
IBAN = "DE89370400440532013000"  # the example of the IBAN registry


def payment(member: str = "M0345", **changes: object) -> Instruction:
    base = Instruction(
        f"{RUN}/{member}",
        member,
        "Өмүрбек кызы Айгүл",
        "Akburun",
        Decimal("15345.00"),
        account_no="1180000123456789",
        bic="DEMIKG22",
        language="ky",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def batch(*payments: Instruction) -> Batch:
    return Batch(RUN, "issyk-kul", date(2026, 4, 6), date(2026, 4, 8), payments or (payment(),))


def message(*payments: Instruction) -> etree._Element:
    files, refusals = rails.export("bank", batch(*payments), PAYER)
    assert refusals == ()
    return etree.fromstring(files["2026-03_issyk-kul_1_bank.xml"])


def texts(element: etree._Element, path: str) -> list[str | None]:
    steps = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [found.text for found in element.findall(f".//{steps}")]


def refused(*payments: Instruction, payer: Payer = PAYER) -> list[tuple[str, str]]:
    """(member or "" for the payer, field) of each refusal; files must be missing then."""
    files, refusals = rails.export("bank", batch(*payments), payer)
    assert bool(refusals) != bool(files)
    return [(refusal.reference.removeprefix(f"{RUN}/"), refusal.field) for refusal in refusals]


@pytest.fixture(scope="module")
def schema(realdata: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(realdata / "iso20022/xsd/pain.001.001.09.xsd")))


def test_the_message_as_a_whole() -> None:
    files, _ = rails.export("bank", batch(payment(), payment("M0007", account_no=IBAN)), PAYER)
    golden = Path(__file__).with_name("bank.golden.xml").read_bytes()
    assert files["2026-03_issyk-kul_1_bank.xml"] == golden


def test_it_is_valid_by_the_published_schema(schema: etree.XMLSchema) -> None:
    several = [payment(), payment("M1", account_no=IBAN), payment("M2", bic="128001")]
    schema.assertValid(message(*several))


def test_end_to_end_id_is_run_and_member() -> None:
    found = message(payment("M0345"), payment("M0007"))
    assert texts(found, "PmtId/EndToEndId") == [f"{RUN}/M0007", f"{RUN}/M0345"]
    assert texts(found, "GrpHdr/MsgId") == texts(found, "PmtInf/PmtInfId") == [RUN]


def test_the_longest_ids_fit() -> None:
    run = f"2026-03/{'a' * 14}/999"
    long = payment("M1234567", reference=f"{run}/M1234567")
    files, refusals = rails.export("bank", replace(batch(long), run=run), PAYER)
    assert refusals == ()
    assert len(long.reference) == 35
    assert files


def test_only_the_approval_gives_the_time() -> None:
    found = message()
    assert texts(found, "GrpHdr/CreDtTm") == ["2026-04-06T00:00:00"]
    assert texts(found, "ReqdExctnDt/Dt") == ["2026-04-08"]


@pytest.mark.parametrize(
    ("account", "path"),
    [
        (IBAN, "CdtrAcct/Id/IBAN"),
        ("DE89 3704 0044 0532 0130 00", "CdtrAcct/Id/IBAN"),
        ("de89370400440532013000", "CdtrAcct/Id/IBAN"),
        ("1180000123456789", "CdtrAcct/Id/Othr/Id"),
        ("1180 0001 2345 6789", "CdtrAcct/Id/Othr/Id"),
    ],
)
def test_iban_where_its_check_digits_say_so(account: str, path: str) -> None:
    assert texts(message(payment(account_no=account)), path) == [account.upper().replace(" ", "")]


def test_national_bank_code_is_a_clearing_member() -> None:
    found = message(payment(bic="128001"))
    assert texts(found, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["128001"]
    assert texts(found, "CdtrAgt/FinInstnId/BICFI") == []


@pytest.mark.parametrize("bic", ["", None, "B" * 36, "DEMI\x00KG22"])
def test_a_bic_that_no_file_can_hold_is_refused(bic: str | None) -> None:
    assert refused(payment(bic=bic)) == [("M0345", "bic")]


@pytest.mark.parametrize("bic", ["DEMIKG2", "DEMIKG22X", "12345", "ДЕМИKG22", "DEMI KG 2!"])
def test_an_odd_bic_keeps_nobody_else_waiting(bic: str) -> None:
    code = bic.replace(" ", "")
    assert texts(message(payment(bic=bic)), "CdtrAgt/FinInstnId/Othr/Id") == [code]


@pytest.mark.parametrize("account", ["", None, "1" * 35, "118\n0000\x00"])
def test_an_account_that_no_file_can_hold_is_refused(account: str | None) -> None:
    assert refused(payment(account_no=account)) == [("M0345", "account_no")]


@pytest.mark.parametrize("account", ["DE89370400440532013001", "ABCD", "=1180000", "счёт118000"])
def test_what_is_no_iban_goes_as_written(account: str) -> None:
    assert texts(message(payment(account_no=account)), "CdtrAcct/Id/Othr/Id") == [account]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1E-40", "1E16", "NaN", "sNaN", "Infinity"])
def test_an_amount_that_no_file_holds_is_refused(amount: str) -> None:
    assert ("M0345", "amount") in refused(payment(amount=Decimal(amount)))


def test_references_are_checked() -> None:
    assert refused(payment(), payment()) == [("M0345", "reference")]
    assert refused(payment(reference="2026-02/issyk-kul/1/M0345")) == [
        ("2026-02/issyk-kul/1/M0345", "reference")
    ]


def test_the_payer_needs_a_name() -> None:
    assert refused(payment(), payer=Payer("")) == [("", "name")]


def test_a_payer_without_an_account_is_not_provided() -> None:
    content = rails.export("bank", batch(payment()), Payer("OVOP+1"))[0]
    found = etree.fromstring(content["2026-03_issyk-kul_1_bank.xml"])
    assert texts(found, "DbtrAcct/Id/Othr/Id") == ["NOTPROVIDED"]
    assert texts(found, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


def test_refusals_show_the_last_four_digits_alone() -> None:
    account = "1180000123456789" * 3
    _, refusals = rails.export("bank", batch(payment(account_no=account, bic=account)), PAYER)
    shown = " ".join(str(refusal) for refusal in refusals)
    assert account not in shown
    assert "…6789" in shown
    assert str(Refusal("", "name", "is missing")) == "ovop.toml  name  is missing"


def test_nothing_to_pay_needs_no_file() -> None:
    assert rails.export("bank", replace(batch(), payments=()), Payer("")) == ({}, ())


def test_csv_tells_the_same() -> None:
    files, _ = rails.export("bank", batch(payment(bic="128001"), payment("M0007")), PAYER)
    rows = list(
        csv.DictReader(io.StringIO(files["2026-03_issyk-kul_1_bank.csv"].decode("utf-8-sig")))
    )
    assert [row["reference"] for row in rows] == [f"{RUN}/M0007", f"{RUN}/M0345"]
    assert rails.unguarded(rows[1]["account_no"]) == "1180000123456789"
    assert rows[1] | {"account_no": ""} == {
        "reference": f"{RUN}/M0345",
        "name": "Өмүрбек кызы Айгүл",
        "account_no": "",
        "bic": "128001",
        "amount": "15345.00",
        "currency": "KGS",
        "purpose": f"Төлөм {RUN}/M0345",
    }


@pytest.mark.parametrize(
    ("language", "word"), [("ky", "Төлөм"), ("ru", "Выплата"), ("en", "Payout")]
)
def test_the_purpose_is_in_the_language_of_the_payee(language: str, word: str) -> None:
    found = message(payment(language=language))
    assert texts(found, "RmtInf/Ustrd") == [f"{word} {RUN}/M0345"]


def test_names_keep_their_script_and_lose_what_breaks_xml() -> None:
    name = "Айгүл\x00\x1b\n ]]><!ENTITY> & \u202e\ud800\ufffe  кызы"
    assert texts(message(payment(name=name)), "Cdtr/Nm") == ["Айгүл ]]><!ENTITY> & кызы"]


def test_names_fit_140_characters() -> None:
    found = texts(message(payment(name="Ө" * 139 + " " + "Ң" * 20)), "Cdtr/Nm")
    assert found == ["Ө" * 139]


def test_naughty_strings_as_names(realdata: Path, schema: etree.XMLSchema) -> None:
    strings = json.loads((realdata / "hostile/strings/blns.json").read_text(encoding="utf-8"))
    payload = (realdata / "hostile/csv_injection/Intruder__csv-payload.txt").read_text("utf-8")
    names = [text for text in [*strings, *payload.splitlines()] if text.strip()]
    payments = [payment(f"M{n}", name=f"A {name}") for n, name in enumerate(names)]
    schema.assertValid(message(*payments))
    assert len(payments) > 400


payments_of_a_run = st.lists(
    st.builds(
        payment,
        st.from_regex(r"[A-Z][A-Z0-9]{1,7}", fullmatch=True),
        name=st.text(max_size=200).map(lambda text: f"A{text}"),
        amount=st.decimals("0.01", "99999999.99", places=2),
        account_no=st.sampled_from([IBAN, "1180000123456789"]),
        bic=st.sampled_from(["DEMIKG22", "DEMIKG22XXX", "128001"]),
        language=st.sampled_from([None, "ky", "ru", "en"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.member,
)


@given(payments_of_a_run, st.randoms(use_true_random=False))
def test_sum_count_and_bytes_for_any_run(payments: list[Instruction], chance: object) -> None:
    files, refusals = rails.export("bank", batch(*payments), PAYER)
    assert refusals == ()
    found = etree.fromstring(files["2026-03_issyk-kul_1_bank.xml"])
    total = sum((each.amount for each in payments), Decimal())
    assert [Decimal(text or "") for text in texts(found, "CtrlSum")] == [total, total]
    assert texts(found, "NbOfTxs") == [str(len(payments))] * 2
    assert sum(Decimal(text or "") for text in texts(found, "Amt/InstdAmt")) == total
    shuffled = list(payments)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rails.export("bank", batch(*shuffled), PAYER) == (files, ())


def test_the_schema_of_the_package_is_the_published_one(realdata: Path) -> None:
    from importlib.resources import files

    shipped = (files("sepaxml") / "schemas/pain.001.001.09.xsd").read_bytes()
    assert shipped == (realdata / "iso20022/xsd/pain.001.001.09.xsd").read_bytes()


def test_a_message_that_breaks_the_schema_never_leaves() -> None:
    with pytest.raises(ValueError, match="breaks the official schema") as caught:
        rails.rail("bank").write(batch(payment(bic="NOTABIC", account_no="1" * 40)), PAYER)
    assert "1111" not in str(caught.value)


def test_rails_are_found_by_name() -> None:
    assert {"bank", "wallet"} <= set(rails.names())
    assert not [name for name in rails.names() if name.startswith("_")]
    with pytest.raises(KeyError):
        rails.rail("_cells")
