"""What master data says on a day: members, certificates, prices, policy (contract §3 to §5)."""

from __future__ import annotations

from datetime import date as Date
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import exact
from .state import Books, Row

DETAILS = ("rail", "account_no", "bic", "phone")


def member_on(books: Books, member: str, day: Date) -> Row:
    """The member's row in force on the day; before the first of them, the first."""
    rows = sorted(books.members[member], key=changed)
    before = [row for row in rows if changed(row) <= day]
    return before[-1] if before else rows[0]


def changed(row: Row) -> Date:
    day = row.get("changed")
    return day if isinstance(day, Date) else Date.min


def knows_group(books: Books, association: str, group: str) -> bool:
    return any(
        row["association"] == association and row["group"] == group
        for rows in books.members.values()
        for row in rows
    )


def association_of_group(books: Books, group: str) -> str | None:
    for rows in books.members.values():
        for row in rows:
            if row["group"] == group:
                return str(row["association"])
    return None


def certified(books: Books, product: str, group: str | None, day: Date) -> bool:
    """The latest decision on or before the day, product-wide and the group's own together."""
    decisions = [
        row
        for row in books.certificates
        if row["product"] == product and row.get("group") in (None, group) and row["date"] <= day
    ]
    if not decisions:
        return False
    latest = max(decisions, key=lambda row: (row["date"], row["certificate_no"]))
    until = latest.get("valid_until")
    return latest["decision"] == "certified" and (until is None or day <= until)


def price(
    books: Books, column: str, product: str, grade: str | None, order_no: str | None, day: Date
) -> Fraction | None:
    """Of (product, grade, order_no), (product, grade), (product): the first that has a price."""
    for wanted in ((grade, order_no), (grade, None), (None, None)):
        found = [
            row
            for row in books.prices
            if row["product"] == product
            and (row.get("grade"), row.get("order_no")) == wanted
            and row["valid_from"] <= day
            and row.get(column) is not None
        ]
        if found:
            return exact(max(found, key=lambda row: row["valid_from"])[column])
    return None


class Rule(NamedTuple):
    name: str
    value: Fraction
    limit: Fraction | None
    account: str
    order: Fraction
    applies_to: frozenset[str]


def rules(books: Books, association: str, day: Date, name: str | None = None) -> list[Rule]:
    """The rules that hold on the day, in order; ties by rule, then account."""
    held: dict[tuple[str, str, frozenset[str]], Row] = {}
    for owner in (None, association):
        own = [row for row in books.policy if row.get("association") == owner]
        own = [row for row in own if row["valid_from"] <= day]
        for row in sorted(own, key=lambda row: row["valid_from"]):
            held[row["rule"], row.get("account") or "", names(row)] = row
    found = [
        Rule(
            rule,
            exact(row["value"]),
            None if row.get("limit") is None else exact(row["limit"]),
            account,
            exact(row.get("order")),
            applies,
        )
        for (rule, account, applies), row in held.items()
        if name in (None, rule)
    ]
    return sorted(found, key=lambda r: (r.order, r.name, r.account, sorted(r.applies_to)))


def names(row: Row) -> frozenset[str]:
    """The set in a cell: comma-separated words."""
    words = (word.strip() for word in str(row.get("applies_to") or "").split(","))
    return frozenset(word for word in words if word)


def rate(books: Books, name: str, association: str, day: Date) -> Fraction:
    """The value of a rule of which there is one at most; 0 without it."""
    found = rules(books, association, day, name)
    return found[-1].value if found else Fraction(0)


def rule_for_rail(found: list[Rule], rail: str) -> Fraction:
    """`minimum`, `cash_unit`: a rule that names the rail goes before a blank one."""
    naming = [rule for rule in found if rail in rule.applies_to]
    blank = [rule for rule in found if not rule.applies_to]
    chosen = naming or blank
    return chosen[-1].value if chosen else Fraction(0)
