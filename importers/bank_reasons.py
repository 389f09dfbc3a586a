"""Why banks reject payments or send them back: ISO 20022 codes in words (contract §5, settle)."""

from __future__ import annotations

import re

REASONS = {
    "AC01": "no such account number",
    "AC02": "the payer's account number is wrong",
    "AC03": "the payee's account number is wrong",
    "AC04": "account closed",
    "AC05": "the payer's account is closed",
    "AC06": "account blocked",
    "AC07": "the payee's account is closed",
    "AC13": "wrong type of account",
    "AC14": "wrong type of the payee's account",
    "AG01": "such payments are not allowed to this account",
    "AG02": "wrong operation code",
    "AG03": "such transactions are not supported",
    "AM01": "the amount is zero",
    "AM02": "the amount is higher than allowed",
    "AM03": "the currency cannot be handled",
    "AM04": "not enough money",
    "AM05": "the payment was sent twice",
    "AM06": "the amount is lower than the bank accepts",
    "AM07": "the amount is blocked",
    "AM09": "the amount is not as agreed",
    "AM10": "the control sum is wrong",
    "BE01": "the name does not belong to the account",
    "BE04": "the payee's address is missing",
    "BE05": "the sender is not known",
    "BE06": "the bank does not know this customer",
    "BE08": "the bank has made an error",
    "CNOR": "the payee's bank does not take part in the clearing",
    "CUST": "the payee did not want it",
    "CURR": "the currency is wrong",
    "DT01": "the date is wrong",
    "DU01": "the message was sent twice",
    "DU02": "the block of payments was sent twice",
    "DU03": "the payment was sent twice",
    "DU04": "the reference was used before",
    "DUPL": "the payment was sent twice",
    "ED05": "settlement failed",
    "ERIN": "the payee's bank cannot take the remittance information",
    "FF01": "the file is not as the bank wants it",
    "FOCR": "sent back because it was recalled",
    "FR01": "fraud",
    "FRAD": "fraud",
    "MD01": "there is no mandate",
    "MD06": "the payer asked for the money back",
    "MD07": "the payee has died",
    "MS02": "the payee refused without a reason",
    "MS03": "the bank gives no reason",
    "NARR": "in the bank's words",
    "NOAS": "the payee did not answer",
    "NOOR": "the original payment was not found",
    "RC01": "wrong BIC",
    "RC03": "wrong BIC of the payer's bank",
    "RC04": "wrong BIC of the payee's bank",
    "RR01": "the payer's account or identification is missing",
    "RR02": "the payer's name or address is missing",
    "RR03": "the payee's name or address is missing",
    "RR04": "the law forbids it",
    "SL02": "the payee's bank does not offer this service",
    "TECH": "a technical problem",
    "TM01": "it came after the bank's cut-off time",
    "UPAY": "the payment was not due",
}
"""ISO 20022 external codes (status reason, return reason), in words that tell what to do."""
_BARE = re.compile(r"\s*([A-Za-z]{2}[A-Za-z0-9]{2})\s*\Z")


def explained(reason: str) -> str:
    """`AC04` -> `AC04 account closed`; what is no bare code stays as it was written."""
    found = _BARE.match(reason)
    code = found.group(1).upper() if found else ""
    return f"{code} {REASONS[code]}" if code in REASONS else reason
