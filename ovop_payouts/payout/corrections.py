"""A price that changes after its month was paid: what each payee gets more, or less (contract §4).

The list says 210.50 now for what was bought at 200.00 in a month that is closed or approved:

    PC-D-17/1@210.5   5 accepted × 210.50 = 1052.50 now, × 200.00 = 1000.00 then: 52.50

The difference is a distribution of kind `correction` to the member alone, dated in an open month.
Its number names the delivery and the new price, so that whoever explains it later can do the sum
again from the books. A pool's difference is shared as the pool's month was. Corrected twice, the
second correction is what the first one lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from ovop_payouts.book import Book, LandedRow
from ovop_payouts.money import ZERO, money
from ovop_payouts.payout.history import Held, held
from ovop_payouts.payout.line import som
from ovop_payouts.payout.pools import shared_out
from reports.sheets import content, heads, put

_NUMBER = re.compile(
    r"PC-(?P<label>.+)@(?P<price>[0-9.]+(?P<times>#[0-9]+|))(?:/(?P<member>[^/]+))?\Z"
)
COLUMNS = ("distribution_no", "date", "kind", "amount", "member", "product", "from", "to")
SHOWN = (
    "distribution_no", "member", "delivery", "date", "product", "accepted", "price then",
    "price now", "earned then", "corrected before", "earns now", "difference", "share", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """What one payee gets more (or less) for one delivery, KGS."""

    number: str
    member: str
    label: str
    date: date
    product: str
    accepted: Decimal
    then: Decimal
    """Price it was booked at."""
    now: Decimal
    before: Decimal
    """What earlier corrections of the delivery brought."""
    amount: Decimal
    share: str
    """How a pool's difference was shared; blank where the delivery was the member's."""
    source: str

    @property
    def difference(self) -> Decimal:
        """Of the whole delivery."""
        return money(self.accepted * self.now) - money(self.accepted * self.then) - self.before


@dataclass(frozen=True, slots=True)
class Corrections:
    """All of a month, and deliveries that could not be corrected, with the reason."""

    found: list[Correction]
    left: list[str]


def corrections(book: Book, association: str, period: str) -> Corrections:
    """What the price list as it is now changes of a month's deliveries that were priced by it."""
    done, found, left = held(book, association), [], []
    for key, row in sorted(book.rows["deliveries"].items()):
        columns = row.columns
        if columns["association"] != association or not columns["date"].startswith(period):
            continue
        if columns["terms"] == "consignment" or "unit_price" in columns:
            continue
        for each in _of_delivery(book, "/".join(key), row, done):
            if isinstance(each, str):
                left.append(each)
            else:
                found.append(each)
    return Corrections(found, left)


def _of_delivery(book: Book, label: str, row: LandedRow, done: Held) -> Iterator[Correction | str]:
    columns = row.columns
    day, product = date.fromisoformat(columns["date"]), columns["product"]
    asked = (product, columns.get("grade"), columns.get("order_no"), day, "buyback_price")
    now, then = book.price(*asked), Decimal(columns["price"])
    accepted = _accepted(columns)
    earlier = _corrected(book, label)
    before = sum(earlier.values(), ZERO)
    if now is None:
        return
    difference = money(accepted * now) - money(accepted * then) - before
    if not difference:
        return
    until = book.closed_until(columns["association"])
    in_run = done.last is not None and day <= done.last.cutoff and row.change in done.seen
    if not in_run and (until is None or day > until):
        yield f"{label} ({row.source}) is in no approved run yet: reverse it, and import it again"
        return
    number = f"PC-{label}@{_plain(now)}" + (f"#{_times(earlier) + 1}" if earlier else "")
    for member, amount, share in _shares(book, columns, difference):
        if member is None:
            yield f"{label} ({row.source}): {share}"
            continue
        name = number if "member" in columns else f"{number}/{member}"
        yield Correction(
            name, member, label, day, product, accepted, then, now, before, amount, share,
            row.source,
        )  # fmt: skip


def _shares(
    book: Book, columns: dict[str, str], difference: Decimal
) -> Iterator[tuple[str | None, Decimal, str]]:
    """(member, amount, how it was shared): the member's alone, or as the pool's month was."""
    if "member" in columns:
        yield columns["member"], difference, ""
        return
    group, period = columns["group"], columns["date"][:7]
    pool = shared_out(book, group, period, columns["product"], difference)
    if not pool.parts:
        yield None, ZERO, f"the pool of {group} for {period} is held: {pool.why}"
    whole = sum(pool.weights.values(), ZERO)
    for member, amount in pool.parts.items():
        if amount:
            share = (
                f"{_plain(pool.weights[member])} of {_plain(whole)} {pool.measure or ''}".strip()
            )
            yield member, amount, share


def _accepted(columns: dict[str, str]) -> Decimal:
    return Decimal(columns["delivered"]) - Decimal(columns.get("rejected", "0"))


def _corrected(book: Book, label: str) -> dict[str, Decimal]:
    """Number -> amount of earlier corrections of a delivery."""
    start = f"PC-{label}@"
    return {n: d.amount for n, d in book.distributions.items() if n.startswith(start)}


def _times(earlier: Iterable[str]) -> int:
    """How many corrections there were: a pool's is one for each member."""
    found = [_NUMBER.match(number) for number in earlier]
    return len({each.string[: each.end("times")] for each in found if each})


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def arithmetic(book: Book, number: str) -> str | None:
    """How a correction came about, from the books; None where it is another distribution."""
    found = _NUMBER.match(number)
    note, _, line = (found.group("label") if found else "").rpartition("/")
    row = book.rows["deliveries"].get((note, line))
    if found is None or row is None or "price" not in row.columns:
        return None
    accepted, now = _accepted(row.columns), Decimal(found.group("price").partition("#")[0])
    then = Decimal(row.columns["price"])
    whole = number.removesuffix(f"/{found.group('member')}")
    amounts = {n: d.amount for n, d in book.distributions.items() if n in (number, whole)}
    amounts |= {n: d.amount for n, d in book.distributions.items() if n.startswith(f"{whole}/")}
    total = sum(amounts.values(), ZERO)
    before = money(accepted * now) - money(accepted * then) - total
    what = f"{row.columns['product']} accepted on {row.columns['date']}"
    text = f"{number}: {_equation(accepted, what, now, then, before)}"
    if found.group("member"):
        text += f", shared by contributions: {som(amounts.get(number, ZERO))}"
    return text


def equation(each: Correction) -> str:
    """The sum behind a correction, in one line."""
    what = f"{each.product} accepted on {each.date}"
    text = _equation(each.accepted, what, each.now, each.then, each.before)
    return f"{each.label}: {text}" + (f", shared by {each.share}" if each.share else "")


def _equation(accepted: Decimal, what: str, now: Decimal, then: Decimal, before: Decimal) -> str:
    is_worth, was_worth = money(accepted * now), money(accepted * then)
    earlier = f", {som(before)} corrected before" if before else ""
    return (
        f"{_plain(accepted)} {what} × {_plain(now)} = {som(is_worth)} now,"
        f" × {_plain(then)} = {som(was_worth)} then{earlier}: {som(is_worth - was_worth - before)}"
    )


# --- the workbook ------------------------------------------------------------------------------


def workbook(found: list[Correction], on: date) -> bytes:
    """Distributions ready to import, and beside them the sum behind each; the same bytes again."""
    book = Workbook()
    page, shown = book.active, book.create_sheet("arithmetic")
    assert page is not None
    page.title = "distributions"
    heads(page, 1, COLUMNS, (24, 12, 12, 12, 10, 14, 12, 12))
    heads(shown, 1, SHOWN, (24, 10, 12, 12, 14, 10, 10, 10, 12, 12, 12, 12, 18, 40))
    for number, each in enumerate(found, 2):
        row: tuple[str | Decimal | date, ...] = (
            each.number, on, "correction", each.amount, each.member, each.product, each.date,
            each.date,
        )  # fmt: skip
        for column, value in enumerate(row, 1):
            put(page, number, column, value)
        for column, text in enumerate(_shown(each), 1):
            put(shown, number, column, text)
    page.freeze_panes = shown.freeze_panes = "A2"
    return content(book, on)


def _shown(each: Correction) -> tuple[str | Decimal | date, ...]:
    then, now = money(each.accepted * each.then), money(each.accepted * each.now)
    return (
        each.number, each.member, each.label, each.date, each.product, _plain(each.accepted),
        _plain(each.then), _plain(each.now), then, each.before, now, each.difference,
        each.share, each.source,
    )  # fmt: skip
