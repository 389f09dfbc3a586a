"""A statement laid out in one language: texts in order, as PDF and HTML show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.statement.model import ZERO, Statement
from reports.words import Words, words


@dataclass(frozen=True, slots=True)
class Section:
    """A table: column titles, which of them hold numbers, rows, and a last row of totals."""

    title: str
    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: Sequence[tuple[str, ...]]
    total: tuple[str, ...]
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of the picture: its name, and heights from 0 to 1."""

    label: str
    gross: float
    payout: float
    shown: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a statement shows, in words."""

    language: str
    title: str
    payer: str
    month: str
    who: list[tuple[str, str]]
    plain: list[str]
    sections: list[Section]
    sums: list[tuple[str, str, bool]]
    outcome: str
    why: str
    history_title: str
    bars: list[Bar]
    notes: list[str]
    link: str
    watermark: str
    page_words: str


def page_of(statement: Statement) -> Page:
    """The page in the statement's own language."""
    say = words(statement.language)
    return Page(
        statement.language,
        say("statement"),
        statement.payer,
        say.month(statement.period),
        [
            (say("member"), f"{statement.name}, {statement.member}"),
            (say("group"), statement.group),
            (say("association"), statement.association),
            (say("run"), statement.run),
            (say("issued"), say.day(statement.issued)),
        ],
        list(_plain(statement, say)),
        list(_sections(statement, say)),
        list(_sums(statement, say)),
        _outcome(statement, say),
        statement.reason or "",
        say("history"),
        _bars(statement, say),
        list(_notes(statement, say)),
        statement.link,
        say("draft") if statement.status in ("draft", "signed", "cancelled") else "",
        say("page"),
    )


def _plain(statement: Statement, say: Words) -> Iterator[str]:
    """Plain words before figures."""
    delivered = sum((d.delivered for d in statement.deliveries), ZERO)
    rejected = sum((d.rejected for d in statement.deliveries), ZERO)
    sold = sum((s.quantity for s in statement.sales), ZERO)
    if delivered and rejected:
        yield say(
            "plain_delivered",
            delivered=say.quantity(delivered),
            accepted=say.quantity(delivered - rejected),
            rejected=say.quantity(rejected),
        )
    elif delivered:
        yield say("plain_accepted", delivered=say.quantity(delivered))
    if sold:
        yield say("plain_sold", sold=say.quantity(sold))
    if not statement.deliveries and not statement.sales:
        yield say("plain_nothing")


def _sections(statement: Statement, say: Words) -> Iterator[Section]:
    if statement.deliveries:
        yield _delivered(statement, say)
    if statement.sales:
        yield _sold(statement, say)
    if statement.others:
        yield Section(
            say("others"),
            (say("date"), say("what"), say("amount")),
            (False, False, True),
            [
                (say.day(o.date), _other(o.kind, o.text, say), say.money(o.amount))
                for o in statement.others
            ],
            (say("total"), "", say.money(_total(o.amount for o in statement.others))),
            [],
        )


def _other(kind: str, text: str, say: Words) -> str:
    return f"{say(f'kind_{kind}')}: {text}" if text else say(f"kind_{kind}")


def _total(amounts: Iterator[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _delivered(statement: Statement, say: Words) -> Section:
    titles = ("date", "note", "product", "delivered", "rejected", "accepted", "price", "amount")
    lines = statement.deliveries
    rows = [
        (
            say.day(d.date),
            d.note,
            d.product,
            say.quantity(d.delivered),
            say.quantity(d.rejected) if d.rejected else "",
            say.quantity(d.accepted),
            say.quantity(d.price) if d.price is not None else "",
            say.money(d.amount) if d.price is not None else say("kind_consignment"),
        )
        for d in lines
    ]
    total = (
        say("total"),
        "",
        "",
        say.quantity(_total(d.delivered for d in lines)),
        say.quantity(_total(d.rejected for d in lines)),
        say.quantity(_total(d.accepted for d in lines)),
        "",
        say.money(_total(d.amount for d in lines)),
    )
    why: dict[str, list[str]] = {}
    for d in lines:
        if d.reason and d.rejected:
            why.setdefault(d.reason, []).append(d.note)
    remarks = [
        f"{', '.join(notes)}: " + say("why_rejected", reason=reason)
        for reason, notes in why.items()
    ]
    numbers = (False, False, False, True, True, True, True, True)
    return Section(say("deliveries"), tuple(map(say, titles)), numbers, rows, total, remarks)


def _sold(statement: Statement, say: Words) -> Section:
    titles = ("date", "receipt", "product", "sold", "value", "commission", "amount")
    lines = statement.sales
    rows = [
        (
            say.day(s.date),
            s.receipt,
            s.product,
            say.quantity(s.quantity),
            say.money(s.value),
            say.money(s.commission),
            say.money(s.amount),
        )
        for s in lines
    ]
    total = (
        say("total"),
        "",
        "",
        say.quantity(_total(s.quantity for s in lines)),
        say.money(_total(s.value for s in lines)),
        say.money(_total(s.commission for s in lines)),
        say.money(_total(s.amount for s in lines)),
    )
    numbers = (False, False, False, True, True, True, True)
    return Section(say("sales"), tuple(map(say, titles)), numbers, rows, total, [])


def _sums(statement: Statement, say: Words) -> Iterator[tuple[str, str, bool]]:
    """From opening to closing, line by line; the last word says whether it is printed bold."""
    yield say("opening"), say.money(statement.opening), False
    yield say("gross"), say.money(statement.gross), False
    for back in statement.returned:
        reason = back.reason or say("no_reason")
        text = say("returned_why", reference=back.reference, reason=reason)
        yield text, say.money(back.amount), False
    for each in statement.deductions:
        label = say(f"rule_{each.rule}")
        if each.rate is not None:
            label += f" ({say.percent(each.rate)})"
        if each.left is not None:
            label += ". " + say("advance_left", amount=say.money(each.left))
        yield label, say.money(-each.amount), False
    yield say("net"), say.money(statement.net), True
    yield say("payout"), say.money(statement.payout), True
    yield say("carried"), say.money(statement.closing), True


def _outcome(statement: Statement, say: Words) -> str:
    if statement.state == "pay":
        rail = say(f"rail_{statement.rail}")
        if statement.rail == "bank":
            rail = say("rail_bank", end=statement.account_end)
        return say("state_pay", amount=_som(statement.payout, say), rail=rail)
    if statement.closing < 0:
        return say("state_arrears", amount=_som(-statement.closing, say))
    return say(f"state_{statement.state}", amount=_som(statement.closing, say))


def _som(amount: Decimal, say: Words) -> str:
    return f"{say.money(amount)} {say('som')}"


def _bars(statement: Statement, say: Words) -> list[Bar]:
    tallest = max((max(m.gross, m.payout) for m in statement.history), default=ZERO)
    if tallest <= 0:
        return []

    def height(amount: Decimal) -> float:
        return max(0.0, float(round(amount / tallest, 3)))

    return [
        Bar(
            say.month_short(m.period),
            height(m.gross),
            height(m.payout),
            say.quantity(m.payout.quantize(Decimal(1))),
        )
        for m in statement.history
    ]


def _notes(statement: Statement, say: Words) -> Iterator[str]:
    if any(s.quantity < 0 for s in statement.sales):
        yield say("no_refund")
    yield say("ask", reference=statement.reference)
