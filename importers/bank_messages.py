"""What a bank says of payments, from ISO 20022 XML: camt.053, camt.054 (camt.052), pain.002.

    <Ntry> 1500.00 KGS DBIT BOOK … EndToEndId 2026-03/issyk-kul/1/M0345  -> settled
    <Ntry> 1500.00 KGS CRDT BOOK … the same, RtrInf AC04                 -> returned
    <TxInfAndSts> OrgnlEndToEndId the same, RJCT AC01                    -> returned

Payments are known by our EndToEndId, RUN/MEMBER (contract §5, settle); whole runs by the message
or block id, which is the run's. Everything else in a statement is listed as ignored. Versions
differ in little that matters here, so elements are found by name in any namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from importers.bank_reasons import REASONS
from importers.rows import Row, Source
from importers.sheets import UnreadableFile

LARGEST = 24 * 1024 * 1024
"""Bytes; a statement of ten thousand entries is smaller."""
MOST_TAGS = 1_500_000
MOST_PAYMENTS = 50_000
_SHORTER = "ask the bank for shorter periods"
RUN = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])/[A-Za-z0-9][A-Za-z0-9-]{0,13}/[1-9][0-9]{0,2}")
REFERENCE = re.compile(rf"({RUN.pattern})/[A-Za-z0-9][A-Za-z0-9-]{{0,7}}")
CURRENCY = "KGS"
REPORTS = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "BkToCstmrAcctRpt": "camt.052",
    "CstmrPmtStsRpt": "pain.002",
}
_PAID = ("ACSC", "ACCC")
_STEPS = {
    "ACCP": "accepted, not paid yet",
    "ACSP": "accepted, not paid yet",
    "ACTC": "well-formed, not paid yet",
    "ACWC": "accepted with a change, not paid yet",
    "PART": "accepted in part: what became of each payment counts",
    "PDNG": "waits at the bank",
    "RCVD": "received by the bank",
}
_AMOUNT = re.compile(r"\+?([0-9]{1,15}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_NUMBER = re.compile(r"\b(?:[A-Z]{2}[0-9]{2} ?[A-Z]{0,4} ?)?[0-9](?: ?[0-9]){7,}\b")
_LONGEST_TEXT = 1_000
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one payment, or of a whole run where the bank speaks of it as one.

    `amount` is in KGS and positive; None where the message does not repeat it. `number` counts
    the entries of the message from 1, 0 is its head.
    """

    reference: str
    status: str
    date: Date
    amount: Decimal | None
    reason: str
    number: int

    @property
    def whole_run(self) -> bool:
        return RUN.fullmatch(self.reference) is not None


@dataclass(frozen=True, slots=True)
class Unused:
    """An entry that is not booked, and why. `amount` is as written, with its currency.

    `day` and `status` (settled, returned, or blank) are what the bank says of it.
    """

    number: int
    reference: str
    amount: str
    reason: str
    day: str = ""
    status: str = ""

    def __str__(self) -> str:
        return f"entry {self.number}  {self.reference or '-'}  {self.amount or '-'}  {self.reason}"


@dataclass(frozen=True, slots=True)
class BankMessage:
    """A message read: what to book, ours that cannot be booked (`misfits`), and all the rest."""

    kind: str
    ident: str
    statuses: tuple[Status, ...]
    misfits: tuple[Unused, ...]
    ignored: tuple[Unused, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing said, as the bank wrote it, before it is judged."""

    number: int
    reference: str
    amount: str
    currency: str
    day: str
    outcome: str
    """settled, returned, or else why it is neither."""
    reason: str = ""
    final: bool = True
    """Whether it says what became of the money; if not, it is no news and is ignored."""


def is_xml(content: bytes) -> bool:
    """Whether a file is such a message rather than a workbook."""
    start = content[:400].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").replace(b"\0", b"")
    return start[:1] == b"<"


def read(content: bytes) -> BankMessage:
    """What a message says, entry by entry. Raises UnreadableFile with one line."""
    report = _report(content)
    kind = REPORTS[_name(report)]
    statuses: list[Status] = []
    misfits: list[Unused] = []
    ignored: list[Unused] = []
    for count, item in enumerate(_orders(report) if kind == "pain.002" else _entries(report)):
        if count == MOST_PAYMENTS:
            raise UnreadableFile(f"holds more than {MOST_PAYMENTS} payments: {_SHORTER}")
        judged = _judged(item)
        if isinstance(judged, Status):
            statuses.append(judged)
        else:
            (misfits if item.final and is_ours(item.reference) else ignored).append(judged)
    ident = _words(_text(report, "GrpHdr/MsgId"))
    return BankMessage(kind, ident, tuple(statuses), tuple(misfits), tuple(ignored))


def is_ours(reference: str) -> bool:
    """Whether a reference has the form RUN/MEMBER, or RUN."""
    return bool(REFERENCE.fullmatch(reference) or RUN.fullmatch(reference))


def bank_rows(
    message: BankMessage, file: str, sha256: str, sent: Mapping[str, Decimal]
) -> tuple[list[Row], list[Unused]]:
    """Rows of the kind `bank`, and what does not fit the payments that were sent.

    `sent` is every payment sent through this bank, reference -> amount in KGS: it gives the amount
    where the bank does not repeat it, and the payments of a run that the bank speaks of as one.
    """
    sent_by_run: dict[str, dict[str, Decimal]] = {}
    for reference, amount in sent.items():
        sent_by_run.setdefault(reference.rpartition("/")[0], {})[reference] = amount
    rows: list[Row] = []
    misfits: list[Unused] = []
    for status in _distinct(message.statuses):
        payments, reason = _payments(status, message, sent_by_run)
        source = Source(file, sha256, message.kind, status.number)
        rows += [_row(status, source, each, amount) for each, amount in payments.items()]
        if reason:
            misfits.append(_unused(status, reason))
    return rows, misfits


def _distinct(statuses: tuple[Status, ...]) -> Iterator[Status]:
    """Once is enough for a run rejected as a message and as the block that it holds."""
    seen: set[tuple[str, str]] = set()
    for status in statuses:
        key = status.reference, status.status
        if not status.whole_run or key not in seen:
            yield status
        seen.add(key)


# --- the message -------------------------------------------------------------------------------


def _report(content: bytes) -> Element:
    """The element that holds the report, from a file that may be anything."""
    if len(content) > LARGEST:
        raise UnreadableFile(f"is larger than {LARGEST >> 20} MiB: {_SHORTER}")
    if content.count(b"<") > MOST_TAGS:
        raise UnreadableFile(f"holds more than {MOST_TAGS} tags: {_SHORTER}")
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        raise UnreadableFile(f"is no well-formed XML ({error})") from None
    except DefusedXmlException:
        raise UnreadableFile("declares a document type or entities, as no bank does") from None
    except (ValueError, LookupError) as error:
        raise UnreadableFile(f"cannot be read as XML ({_words(str(error))})") from None
    document = root if _name(root) == "Document" else root.find(".//{*}Document")
    reports = [each for each in (() if document is None else document) if _name(each) in REPORTS]
    if len(reports) != 1:
        raise UnreadableFile("is no statement or report of a bank: camt.053, camt.054 or pain.002")
    return reports[0]


def _name(element: Element) -> str:
    """The name without namespace, and without the version that the first ones carry."""
    return re.sub(r"V[0-9]+\Z", "", element.tag.rpartition("}")[2])


def _at(element: Element, path: str) -> list[Element]:
    """Elements by their path of names, whatever their namespace."""
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _text(element: Element, *paths: str) -> str:
    """The text of the first of these paths that holds any, as one line."""
    for path in paths:
        for found in _at(element, path):
            if text := _own(found):
                return text
    return ""


def _own(element: Element) -> str:
    """The text of one element as one line; no standard text is longer than this."""
    return " ".join((element.text or "")[:_LONGEST_TEXT].split())


def _amount(element: Element, *paths: str) -> tuple[str, str]:
    """(amount, currency) as written, of the first path there is."""
    for path in paths:
        for found in _at(element, path):
            return _own(found), found.get("Ccy", "")[:10]
    return "", ""


# --- camt: entries of an account ---------------------------------------------------------------


def _entries(report: Element) -> Iterator[_Item]:
    created = _text(report, "GrpHdr/CreDtTm")
    for number, entry in enumerate(report.findall(".//{*}Ntry"), 1):
        yield from _entry(entry, number, created)


def _entry(entry: Element, number: int, created: str) -> Iterator[_Item]:
    """An entry's payments one by one; where none has a reference, the batch that it may be."""
    day = _text(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm") or created
    state = _text(entry, "Sts/Cd", "Sts/Prtry", "Sts")
    details = [each for each in _at(entry, "NtryDtls/TxDtls") if _text(each, "Refs/EndToEndId")]
    for each in details or [entry]:
        reference = _text(each, "Refs/EndToEndId", "NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
        amount, currency = _amount(each, "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
        if not amount and len(details) == 1:
            amount, currency = _amount(entry, "Amt")
        outcome = _outcome(entry, each) if amount else "names no amount"
        reason = _reason(each, "RtrInf") if outcome == "returned" else ""
        final = state == "BOOK"
        if not final:
            outcome = f"is not booked yet ({state or 'no status'})"
        yield _Item(number, reference, amount, currency, day, outcome, reason, final)


def _outcome(entry: Element, details: Element) -> str:
    """Our payments leave as debits: what comes back is a credit. In doubt nobody is paid again."""
    whole, own = _text(entry, "CdtDbtInd"), _text(details, "CdtDbtInd")
    returned = bool(_at(details, "RtrInf"))
    match own or whole:
        case "CRDT" if whole != "CRDT" and not returned:
            return "is a credit within a debit, and no return: ask the bank"
        case "CRDT":
            return "returned"
        case "DBIT" if returned or _text(entry, "RvslInd") in ("true", "1"):
            return "is a return that takes money instead of giving it back: ask the bank"
        case "DBIT":
            return "settled"
        case other:
            return f"is neither debit nor credit ({other})"


# --- pain.002: what became of an order ---------------------------------------------------------


def _orders(report: Element) -> Iterator[_Item]:
    """The order as a whole, its blocks, its payments; each may be accepted or rejected."""
    day = _text(report, "GrpHdr/CreDtTm")
    for group in _at(report, "OrgnlGrpInfAndSts"):
        yield _said(group, 0, _text(group, "OrgnlMsgId"), _text(group, "GrpSts"), day)
    number = 0
    for block in _at(report, "OrgnlPmtInfAndSts"):
        state = _text(block, "PmtInfSts")
        number += 1
        if state:
            yield _said(block, number, _text(block, "OrgnlPmtInfId"), state, day)
        for payment in _at(block, "TxInfAndSts"):
            number += 1
            reference = _text(payment, "OrgnlEndToEndId")
            yield _said(payment, number, reference, _text(payment, "TxSts") or state, day)


def _said(said: Element, number: int, reference: str, code: str, day: str) -> _Item:
    amount, currency = _amount(said, "OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/IntrBkSttlmAmt")
    final = code == "RJCT" or code in _PAID
    if code == "RJCT":
        outcome = "returned"
    else:
        outcome = "settled" if final else f"{code} {_STEPS.get(code, '')}".strip() or "no status"
    reason = _reason(said, "StsRsnInf") if code == "RJCT" else ""
    return _Item(number, reference, amount, currency, day, outcome, reason, final)


# --- judging -----------------------------------------------------------------------------------


def _judged(item: _Item) -> Status | Unused:
    """What can be booked of an item; else why not."""

    def unused(reason: str) -> Unused:
        shown = f"{item.amount} {item.currency}".strip()
        reference, day = _line(item.reference)[:35], _line(item.day)[:10]
        status = item.outcome if item.outcome in ("settled", "returned") else ""
        return Unused(item.number, reference, _line(shown)[:40], reason, day, status)

    if not is_ours(item.reference):
        reference = item.reference not in ("", "NOTPROVIDED")
        return unused("is none of our references" if reference else "has no reference")
    if item.outcome not in ("settled", "returned"):
        return unused(item.outcome)
    day = _day(item.day)
    if day is None:
        return unused(f"has no date: {_line(item.day)[:40]!r}")
    amount = None
    if item.amount:
        amount = _som(item.amount)
        if amount is None or item.currency != CURRENCY:
            return unused(f"is no positive amount in {CURRENCY}")
    return Status(item.reference, item.outcome, day, amount, item.reason, item.number)


def _som(text: str) -> Decimal | None:
    """An exact amount in som and tyiyn, more than nothing."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        return None
    amount = Decimal(found.group(1))
    return round(amount, 2) if amount > 0 and amount == round(amount, 2) else None


def _day(text: str) -> Date | None:
    """The day as the bank writes it, whatever its time and zone."""
    if not _DAY.match(text):
        return None
    try:
        return Date.fromisoformat(text[:10])
    except ValueError:
        return None


def _reason(element: Element, name: str) -> str:
    """`AC04 account closed: what the bank adds`."""
    code = _words(_text(element, f"{name}/Rsn/Cd", f"{name}/Rsn/Prtry"))
    added = " ".join(
        text for each in _at(element, f"{name}/AddtlInf")[:10] if (text := _words(_own(each)))
    )
    known = f"{code} {REASONS[code]}" if code in REASONS else code
    return ": ".join(part for part in (known, added) if part)[:_LONGEST_REASON] or "no reason given"


def _words(text: str) -> str:
    """A bank's words as one line; what may be an account number is shown by its last digits."""
    return _NUMBER.sub(lambda found: f"…{found.group()[-4:]}", _line(text))


def _line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


# --- rows --------------------------------------------------------------------------------------


def _payments(
    status: Status, message: BankMessage, sent_by_run: Mapping[str, Mapping[str, Decimal]]
) -> tuple[dict[str, Decimal], str]:
    """The payments that a status is about, with their amounts; or why there are none."""
    if not status.whole_run:
        run = status.reference.rpartition("/")[0]
        amount = status.amount or sent_by_run.get(run, {}).get(status.reference)
        if amount is None:
            return {}, "no payment has this reference, and the bank names no amount"
        return {status.reference: amount}, ""
    payments = dict(sent_by_run.get(status.reference, {}))
    for each in message.statuses if payments else ():
        if message.kind == "pain.002" or each.status == status.status:
            payments.pop(each.reference, None)
    total = sum(payments.values(), Decimal())
    if not payments:
        return {}, "no payment of this run was sent through the bank"
    if status.amount is not None and status.amount != total:
        return {}, f"the payments of this run sum to {total}"
    return payments, ""


def _row(status: Status, source: Source, reference: str, amount: Decimal) -> Row:
    values: dict[str, str | Date | Decimal] = {
        "date": status.date,
        "amount": amount,
        "reference": reference,
        "status": status.status,
    }
    if status.reason:
        values["reason"] = status.reason
    return Row("bank", dict(values), source)


def _unused(status: Status, reason: str) -> Unused:
    amount = "" if status.amount is None else f"{status.amount} {CURRENCY}"
    day = status.date.isoformat()
    return Unused(status.number, status.reference, amount, reason, day, status.status)
