"""Proves the books cold, through Beancount alone, and that the read model agrees with it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledger import accounts
from ledger.books import MAIN
from ovop_payouts.book import Book, load
from ovop_payouts.money import ZERO

Balances = dict[tuple[str, str], Decimal]
"""(account, currency) -> balance, zeros left out."""


def prove(books: Path) -> list[str]:
    """What is wrong with the books; nothing, where all is well."""
    entries, errors = load_cold(books / MAIN)
    problems = [_error(books, error) for error in errors]
    cold = balances(entries)
    problems += list(_unbalanced(entries))
    problems += list(_disagreements(cold, load(books)))
    return problems


def load_cold(path: Path) -> tuple[list[Any], list[Any]]:
    """Beancount's own reading of a ledger: (entries, errors). No cache of its own is used."""
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    from beancount import loader

    entries, errors, _ = loader.load_file(str(path))
    return entries, errors


def _error(books: Path, error: Any) -> str:
    source = error.source or {}
    path = str(source.get("filename", ""))
    place = path.removeprefix(f"{books.resolve()}/")
    return f"{place}:{source.get('lineno', 0)}: {error.message}"


def balances(entries: list[Any]) -> Balances:
    """What every account holds, of every currency and commodity, by Beancount's entries."""
    from beancount.core.data import Transaction

    sums: Balances = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert isinstance(posting.units.number, Decimal)
                sums[posting.account, posting.units.currency] += posting.units.number
    return {key: amount for key, amount in sums.items() if amount}


def _unbalanced(entries: list[Any]) -> Iterator[str]:
    """The sum of all legs at cost is nothing, to the last digit."""
    from beancount.core import convert
    from beancount.core.data import Transaction

    weight_of: Any = convert.get_weight
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                weight: Any = weight_of(posting)
                assert isinstance(weight.number, Decimal)
                sums[weight.currency] += weight.number
    for currency, amount in sorted(sums.items()):
        if amount:
            yield f"all legs in {currency} sum to {amount}, not to nothing"


def _disagreements(cold: Balances, book: Book) -> Iterator[str]:
    """Where the engine's read model says other than Beancount."""
    for account in sorted({*book.owed, *(a for a, _ in cold if _of_payees(a))}):
        mine = book.owed.get(account, ZERO)
        theirs = cold.get((account, accounts.CURRENCY), ZERO)
        if mine != theirs:
            yield f"{account}: Beancount says {theirs}, the read model {mine}"
    stock = stock_of(book)
    goods = {key: amount for key, amount in cold.items() if accounts.is_stock(key[0])}
    for key in sorted({*stock, *goods}):
        if stock.get(key, ZERO) != goods.get(key, ZERO):
            account, commodity = key
            yield (
                f"{account}: Beancount says {goods.get(key, ZERO)} {commodity}, the read model"
                f" {stock.get(key, ZERO)}"
            )


def _of_payees(account: str) -> bool:
    return account.startswith((accounts.PAYABLES, accounts.ADVANCES))


def stock_of(book: Book) -> Balances:
    """What every stock account holds by the read model."""
    sums: Balances = defaultdict(Decimal)
    for (place, product), holdings in book.stock.holdings.items():
        for lot, holding in holdings.items():
            kind = accounts.stock if lot.own else accounts.consigned
            account = kind(lot.association, place, product)
            sums[account, accounts.commodity(product)] += holding.balance
    return {key: amount for key, amount in sums.items() if amount}
