"""Money and beginnings: openings, advances, the cashbook, and what the bank says of payments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from importers.bank_reasons import explained
from importers.rows import Row
from ledger import accounts
from ledger.directives import Cost, Entry, Leg, Meta, leg
from ovop_payouts.booking.goods import consignor_leg, new_place, rounding, stock_leg
from ovop_payouts.booking.master import taken_before
from ovop_payouts.booking.plan import (
    Plan,
    Refused,
    day,
    decimal,
    maybe,
    maybe_decimal,
    meta_of,
    must_be_open,
    must_know,
    plain,
    provenance,
    words,
)
from ovop_payouts.money import ZERO, money
from ovop_payouts.records import Lot, Payment, Returned

_SIX = Decimal("0.000001")


# --- openings ----------------------------------------------------------------------------------


def opening(plan: Plan, row: Row) -> None:
    """A balance from before the books began."""
    _OPENINGS[words(row, "kind")](plan, row)


def _opening_payable(plan: Plan, row: Row) -> None:
    scope, group, member = _payee(plan, row)
    amount = decimal(row, "amount")
    legs = (
        leg(accounts.OPENING, amount),
        leg(plan.book.payable(member, scope, group), -amount),
    )
    _book_opening(plan, row, scope, legs if amount else (), group=group)


def _opening_advance(plan: Plan, row: Row) -> None:
    scope, group, member = _payee(plan, row)
    amount = decimal(row, "amount")
    legs = (leg(accounts.advances(scope, group, member), amount), leg(accounts.OPENING, -amount))
    _book_opening(plan, row, scope, legs, group=group)


def _opening_stock(plan: Plan, row: Row) -> None:
    must_know(row, "product", plan.book.products, "product")
    scope, group = _owner(plan, row)
    quantity, amount = decimal(row, "quantity"), decimal(row, "amount")
    if quantity <= 0:
        raise Refused(row, "quantity", "opening stock has a quantity above zero")
    cost = (amount / quantity).quantize(_SIX, ROUND_HALF_UP)
    lot = _opening_lot(row, scope, group, cost)
    place = new_place(plan, row, "location")
    legs = [stock_leg(scope, place, lot, quantity), leg(accounts.OPENING, -amount)]
    legs = [each for each in legs if each.number]
    _book_opening(plan, row, scope, tuple(legs + rounding(legs)), group=group)


def _opening_consigned(plan: Plan, row: Row) -> None:
    must_know(row, "product", plan.book.products, "product")
    scope, group = _owner(plan, row)
    if group is None:
        raise Refused(row, "group", "consigned goods are somebody's: name the group (and member)")
    quantity = decimal(row, "quantity")
    if quantity <= 0:
        raise Refused(row, "quantity", "opening stock has a quantity above zero")
    lot = _opening_lot(row, scope, group, None)
    place = new_place(plan, row, "location")
    legs = (stock_leg(scope, place, lot, quantity), consignor_leg(lot, -quantity))
    _book_opening(plan, row, scope, legs, group=group)


def _opening_lot(row: Row, scope: str, group: str | None, cost: Decimal | None) -> Lot:
    ref = maybe(row, "ref") or ""
    product, member = words(row, "product"), maybe(row, "member")
    return Lot(product, ref, day(row), scope, group, member, cost, ref)


def _book_opening(
    plan: Plan, row: Row, scope: str, legs: tuple[Leg, ...], group: str | None = None
) -> None:
    when = must_be_open(plan, row, scope)
    more: Meta = {"of-group": group} if group and "group" not in row.values else {}
    what = maybe(row, "member") or maybe(row, "product") or ""
    text = f"Opening {words(row, 'kind')} {what}"
    plan.entry(scope, Entry(when, "openings", what, text, legs, {**meta_of(row), **more}))


def _payee(plan: Plan, row: Row) -> tuple[str, str, str]:
    member = must_know(row, "member", plan.book.members, "member")
    record = plan.book.member(member)
    for column, known in (("association", record.association), ("group", record.group)):
        if row.values.get(column, known) != known:
            raise Refused(row, column, f"{member} is of {known}")
    return record.association, record.group, member


def _owner(plan: Plan, row: Row) -> tuple[str, str | None]:
    """Whose goods: of the association named, the group's, the product's, or the head office."""
    book = plan.book
    group = maybe(row, "group")
    if "member" in row.values:
        scope, of, _ = _payee(plan, row)
        return scope, group or of
    if group is not None:
        must_know(row, "group", book.groups, "group")
        if row.values.get("association", book.groups[group]) != book.groups[group]:
            raise Refused(row, "association", f"group {group} is of {book.groups[group]}")
        return book.groups[group], group
    if "association" in row.values:
        return must_know(row, "association", book.associations, "association"), None
    return book.products[words(row, "product")].association or accounts.HEAD_OFFICE, None


_OPENINGS: dict[str, Callable[[Plan, Row], None]] = {
    "payable": _opening_payable,
    "advance": _opening_advance,
    "stock": _opening_stock,
    "consigned": _opening_consigned,
    "taken": taken_before,
}


# --- advances and the cashbook -----------------------------------------------------------------


def advance(plan: Plan, row: Row) -> None:
    """Money given ahead of deliveries, in cash."""
    member = must_know(row, "member", plan.book.members, "member")
    record = plan.book.member(member)
    when = must_be_open(plan, row, record.association)
    amount = decimal(row, "amount")
    account = accounts.advances(record.association, record.group, member)
    text = f"Advance {words(row, 'advance_no')}: {maybe(row, 'purpose') or 'no purpose given'}"
    legs = (leg(account, amount), leg(accounts.RAILS["cash"], -amount))
    plan.entry(record.association, Entry(when, "advances", record.name, text, legs, meta_of(row)))


def cashbook(plan: Plan, row: Row) -> None:
    """Receipts from clients, taxes, fees and funds paid on, deposits, expenses."""
    scope = _cashbook_scope(plan, row)
    when = must_be_open(plan, row, scope)
    legs = _CASHBOOK[words(row, "kind")](plan, row, scope)
    for each in legs:
        owner = accounts.scope_of(each.account, plan.book.components)
        if owner not in (accounts.COMMON, scope) and scope != accounts.HEAD_OFFICE:
            raise Refused(row, "account", f"{each.account} is {owner}'s own; name its association")
    text = f"{words(row, 'kind')} {words(row, 'entry_no')}"
    payee = maybe(row, "member") or maybe(row, "order_no") or ""
    plan.entry(scope, Entry(when, "cashbook", payee, text, tuple(legs), meta_of(row)))


def _cashbook_scope(plan: Plan, row: Row) -> str:
    if "member" in row.values:
        member = must_know(row, "member", plan.book.members, "member")
        return plan.book.member(member).association
    if "association" in row.values:
        return must_know(row, "association", plan.book.associations, "association")
    return accounts.HEAD_OFFICE


def _rail(row: Row) -> str:
    return accounts.RAILS[maybe(row, "rail") or "bank"]


def _in_som(row: Row) -> Decimal:
    """The amount in KGS."""
    currency = maybe(row, "currency") or accounts.CURRENCY
    if currency == accounts.CURRENCY:
        return decimal(row, "amount")
    rate = maybe_decimal(row, "rate")
    if not rate:
        raise Refused(row, "rate", f"an amount in {currency} needs the rate in KGS")
    return money(decimal(row, "amount") * rate)


def _client_receipt(plan: Plan, row: Row, scope: str) -> list[Leg]:
    """A client pays; what the rate changed since the invoice is realised (contract §4)."""
    currency = maybe(row, "currency") or accounts.CURRENCY
    account = accounts.receivable(maybe(row, "order_no"))
    received = _in_som(row)
    legs = [leg(_rail(row), received)]
    if currency == accounts.CURRENCY:
        return [*legs, leg(account, -received)]
    left = decimal(row, "amount")
    invoices = plan.book.receivables.get((account, currency), ())
    for owed in sorted(invoices, key=lambda invoice: (invoice.date, invoice.label)):
        part = min(left, owed.left)
        if part > 0:
            cost = Cost(owed.rate, accounts.CURRENCY, owed.date, owed.label)
            legs.append(Leg(account, -part, currency, cost))
            left -= part
    if left:
        rate = decimal(row, "rate")
        plan.warn(row, "amount", f"{plain(left)} {currency} more than is owed; kept as prepayment")
        legs.append(leg(accounts.PREPAYMENTS, -money(left * rate)))
    exact = -sum((each.weight[0] for each in legs), ZERO)
    gain = money(exact)
    legs += [leg(accounts.FX_REALISED, gain)] if gain else []
    return legs + rounding(legs)


def _paid_on(plan: Plan, row: Row, scope: str) -> list[Leg]:
    """Taxes, fees and funds leave to whom they are due; an expense is paid."""
    kind, account = words(row, "kind"), maybe(row, "account")
    if account is None and kind == "fee-paid" and scope != accounts.HEAD_OFFICE:
        account = accounts.fees(scope)
    if account is None and kind == "tax-paid":
        account = accounts.VAT
    if account is None and kind == "fund-paid":
        account = accounts.SOCIAL
    if account is None:
        raise Refused(row, "account", f"{kind} needs the account that it is for")
    if not accounts.is_account(account) or accounts.is_kept_by_engine(account):
        raise Refused(row, "account", "name an account such as Liabilities:Funds:Social")
    amount = _in_som(row)
    return [leg(account, amount), leg(_rail(row), -amount)]


def _advance_repaid(plan: Plan, row: Row, scope: str) -> list[Leg]:
    if "member" not in row.values:
        raise Refused(row, "member", "who repays the advance?")
    record = plan.book.member(words(row, "member"))
    account = accounts.advances(record.association, record.group, record.member)
    amount = decimal(row, "amount")
    if amount > plan.book.owed.get(account, ZERO):
        raise Refused(row, "amount", "is more than the advances that are outstanding")
    rail = accounts.RAILS[maybe(row, "rail") or "cash"]
    return [leg(rail, amount), leg(account, -amount)]


def _deposit(plan: Plan, row: Row, scope: str) -> list[Leg]:
    """Takings go to the bank: from a store's till, or from the cash box."""
    account = maybe(row, "account") or accounts.RAILS["cash"]
    if account in plan.book.stock.places:
        account = accounts.takings(account, "cash", None)
    if not accounts.is_account(account) or accounts.is_kept_by_engine(account):
        raise Refused(row, "account", "name a store, or an account such as Assets:Cash")
    amount = _in_som(row)
    return [leg(_rail(row), amount), leg(account, -amount)]


_CASHBOOK: dict[str, Callable[[Plan, Row, str], list[Leg]]] = {
    "client-receipt": _client_receipt,
    "tax-paid": _paid_on,
    "fee-paid": _paid_on,
    "fund-paid": _paid_on,
    "expense": _paid_on,
    "advance-repaid": _advance_repaid,
    "deposit": _deposit,
}


# --- settlement --------------------------------------------------------------------------------


def bank(plan: Plan, row: Row, **more: str) -> None:
    """What became of a payment: settled once, perhaps returned, before or after (contract §5).

    A file that says "paid" may come after the one that says "came back".
    """
    book = plan.book
    reference = words(row, "reference")
    payment = book.payments.get(reference)
    if payment is None:
        raise Refused(row, "reference", "no payment has this reference (RUN/MEMBER)")
    when = must_be_open(plan, row, payment.association)
    if when < payment.date:
        raise Refused(row, "date", f"the payment was only sent on {payment.date}")
    amount = decimal(row, "amount")
    if amount != payment.amount:
        raise Refused(row, "amount", f"{payment.amount} was sent under this reference")
    member = book.member(payment.member)
    rail = accounts.RAILS[payment.rail]
    back = book.returned.get(reference)
    settled = words(row, "status") == "settled"
    if back is not None and (not settled or when > back.date):
        raise Refused(row, "status", f"came back on {back.date} already")
    more |= {"run": payment.run, "member": payment.member, "details": str(payment.details)}
    meta = meta_of(row, **more)
    if settled:
        if reference in book.settled:
            raise Refused(row, "status", f"was settled on {book.settled[reference]} already")
        legs = (leg(accounts.IN_TRANSIT, amount), leg(rail, -amount))
        text = f"Paid {reference}"
    else:
        source = rail if reference in book.settled else accounts.IN_TRANSIT
        payable = book.payable(payment.member, payment.association, member.group)
        legs = (leg(source, amount), leg(payable, -amount))
        text = f"Came back {reference}: {explained(maybe(row, 'reason') or 'no reason given')}"
    plan.entry(payment.association, Entry(when, "bank", member.name, text, legs, meta))
    if settled and back is not None:
        _pass_through(plan, row, payment, back)


def _pass_through(plan: Plan, row: Row, payment: Payment, back: Returned) -> None:
    """What came back had left after all: it comes back to the rail's account, not from transit."""
    until = plan.book.closed_until(payment.association)
    on = back.date if until is None else max(back.date, until + timedelta(days=1))
    legs = (
        leg(accounts.RAILS[payment.rail], payment.amount),
        leg(accounts.IN_TRANSIT, -payment.amount),
    )
    text = f"{payment.reference} had been paid before it came back"
    meta = {"reference": payment.reference, "member": payment.member, **provenance(row)}
    name = plan.book.member(payment.member).name
    plan.entry(payment.association, Entry(on, "passed-through", name, text, legs, meta))
