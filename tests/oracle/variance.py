"""Whose net is unusual, so that a written reason is due (contract §5, `variance`)."""

from __future__ import annotations

from fractions import Fraction

from .arithmetic import exact, last_day
from .master import rules
from .state import Books, Run


def unusual(books: Books, run: Run) -> tuple[set[str], set[str]]:
    """Those surely and those perhaps meant: the contract does not say how absence counts.

    Either the mean is over the last runs that had the payee, or over the last runs, absence as 0.
    Whether supplements count is left open too: only where there is none is anybody surely meant.
    """
    found = rules(books, run.association, last_day(run.period), "variance")
    if not found:
        return set(), set()
    share = found[-1].value
    decided = [r for r in books.runs if r.association == run.association and r.status == "approved"]
    before = [{line["member"]: exact(line["net"]) for line in r.shown["lines"]} for r in decided]
    first_runs = [lines for lines, r in zip(before, decided, strict=True) if r.number == 1]
    nets = {line["member"]: exact(line["net"]) for line in run.shown["lines"]}
    surely, perhaps = set(), set()
    for member in nets.keys() | {m for lines in before for m in lines}:
        net = nets.get(member, exact(0))
        present = [lines[member] for lines in before if member in lines][-3:]
        whole = [lines.get(member, exact(0)) for lines in before][-3:]
        main = [lines[member] for lines in first_runs if member in lines][-3:]
        verdicts = [far(net, values, share) for values in (present, whole, main)]
        if all(verdicts) and member in nets and present:
            surely.add(member)
        if any(verdicts) and member in nets:
            perhaps.add(member)
    first = run.number == 1 and all(r.number == 1 for r in decided)
    return (surely if first else set()), perhaps


def far(net: Fraction, values: list[Fraction], share: Fraction) -> bool:
    if not values:
        return False
    mean = sum(values, Fraction(0)) / len(values)
    return abs(net - mean) > share * abs(mean)
