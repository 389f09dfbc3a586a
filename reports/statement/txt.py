"""A statement as a text message: two SMS, which is 134 Cyrillic characters (contract §8)."""

from __future__ import annotations

from reports.statement.model import Statement
from reports.words import words

LONGEST = 134


def statement_txt(statement: Statement) -> str:
    """What was earned, deducted, paid and left, in one line; less of it where it would not fit."""
    say = words(statement.language)
    values = {
        "payer": statement.payer[:24],
        "month": f"{statement.period[5:]}.{statement.period[:4]}",
        "member": statement.member,
        "gross": say.money(statement.gross),
        "deducted": say.money(statement.deducted),
        "payout": say.money(statement.payout),
        "closing": say.money(statement.closing),
    }
    return fitting(say("sms", **values), say("sms_short", **values))


def fitting(*texts: str) -> str:
    """The first of the texts that fits two SMS, with plain spaces; the last one closed up."""
    plain = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in texts]
    for text in plain:
        if len(text) <= LONGEST:
            return text
    return plain[-1].replace(", ", ",").replace(": ", ":")[:LONGEST]
