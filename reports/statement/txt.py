"""A statement as a text message: two SMS, which is 134 Cyrillic characters (contract §8)."""

from __future__ import annotations

from decimal import Decimal

from reports.statement.model import Statement
from reports.words import Words, words

LONGEST = 134


def statement_txt(statement: Statement) -> str:
    """One line in which the sums add up: what was brought over, earned, came back, was deducted,
    paid and left; less of it where it would not fit."""
    say = words(statement.language)
    values = {
        "payer": statement.payer[:24],
        "month": f"{statement.period[5:]}.{statement.period[:4]}",
        "member": statement.member,
        "gross": say.money(statement.gross),
        "deducted": say.money(statement.deducted),
        "payout": say.money(statement.payout),
        "closing": say.money(statement.closing),
        "before": _if_any(say, "sms_before", statement.opening),
        "back": _if_any(say, "sms_back", statement.back),
    }
    whole, short = say("sms", **values), say("sms_short", **values)
    return fitting(whole, whole.removeprefix(f"{values['payer']} "), short)


def _if_any(say: Words, phrase: str, amount: Decimal) -> str:
    return say(phrase, amount=say.money(amount)) if amount else ""


def fitting(*texts: str) -> str:
    """The first of the texts that fits two SMS, with plain spaces; the last one closed up."""
    plain = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in texts]
    for text in plain:
        if len(text) <= LONGEST:
            return text
    return plain[-1].replace(", ", ",").replace(": ", ":")[:LONGEST]
