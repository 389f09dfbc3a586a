"""Text messages for an SMS gateway: phone and text of each payee of a month."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ovop_payouts.papers.shelves import shelf
from ovop_payouts.papers.wanted import Wanted
from ovop_payouts.private import latest_details
from ovop_payouts.statements import statement_of
from reports.statement.txt import statement_txt


@dataclass(frozen=True, slots=True)
class Message:
    """`phone` as it was entered; blank where nobody has told us one."""

    member: str
    phone: str
    text: str


def messages(wanted: Wanted, association: str) -> Iterator[Message]:
    """One for each payee who was asked for, to the phone that `private/` holds last."""
    found = shelf(wanted.books, association, wanted.period)
    details = latest_details(wanted.books, found.book)
    for ident in found.payees:
        group = found.book.member(ident).group
        if wanted.group in (None, group) and wanted.member in (None, ident):
            phone = details.get(ident, {}).get("phone", "")
            text = statement_txt(statement_of(found, ident, wanted.language))
            yield Message(ident, phone, text)


def gateway_csv(found: list[Message]) -> bytes:
    """`phone,text`, UTF-8, for those who have a phone; what it holds is private."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("phone", "text"))
    writer.writerows((each.phone, each.text) for each in found if each.phone)
    return buffer.getvalue().encode()
