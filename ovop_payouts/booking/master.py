"""Master data: associations, members, products, certificates, prices, policy, orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from importers.rows import Row
from ledger import accounts
from ledger.books import EPOCH
from ledger.directives import Commodity, Entry, Fact, Leg, Meta
from ovop_payouts.booking.plan import (
    Plan,
    Refused,
    columns_of,
    day,
    decimal,
    maybe,
    meta_of,
    must_be_open,
    must_have_happened,
    must_know,
    words,
)
from ovop_payouts.private import COLUMNS as PRIVATE
from ovop_payouts.records import Member

_SHARES = frozenset(
    (
        "withholding",
        "fee",
        "advance",
        "social",
        "take_home_floor",
        "commission",
        "shrinkage",
        "vat",
        "sales_tax",
    )
)


def _row_fact(plan: Plan, row: Row, scope: str, on: date, *values: str, **more: str) -> None:
    plan.fact(scope, Fact(on, row.kind, values, meta_of(row, **more)))


def owner_of(plan: Plan, product: str) -> str:
    """The scope that may see a product: its association, else everybody."""
    return plan.book.products[product].association or accounts.COMMON


def association(plan: Plan, row: Row) -> None:
    """A new association, or new names for a known one."""
    ident = words(row, "association")
    book = plan.book
    part = accounts.component(ident)
    taken = book.components.get(part)
    if ident in (accounts.COMMON, accounts.HEAD_OFFICE) or part == "InTransit":
        raise Refused(row, "association", f"{ident} is a name of the books' own; choose another id")
    if taken not in (None, ident):
        raise Refused(
            row, "association", f"{ident} would share account names with {taken}; change it"
        )
    known = book.associations.get(ident)
    revision = int(known["revision"]) + 1 if known else 1
    if known is None:
        plan.new_associations[ident] = words(row, "name_en")
    _row_fact(plan, row, ident, plan.today, ident, revision=str(revision))


def product(plan: Plan, row: Row) -> None:
    """A new product, or new words for a known one; its owner stays."""
    ident = words(row, "product")
    book = plan.book
    owner = maybe(row, "association")
    if owner is not None:
        must_know(row, "association", book.associations, "association")
    scope = owner or accounts.COMMON
    known = book.products.get(ident)
    if known is not None and known.association != owner:
        was = known.association or "all associations (blank)"
        raise Refused(
            row, "association", f"the owner of a product never changes; {ident} is of {was}"
        )
    if known is None:
        currency = accounts.commodity(ident)
        if currency in book.opened:
            raise Refused(
                row, "product", f"{ident} would share the commodity {currency} with another"
            )
        book.opened[currency] = scope
        meta = {"name": words(row, "name_en"), "product": ident}
        plan.planned.append((scope, Commodity(EPOCH, currency, meta)))
    revision = known.revision + 1 if known else 1
    _row_fact(plan, row, scope, plan.today, ident, revision=str(revision))


def certificate(plan: Plan, row: Row) -> None:
    must_know(row, "product", plan.book.products, "product")
    must_have_happened(plan, row)
    scope = owner_of(plan, words(row, "product"))
    if "group" in row.values:
        group = must_know(row, "group", plan.book.groups, "group")
        scope = plan.book.groups[group]
    _row_fact(plan, row, scope, day(row), words(row, "certificate_no"))


def price(plan: Plan, row: Row) -> None:
    ident = must_know(row, "product", plan.book.products, "product")
    _row_fact(plan, row, owner_of(plan, ident), day(row, "valid_from"), ident)


def rule(plan: Plan, row: Row) -> None:
    """One dated entry of the policy."""
    name = words(row, "rule")
    if name in _SHARES and decimal(row, "value") > 1:
        raise Refused(row, "value", f"{name} is a share of 1: 5 % is 0.05")
    owner = maybe(row, "association")
    if owner is not None:
        must_know(row, "association", plan.book.associations, "association")
    _check_account(plan, row, owner)
    _row_fact(plan, row, owner or accounts.COMMON, day(row, "valid_from"), name)


def _check_account(plan: Plan, row: Row, owner: str | None) -> None:
    account = maybe(row, "account")
    if account is None:
        return
    if not accounts.is_account(account):
        raise Refused(
            row, "account", "an account is written as Liabilities:Funds:Social, in ASCII letters"
        )
    if accounts.is_kept_by_engine(account) or account == accounts.IN_TRANSIT:
        raise Refused(
            row, "account", "deliveries, sales, advances and runs alone move this account"
        )
    scope = accounts.scope_of(account, plan.book.components)
    if scope not in (accounts.COMMON, owner):
        raise Refused(
            row, "account", f"this account is {scope}'s own; a rule of others cannot use it"
        )


def order(plan: Plan, row: Row) -> None:
    ident = must_know(row, "product", plan.book.products, "product")
    scope = owner_of(plan, ident)
    if "group" in row.values:
        scope = plan.book.groups[must_know(row, "group", plan.book.groups, "group")]
    must_have_happened(plan, row)
    _row_fact(plan, row, scope, day(row), words(row, "order_no"))


def contribution(plan: Plan, row: Row) -> None:
    """What a member put in; those that share one sum have one measure (contract §4)."""
    book = plan.book
    group = must_know(row, "group", book.groups, "group")
    must_know(row, "member", book.members, "member")
    if book.member(words(row, "member")).association != book.groups[group]:
        raise Refused(row, "member", f"is of another association than group {group}")
    product = maybe(row, "product")
    if product is not None:
        must_know(row, "product", book.products, "product")
    period, measure = words(row, "period"), maybe(row, "measure")
    for other in book.contributions:
        if (other.period, other.group, other.product) == (period, group, product):
            if other.measure != measure:
                raise Refused(
                    row,
                    "measure",
                    f"those who share one sum are measured alike, here in {other.measure}",
                )
            break
    on = date.fromisoformat(f"{period}-01")
    _row_fact(plan, row, book.groups[group], on, period, group)


def distribution(plan: Plan, row: Row) -> None:
    """A sum to be shared; it is computed when a run is drafted."""
    book = plan.book
    owner = None
    if "association" in row.values:
        owner = must_know(row, "association", book.associations, "association")
    if "group" in row.values:
        owner = book.groups[must_know(row, "group", book.groups, "group")]
    if "member" in row.values:
        owner = book.member(must_know(row, "member", book.members, "member")).association
    if "product" in row.values:
        owner = (
            owner or book.products[must_know(row, "product", book.products, "product")].association
        )
    must_be_open(plan, row, owner)
    if not decimal(row, "amount"):
        raise Refused(row, "amount", "there is nothing to distribute")
    _row_fact(plan, row, owner or accounts.COMMON, day(row), words(row, "distribution_no"))


def taken_before(plan: Plan, row: Row) -> None:
    """What a `fixed` rule took before the books began (an opening without an entry)."""
    member = must_know(row, "member", plan.book.members, "member")
    scope = plan.book.member(member).association
    must_be_open(plan, row, scope)
    _row_fact(plan, row, scope, day(row), "taken", member)


# --- members -----------------------------------------------------------------------------------


def member(plan: Plan, row: Row) -> None:
    """A new member, or a dated change of a known one."""
    book = plan.book
    ident = words(row, "member")
    if "changed" in row.values:
        must_have_happened(plan, row, "changed")
    _check_place(plan, row)
    versions = book.members.get(ident)
    if versions is None:
        _check_name(plan, row, ident)
        _book_member(plan, row, details=1, entered_by=plan.user)
        return
    latest = versions[-1]
    if latest.association != words(row, "association"):
        raise Refused(
            row,
            "association",
            f"{ident} is of {latest.association}; pay out there and enter a new member here",
        )
    old = plan.details.get(ident, {})
    moved = _pays_to(latest.rail, old) != _pays_to(words(row, "rail"), private_of(row))
    entered_by = plan.user if moved else latest.entered_by
    _book_member(plan, row, details=latest.details + moved, entered_by=entered_by)
    versions.sort(key=lambda m: m.changed or date.min)
    if latest.group != words(row, "group"):
        _regroup(plan, row, latest)


def _regroup(plan: Plan, row: Row, old: Member) -> None:
    """Who changes group keeps the id; the balances move to the new accounts by one entry."""
    ident, owner, group = old.member, old.association, words(row, "group")
    moves = (
        (accounts.payable(owner, old.group, ident), accounts.payable(owner, group, ident)),
        (accounts.advances(owner, old.group, ident), accounts.advances(owner, group, ident)),
    )
    legs = []
    for before, after in moves:
        balance = plan.book.owed.get(before, Decimal())
        if balance:
            legs += [Leg(before, -balance, "KGS"), Leg(after, balance, "KGS")]
    if not legs:
        return
    on = day(row, "changed")
    until = plan.book.closed_until(owner)
    if until is not None and on <= until:
        on = until + timedelta(days=1)
    meta = {"member": ident, "from-group": old.group, "to-group": group}
    meta |= {"source": str(row.source), "sha": row.source.sha256[:16]}
    text = f"{ident} moves from {old.group} to {group}"
    plan.entry(owner, Entry(on, "regrouping", old.name, text, tuple(legs), meta))


def _check_place(plan: Plan, row: Row) -> None:
    book = plan.book
    owner = must_know(row, "association", book.associations, "association")
    group = words(row, "group")
    other = book.groups.get(group)
    if other is not None and other != owner:
        raise Refused(row, "group", f"group {group} is of {other}; a group has one association")
    part = accounts.component(group)
    for known, of in book.groups.items():
        if known != group and of == owner and accounts.component(known) == part:
            raise Refused(
                row, "group", f"{group} would share account names with {known}; change it"
            )


def _check_name(plan: Plan, row: Row, ident: str) -> None:
    part = accounts.component(ident)
    if part == "Pool":
        raise Refused(row, "member", "Pool is the group's own account; choose another id")
    taken = plan.book.member_components.get(part)
    if taken not in (None, ident):
        raise Refused(row, "member", f"{ident} would share account names with {taken}; change it")


def private_of(row: Row) -> dict[str, str]:
    return {column: words(row, column) for column in PRIVATE if column in row.values}


def _pays_to(rail: str, private: Mapping[str, str]) -> tuple[str | None, ...]:
    """What decides where money goes: a change of it holds the payee until confirmed."""
    match rail:
        case "bank":
            return rail, private.get("account_no"), private.get("bic")
        case "wallet":
            return rail, private.get("phone")
        case _:
            return (rail,)


def _book_member(plan: Plan, row: Row, *, details: int, entered_by: str) -> None:
    """`entered_by` is who entered the payment details, however many rows came after."""
    ident = words(row, "member")
    private = private_of(row)
    columns = columns_of(row)
    for column in PRIVATE:
        columns.pop(column, None)
    if "account_no" in private:
        columns["account_end"] = private["account_no"][-4:]
    plan.details[ident] = private
    if private:
        plan.new_details.setdefault(ident, {})[columns.get("changed", "")] = private
    columns |= {"details": str(details), "entered-by": entered_by}
    columns |= {"source": str(row.source), "sha": row.source.sha256[:16]}
    on = row.values.get("changed") or row.values.get("joined") or plan.today
    assert isinstance(on, date)
    plan.fact(words(row, "association"), Fact(on, "members", (ident,), columns))


def seen_before(plan: Plan, row: Row) -> bool:
    """Whether a member's row says nothing new; Refused where it may not say what it says.

    Content that differs from the latest needs a later `changed` date (contract §3).
    """
    ident = words(row, "member")
    landed = plan.known_row(row)
    if landed is not None and ident in plan.book.members:
        same_date = [v for v in plan.book.members[ident] if v.changed == row.values.get("changed")]
        newest = plan.book.members[ident][-1] in same_date
        if _same_member(plan, row, landed.columns, private=newest):
            return True
        raise Refused(
            row,
            "member",
            f"was imported before with other content ({landed.source});"
            " a change needs a later date in column changed",
        )
    versions = plan.book.members.get(ident)
    if not versions:
        return False
    changed, latest = row.values.get("changed"), versions[-1].changed
    if changed is not None and (latest is None or str(changed) > str(latest)):
        return False
    key = (ident, latest.isoformat() if latest else "")
    if _same_member(plan, row, plan.book.rows["members"][key].columns, private=True):
        return True
    raise Refused(
        row, "changed", f"{ident} is known with other content: say from when in column changed"
    )


def _same_member(plan: Plan, row: Row, known: Meta, *, private: bool) -> bool:
    columns = columns_of(row)
    public = {k: v for k, v in columns.items() if k not in (*PRIVATE, "changed")}
    before = {k: v for k, v in known.items() if k in _PUBLIC}
    if public != before:
        return False
    old = plan.details.get(words(row, "member"), {})
    return not private or private_of(row) == old


_PUBLIC = frozenset(
    (
        "association",
        "group",
        "group_name",
        "member",
        "name",
        "gender",
        "birth_year",
        "joined",
        "left",
        "language",
        "tax_status",
        "rail",
        "hold",
    )
)

HANDLERS: dict[str, Callable[[Plan, Row], None]] = {
    "associations": association,
    "members": member,
    "products": product,
    "certificates": certificate,
    "prices": price,
    "policy": rule,
    "orders": order,
    "contributions": contribution,
}
