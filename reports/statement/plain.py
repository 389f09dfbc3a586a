"""What a statement says in plain words, before any figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from reports.goods import goods
from reports.statement.model import ZERO, Delivery, Statement
from reports.words import Words


def som(amount: Decimal, say: Words) -> str:
    """`1 750,05 сом`, never broken over two lines."""
    return f"{say.money(amount)}\u00a0{say('som')}"


def plain(statement: Statement, say: Words) -> Iterator[str]:
    """Goods, then what came back of them and why."""
    bought = [d for d in statement.deliveries if not d.consigned]
    yield from _delivered(bought, "plain_delivered", say)
    consigned = [d for d in statement.deliveries if d.consigned]
    yield from _delivered(consigned, "plain_consigned", say)
    if text := goods(say, ((s.quantity, s.unit) for s in statement.sales if s.quantity > 0)):
        yield say("plain_sold", goods=text)
    if text := goods(say, ((-s.quantity, s.unit) for s in statement.sales if s.quantity < 0)):
        yield say("plain_sold_back", goods=text)
    if not statement.deliveries and not statement.sales:
        yield say("plain_nothing")
    for back in statement.returned:
        reason = back.reason or say("no_reason")
        yield say("plain_returned", amount=som(back.amount, say), reason=reason)


def _delivered(lines: list[Delivery], phrase: str, say: Words) -> Iterator[str]:
    """`You delivered 102 pieces. Accepted: 100 pieces. Not accepted: 2 pieces – seam open.`"""
    if not lines:
        return
    yield say(phrase, goods=goods(say, ((d.delivered, d.unit) for d in lines)))
    rejected = [d for d in lines if d.rejected]
    if not rejected:
        yield say("plain_all_accepted")
        return
    accepted = goods(say, ((d.accepted, d.unit) for d in lines)) or "0"
    yield say("plain_accepted", goods=accepted)
    for reason, some in _by_reason(rejected):
        came = goods(say, ((d.rejected, d.unit) for d in some))
        yield say("plain_came_back", goods=came, reasons=reason or say("no_reason"))


def _by_reason(lines: Iterable[Delivery]) -> list[tuple[str, list[Delivery]]]:
    found: dict[str, list[Delivery]] = {}
    for line in lines:
        found.setdefault(line.reason or "", []).append(line)
    return sorted(found.items(), key=lambda pair: (-sum(d.rejected for d in pair[1]), pair[0]))


def more(statement: Statement, say: Words) -> Iterator[str]:
    """The advance, the month before, the year so far."""
    yield from _advance(statement, say)
    if statement.before is not None:
        yield compared(statement.gross, statement.before.gross, say)
    if statement.year is not None:
        yield say(
            "year_to_date",
            gross=som(statement.year.gross, say),
            deducted=som(statement.year.deducted, say),
            payout=som(statement.year.payout, say),
        )


def _advance(statement: Statement, say: Words) -> Iterator[str]:
    advance = statement.advance
    if advance is None:
        return
    if advance.left <= 0:
        yield say("advance_cleared")
    elif advance.months is None:
        yield say("advance_untouched", left=som(advance.left, say))
    else:
        taken, left = som(advance.taken, say), som(advance.left, say)
        yield say("advance_taken", taken=taken, left=left)
        yield say.count("advance_months", advance.months)


def compared(now: Decimal, before: Decimal, say: Words) -> str:
    """This month's earnings beside those of the month before."""
    if now == before:
        return say("compare_same")
    phrase = "compare_more" if now > before else "compare_less"
    return say(phrase, before=som(before, say), difference=som(abs(now - before), say))


def outcome(statement: Statement, say: Words) -> str:
    """What the payee gets, how and when; or why not."""
    if statement.state == "pay":
        rail = say(f"rail_{statement.rail}")
        if statement.rail == "bank":
            rail = say("rail_bank", end=statement.account_end)
        paid = say("state_pay", amount=som(statement.payout, say), rail=rail)
        if not statement.paid_on:
            return paid
        days = say.listed([say.day(day) for day in statement.paid_on])
        return f"{paid} {say('paid_day', day=days)}"
    if statement.closing < 0:
        return say("state_arrears", amount=som(-statement.closing, say))
    if not statement.closing:
        return say("state_nothing")
    return say(f"state_{statement.state}", amount=som(statement.closing, say))


def notes(statement: Statement, say: Words) -> Iterator[str]:
    """What a returned sale does not bring back; whom to ask, how to dispute."""
    if statement.sales:
        yield say("no_refund")
    yield say("ask", reference=statement.reference)
    yield say("dispute")


def band(statement: Statement, say: Words) -> Iterator[tuple[str, str, str]]:
    """The month as one sum that anybody can follow: (sign, label, amount), the last the payout."""
    terms = (
        ("band_opening", statement.opening, bool(statement.opening)),
        ("band_gross", statement.gross, True),
        ("band_back", statement.back, bool(statement.back)),
        ("band_deducted", -statement.deducted, True),
        (
            "band_debt" if statement.closing < 0 else "band_carried",
            -statement.closing,
            bool(statement.closing),
        ),
    )
    shown = [(label, amount) for label, amount, wanted in terms if wanted]
    for index, (label, amount) in enumerate(shown):
        below = amount < ZERO or (label == "band_deducted" and not amount)
        sign = "−" if below else "+" if index else ""
        yield sign, say(label), say.money(abs(amount))
    yield "=", say("band_payout"), say.money(statement.payout)
