"""What is taken from one payee in one run (contract §5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .arithmetic import last_day, rounded
from .master import Rule, rules
from .state import Books

UNDER_FLOOR = ("fee", "fixed", "advance", "social")


@dataclass
class Taken:
    """Amounts in tyiyn by (rule, account) in the order taken; advances by number."""

    amounts: dict[tuple[str, str], int] = field(default_factory=dict)
    advances: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.amounts.values())


def deduct(
    books: Books, association: str, period: str, member: str, tax_status: str | None,
    available: int, gross: int,
) -> Taken:  # fmt: skip
    found = rules(books, association, last_day(period))
    base = max(0, gross)
    floors = [rule.value for rule in found if rule.name == "take_home_floor"]
    room = base - rounded(base * floors[-1]) if floors else None
    taken = Taken()
    for rule in found:
        if rule.name not in ("withholding", *UNDER_FLOOR):
            continue
        wanted = base_of(books, rule, period, member, tax_status, base)
        if rule.name != "withholding":
            wanted = min(wanted, max(0, available - taken.total))
            if room is not None:
                wanted = min(wanted, room)
                room -= wanted
        if wanted:
            key = (rule.name, rule.account)
            taken.amounts[key] = taken.amounts.get(key, 0) + wanted
        if rule.name == "advance":
            recover(books, period, member, wanted, taken)
    return taken


def base_of(
    books: Books, rule: Rule, period: str, member: str, tax_status: str | None, base: int
) -> int:
    """What the rule would take alone."""
    if rule.name == "withholding":
        return rounded(base * rule.value) if tax_status in rule.applies_to else 0
    if rule.name == "fixed":
        return fixed(books, rule, period, member) if base else 0
    if rule.name == "advance":
        owed = sum(a.left for a in books.advances if a.member == member and due(a.date, period))
        return min(owed, rounded(base * rule.value))
    return rounded(base * rule.value)


def fixed(books: Books, rule: Rule, period: str, member: str) -> int:
    """Once a month; with a limit, until that much was taken in all."""
    amount = rounded(rule.value * 100) - books.taken_in.get((member, rule.account, period), 0)
    if rule.limit is not None:
        already = books.taken.get((member, rule.account), 0)
        amount = min(amount, rounded(rule.limit * 100) - already)
    return max(0, amount)


def due(day: object, period: str) -> bool:
    return bool(day <= last_day(period))  # type: ignore[operator]


def recover(books: Books, period: str, member: str, amount: int, taken: Taken) -> None:
    """Oldest first; ties by advance_no."""
    mine = [a for a in books.advances if a.member == member and due(a.date, period)]
    for advance in sorted(mine, key=lambda a: (a.date, a.number)):
        part = min(advance.left, amount)
        if part:
            taken.advances[advance.number] = part
            amount -= part
    assert amount == 0
