"""A run as people and programs read it: the contract's JSON, a table, differences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO
from ovop_payouts.payout.history import current_hash, lines_of, returns_of, status
from ovop_payouts.payout.line import Line, line_json, som, totals
from ovop_payouts.payout.periods import RunId


def run_json(book: Book, run: RunId) -> dict[str, object]:
    """Exactly the structure of contract §6."""
    lines, pots = lines_of(book, run), held_pools_of(book, run)
    return {
        "run": str(run),
        "status": status(book, run),
        "hash": current_hash(book, run),
        "cutoff": run.cutoff.isoformat(),
        "lines": [line_json(line) for line in lines.values()],
        "held_pools": [{"group": g, "amount": som(amount)} for g, amount in pots.items()],
        "totals": {name: som(amount) for name, amount in totals(lines, pots).items()},
    }


def held_pools_of(book: Book, run: RunId) -> dict[str, Decimal]:
    """Group -> what the run's latest snapshot leaves in its pools."""
    meta = next(
        step.meta for step in reversed(book.steps[str(run)]) if step.meta and "pools" in step.meta
    )
    pairs = (entry.split("=") for entry in meta["pools"].split())
    return {group: Decimal(amount) for group, amount in pairs}


def table(book: Book, run: RunId) -> Iterator[str]:
    """The run as lines of text, for a terminal."""
    lines, pots = lines_of(book, run), held_pools_of(book, run)
    sums = totals(lines, pots)
    yield f"Run {run}  {status(book, run)}  up to {run.cutoff}  {current_hash(book, run)}"
    yield ""
    head = ("member", "group", "opening", "gross", "returned", "deducted", "net", "payout")
    rows = [
        (
            line.member,
            line.group,
            *(
                som(amount)
                for amount in (
                    line.opening,
                    line.gross,
                    line.returned,
                    line.deducted,
                    line.net,
                    line.payout,
                    line.carried,
                )
            ),
            line.rail,
            line.state,
            line.reason or "",
        )
        for line in lines.values()
    ]
    yield from aligned([(*head, "carried", "rail", "state", "reason"), *rows], numbers=range(2, 9))
    yield ""
    for returned in returns_of(book, run):
        why = returned.reason or "no reason given"
        yield f"Came back: {returned.reference} {som(returned.amount)} on {returned.date} ({why})"
    for group, amount in pots.items():
        if amount:
            yield f"Pool of {group}: {som(amount)} held: no contributions"
    yield (
        f"{len(lines)} payees; gross {som(sums['gross'])}, deductions {som(sums['deductions'])};"
        f" paid {som(sums['payout'])} + carried {som(sums['carried'])} + held {som(sums['held'])}"
        f" = {som(sums['payout'] + sums['carried'] + sums['held'])}"
    )


def aligned(rows: list[tuple[str, ...]], numbers: range) -> Iterator[str]:
    """Rows of text in columns, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def difference(before: dict[str, Line], after: dict[str, Line]) -> Iterator[str]:
    """What changed between two snapshots, payee by payee."""
    for member in sorted(before.keys() | after.keys()):
        old, new = before.get(member), after.get(member)
        if old == new:
            continue
        if old is None or new is None:
            which = new or old
            assert which is not None
            word = "new" if old is None else "gone"
            yield f"{member}: {word}, net {som(which.net)}, payout {som(which.payout)}"
            continue
        yield f"{member}: " + "; ".join(_changes(old, new))


def _changes(old: Line, new: Line) -> Iterator[str]:
    for name in ("opening", "gross", "returned", "deducted", "net", "payout", "carried"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{name} {som(was)} -> {som(now)} ({som(now - was)})"
    for name in ("group", "rail", "state", "reason"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{name} {was or 'none'} -> {now or 'none'}"


def mean(line: Line) -> Decimal:
    """The mean net of the runs before, for showing (rounded to the tyiyn)."""
    total = sum(line.before, ZERO)
    return (total / len(line.before)).quantize(Decimal("0.01")) if line.before else ZERO
