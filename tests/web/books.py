"""Small books of two associations whose every name is unmistakable, with hostile texts in them.

`alatoo-one` is ours to look at; nothing of `xqvoz-two` may be seen there: each of its names, ids
and amounts is one that stands nowhere else.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from argon2 import PasswordHasher
from worked.books import Line, invoke, member, write_sheets

OURS, OTHERS = "alatoo-one", "xqvoz-two"
PASSWORD = "felt and honey"
TODAY = "2026-04-05"
EVIL = "<img src=x onerror=document.title='owned'>\"'><script>document.title='owned'</script>"
FORBIDDEN = (
    "xqvoz",
    "Xqvoz",
    "Кжзфвц",
    "Xqgrp",
    "XQ001",
    "XQ002",
    "Zqname",
    "XQ-JAM",
    "xq-jam",
    "XQD-9",
    "8731.77",
    "8,731.77",
    "6213.59",
    "veronika",
)
"""What is the other association's alone, in any form in which it could leak."""
USERS = {
    "anna": "accountant",
    "bermet": "approver",
    "saltanat": "secretary",
    "aida": "auditor",
    "talgat": f"treasurer:{OURS}",
    "veronika": f"treasurer:{OTHERS}",
}
EVERYBODY = ("admin", *USERS)


def _delivery(
    note: str, association: str, group: str, who: str, product: str, **more: object
) -> Line:
    row = {"note_no": note, "line_no": 1, "date": "2026-03-10", "association": association}
    named = {"group": group, "member": who, "product": product, "terms": "buyback"}
    return {**row, **named, "location": "osh", **more}


SHEETS: dict[str, list[Line]] = {
    "associations": [
        {"association": OURS, "name_en": "Ala-Too <b>One</b>", "name_ru": "Ала-Тоо"},
        {"association": OTHERS, "name_en": "Xqvoz Dairy", "name_ru": "Кжзфвц"},
    ],
    "members": [
        {**member("M0001", OURS, "Akburun"), "name": EVIL},
        {**member("M0002", OURS, "Akburun"), "name": "Айгүл"},
        {**member("XQ001", OTHERS, "Xqgrp"), "name": "Zqname First"},
        {**member("XQ002", OTHERS, "Xqgrp"), "name": "Zqname Second"},
    ],
    "products": [
        {"product": "felt-1", "name_en": EVIL, "category": EVIL, "unit": "pc"},
        {"product": "xq-jam", "name_en": "Zqname jam", "association": OTHERS},
    ],
    "certificates": [
        {"certificate_no": f"C-{name}", "product": name, "decision": "certified", "date": day}
        for name, day in (("felt-1", "2026-01-01"), ("xq-jam", "2026-01-01"))
    ],
    "prices": [
        {"product": name, "valid_from": "2026-01-01", "buyback_price": price, "retail_price": 900}
        for name, price in (("felt-1", "200"), ("xq-jam", "8731.77"))
    ],
    "policy": [
        {"valid_from": "2026-01-01", "rule": "signature", "value": 1},
        {"valid_from": "2026-01-01", "rule": "fee", "value": "0.03", "association": OURS,
         "account": "Liabilities:Associations:AlatooOne:Fees"},
        {"valid_from": "2026-01-01", "rule": "fee", "value": "0.062135", "association": OTHERS,
         "account": "Liabilities:Associations:XqvozTwo:Fees"},
    ],
    "deliveries": [
        _delivery("D-1", OURS, "Akburun", "M0001", "felt-1", delivered=9, rejected=1,
                  reject_reason=EVIL),
        _delivery("D-2", OURS, "Akburun", "M0002", "felt-1", delivered=4),
        _delivery("XQD-9", OTHERS, "Xqgrp", "XQ001", "xq-jam", delivered=1),
        _delivery("XQD-91", OTHERS, "Xqgrp", "XQ002", "xq-jam", delivered=2, unit_price="6213.59"),
    ],
    "advances": [
        {"advance_no": "A-1", "date": "2026-03-11", "member": "M0001", "amount": 100,
         "purpose": EVIL},
    ],
}  # fmt: skip


def make_books(folder: Path) -> Path:
    """The books, with a drafted run of each association; every password is PASSWORD."""

    def ovop(user: str, *words: str) -> str:
        os.environ.pop("OVOP_BOOKS", None)
        result = invoke(folder, user, TODAY, *words)
        assert result.exit_code == 0, result.output
        return result.output

    ovop("admin", "init", str(folder))
    master = {k: v for k, v in SHEETS.items() if k not in ("policy",)}
    ovop("admin", "import", str(write_sheets(folder.with_suffix(".xlsx"), master)))
    policy = {"policy": SHEETS["policy"]}
    ovop("admin", "import", str(write_sheets(folder.with_suffix(".policy.xlsx"), policy)))
    for name, role in USERS.items():
        ovop("admin", "user", "add", name, "--role", role)
    for association in (OURS, OTHERS):
        ovop("anna", "payout", "draft", "2026-03", "-a", association)
    quick_passwords(folder)
    return folder


def quick_passwords(folder: Path) -> None:
    """The same password under a hash that takes a millisecond: it is verified all the same."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for path in (folder / "private" / "users").glob("*.json"):
        secret = json.loads(path.read_text())
        path.write_text(json.dumps({**secret, "hash": quick}))
