"""Balances that the ledger must show: payables, pools, advances, payments under way, commission."""

from __future__ import annotations

from .state import Books


def whole_balances(books: Books) -> dict[str, int]:
    """`M001`, `pool Tyup`, `advances M001`, `transit`, `commission naryn` -> tyiyn, but zeros."""
    found = dict(books.balances)
    for advance in books.advances:
        add(found, f"advances {advance.member}", advance.left)
    for payment in books.payments.values():
        if payment.status == "transit":
            add(found, "transit", payment.amount)
    return {name: amount for name, amount in found.items() if amount}


def add(found: dict[str, int], name: str, amount: int) -> None:
    found[name] = found.get(name, 0) + amount
