"""Goods: deliveries, transfers and stocktakes (contract §4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from importers.rows import Row
from ledger import accounts
from ledger.directives import Cost, Entry, Fact, Leg, Meta, leg
from ovop_payouts.booking.hints import suggestion
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
    words,
)
from ovop_payouts.money import ZERO, money
from ovop_payouts.records import Certificate, Lot
from ovop_payouts.stock import STAGES, Choice, Holding, When

_SIX = Decimal("0.000001")


def stock_leg(scope: str, place: str, lot: Lot, units: Decimal) -> Leg:
    """A move of one lot at one place."""
    currency = accounts.commodity(lot.product)
    if lot.unit_cost is not None:
        cost = Cost(lot.unit_cost, "KGS", lot.date, lot.label)
        return Leg(accounts.stock(scope, place, lot.product), units, currency, cost)
    account = accounts.consigned(scope, place, lot.product)
    return Leg(account, units, currency, None, _whose(lot.label, lot.date, lot.group, lot.member))


@lru_cache(maxsize=1 << 14)
def _whose(label: str, since: date, group: str | None, member: str | None) -> Meta:
    """What a leg of consigned goods says of their lot."""
    return {"lot": label, "since": since.isoformat(), "of": f"{group}/{member or ''}"}


def consignor_leg(lot: Lot, units: Decimal) -> Leg:
    """The other side of consigned goods: whose they are."""
    assert lot.group is not None
    account = accounts.consignor(lot.association, lot.group, lot.member)
    return Leg(account, units, accounts.commodity(lot.product))


def rounding(legs: list[Leg]) -> list[Leg]:
    """The explicit leg for what unit costs leave beyond the tyiyn (contract §2)."""
    left = ZERO
    for each in legs:
        cost = each.cost
        if cost is not None:
            if cost.currency == accounts.CURRENCY:
                left += each.number * cost.number
        elif each.currency == accounts.CURRENCY:
            left += each.number
    return [leg(accounts.ROUNDING, -left)] if left else []


def must_be_certified(plan: Plan, row: Row, group: str | None) -> Certificate:
    """The certificate a delivery or a sale relies on (contract §3)."""
    product, when = words(row, "product"), day(row)
    held = plan.book.certified(product, group, when)
    if held is not None:
        return held
    for_whom = f" of group {group}" if group else ""
    latest = plan.book.certificate(product, group, when)
    if latest is None:
        reason = "has no certificate"
    elif latest.decision != "certified":
        reason = f"is {latest.decision} by {latest.certificate_no} of {latest.date}"
    else:
        reason = f"has certificate {latest.certificate_no} only until {latest.valid_until}"
    raise Refused(
        row,
        "product",
        f"{product}{for_whom} {reason} on {when}: record a valid one or leave it out",
    )


# --- deliveries --------------------------------------------------------------------------------


def delivery(plan: Plan, row: Row) -> None:
    """Accepted goods come in; bought ones earn, consigned ones wait for their sale."""
    book = plan.book
    _check_delivery(plan, row)
    association, group, member = (
        words(row, "association"),
        words(row, "group"),
        maybe(row, "member"),
    )
    certificate = must_be_certified(plan, row, group)
    delivered, rejected = decimal(row, "delivered"), maybe_decimal(row, "rejected") or ZERO
    accepted = delivered - rejected
    terms = words(row, "terms")
    price = None if terms == "consignment" else _price(plan, row)
    lot = _lot_of(row, price)
    legs: list[Leg] = []
    if accepted:
        legs = [stock_leg(association, new_place(plan, row, "location"), lot, accepted)]
        if price is None:
            legs.append(consignor_leg(lot, -accepted))
        else:
            account = book.payable(member, association, group)
            earning = money(accepted * price)
            legs += [leg(account, -earning)] if earning else []
            legs += rounding(legs)
    more = {"certificate": certificate.certificate_no}
    if price is not None:
        more["price"] = plain(price)
    reason = maybe(row, "reject_reason")
    why = f" ({reason})" if reason else ""
    text = (
        f"Delivery {lot.label}: {plain(delivered)} delivered, {plain(rejected)} rejected{why},"
        f" {plain(accepted)} accepted"
    )
    meta = meta_of(row, **more)
    payee = member or group
    plan.entry(association, Entry(day(row), "deliveries", payee, text, tuple(legs), meta))


def _check_delivery(plan: Plan, row: Row) -> None:
    book = plan.book
    association = must_know(row, "association", book.associations, "association")
    group = must_know(row, "group", book.groups, "group")
    if book.groups[group] != association:
        raise Refused(row, "group", f"group {group} is of association {book.groups[group]}")
    if "member" in row.values:
        member = must_know(row, "member", book.members, "member")
        of = book.member(member, day(row))
        groups = {of.group, book.member(member).group}
        if group not in groups:
            raise Refused(row, "member", f"{member} is of group {of.group}, not of {group}")
    product = must_know(row, "product", book.products, "product")
    owner = book.products[product].association
    if owner not in (None, association):
        raise Refused(row, "product", f"{product} is a product of association {owner}")
    ordered = maybe(row, "order_no") if row.values["terms"] == "order" else None
    if ordered is not None and ordered not in book.orders:
        plan.warn(row, "order_no", "no such order is known; the goods are reserved all the same")
    must_be_open(plan, row, association)


def _price(plan: Plan, row: Row) -> Decimal:
    own = maybe_decimal(row, "unit_price")
    if own is not None:
        return own
    product = words(row, "product")
    listed = plan.book.price(
        product, maybe(row, "grade"), maybe(row, "order_no"), day(row), "buyback_price"
    )
    if listed is None:
        raise Refused(
            row, "unit_price", f"the price list has no buyback price for {product} on {day(row)}"
        )
    return listed


def _lot_of(row: Row, price: Decimal | None) -> Lot:
    note, line = words(row, "note_no"), decimal(row, "line_no")
    reserved = maybe(row, "order_no") if words(row, "terms") == "order" else None
    return Lot(
        words(row, "product"),
        f"{note}/{plain(line)}",
        day(row),
        words(row, "association"),
        words(row, "group"),
        maybe(row, "member"),
        price,
        note,
        line,
        reserved,
        maybe(row, "grade"),
    )


# --- transfers ---------------------------------------------------------------------------------


def new_place(plan: Plan, row: Row, column: str) -> str:
    """Where goods come to: a place that is known, or a new one with a name of its own."""
    place = words(row, column)
    if place not in plan.book.stock.places:
        part = accounts.place(place)
        taken = [known for known in plan.book.stock.places if accounts.place(known) == part]
        if taken:
            reason = f"{place} would share account names with {taken[0]}; write it like that"
            raise Refused(row, column, reason)
    return place


def must_know_place(plan: Plan, row: Row, column: str) -> str:
    """A store or warehouse is known once a delivery, opening or transfer names it."""
    place = words(row, column)
    if place not in plan.book.stock.places:
        hint = suggestion(place, plan.book.stock.places)
        reason = hint or ": nothing was delivered or transferred there yet"
        raise Refused(row, column, f"{place} is not known{reason}")
    return place


def transfer(plan: Plan, row: Row) -> None:
    """Lots move first in, first out, reserved or not; they keep their delivery date."""
    product = must_know(row, "product", plan.book.products, "product")
    source, target = must_know_place(plan, row, "from"), new_place(plan, row, "to")
    if source == target:
        raise Refused(row, "to", "goods are transferred to another place")
    when = (must_be_open(plan, row, None), STAGES["transfers"])
    quantity = decimal(row, "quantity")
    takings, missing = plan.book.stock.take(source, product, when, quantity, Choice(reserved=True))
    if missing:
        raise Refused(
            row, "quantity", f"{source} has only {plain(quantity - missing)} {product} on {when[0]}"
        )
    legs: dict[str, list[Leg]] = defaultdict(list)
    for taking in takings:
        scope = taking.lot.association
        legs[scope].append(stock_leg(scope, source, taking.lot, -taking.quantity))
        legs[scope].append(stock_leg(scope, target, taking.lot, taking.quantity))
    text = f"Transfer {words(row, 'transfer_no')}: {plain(quantity)} {product} to {target}"
    for scope in sorted(legs):
        must_be_open(plan, row, scope)
    for scope, own in sorted(legs.items()):
        plan.entry(scope, Entry(when[0], "transfers", source, text, tuple(own), meta_of(row)))


# --- stocktakes --------------------------------------------------------------------------------


def stocktake(plan: Plan, row: Row) -> None:
    """What a count finds missing leaves; what it finds too much must be explained."""
    product = must_know(row, "product", plan.book.products, "product")
    place = must_know_place(plan, row, "location")
    when = (must_be_open(plan, row, None), STAGES["stocktakes"])
    holdings = plan.book.stock.at(place, product)
    expected = sum((h.on_hand(when) for h in holdings), ZERO)
    surplus = decimal(row, "counted") - expected
    if surplus < 0:
        legs = _shortage(plan, row, holdings, when, -surplus)
    elif surplus > 0:
        legs = _surplus(plan, row, holdings, surplus)
    else:
        scope = plan.book.products[product].association or accounts.COMMON
        for owner in {scope, *(h.lot.association for h in holdings if h.on_hand(when))}:
            must_be_open(plan, row, owner)
        fact = Fact(when[0], "stocktakes", (words(row, "count_no"),), meta_of(row))
        plan.fact(scope, fact)
        return
    text = f"Count {words(row, 'count_no')} at {place}: {plain(expected)} expected"
    meta = meta_of(row, expected=plain(expected))
    for scope in legs:
        must_be_open(plan, row, scope)
    for scope, own in sorted(legs.items()):
        plan.entry(scope, Entry(when[0], "stocktakes", place, text, tuple(own), meta))


def _shortage(
    plan: Plan, row: Row, holdings: list[Holding], when: When, missing: Decimal
) -> dict[str, list[Leg]]:
    legs: dict[str, list[Leg]] = defaultdict(list)
    for holding in holdings:
        units = min(missing, holding.available(when))
        if units <= 0:
            continue
        missing -= units
        part = _written_off if holding.lot.own else _lost_consignment
        legs[holding.lot.association] += part(plan, row, holding.lot, units)
    if missing:
        raise Refused(
            row, "counted", f"{plain(missing)} of the missing goods were moved later; count again"
        )
    return legs


def _written_off(plan: Plan, row: Row, lot: Lot, units: Decimal) -> list[Leg]:
    assert lot.unit_cost is not None
    legs = [
        stock_leg(lot.association, words(row, "location"), lot, -units),
        leg(accounts.shrinkage(lot.association), money(units * lot.unit_cost)),
    ]
    return legs + rounding(legs)


def _lost_consignment(plan: Plan, row: Row, lot: Lot, units: Decimal) -> list[Leg]:
    """Its producer earns a share of the retail price (policy `shrinkage`, contract §4)."""
    legs = [
        stock_leg(lot.association, words(row, "location"), lot, -units),
        consignor_leg(lot, units),
    ]
    rate = plan.book.rate("shrinkage", lot.association, day(row))
    if not rate:
        return legs
    price = plan.book.price(lot.product, lot.grade, lot.order_no, day(row), "retail_price")
    if price is None:
        raise Refused(row, "product", f"the price list has no retail price for {lot.product}")
    amount = money(units * price * rate)
    if amount:
        assert lot.group is not None
        payable = plan.book.payable(lot.member, lot.association, lot.group)
        legs += [leg(payable, -amount), leg(accounts.shrinkage(lot.association), amount)]
        gone = legs[0]
        shown = {**gone.meta, "retail": plain(price), "rate": plain(rate)}
        legs[0] = Leg(gone.account, gone.number, gone.currency, gone.cost, shown)
    return legs


def _surplus(plan: Plan, row: Row, holdings: list[Holding], units: Decimal) -> dict[str, list[Leg]]:
    """A surplus enters at the latest cost, where the latest goods there were our own."""
    if "explanation" not in row.values:
        raise Refused(
            row, "explanation", f"{plain(units)} more than expected: explain where they come from"
        )
    place, product = words(row, "location"), words(row, "product")
    there = [h.lot for h in holdings if h.lot.date <= day(row)]
    latest = there[-1] if there else _latest_anywhere(plan, row, product)
    if latest is None:
        raise Refused(
            row, "product", f"no {product} was delivered by then; enter a delivery instead"
        )
    scope = latest.association
    if latest.unit_cost is None:
        return {scope: [stock_leg(scope, place, latest, units), consignor_leg(latest, -units)]}
    found = Lot(
        product,
        words(row, "count_no"),
        day(row),
        scope,
        None,
        None,
        latest.unit_cost.quantize(_SIX, ROUND_HALF_UP),
        words(row, "count_no"),
    )
    legs = [
        stock_leg(scope, place, found, units),
        leg(accounts.shrinkage(scope), -money(units * latest.unit_cost)),
    ]
    return {scope: legs + rounding(legs)}


def _latest_anywhere(plan: Plan, row: Row, product: str) -> Lot | None:
    lots = (
        lot for lot in plan.book.lots.values() if lot.product == product and lot.date <= day(row)
    )
    return max(lots, key=lambda lot: lot.age, default=None)
