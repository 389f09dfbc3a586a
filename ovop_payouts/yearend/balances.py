"""Balances, goods lot by lot, and what clients owe invoice by invoice; income starts at nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from ledger import accounts
from ledger.directives import Commodity, Cost, Directive, Entry, Leg, Open
from ovop_payouts.folding.brought import TAG, record_meta
from ovop_payouts.folding.goods import lot_key
from ovop_payouts.records import Lot
from ovop_payouts.yearend.year import Year

Key = tuple[str, str, Cost | None]
"""Account, currency, and the invoice line of what a client owes."""
LotKey = tuple[str, ...]
"""Scope, product, label, day, unit cost or whose: what a stock leg says of its lot."""


def bring(state: Year, copied: dict[str, list[Directive]]) -> None:
    """What each scope's accounts held when the year ended, and the lots that are still of use."""
    keys = {id(lot): key for key, lot in state.past.lots.items()}
    goods = _goods(state, keys)
    _bring_lots(state, keys, copied)
    for scope, legs in sorted(_money(state).items()):
        _say(state, scope, "Balances", legs)
    for scope, legs in sorted(goods.items()):
        own = [leg for leg in legs if leg.cost is not None]
        others = [leg for leg in legs if leg.cost is None]
        _say(state, scope, "Goods", own)
        _say(state, scope, "Goods of others", [*others, *_consignors(state, scope)])


def _say(state: Year, scope: str, what: str, legs: list[Leg]) -> None:
    """One entry; what all its legs weigh is what the year began with."""
    if legs:
        left: dict[str, Decimal] = defaultdict(Decimal)
        for leg in legs:
            weight, currency = leg.weight
            left[currency] += weight
        rest = [Leg(accounts.OPENING, -n, c) for c, n in sorted(left.items()) if n]
        text = f"{what} of {state.last.year}"
        entry = Entry(state.first, TAG, "Brought forward", text, (*legs, *rest))
        state.said[scope].append(entry)


def _sums(state: Year) -> dict[str, dict[Key, Decimal]]:
    """Scope -> what its entries up to the last day sum to, in their order; goods are not here."""
    sums: dict[str, dict[Key, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for file in state.files:
        for each in file.directives:
            if isinstance(each, Entry) and each.date <= state.last:
                for leg in each.legs:
                    if not accounts.is_stock(leg.account):
                        sums[file.scope][leg.account, leg.currency, leg.cost] += leg.number
    return sums


def _money(state: Year) -> dict[str, list[Leg]]:
    return {
        scope: [
            Leg(account, number, currency, cost)
            for (account, currency, cost), number in sums.items()
            if number and accounts.is_kept_over_years(account)
        ]
        for scope, sums in _sums(state).items()
    }


def _consignors(state: Year, scope: str) -> list[Leg]:
    """Whose the goods of others are."""
    return [
        Leg(account, number, currency)
        for (account, currency, _), number in _sums(state)[scope].items()
        if number and account.startswith(accounts.CONSIGNORS)
    ]


def _goods(state: Year, keys: dict[int, LotKey]) -> dict[str, list[Leg]]:
    """Scope -> a leg for each lot at each place where some of it is left."""
    found: dict[str, list[Leg]] = defaultdict(list)
    for (place, product), holdings in sorted(state.past.stock.holdings.items()):
        for lot, holding in sorted(holdings.items(), key=lambda item: item[0].age):
            if holding.balance:
                leg = _stock_leg(place, product, lot, keys[id(lot)], holding.balance)
                found[lot.association].append(leg)
    return found


def _stock_leg(place: str, product: str, lot: Lot, key: LotKey, number: Decimal) -> Leg:
    where = {"place": place, "product": product}
    unit = accounts.commodity(product)
    if lot.unit_cost is not None:
        cost = Cost(lot.unit_cost, accounts.CURRENCY, lot.date, lot.label)
        return Leg(accounts.stock(lot.association, place, product), number, unit, cost, where)
    named = dict(zip(("lot", "since", "of"), key[2:], strict=True))
    account = accounts.consigned(lot.association, place, product)
    return Leg(account, number, unit, None, named | where)


def _bring_lots(state: Year, keys: dict[int, LotKey], copied: dict[str, list[Directive]]) -> None:
    """Lots of which something is left, or that the new year's entries move."""
    wanted = {
        keys[id(lot)]
        for holdings in state.past.stock.holdings.values()
        for lot, holding in holdings.items()
        if holding.balance
    }
    for scope, entries in copied.items():
        for each in entries:
            if isinstance(each, Entry) and "product" in each.meta:
                wanted.update(lots_in(scope, each))
    for key in sorted(wanted & state.past.lots.keys()):
        scope, *values = key
        state.say(scope, "lot", *values, **record_meta(state.past.lots[key]))


def lots_in(scope: str, entry: Entry) -> Iterable[LotKey]:
    """The lots that an entry moves."""
    product = entry.meta["product"]
    return {lot_key(scope, product, leg) for leg in entry.legs if accounts.is_stock(leg.account)}


def opens(state: Year) -> dict[str, list[Directive]]:
    """Scope -> accounts and commodities: all but those of goods that are gone."""
    used = {
        leg.account
        for said in state.said.values()
        for each in said
        if isinstance(each, Entry)
        for leg in each.legs
    }
    found: dict[str, list[Directive]] = defaultdict(list)
    for file in state.files:
        for each in file.directives:
            if isinstance(each, Commodity) or (
                isinstance(each, Open)
                and (each.account in used or not accounts.is_stock(each.account))
            ):
                found[file.scope].append(each)
    return found
