"""ISO 20022 pain.001.001.09, CustomerCreditTransferInitiation, checked against the official XSD.

The message, and its one block of payments, carry the run's id, so that a bank that is given the
file twice sees it; each payment carries RUN/MEMBER as EndToEndId, by which it is settled.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from ovop_payouts.rails import _details
from ovop_payouts.rails._checks import som
from ovop_payouts.rails._records import Batch, Instruction, Payer
from ovop_payouts.rails._text import line, purpose

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NOT_PROVIDED = "NOTPROVIDED"
"""What ISO 20022 writes for what is not known: a bank refuses it and debits no wrong account."""
_CURRENCY = "KGS"


def message(batch: Batch, payer: Payer) -> bytes:
    """The whole file. Raises ValueError, without private details, if the XSD refuses it."""
    root = etree.fromstring(f'<Document xmlns="{NAMESPACE}"/>')
    initiation = _add(root, "CstmrCdtTrfInitn")
    _header(_add(initiation, "GrpHdr"), batch, payer)
    _block(_add(initiation, "PmtInf"), batch, payer)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    _validate(content)
    return content


def _header(header: etree._Element, batch: Batch, payer: Payer) -> None:
    _add(header, "MsgId", batch.run)
    _add(header, "CreDtTm", f"{batch.created.isoformat()}T00:00:00")
    _counts(header, batch)
    _add(_add(header, "InitgPty"), "Nm", line(payer.name))


def _block(block: etree._Element, batch: Batch, payer: Payer) -> None:
    _add(block, "PmtInfId", batch.run)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "false")  # each payment is an entry of its own, to settle it by
    _counts(block, batch)
    _add(_add(block, "ReqdExctnDt"), "Dt", batch.pay_date.isoformat())
    _add(_add(block, "Dbtr"), "Nm", line(payer.name))
    _account(_add(block, "DbtrAcct"), payer.account or NOT_PROVIDED)
    _bank(_add(block, "DbtrAgt"), payer.bic or NOT_PROVIDED)
    _add(block, "ChrgBr", "DEBT")  # the payee gets the whole amount
    for payment in batch.sorted():
        _payment(_add(block, "CdtTrfTxInf"), payment)


def _counts(parent: etree._Element, batch: Batch) -> None:
    _add(parent, "NbOfTxs", str(len(batch.payments)))
    _add(parent, "CtrlSum", som(batch.total))


def _payment(parent: etree._Element, payment: Instruction) -> None:
    _add(_add(parent, "PmtId"), "EndToEndId", payment.reference)
    _add(_add(parent, "Amt"), "InstdAmt", som(payment.amount)).set("Ccy", _CURRENCY)
    _bank(_add(parent, "CdtrAgt"), payment.bic or "")
    _add(_add(parent, "Cdtr"), "Nm", line(payment.name))
    _account(_add(parent, "CdtrAcct"), payment.account_no or "")
    _add(_add(parent, "RmtInf"), "Ustrd", purpose(payment.reference, payment.language))


def _account(parent: etree._Element, text: str) -> None:
    """Accounts of the country have sixteen digits and are no IBAN."""
    number = _details.account(text)
    kind = _add(parent, "Id")
    if _details.is_iban(number):
        _add(kind, "IBAN", number)
    else:
        _add(_add(kind, "Othr"), "Id", number)


def _bank(parent: etree._Element, text: str) -> None:
    code = _details.bic(text)
    institution = _add(parent, "FinInstnId")
    if _details.NATIONAL.fullmatch(code):
        _add(_add(institution, "ClrSysMmbId"), "MmbId", code)
    elif _details.BIC.fullmatch(code) and code != NOT_PROVIDED:
        _add(institution, "BICFI", code)
    else:
        _add(_add(institution, "Othr"), "Id", code)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


@cache
def _schema() -> etree.XMLSchema:
    """The official schema, as the package `sepaxml` ships it."""
    content = (files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(content))


def _validate(content: bytes) -> None:
    schema = _schema()
    if not schema.validate(etree.fromstring(content)):
        log: Any = schema.error_log  # its own words would show what the element holds
        raise ValueError(f"pain.001 breaks the official schema in line {log.last_error.line}")
