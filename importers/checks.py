"""What needs no books to be seen as wrong with a row (contract §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from importers import cells
from importers.currencies import is_currency, places
from importers.kinds import KINDS
from importers.languages import value_names
from importers.rows import Value


def check(kind: str, values: Mapping[str, Value]) -> list[tuple[str, str]]:
    """(column, reason) of what is wrong with a row by itself."""
    wrong: list[tuple[str, str]] = []
    names = _required(kind)
    if not values.keys() >= names.keys():
        for name in names:
            if name not in values and not _excused(kind, values, name):
                wrong.append((name, "is required, but blank"))
    for name in _of_money(kind):
        if name in values:
            wrong += _check_money(values, name)
    rule = _RULES.get(kind)
    if rule is not None:
        wrong += rule(values)
    return wrong


@cache
def _required(kind: str) -> dict[str, None]:
    return {column.name: None for column in KINDS[kind].columns if column.required}


@cache
def _of_money(kind: str) -> tuple[str, ...]:
    return tuple(column.name for column in KINDS[kind].columns if column.type == "money")


def _excused(kind: str, values: Mapping[str, Value], column: str) -> bool:
    """`unit_price` is not needed on returns, `amount` not for consigned openings."""
    if kind == "sales" and column == "unit_price":
        quantity = values.get("quantity")
        return isinstance(quantity, Decimal) and quantity < 0
    return kind == "openings" and column == "amount" and values.get("kind") == "consigned"


def _check_money(values: Mapping[str, Value], name: str) -> Iterator[tuple[str, str]]:
    currency = str(values.get("currency") or "KGS").upper()
    most = places(currency)
    if cells.decimals(_number(values, name)) > most:
        yield name, f"{currency} has {most} decimals"


def _number(values: Mapping[str, Value], name: str) -> Decimal:
    value = values.get(name)
    return value if isinstance(value, Decimal) else Decimal()


def _delivery(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if _number(values, "rejected") > _number(values, "delivered"):
        yield "rejected", "more is rejected than was delivered"


def _currency(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if "currency" in values and not is_currency(str(values["currency"])):
        yield "currency", "a currency has three capital letters, like USD"


def _sale(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if "quantity" in values and not values["quantity"]:
        yield "quantity", "must not be zero"
    if "currency" in values:
        yield from _foreign_sale(values)
    if "return_of" in values and _number(values, "quantity") > 0:
        yield "return_of", "a return has a quantity below zero"


def _foreign_sale(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    yield from _currency(values)
    currency = str(values["currency"])
    if is_currency(currency) and currency != "KGS" and _number(values, "quantity") > 0:
        if not _number(values, "rate"):
            yield "rate", "a sale in foreign currency needs its rate in KGS"
        if values.get("payment") != "invoice":
            yield "payment", "a sale in foreign currency is an invoice"


def _certificate(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if "valid_until" in values and str(values["valid_until"]) < str(values.get("date", "")):
        yield "valid_until", "ends before the decision"


def _distribution(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    if _number(values, "amount") < 0 and values.get("kind") != "correction":
        yield "amount", "only a correction may be negative"
    if "from" in values and "to" in values and str(values["to"]) < str(values["from"]):
        yield "to", "ends before it begins"


_AMOUNTS = frozenset(("fixed", "minimum", "cash_unit"))
"""Rules whose value is an amount in KGS."""
_OF_RAILS = frozenset(("minimum", "cash_unit"))
"""Rules that apply to rails (contract §5)."""
_RAILS = next(c.choices for c in KINDS["members"].columns if c.name == "rail")


def with_rails(values: dict[str, Value]) -> dict[str, Value]:
    """Rails in a rule are written as those of members are: in any case, and any language."""
    listed = values.get("applies_to")
    if values.get("rule") not in _OF_RAILS or not isinstance(listed, tuple):
        return values
    names = {name: rail for rail in _RAILS for name in (rail, *value_names(rail))}
    meant = {names.get(word.lower(), word) for word in listed}
    return {**values, "applies_to": tuple(sorted(meant))}


def _policy(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    amounts = ("value", "limit") if values.get("rule") in _AMOUNTS else ("limit",)
    for name in amounts:
        if cells.decimals(_number(values, name)) > places("KGS"):
            yield name, f"KGS has {places('KGS')} decimals"
    if values.get("rule") == "signature" and _number(values, "value") not in (0, 1):
        yield "value", "1 where the treasurer must sign, 0 where not"
    listed = values.get("applies_to", ())
    if values.get("rule") in _OF_RAILS and isinstance(listed, tuple):
        wrong = [word for word in listed if word not in _RAILS]
        if wrong:
            yield "applies_to", f"{wrong[0]} is no rail: write {', '.join(_RAILS)}, or leave blank"


def _opening(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    kind = values.get("kind")
    needed = {
        "stock": ("product", "location", "quantity"),
        "consigned": ("product", "location", "quantity"),
        "payable": ("member",),
        "advance": ("member",),
        "taken": ("member", "ref"),
    }
    for name in needed.get(str(kind), ()):
        if name not in values:
            yield name, f"an opening of kind {kind} needs it"
    if kind != "payable" and _number(values, "amount") < 0:
        yield "amount", "must not be negative"


_RULES = {
    "deliveries": _delivery,
    "sales": _sale,
    "certificates": _certificate,
    "distributions": _distribution,
    "openings": _opening,
    "cashbook": _currency,
    "orders": _currency,
    "policy": _policy,
}
