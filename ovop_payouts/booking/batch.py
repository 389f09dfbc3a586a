"""One import is one change: its rows in the order of contract §3, whatever the order of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from importers.kinds import KINDS
from importers.rows import Row, Rows
from ledger.directives import Directive
from ovop_payouts.book import LandedRow
from ovop_payouts.booking import cash, goods, master, sales
from ovop_payouts.booking.hints import DEFINES
from ovop_payouts.booking.order import in_order
from ovop_payouts.booking.plan import (
    PLANNED,
    Plan,
    Refused,
    columns_of,
    must_have_happened,
    must_know,
    row_key,
)
from ovop_payouts.stock import STAGES

_REPLACED = frozenset(("associations", "products"))
"""New content of the same key replaces the old words."""

Handler = Callable[[Plan, Row], None]
Follow = Callable[[list[tuple[str, Directive]]], object]
_SHOWN_EVERY = 500
"""Rows."""


def book_rows(
    plan: Plan,
    rows: Rows | Sequence[Row],
    watch: Callable[[Iterable[Row]], Iterator[Row]] = iter,
    follow: Follow | None = None,
) -> None:
    """Plan every row; what cannot be booked becomes a problem, and the rest goes on.

    Rows pass through `watch` in the order in which they are booked; `follow` is given what is
    planned, as it grows, and may take it away.
    """
    for number, row in enumerate(watch(in_order(rows)), 1):
        if follow is not None and number % _SHOWN_EVERY == 0:
            follow(plan.planned)
        try:
            if already_known(plan, row):
                plan.known[row.kind] += 1
            else:
                handler_of(row)(plan, row)
                plan.booked[row.kind] += 1
        except Refused as refused:
            plan.refuse(refused, row)
            for other in also_wrong(plan, row, refused.column):
                plan.refuse(other, row)


_EVENTS = frozenset((*STAGES, "advances", "cashbook", "bank"))


def also_wrong(plan: Plan, row: Row, column: str) -> Iterator[Refused]:
    """What else is wrong with a row that is refused for one column: every bad cell is named."""
    known: dict[str, Mapping[str, object]] = {
        "association": plan.book.associations,
        "group": plan.book.groups,
        "member": plan.book.members,
        "product": plan.book.products,
    }
    for name, ids in known.items():
        if name in row.values and name != column and name not in DEFINES.get(row.kind, ()):
            yield from _refusal(partial(must_know, row, name, ids, name))
    if row.kind in _EVENTS and column != "date" and "date" in row.values:
        yield from _refusal(partial(must_have_happened, plan, row, "date"))


def judge_unread(plan: Plan, rows: Iterable[Row]) -> None:
    """What else is wrong with rows refused as they were read, once all others are known."""
    for row in rows:
        for other in also_wrong(plan, row, ""):
            plan.refuse(other, row)


def _refusal(check: Callable[[], object]) -> Iterator[Refused]:
    try:
        check()
    except Refused as refused:
        yield refused


def already_known(plan: Plan, row: Row) -> bool:
    """Whether the same row was imported before; Refused where its key has other content."""
    if row.kind == "members":
        return master.seen_before(plan, row)
    landed = plan.known_row(row)
    if landed is None:
        return False
    names = {column.name for column in KINDS[row.kind].columns}
    before = {k: v for k, v in landed.columns.items() if k in names}
    now = columns_of(row)
    key = " ".join(part for part in row_key(row) if part)
    if before == now:
        if row.kind == "bank" and _stands_twice(row, landed):
            reason = f"{key} stands twice ({landed.source}): take one of the two out"
            raise Refused(row, "reference", reason)
        return True
    if row.kind in _REPLACED:
        return False
    differing = next((c for c in now if before.get(c) != now[c]), KINDS[row.kind].key[0])
    was = before.get(differing, "blank")
    if landed.change == PLANNED:
        reason = f"{key} stands twice, with other content ({landed.source}: {differing} {was})"
        raise Refused(row, differing, f"{reason}: take one out, or give it another number")
    raise Refused(
        row,
        differing,
        f"{key} was imported before with other content ({landed.source}: {differing} {was});"
        " take this row out, or reverse the first one",
    )


def _stands_twice(row: Row, landed: LandedRow) -> bool:
    """Whether one workbook says the same of a payment twice, which no overlap of files explains:
    a doubled reference is a problem (contract §5)."""
    return landed.change == PLANNED and landed.source.startswith(f"{row.source.file}/")


def handler_of(row: Row) -> Handler:
    if row.kind == "sales":
        return sales.sale_return if _is_return(row) else sales.sale
    return _HANDLERS[row.kind]


def _is_return(row: Row) -> bool:
    quantity = row.values["quantity"]
    assert isinstance(quantity, (Decimal, int))
    return quantity < 0


_HANDLERS: dict[str, Handler] = {
    **master.HANDLERS,
    "openings": cash.opening,
    "deliveries": goods.delivery,
    "transfers": goods.transfer,
    "stocktakes": goods.stocktake,
    "advances": cash.advance,
    "cashbook": cash.cashbook,
    "distributions": master.distribution,
    "bank": cash.bank,
}
