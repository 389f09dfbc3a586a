"""Sales and returns: lots, tax, commission, and what comes back (contract §4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from importers.rows import Row
from ledger import accounts
from ledger.directives import Cost, Entry, Leg, Meta, leg
from ovop_payouts.booking.goods import (
    must_be_certified,
    must_know_place,
    rounding,
    stock_leg,
)
from ovop_payouts.booking.order import natural
from ovop_payouts.booking.plan import (
    Plan,
    Refused,
    Terms,
    day,
    decimal,
    maybe,
    maybe_decimal,
    meta_of,
    must_be_open,
    must_have_happened,
    must_know,
    must_not_be_closed,
    plain,
    words,
)
from ovop_payouts.money import ZERO, allocate_ranked, money, part_of
from ovop_payouts.records import Lot, Portion
from ovop_payouts.stock import STAGES, Choice, Taking

_MOST_TERMS = 1 << 12
"""Sales come day by day: terms of days that are past are asked for no more."""


class Value(msgspec.Struct, frozen=True):
    """What one portion brings: KGS, in the client's currency, and the line's discount in KGS."""

    kgs: Decimal
    foreign: Decimal
    discount: Decimal


class Tax(NamedTuple):
    account: str
    rate: Decimal


class Line(msgspec.Struct, frozen=True):
    """What every portion of a sale line has in common; its values are looked up once."""

    row: Row
    store: str
    product: str
    when: date
    quantity: Decimal
    price: Decimal
    currency: str
    account: str
    """What the customer pays to, or owes on."""


def sale(plan: Plan, row: Row) -> None:
    """One sale line: takes lots, allocates its value over them, pays producers and taxes."""
    line = _line(plan, row)
    takings = _take(plan, line)
    if len(takings) == 1:
        _sell_from_one(plan, line, takings)
    else:
        _sell_from_several(plan, line, takings)


def _line(plan: Plan, row: Row) -> Line:
    store = must_know_place(plan, row, "store")
    product = must_know(row, "product", plan.book.products, "product")
    return Line(
        row,
        store,
        product,
        must_have_happened(plan, row),
        decimal(row, "quantity"),
        decimal(row, "unit_price"),
        currency_of(row),
        accounts.takings(store, words(row, "payment"), maybe(row, "order_no")),
    )


def _sell_from_one(plan: Plan, line: Line, takings: list[Taking]) -> None:
    """The rule: one lot, one portion, one entry."""
    (taking,) = takings
    lot = taking.lot
    terms = _terms(plan, line, lot)
    (value,) = _values(line, takings)
    if lot.unit_cost is None:
        legs = _consigned_portion(line, taking, value, terms)
    else:
        taxes = _taxes(plan, line, takings, [value])[0]
        legs = _own_portion(line, taking, value, terms, taxes)
    meta = meta_of(line.row, certificate=terms.certificate)
    entry = Entry(line.when, "sales", line.store, _said(line, meta), tuple(legs), meta)
    plan.entry(lot.association, entry, lot)


def _said(line: Line, meta: Meta) -> str:
    return f"Sale {meta['receipt_no']}: {meta['quantity']} {line.product} at {line.price:f}"


def _terms(plan: Plan, line: Line, lot: Lot) -> Terms:
    """How the line sells of a lot, which must be allowed on that day."""
    key = line.store, line.when, lot
    terms = plan.terms.get(key)
    if terms is None:
        if len(plan.terms) >= _MOST_TERMS:
            plan.terms.clear()
        terms = plan.terms[key] = _look_up(plan, line, lot)
    return terms


def _look_up(plan: Plan, line: Line, lot: Lot) -> Terms:
    book, scope = plan.book, lot.association
    must_not_be_closed(plan, line.row, line.when, scope)
    certificate = must_be_certified(plan, line.row, lot.group).certificate_no
    goods = stock_leg(scope, line.store, lot, Decimal(1))
    if lot.unit_cost is not None:
        return Terms(certificate, goods)
    assert lot.group is not None
    return Terms(
        certificate,
        goods,
        tuple([rule.value for rule in book.policy("commission", scope, line.when)]),
        accounts.consignor(scope, lot.group, lot.member),
        book.payable(lot.member, scope, lot.group),
        accounts.commission(scope),
    )


def _sell_from_several(plan: Plan, line: Line, takings: list[Taking]) -> None:
    """A portion for each lot, an entry for each association."""
    certificates: dict[str, set[str]] = {taking.lot.association: set() for taking in takings}
    for scope in sorted(certificates):
        must_not_be_closed(plan, line.row, line.when, scope)
    terms = [_terms(plan, line, taking.lot) for taking in takings]
    for taking, each in zip(takings, terms, strict=True):
        certificates[taking.lot.association].add(each.certificate)
    values = _values(line, takings)
    taxes = _taxes(plan, line, takings, values)
    legs: dict[str, list[Leg]] = defaultdict(list)
    for index, (taking, value) in enumerate(zip(takings, values, strict=True)):
        portion = (
            _own_portion(line, taking, value, terms[index], taxes[index])
            if taking.lot.own
            else _consigned_portion(line, taking, value, terms[index])
        )
        head = portion[0]
        meta = {**head.meta, "part": str(index)}
        portion[0] = Leg(head.account, head.number, head.currency, head.cost, meta)
        legs[taking.lot.association] += portion
    for scope, own in sorted(legs.items()):
        meta = meta_of(line.row, **_named(certificates[scope]))
        entry = Entry(line.when, "sales", line.store, _said(line, meta), tuple(own), meta)
        plan.entry(scope, entry)


def _named(certificates: set[str]) -> dict[str, str]:
    """Each by a key of its own: a number may hold any character."""
    if len(certificates) == 1:
        return {"certificate": next(iter(certificates))}
    keys = ("certificate", *(f"certificate-{n}" for n in range(2, len(certificates) + 1)))
    return dict(zip(keys, sorted(certificates), strict=True))


def _take(plan: Plan, line: Line) -> list[Taking]:
    row, product = line.row, line.product
    choice = Choice(maybe(row, "lot"), maybe(row, "order_no"))
    when = (line.when, STAGES["sales"])
    takings, missing = plan.book.stock.take(line.store, product, when, line.quantity, choice)
    if missing:
        there = plain(line.quantity - missing)
        of = f" of lot {choice.label}" if choice.label else ""
        raise Refused(
            row,
            "quantity",
            f"{line.store} has only {there} {product}{of} free to sell on {line.when}:"
            " enter the missing delivery or transfer, or correct the quantity",
        )
    return takings


def currency_of(row: Row) -> str:
    return str(row.values.get("currency", accounts.CURRENCY))


def _values(line: Line, takings: list[Taking]) -> list[Value]:
    """The line's value less discount, in KGS first, allocated over the lots by quantity."""
    row, currency = line.row, line.currency
    discount = maybe_decimal(row, "discount") or ZERO
    foreign = money(line.quantity * line.price, currency) - discount
    if foreign < 0:
        raise Refused(row, "discount", "the discount is more than the value of the line")
    if currency == accounts.CURRENCY and len(takings) == 1:
        return [Value(foreign, foreign, discount)]
    rate = (maybe_decimal(row, "rate") or ZERO) if currency != accounts.CURRENCY else Decimal(1)
    if not rate:
        raise Refused(row, "rate", f"a sale in {currency} needs the rate in KGS")
    if len(takings) == 1:
        return [Value(money(foreign * rate), foreign, money(discount * rate))]
    weights = [taking.quantity for taking in takings]
    order = sorted(range(len(takings)), key=lambda i: takings[i].lot.age[1:])
    ranks = [order.index(i) for i in range(len(takings))]
    parts = [
        allocate_ranked(money(foreign * rate), weights, ranks),
        allocate_ranked(foreign, weights, ranks, currency),
        allocate_ranked(money(discount * rate), weights, ranks),
    ]
    return [Value(*part) for part in zip(*parts, strict=True)]


def _taxes(
    plan: Plan, line: Line, takings: list[Taking], values: list[Value]
) -> list[list[tuple[str, Decimal]]]:
    """Tax inside the price of own goods, none on foreign invoices: computed on what one
    association's lots bring in the line, then allocated over its portions."""
    result: list[list[tuple[str, Decimal]]] = [[] for _ in takings]
    if all(taking.lot.unit_cost is None for taking in takings):
        return result
    if line.currency != accounts.CURRENCY:
        return result
    by_scope: dict[str, list[int]] = defaultdict(list)
    for index, taking in enumerate(takings):
        if taking.lot.own:
            by_scope[taking.lot.association].append(index)
    for scope, indexes in sorted(by_scope.items()):
        taxes = _tax_rules(plan, line, scope)
        base = sum((values[i].kgs for i in indexes), ZERO)
        if not base:
            continue
        whole = sum((tax.rate for tax in taxes), Decimal(1))
        for tax in taxes:
            amount = part_of(base, tax.rate, whole)
            if len(indexes) == 1:
                result[indexes[0]].append((tax.account, amount))
                continue
            shares = allocate_ranked(
                amount, [values[i].kgs for i in indexes], list(range(len(indexes)))
            )
            for index, share in zip(indexes, shares, strict=True):
                result[index].append((tax.account, share))
    return result


def _tax_rules(plan: Plan, line: Line, scope: str) -> list[Tax]:
    defaults = {"vat": accounts.VAT, "sales_tax": accounts.SALES_TAX}
    return [
        Tax(rule.account or default, rule.value)
        for name, default in defaults.items()
        for rule in plan.book.policy(name, scope, line.when)
    ]


def _takings_leg(line: Line, amount: Value) -> Leg:
    """What the customer pays, or owes: a foreign invoice stays in its currency."""
    if line.currency == accounts.CURRENCY:
        return Leg(line.account, amount.kgs, accounts.CURRENCY)
    row = line.row
    label = "/".join((line.store, words(row, "receipt_no"), plain(decimal(row, "line_no"))))
    cost = Cost(decimal(row, "rate"), accounts.CURRENCY, line.when, label)
    return Leg(line.account, amount.foreign, line.currency, cost)


def _own_portion(
    line: Line, taking: Taking, value: Value, terms: Terms, taxes: list[tuple[str, Decimal]]
) -> list[Leg]:
    lot = taking.lot
    assert lot.unit_cost is not None
    scope = lot.association
    taxed = sum((amount for _, amount in taxes), ZERO)
    revenue = value.kgs - taxed + value.discount
    legs = [
        _taken(terms.goods, taking),
        leg(accounts.cost_of_sales(scope), money(taking.quantity * lot.unit_cost)),
        _takings_leg(line, value),
        leg(accounts.discounts(scope), value.discount),
        *(leg(account, -amount) for account, amount in taxes),
        leg(accounts.sales(scope, line.store), -revenue),
    ]
    return _balanced(legs)


def _taken(goods: Leg, taking: Taking) -> Leg:
    return Leg(goods.account, -taking.quantity, goods.currency, goods.cost, goods.meta)


def _consigned_portion(line: Line, taking: Taking, value: Value, terms: Terms) -> list[Leg]:
    """The producer earns the lot's value less commission = money(value × rate).

    Both are whole tyiyns already.
    """
    commission = ZERO
    for rate in terms.rates:
        commission += money(value.kgs * rate)
    goods = _taken(terms.goods, taking)
    legs = [
        goods,
        Leg(terms.consignor, taking.quantity, goods.currency),
        _takings_leg(line, value),
        Leg(terms.payable, commission - value.kgs, accounts.CURRENCY),
        Leg(terms.commission, -commission, accounts.CURRENCY),
    ]
    if line.currency == accounts.CURRENCY:  # no unit cost, no rate: nothing is left of a tyiyn
        return [each for each in legs if each.number]
    return _balanced(legs)


def _balanced(legs: list[Leg]) -> list[Leg]:
    """Without empty legs, and with what the tyiyn cannot hold on its own leg."""
    kept = [legs[0], *[each for each in legs[1:] if each.number]]
    return kept + rounding(kept)


# --- returns -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Back:
    """Units of one portion that come back."""

    portion: Portion
    units: Decimal


def sale_return(plan: Plan, row: Row) -> None:
    """Goods come back: the portions taken last first, each cumulatively (contract §4)."""
    store = must_know_place(plan, row, "store")
    must_know(row, "product", plan.book.products, "product")
    must_have_happened(plan, row)
    backs = _choose(plan, row, store)
    for scope in sorted({back.portion.lot.association for back in backs}):
        must_be_open(plan, row, scope)
    legs: dict[str, list[Leg]] = defaultdict(list)
    for back in backs:
        legs[back.portion.lot.association] += _reversed(plan, row, back)
    units = -decimal(row, "quantity")
    text = f"Return {words(row, 'receipt_no')}: {plain(units)} {words(row, 'product')}"
    meta = meta_of(row)
    for scope, own in sorted(legs.items()):
        plan.entry(scope, Entry(day(row), "returns", store, text, tuple(own), meta))


def _choose(plan: Plan, row: Row, store: str) -> list[Back]:
    product, receipt = words(row, "product"), maybe(row, "return_of")
    sold = [
        p
        for p in plan.book.portions.get((store, product), ())
        if p.date <= day(row) and (receipt is None or p.receipt_no == receipt)
    ]
    if not sold:
        raise Refused(row, *_nothing_sold(plan, row, store, receipt))
    sold.sort(key=_latest_first, reverse=True)
    left = -decimal(row, "quantity")
    backs: list[Back] = []
    for portion in sold:
        units = min(left, portion.units - portion.back)
        if units > 0:
            backs.append(Back(portion, units))
            left -= units
    if left:
        of = f"receipt {receipt}" if receipt else f"store {store}"
        sums = f"{plain(-decimal(row, 'quantity') - left)} {product} of {of} can still come back"
        raise Refused(row, "quantity", f"more is returned than was sold: only {sums}")
    price = maybe_decimal(row, "unit_price")
    if price is not None and any(back.portion.unit_price != price for back in backs):
        was = plain(backs[0].portion.unit_price)
        plan.warn(row, "unit_price", f"the original was sold at {was}; that is what is reversed")
    return backs


def _nothing_sold(plan: Plan, row: Row, store: str, receipt: str | None) -> tuple[str, str]:
    product = words(row, "product")
    if receipt is None:
        return "product", f"{store} sold no {product} up to {day(row)}; nothing can come back"
    return "return_of", f"receipt {receipt} of {store} sold no {product} up to {day(row)}"


def _latest_first(portion: Portion) -> tuple[object, ...]:
    when, receipt, line = portion.line
    return when, natural(receipt), Decimal(line), portion.place


def _reversed(plan: Plan, row: Row, back: Back) -> list[Leg]:
    """What is reversed when `back.units` more of a portion come back.

    Each leg by itself is reversed cumulatively, commission as what value and earning leave. What
    their tyiyns differ by is rounding, and gone when all units are back.
    """
    portion = back.portion
    receipt = {
        "receipt": portion.receipt_no,
        "line": portion.line[2],
        "back": plain(portion.back + back.units),
        "sold": plain(portion.units),
    }
    stock = portion.legs[0]
    meta = {k: v for k, v in stock.meta.items() if k != "part"} | receipt
    legs = [Leg(stock.account, back.units, stock.currency, stock.cost, meta)]
    for each in portion.legs[1:]:
        if each.account == accounts.ROUNDING:
            continue
        if each.account.startswith(accounts.CONSIGNORS):
            legs.append(Leg(each.account, -back.units, each.currency))
        else:
            legs.append(_portion_leg(plan, row, each, back))
    kept = [each for each in legs if each.number]
    return kept + rounding(kept)


def _portion_leg(plan: Plan, row: Row, each: Leg, back: Back) -> Leg:
    portion, lot = back.portion, back.portion.lot
    amount = _cumulative(each.number, portion, back.units, each.currency)
    account = each.account
    if accounts.is_commission(account):
        earned = sum((x.number for x in portion.legs if _is_payable(x)), ZERO)
        value = _cumulative(each.number + earned, portion, back.units, each.currency)
        amount = value - _cumulative(earned, portion, back.units, each.currency)
    if _is_payable(each):
        assert lot.group is not None
        account = plan.book.payable(lot.member, lot.association, lot.group)
    elif account.startswith(accounts.TILLS):
        account = accounts.takings(portion.store, words(row, "payment"), None)
    return Leg(account, -amount, each.currency, each.cost)


def _is_payable(each: Leg) -> bool:
    return each.account.startswith(accounts.PAYABLES)


def _cumulative(amount: Decimal, portion: Portion, units: Decimal, currency: str) -> Decimal:
    """When k of n units have come back, money(amount × k / n) has been reversed in all."""
    before = part_of(amount, portion.back, portion.units, currency)
    return part_of(amount, portion.back + units, portion.units, currency) - before
