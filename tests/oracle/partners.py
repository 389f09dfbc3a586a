"""Rows about people, papers and money: what each changes, or the column that is wrong."""

from __future__ import annotations

from .arithmetic import digits_of, exact, tyiyn
from .master import DETAILS, association_of_group, changed, member_on
from .state import Advance, Books, Details, Distribution, Row

Refusal = tuple[str, str] | None


def association(books: Books, row: Row) -> Refusal:
    books.associations[row["association"]] = row
    return None


def product(books: Books, row: Row) -> Refusal:
    before = books.products.get(row["product"])
    if before and before.get("association") != row.get("association"):
        return ("association", "the owner of a product never changes")
    if row.get("association") not in (None, *books.associations):
        return ("association", "unknown association")
    books.products[row["product"]] = row
    return None


def member(books: Books, row: Row) -> Refusal:
    if row["association"] not in books.associations:
        return ("association", "unknown association")
    before = books.members.get(row["member"], [])
    if before and changed(row) <= max(changed(old) for old in before):
        return ("changed", "a change needs a later date")
    books.members.setdefault(row["member"], []).append(row)
    remember_details(books, row, first=not before)
    return None


def remember_details(books: Books, row: Row, first: bool) -> None:
    """Changed payment details wait until another person confirms them."""
    known = books.details.setdefault(row["member"], [])
    paid = (row["rail"], row.get("account_no"), row.get("bic"), row.get("phone"))
    new = Details(*paid, confirmed=first)
    if not known or any(getattr(known[-1], name) != row.get(name) for name in DETAILS):
        known.append(new)


def certificate(books: Books, row: Row) -> Refusal:
    if row["product"] not in books.products:
        return ("product", "unknown product")
    books.certificates.append(row)
    return None


def price(books: Books, row: Row) -> Refusal:
    if row["product"] not in books.products:
        return ("product", "unknown product")
    books.prices.append(row)
    return None


def policy(books: Books, row: Row) -> Refusal:
    if row.get("association") not in (None, *books.associations):
        return ("association", "unknown association")
    books.policy.append(row)
    return None


def order(books: Books, row: Row) -> Refusal:
    return None if row["product"] in books.products else ("product", "unknown product")


def contribution(books: Books, row: Row) -> Refusal:
    if association_of_group(books, row["group"]) is None:
        return ("group", "unknown group")
    if row["member"] not in books.members:
        return ("member", "unknown member")
    if row.get("product") not in (None, *books.products):
        return ("product", "unknown product")
    same = ("period", "group", "product")
    for other in books.contributions:
        alike = all(other.get(name) == row.get(name) for name in same)
        if alike and other.get("measure") != row.get("measure"):
            return ("measure", "those that share one sum have one measure")
    books.contributions.append(row)
    return None


def advance(books: Books, row: Row) -> Refusal:
    if row["member"] not in books.members:
        return ("member", "unknown member")
    if not fine_enough(row["amount"]):
        return ("amount", "more decimals than the currency has")
    if exact(row["amount"]) <= 0:
        return ("amount", "not positive")
    amount = tyiyn(row["amount"])
    books.advances.append(Advance(row["advance_no"], row["member"], row["date"], amount))
    return None


def cashbook(books: Books, row: Row) -> Refusal:
    """Of the cashbook only what members pay back: the oldest advances first."""
    if row["kind"] != "advance-repaid":
        return ("kind", "no part of the calculation")
    if row["member"] not in books.members:
        return ("member", "unknown member")
    left = tyiyn(row["amount"])
    mine = [a for a in books.advances if a.member == row["member"] and a.date <= row["date"]]
    if left > sum(a.left for a in mine):
        return ("amount", "more than is owed")
    for owed in sorted(mine, key=lambda a: (a.date, a.number)):
        part = min(owed.left, left)
        owed.left -= part
        left -= part
    return None


def distribution(books: Books, row: Row) -> Refusal:
    if not fine_enough(row["amount"]):
        return ("amount", "more decimals than the currency has")
    if exact(row["amount"]) < 0 and row["kind"] != "correction":
        return ("amount", "only a correction may be negative")
    if row.get("association") not in (None, *books.associations):
        return ("association", "unknown association")
    if row.get("member") not in (None, *books.members):
        return ("member", "unknown member")
    if row.get("product") not in (None, *books.products):
        return ("product", "unknown product")
    if row.get("group") and association_of_group(books, row["group"]) is None:
        return ("group", "unknown group")
    books.distributions.append(Distribution(row["distribution_no"], row))
    return None


def opening_of_member(books: Books, row: Row) -> Refusal:
    """`payable`, `advance`, `taken`."""
    who = row.get("member")
    if who not in books.members:
        return ("member", "unknown member")
    amount = tyiyn(row["amount"])
    if row["kind"] == "payable":
        books.openings[who] = books.openings.get(who, 0) + amount
        books.balances[who] = books.balances.get(who, 0) + amount
    elif row["kind"] == "advance":
        books.advances.append(Advance(row["ref"], who, row["date"], amount))
    else:
        key = (who, row.get("ref") or "")
        books.taken[key] = books.taken.get(key, 0) + amount
    return None


def fine_enough(amount: object, currency: str = "KGS") -> bool:
    return bool((exact(amount) * 10 ** digits_of(currency)).denominator == 1)


def belongs(books: Books, row: Row) -> Refusal:
    """The association, group and member of a delivery or of an opening of goods."""
    if row["association"] not in books.associations:
        return ("association", "unknown association")
    if association_of_group(books, row["group"]) != row["association"]:
        return ("group", "unknown group")
    who = row.get("member")
    if who is None:
        return None
    if who not in books.members:
        return ("member", "unknown member")
    held = member_on(books, who, row["date"])
    if (held["association"], held["group"]) != (row["association"], row["group"]):
        return ("member", "of another group on that day")
    return None
