"""Proves the books cold, through Beancount alone, and that the read model agrees with it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger import accounts
from ledger.books import MAIN
from ovop_payouts.book import Book, load
from ovop_payouts.money import ZERO
from ovop_payouts.spread import all_of, spread

BOOK = "book.beancount"
Balances = dict[tuple[str, str], Decimal]
"""(account, currency) -> balance, zeros left out."""


def prove(books: Path, scheduler: str | None = None) -> list[str]:
    """What is wrong with the books; nothing, where all is well.

    Each association's book and the head office's part are proved by themselves, side by side: they
    hold every transaction exactly once (contract §2), and common data each.
    """
    problems = list(_main_strays(books))
    opened: dict[str, str] = {}
    for proved in all_of(spread(partial(_prove, books), _shards(books), scheduler)):
        problems += proved.problems
        for account in proved.opened:
            if account in opened:
                whose = f"{opened[account]} and {proved.shard}"
                problems.append(f"{account} is opened in the books of both {whose}")
            opened[account] = proved.shard
    return list(dict.fromkeys(problems))


@dataclass(frozen=True, slots=True)
class Proved:
    """What is wrong with one part of the books, and which accounts it alone opens."""

    shard: str
    problems: list[str]
    opened: list[str]


def _shards(books: Path) -> list[str]:
    found = sorted(path.parent.name for path in (books / "associations").glob(f"*/{BOOK}"))
    return [*found, accounts.HEAD_OFFICE]


def _prove(books: Path, shard: str) -> Proved:
    entries, errors = _load_shard(books, shard)
    problems = [_error(books, error) for error in errors]
    problems += list(_unbalanced(entries))
    scopes = frozenset((shard, accounts.COMMON))
    problems += list(_disagreements(balances(entries), load(books, scopes)))
    return Proved(shard, problems, sorted(_opened_in(entries, shard)))


def _load_shard(books: Path, shard: str) -> tuple[list[Any], list[Any]]:
    if shard != accounts.HEAD_OFFICE:
        return load_cold(books / "associations" / shard / BOOK)
    with TemporaryDirectory() as folder:
        path = Path(folder) / MAIN
        path.write_text(_head_office(books), encoding="utf-8")
        return load_cold(path)


_ALL = re.compile(r'^include "([^"]*)\*/\*\.beancount"$', re.MULTILINE)


def _head_office(books: Path) -> str:
    """The main book without the associations' files."""

    def narrowed(found: re.Match[str]) -> str:
        folder = books.resolve() / found[1]
        scopes = (accounts.COMMON, accounts.HEAD_OFFICE)
        some = [scope for scope in scopes if any(folder.glob(f"*/{scope}.*.beancount"))]
        return "\n".join(f'include "{folder}/*/{scope}.*.beancount"' for scope in some)

    return _ALL.sub(narrowed, (books / MAIN).read_text(encoding="utf-8"))


def _main_strays(books: Path) -> Iterator[str]:
    """The main book includes all changes, and says nothing of its own."""
    from beancount.parser import parser

    path = books / MAIN
    entries, errors, _ = parser.parse_file(str(path))
    yield from (_error(books, error) for error in errors)
    for entry in entries:
        yield f"{MAIN}:{entry.meta['lineno']}: says something of its own; book it as a change"
    if len(_ALL.findall(path.read_text(encoding="utf-8"))) != 1:
        yield f"{MAIN}: does not include the changes (changes/*/*.beancount)"


def _opened_in(entries: list[Any], scope: str) -> Iterator[str]:
    """Accounts that a scope's own files open."""
    from beancount.core.data import Open

    for entry in entries:
        if isinstance(entry, Open):
            name = Path(entry.meta["filename"]).name
            if name.startswith(f"{scope}."):
                yield entry.account


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
