"""Payment details: account numbers, bank codes, phones, in the form that files carry.

Each `…_problem` says what is wrong and what would be right, or None. It shows no more of a number
than its last four digits, for it is printed and logged.
"""

from __future__ import annotations

import re

BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
"""As the XSD of pain.001 has it (BICFIDec2014Identifier)."""
LONGEST_BIC = 11
"""Longer text in its place may be an account number, which is not to be shown."""
NATIONAL = re.compile(r"[0-9]{6}")
"""The code of a bank and branch in the national clearing (БИК)."""
_ACCOUNT = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9/-]{3,33}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_MOBILE = re.compile(r"(?:\+?996|0)([1-9][0-9]{8})")
_GAPS = re.compile(r"[\s\u200b]+")
_PHONE_GAPS = re.compile(r"[\s\u200b().-]+")


def account(text: str) -> str:
    """An account number without the gaps that people write: `1280 0100 …` -> `12800100…`."""
    plain = _GAPS.sub("", text)
    return plain.upper() if _IBAN.fullmatch(plain.upper()) else plain


def is_iban(plain: str) -> bool:
    """Whether it is an IBAN by form and check digits (ISO 13616, mod 97)."""
    if not _IBAN.fullmatch(plain):
        return False
    digits = "".join(str(int(each, 36)) for each in plain[4:] + plain[:4])
    return int(digits) % 97 == 1


def account_problem(text: str | None) -> str | None:
    if not text or not text.strip():
        return "is missing: enter the account number"
    plain = account(text)
    if not _ACCOUNT.fullmatch(plain):
        return f"{ending(plain)} is no account number: 4 to 34 digits or Latin letters"
    if _IBAN.fullmatch(plain) and not is_iban(plain):
        return f"{ending(plain)} is an IBAN with wrong check digits: a character of it is mistyped"
    return None


LONGEST_ACCOUNT, LONGEST_CODE, LONGEST_PHONE = 34, 35, 35
"""Max34Text and Max35Text of ISO 20022."""


def unwritable(text: str | None, longest: int) -> str | None:
    """Why a detail cannot stand in a payment file at all."""
    plain = _GAPS.sub("", text or "")
    if not plain:
        return "is missing: enter it in the list of members"
    if not plain.isprintable() or len(plain) > longest:
        return f"{ending(plain)} does not fit: {longest} characters at most, on one line"
    return None


def bic(text: str) -> str:
    return _GAPS.sub("", text).upper()


def bic_problem(text: str | None) -> str | None:
    if not text or not text.strip():
        return "is missing: enter the BIC of the bank"
    code = bic(text)
    if BIC.fullmatch(code) or NATIONAL.fullmatch(code):
        return None
    shown = repr(code) if len(code) <= LONGEST_BIC else ending(code)
    return f"{shown} is no BIC: 8 or 11 characters like DEMIKG22, or the 6 digits of the БИК"


def phone(text: str) -> str | None:
    """A phone as +996 and nine digits, or None where it is no number of the country."""
    found = _MOBILE.fullmatch(_PHONE_GAPS.sub("", text))
    return f"+996{found.group(1)}" if found and found.group(1).isascii() else None


def phone_problem(text: str | None) -> str | None:
    if not text or not text.strip():
        return "is missing: enter the phone of the wallet"
    if phone(text) is None:
        return f"{ending(text)} is no phone of the country: +996 and nine digits, as +996555123456"
    return None


def ending(text: str) -> str:
    """The last four characters, all that may be shown of private details."""
    return f"…{text.strip()[-4:]}"
