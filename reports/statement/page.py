"""A statement laid out in one language: texts in order, as PDF and HTML show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.statement.model import ZERO, Deducted, Delivery, Statement
from reports.statement.plain import band, more, notes, outcome, plain
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
    heading: str
    payer: str
    month: str
    who: list[tuple[str, str]]
    plain: list[str]
    band: list[tuple[str, str, str]]
    more: list[str]
    sections: list[Section]
    sums: list[tuple[str, str, bool]]
    outcome: str
    why: str
    history_title: str
    bars: list[Bar]
    notes: list[str]
    link: str
    scan: str
    watermark: str
    page_words: str


def page_of(statement: Statement) -> Page:
    """The page in the statement's own language."""
    say = words(statement.language)
    return Page(
        statement.language,
        say("statement"),
        f"{say('statement')}, {say.month(statement.period, inside=True)}",
        statement.payer,
        say.month(statement.period),
        [
            (say("member"), f"{statement.name}, {statement.member}"),
            (say("group"), statement.group),
            (say("association"), statement.association),
            (say("run"), statement.run),
            (say("issued"), say.day(statement.issued)),
        ],
        list(plain(statement, say)),
        list(band(statement, say)),
        list(more(statement, say)),
        list(_sections(statement, say)),
        list(_sums(statement, say)),
        outcome(statement, say),
        statement.reason or "",
        say("history"),
        _bars(statement, say),
        list(notes(statement, say)),
        statement.link,
        say("scan") if statement.link.startswith("http") else "",
        say("draft") if statement.status in ("draft", "signed", "cancelled") else "",
        say("page"),
    )


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
            goods_of(d, say),
            say.quantity(d.delivered),
            say.quantity(d.rejected) if d.rejected else "",
            say.quantity(d.accepted),
            _price(d, say),
            "–" if d.consigned else say.money(d.amount),
        )
        for d in lines
    ]
    total = (
        say("total"),
        "",
        "",
        *_counted([(d.unit, d.delivered, d.rejected, d.accepted) for d in lines], say),
        "",
        say.money(_total(d.amount for d in lines)),
    )
    numbers = (False, False, False, True, True, True, True, True)
    return Section(say("deliveries"), tuple(map(say, titles)), numbers, rows, total, [])


def goods_of(delivery: Delivery, say: Words) -> str:
    """`Honey (on commission; package damaged)`."""
    reason = delivery.reason if delivery.rejected else None
    notes = "; ".join(filter(None, (say("on_commission") if delivery.consigned else None, reason)))
    return f"{delivery.product} ({notes})" if notes else delivery.product


def _price(delivery: Delivery, say: Words) -> str:
    """Two decimals, or as many as the price has."""
    if delivery.price is None:
        return ""
    exact = delivery.price == round(delivery.price, 2)
    return say.money(delivery.price) if exact else say.quantity(delivery.price)


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
        *_counted([(s.unit, s.quantity) for s in lines], say),
        say.money(_total(s.value for s in lines)),
        say.money(_total(s.commission for s in lines)),
        say.money(_total(s.amount for s in lines)),
    )
    numbers = (False, False, False, True, True, True, True)
    return Section(say("sales"), tuple(map(say, titles)), numbers, rows, total, [])


def _counted(lines: list[tuple[str | None, *tuple[Decimal, ...]]], say: Words) -> list[str]:
    """Totals of quantities, where they have one unit: jars and kilograms make no sum."""
    if len({unit for unit, *_ in lines}) > 1:
        return [""] * (len(lines[0]) - 1)
    return [say.quantity(_total(iter(column))) for column in list(zip(*lines, strict=True))[1:]]


def _sums(statement: Statement, say: Words) -> Iterator[tuple[str, str, bool]]:
    """From opening to closing, line by line; the last word says whether it is printed bold."""
    yield say("opening"), say.money(statement.opening), False
    yield say("gross"), say.money(statement.gross), False
    for back in statement.returned:
        reason = back.reason or say("no_reason")
        text = say("returned_why", reference=back.reference, reason=reason)
        yield text, say.money(back.amount), False
    for each in statement.deductions:
        yield deduction_label(each, say), say.money(-each.amount), False
    yield say("net"), say.money(statement.net), True
    yield say("payout"), say.money(statement.payout), True
    yield say("carried"), say.money(statement.closing), True


def deduction_label(each: Deducted, say: Words) -> str:
    """`Ассоциациянын төгүмү (3 %)`, and what is left of an advance."""
    label = say(f"rule_{each.rule}")
    if each.rate is not None:
        label += f" ({say.percent(each.rate)})"
    if each.left is not None:
        label += "; " + say("advance_left", amount=say.money(each.left))
    return label


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
