"""What is brought forward into a new year's books, scope by scope."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from ledger.directives import Commodity, Directive, Entry, Fact, Open
from ledger.store import LandedFile
from ovop_payouts.book import Book
from ovop_payouts.folding import fold
from ovop_payouts.folding.brought import FROM
from ovop_payouts.folding.reversed import REVERSAL, is_of
from ovop_payouts.yearend import balances, facts, payees
from ovop_payouts.yearend.year import Year, copy_of


def brought_forward(files: list[LandedFile], whole: Book, year: int) -> dict[str, list[Directive]]:
    """Scope -> the directives of the first change of the year after."""
    last = date(year, 12, 31)
    sound = _without_reversed(files)
    past = fold(_until(file, last) for file in sound)
    state = Year(last, whole, past, sound)
    for scope in sorted({file.scope for file in files}):
        state.say(scope, "year", last.isoformat())
    later = _later_entries(state)
    balances.bring(state, later)
    facts.bring(state)
    payees.bring(state, later)
    for scope, entries in later.items():
        state.said[scope] += entries
    facts.bring_sight(state)
    opens = balances.opens(state)
    return {scope: [*opens.get(scope, ()), *said] for scope, said in state.said.items()}


def _without_reversed(files: list[LandedFile]) -> list[LandedFile]:
    """What was reversed and its reversal are together nothing: neither is brought forward."""
    gone: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for file in files:
        for each in file.directives:
            if isinstance(each, Fact) and each.type == REVERSAL:
                change, sha256, source = each.values
                gone[change].add((sha256[:16], source))
    return [
        LandedFile(
            file.change,
            file.scope,
            file.year,
            file.sha256,
            [each for each in file.directives if not _is_gone(gone, file.change, each)],
        )
        for file in files
    ]


def _is_gone(gone: dict[str, set[tuple[str, str]]], change: str, each: Directive) -> bool:
    match each:
        case Open() | Commodity():
            return False
        case Fact(type="reversal") | Entry(tag="reversal"):
            return True
    named = gone.get(each.meta.get(FROM, change), ())
    return any(is_of(each, sha, source) for sha, source in named)


def _until(file: LandedFile, last: date) -> LandedFile:
    kept = [d for d in file.directives if not isinstance(d, Entry) or d.date <= last]
    return LandedFile(file.change, file.scope, file.year, file.sha256, kept)


def _later_entries(state: Year) -> dict[str, list[Directive]]:
    """Scope -> what was entered for the new year already, as it is."""
    found: dict[str, list[Directive]] = defaultdict(list)
    for file in state.files:
        for each in file.directives:
            if isinstance(each, Entry) and each.date > state.last:
                found[file.scope].append(copy_of(file.change, each))
    return found
