"""A statement as a text message: two SMS, which is 134 Cyrillic characters (contract §8)."""

from __future__ import annotations

from reports.statement.model import Statement
from reports.words import words

LONGEST = 134


def statement_txt(statement: Statement) -> str:
    """What was earned, deducted, paid and left, in one line."""
    say = words(statement.language)
    text = (
        say(
            "sms",
            payer=statement.payer[:24],
            month=f"{statement.period[5:]}.{statement.period[:4]}",
            member=statement.member,
            gross=say.money(statement.gross),
            deducted=say.money(statement.deducted),
            payout=say.money(statement.payout),
            closing=say.money(statement.closing),
        )
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
    )
    return text if len(text) <= LONGEST else text.replace(", ", ",").replace(": ", ":")[:LONGEST]
