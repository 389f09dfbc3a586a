"""What banks say of payments: bank-made samples, and statements about payments of ours."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from banking import block, details, entry, order, payment, statement
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from importers.bank_messages import (
    LARGEST,
    MOST_TAGS,
    REASONS,
    BankMessage,
    Status,
    bank_rows,
    is_ours,
    is_xml,
    read,
)
from importers.sheets import UnreadableFile

RUN = "2026-03/issyk-kul/1"
A, B, C = (f"{RUN}/{member}" for member in ("M0345", "M0007", "M9"))
SENT = {A: Decimal("1500.00"), B: Decimal("820.50"), C: Decimal("99.99")}


def said(message: BankMessage) -> list[tuple[str, str, str | None, str]]:
    return [
        (each.reference, each.status, str(each.amount) if each.amount else None, each.reason)
        for each in message.statuses
    ]


# --- bank-made samples -------------------------------------------------------------------------


def samples(realdata: Path) -> dict[str, Path]:
    found = {path.name: path for path in (realdata / "iso20022/samples").glob("*/*.xml")}
    assert len(found) >= 40
    return found


def test_every_sample_of_a_bank_is_read_and_nothing_lost(realdata: Path) -> None:
    kinds: dict[str, int] = {}
    for name, path in samples(realdata).items():
        if "pain_001" in name:
            continue
        content = path.read_bytes()
        message = read(content)
        kinds[message.kind] = kinds.get(message.kind, 0) + 1
        tree = etree.fromstring(content)
        entries = len(tree.findall(".//{*}Ntry"))
        listed = {each.number for each in message.ignored}
        assert (message.statuses, message.misfits) == ((), ()), name
        if message.kind != "pain.002":
            assert listed == set(range(1, entries + 1)), name
    assert kinds == {"camt.052": 8, "camt.053": 19, "camt.054": 6, "pain.002": 10}


def test_orders_are_no_answers(realdata: Path) -> None:
    orders = [path for name, path in samples(realdata).items() if "pain_001" in name]
    assert orders
    for path in orders:
        with pytest.raises(UnreadableFile, match="is no statement or report of a bank"):
            read(path.read_bytes())


def as_ours(path: Path, theirs: str, ours: str = A) -> BankMessage:
    """A bank's own file in which one reference is ours, and the money som."""
    text = path.read_text(encoding="utf-8")
    assert theirs in text
    return read(
        re.sub(r"""Ccy=["'][A-Z]{3}["']""", 'Ccy="KGS"', text.replace(theirs, ours)).encode()
    )


@pytest.mark.parametrize(
    ("name", "reference", "status", "day", "amount", "reason"),
    [
        # A transfer that left, as Nordea writes it: camt.053.001.02, status as plain text.
        ("nordea__example_camt.xml", "20190508-E123456", "settled", "2019-05-08", "700.50", ""),
        # Goldman Sachs: a returned payment, its reason one of their own clearing's.
        (
            "goldman_sachs__camt_053_us_v2_sample.xml",
            "GSKWTHM25VCGE5",
            "returned",
            "2023-10-01",
            "10.00",
            "R02",
        ),
        # Another there, reversed before it left, with words instead of a code.
        (
            "goldman_sachs__camt_053_us_v2_sample.xml",
            "GSGWGDNCTAHQM8",
            "returned",
            "2023-10-01",
            "10.00",
            "Status changed to REJECTED : REJECT REVERSAL",
        ),
    ],
)
def test_a_bank_speaks_of_ours(
    realdata: Path, name: str, reference: str, status: str, day: str, amount: str, reason: str
) -> None:
    (found,) = as_ours(samples(realdata)[name], reference).statuses
    expected = Status(A, status, date.fromisoformat(day), Decimal(amount), reason, found.number)
    assert found == expected


def test_a_bank_takes_back_a_debit(realdata: Path) -> None:
    """ABN AMRO: a direct debit sent back, which no payment of ours can be."""
    name = "abn_amro__example_camt.xml"
    message = as_ours(samples(realdata)[name], "<EndToEndId>1234567X908303803", f"<EndToEndId>{A}")
    assert [(each.reference, each.amount) for each in message.misfits] == [(A, "1.00 KGS")]


def test_a_bank_says_credit_within_a_debit(realdata: Path) -> None:
    """camt.054.001.08: to take it for a return would pay somebody twice, so nobody guesses."""
    message = as_ours(samples(realdata)["camt054.v8.xml"], "UXC06170000006PI00001EE00001")
    assert [(each.reference, each.amount) for each in message.misfits] == [(A, "3.1 KGS")]


def test_a_bank_rejects_ours(realdata: Path) -> None:
    name = "nordea__pain_002_v3_txn_reject.xml"
    message = as_ours(samples(realdata)[name], "ENDTOENDID-950-TEST2-2807-02")
    words = "CAP Invalid code or combinations in CategoryPurpose or ServiceLevel"
    reason = f"NARR in the bank's words: {words}"
    assert said(message) == [(A, "returned", None, reason)]
    assert message.statuses[0].date == date(2015, 7, 28)


def test_a_bank_rejects_the_whole_order(realdata: Path) -> None:
    path = samples(realdata)["nordea__pain_002_v3_group_reject.xml"]
    message = as_ours(path, "MSGID-PS-TEST-0708-01", RUN)
    rows, misfits = bank_rows(message, "p.xml", "0" * 64, SENT)
    assert misfits == []
    assert {row.values["reference"]: row.values["amount"] for row in rows} == SENT
    reason = "DU01 the message was sent twice: ISO Duplicate Message ID"
    assert {row.values["reason"] for row in rows} == {reason}


# --- statements --------------------------------------------------------------------------------


def test_what_we_write_for_tests_is_valid(realdata: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(realdata / "iso20022/xsd/camt.053.001.08.xsd")))
    because = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    batch = f"<Btch><PmtInfId>{RUN}</PmtInfId></Btch>"
    content = statement(entry(details(A)), entry(details(B, more=because)), entry(batch))
    schema.assertValid(etree.fromstring(content))


def test_a_debit_is_settled() -> None:
    assert said(read(statement(entry(details(A))))) == [(A, "settled", "1500.00", "")]


def test_a_credit_has_come_back_and_says_why() -> None:
    because = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>since May</AddtlInf></RtrInf>"
    message = read(statement(entry(details(A, more=because), sign="CRDT")))
    assert said(message) == [(A, "returned", "1500.00", "AC04 account closed: since May")]


def test_paid_and_come_back_in_one_statement() -> None:
    message = read(statement(entry(details(A)), entry(details(A), sign="CRDT")))
    assert [(each.number, each.status) for each in message.statuses] == [
        (1, "settled"),
        (2, "returned"),
    ]


def test_a_reason_shows_no_account_number() -> None:
    words = "acc 1180000123456789 / DE89 3704 0044 0532 0130 00 / +996555123456"
    because = f"<RtrInf><Rsn><Prtry>X1</Prtry></Rsn><AddtlInf>{words}</AddtlInf></RtrInf>"
    (status,) = read(statement(entry(details(A, more=because), sign="CRDT"))).statuses
    assert status.reason == "X1: acc …6789 / …0 00 / +…3456"


def test_several_payments_in_one_entry() -> None:
    both = details(A, amount="1500.00") + details(B, amount="820.5")
    message = read(statement(entry(both, "2320.50")))
    assert said(message) == [(A, "settled", "1500.00", ""), (B, "settled", "820.50", "")]


def test_a_return_within_a_netted_entry() -> None:
    because = "<CdtDbtInd>CRDT</CdtDbtInd><RtrInf><Rsn><Cd>AC06</Cd></Rsn></RtrInf>"
    both = details(A, amount="1500.00") + details(B, amount="820.50", more=because)
    message = read(statement(entry(both, "679.50")))
    assert said(message) == [
        (A, "settled", "1500.00", ""),
        (B, "returned", "820.50", "AC06 account blocked"),
    ]


def test_several_payments_without_amounts_do_not_fit() -> None:
    message = read(statement(entry(details(A) + details(B), "2320.50")))
    assert message.statuses == ()
    assert [each.reason for each in message.misfits] == ["names no amount"] * 2


def test_a_run_booked_as_one_sum() -> None:
    message = read(statement(entry(f"<Btch><PmtInfId>{RUN}</PmtInfId></Btch>", "2420.49")))
    rows, misfits = bank_rows(message, "s.xml", "0" * 64, SENT)
    assert misfits == []
    assert {row.values["reference"]: row.values["amount"] for row in rows} == SENT
    rows, (misfit,) = bank_rows(message, "s.xml", "0" * 64, SENT | {f"{RUN}/M1": Decimal(1)})
    assert rows == []
    assert misfit.reason == "the payments of this run sum to 2421.49"


def test_a_run_booked_as_one_sum_of_which_one_came_back() -> None:
    batch = entry(f"<Btch><PmtInfId>{RUN}</PmtInfId></Btch>", "2420.49")
    message = read(statement(batch, entry(details(C), "99.99", "CRDT")))
    rows, misfits = bank_rows(message, "s.xml", "0" * 64, SENT)
    assert misfits == []
    assert [(row.values["reference"], row.values["status"]) for row in rows] == [
        (A, "settled"),
        (B, "settled"),
        (C, "settled"),
        (C, "returned"),
    ]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (entry(details(A), ccy="USD"), "is no positive amount in KGS"),
        (entry(details(A), "0"), "is no positive amount in KGS"),
        (entry(details(A), "1500.005"), "is no positive amount in KGS"),
        (entry(details(A), "-1500"), "is no positive amount in KGS"),
        (entry(details(A), "1e3"), "is no positive amount in KGS"),
        (entry(details(A), "١٥٠٠"), "is no positive amount in KGS"),
        (entry(details(A), sign="?"), "is neither debit nor credit (?)"),
        (
            entry(details(A, more="<RtrInf/>")),
            "is a return that takes money instead of giving it back: ask the bank",
        ),
        (entry(details(A)).replace("2026-04-07", "2026-02-30"), "has no date: '2026-02-30'"),
        (entry(details(A)).replace("2026-04-07", "soon"), "has no date: 'soon'"),
    ],
)
def test_ours_that_cannot_be_booked_is_a_misfit(entries: str, reason: str) -> None:
    message = read(statement(entries, entry(details(B), "820.50")))
    assert [(each.number, each.reference, each.reason) for each in message.misfits] == [
        (1, A, reason)
    ]
    assert said(message) == [(B, "settled", "820.50", "")]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (entry(details("NOTPROVIDED")), "has no reference"),
        (entry(""), "has no reference"),
        (entry(details("INV-77")), "is none of our references"),
        (entry(details(A), state="PDNG"), "is not booked yet (PDNG)"),
    ],
)
def test_other_entries_are_listed_and_ignored(entries: str, reason: str) -> None:
    message = read(statement(entries))
    assert [each.reason for each in message.ignored] == [reason]
    assert (message.statuses, message.misfits) == ((), ())


def test_amounts_are_exact() -> None:
    (status,) = read(statement(entry(details(A), "1500.50000"))).statuses
    assert str(status.amount) == "1500.50"


def test_other_encodings_and_marks() -> None:
    text = statement(entry(details(A, more="<AddtlTxInf>Өмүрбек</AddtlTxInf>"))).decode()
    russian = '<?xml version="1.0" encoding="windows-1251"?>' + text.replace("Өмүрбек", "Иванов")
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), russian.encode("cp1251")):
        assert is_xml(content)
        assert said(read(content)) == [(A, "settled", "1500.00", "")]
    assert not is_xml(b"PK\x03\x04")
    assert not is_xml(b"date,amount\n")


def test_an_envelope_around_the_document() -> None:
    content = b"<Envelope><AppHdr/>" + statement(entry(details(A))) + b"</Envelope>"
    assert said(read(content)) == [(A, "settled", "1500.00", "")]


# --- pain.002 ----------------------------------------------------------------------------------


def test_a_rejected_payment_takes_its_amount_from_what_was_sent() -> None:
    message = read(order("", block("PART", payment(A, "RJCT", "AC01"), payment(B, "ACSP"))))
    assert said(message) == [(A, "returned", None, "AC01 no such account number")]
    assert [each.reason for each in message.ignored] == [
        "has no reference",
        "PART accepted in part: what became of each payment counts",
        "ACSP accepted, not paid yet",
    ]
    (row,), misfits = bank_rows(message, "p.xml", "ab" * 32, SENT)
    assert misfits == []
    assert row.kind == "bank"
    assert row.values == {
        "date": date(2026, 4, 6),
        "amount": Decimal("1500.00"),
        "reference": A,
        "status": "returned",
        "reason": "AC01 no such account number",
    }
    assert str(row.source) == "p.xml/pain.002!2"


def test_a_rejected_payment_that_nobody_sent_does_not_fit() -> None:
    message = read(order("", block("", payment(f"{RUN}/M8", "RJCT", "AC01"))))
    rows, (misfit,) = bank_rows(message, "p.xml", "0" * 64, SENT)
    assert rows == []
    assert misfit.reason.startswith("no payment has this reference")


def test_payments_that_are_paid_are_settled() -> None:
    message = read(order("", block("", payment(A, "ACSC", amount="1500"), payment(B, "ACCC"))))
    assert said(message) == [(A, "settled", "1500.00", ""), (B, "settled", None, "")]


def test_a_rejected_block_rejects_what_it_does_not_name_too() -> None:
    message = read(order("", block("RJCT", payment(A, "RJCT", "AC06"))))
    rows, misfits = bank_rows(message, "p.xml", "0" * 64, SENT)
    assert misfits == []
    assert {row.values["reference"]: row.values["reason"] for row in rows} == {
        A: "AC06 account blocked",
        B: "no reason given",
        C: "no reason given",
    }


def test_rejected_as_a_message_and_as_its_block_counts_once() -> None:
    group = f"<OrgnlMsgId>{RUN}</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
    rows, misfits = bank_rows(read(order(group, block("RJCT"))), "p.xml", "0" * 64, SENT)
    assert misfits == []
    assert sorted(str(row.values["reference"]) for row in rows) == sorted(SENT)


def test_an_unknown_run_does_not_fit() -> None:
    group = "<OrgnlMsgId>2026-03/osh/1</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
    rows, (misfit,) = bank_rows(read(order(group)), "p.xml", "0" * 64, SENT)
    assert rows == []
    assert misfit.reason == "no payment of this run was sent through the bank"


# --- references, reasons, hostile files --------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "ours"),
    [
        (A, True),
        (RUN, True),
        ("2026-12/a/999/M1234567", True),
        ("2026-13/a/1/M1", False),
        ("2026-03/a/0/M1", False),
        ("2026-03/a/1/", False),
        ("2026-03/a/1/M1/x", False),
        ("2026-03/a/1/M12345678", False),
        ("2026-03/a b/1/M1", False),
        (f"{A}\n", False),
    ],
)
def test_the_form_of_our_references(reference: str, ours: bool) -> None:
    assert is_ours(reference) is ours


def test_reasons_are_codes_with_words() -> None:
    assert REASONS["AC04"] == "account closed"
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{2}", code) and REASONS[code] for code in REASONS)


def test_hostile_xml_is_refused_in_one_line(realdata: Path) -> None:
    files = sorted((realdata / "hostile/xml").glob("*.xml"))
    assert len(files) >= 8
    for path in files:
        with pytest.raises(UnreadableFile) as caught:
            read(path.read_bytes())
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no well-formed XML"),
        (b"PK\x03\x04", "is no well-formed XML"),
        (statement(entry(details(A)))[:-9], "is no well-formed XML"),
        (b"<?xml version='1.0' encoding='none-such'?><a/>", "XML"),
        (b"<?xml version='1.0' encoding='shift_jis'?><a/>", "cannot be read as XML"),
        (b"<a/>", "is no statement or report of a bank"),
        (b"<Document/>", "is no statement or report of a bank"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "is no statement or report of a bank"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "declares a document type"),
        (b"<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>", "declares a document type"),
        (b" " * (LARGEST + 1), "is larger than 24 MiB"),
        (b"<a>" + b"<b/>" * MOST_TAGS + b"</a>", "more than 1500000 tags"),
        (statement("<Ntry/>" * 50_001), "more than 50000 payments"),
    ],
)
def test_what_is_no_message_is_refused_in_one_line(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(), st.text(max_size=20), st.text(max_size=12))
def test_whatever_a_bank_writes_is_no_traceback(reference: str, amount: str, day: str) -> None:
    root = etree.fromstring(statement(entry(details("R"), "1.00")))
    plain = {
        name: "".join(each for each in text if each.isprintable())
        for name, text in {"EndToEndId": reference, "Amt": amount, "Dt": day}.items()
    }
    for element in root.iter():
        name = etree.QName(element).localname
        if name in plain and not len(element):
            element.text = plain[name]
    message = read(etree.tostring(root))
    assert len(message.ignored) + len(message.misfits) + len(message.statuses) == 1
