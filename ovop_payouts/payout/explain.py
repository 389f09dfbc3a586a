"""Where an amount comes from: every source row, price, rate, rule and rounding (contract §6)."""

from __future__ import annotations

from collections.abc import Iterator

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.explain_deductions import explain_deductions
from ovop_payouts.payout.explain_earnings import explain_earning, source_of
from ovop_payouts.payout.history import (
    approval,
    before,
    earnings_by_run,
    held,
    lines_of,
    returns_of,
)
from ovop_payouts.payout.line import Line, Run, som
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import Earning


def explain(book: Book, run: RunId, member: str, computed: Run | None) -> Iterator[str]:
    """One payee's line, sentence by sentence.

    `computed` is the run as drafted now; an approved run is explained from what it booked.
    """
    line = lines_of(book, run)[member]
    record = book.member(member, run.cutoff)
    yield f"{member}  {record.name}, group {line.group}, run {run}"
    yield ""
    yield from _opening(book, run, line)
    earnings = _earnings_of(book, run, member, computed)
    for kind in sorted({e.kind for e in earnings}):
        yield f"{kind}: {som(line.earnings.get(kind, ZERO))}"
        for earning in sorted(
            (e for e in earnings if e.kind == kind),
            key=lambda e: (e.date, e.meta.get("source", "")),
        ):
            for text in explain_earning(book, run, earning, computed):
                yield f"    {text}"
    yield f"gross: {som(line.gross)}"
    for returned in (r for r in returns_of(book, run) if r.member == member):
        yield (
            f"returned: {som(returned.amount)}  payment {returned.reference} came back on"
            f" {returned.date}: {returned.reason or 'no reason given'}"
        )
    yield (
        f"available: {som(line.opening)} + {som(line.gross)} + {som(line.returned)}"
        f" = {som(line.available)}"
    )
    yield from explain_deductions(book, run, line)
    yield f"net: {som(line.available)} - {som(line.deducted)} = {som(line.net)}"
    yield from _outcome(book, run, line)


def _opening(book: Book, run: RunId, line: Line) -> Iterator[str]:
    previous = before(book, run)
    if previous is not None and line.member in lines_of(book, previous):
        carried = lines_of(book, previous)[line.member].carried
        yield f"opening: {som(line.opening)}  carried out of {previous}: {som(carried)}"
    else:
        yield f"opening: {som(line.opening)}"
    done = held(book, run.association, until=run)
    for opening in book.openings.get(run.association, ()):
        new = opening.date <= run.cutoff and not done.earning(opening)
        if opening.member == line.member and new:
            yield f"    {opening.date}  opening payable {som(opening.amount)}  {source_of(opening)}"


def _earnings_of(book: Book, run: RunId, member: str, computed: Run | None) -> list[Earning]:
    if computed is not None and approval(book, run) is None:
        return computed.earnings.get(member, [])
    return earnings_by_run(book, run.association).get(run, {}).get(member, [])


def _outcome(book: Book, run: RunId, line: Line) -> Iterator[str]:
    match line.state:
        case "pay":
            floored = _floored(book, run, line) if line.carried else ""
            yield f"payout: {som(line.payout)} by {line.rail}{floored}"
        case state:
            yield f"{state}: nothing is paid ({line.reason})"
    yield f"carried: {som(line.net)} - {som(line.payout)} = {som(line.carried)}"


def _floored(book: Book, run: RunId, line: Line) -> str:
    rules = book.policy("cash_unit", run.association, run.cutoff)
    named = [r for r in rules if line.rail in r.applies_to] or [
        r for r in rules if not r.applies_to
    ]
    return f", {som(line.net)} floored to a multiple of {named[0].value:f}" if named else ""
