"""The chart of accounts: the only module that spells an account or a commodity.

Ids (contract §2: ASCII letters, digits, `-`) are encoded in account and commodity names; where two
ids would share a name the importer refuses the later one.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
ACCOUNT = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+\Z")
ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
HEAD_OFFICE = "head-office"
COMMON = "common"
CURRENCY = "KGS"

IN_TRANSIT = "Liabilities:Payable:InTransit"
ROUNDING = "Expenses:Rounding"
OPENING = "Equity:Opening"
FX_REALISED = "Income:FX:Realised"
RAILS = {"cash": "Assets:Cash", "bank": "Assets:Bank", "wallet": "Assets:Wallet"}
CHART = (
    *RAILS.values(),
    IN_TRANSIT,
    OPENING,
    ROUNDING,
    FX_REALISED,
    "Liabilities:Prepayments",
)
PREPAYMENTS = "Liabilities:Prepayments"
WITHHOLDING = "Liabilities:Tax:Withholding"
VAT = "Liabilities:Tax:VAT"
SALES_TAX = "Liabilities:Tax:Sales"
SOCIAL = "Liabilities:Funds:Social"
PAYABLES = "Liabilities:Payable:"
ADVANCES = "Assets:Advances:"
CONSIGNORS = "Liabilities:Consignors:"
COMMISSION = "Income:Commission:"
SALES = "Income:Sales:"
COST_OF_SALES = "Expenses:CostOfSales:"
TILLS = "Assets:Till:"
RECEIVABLES = "Assets:Receivable:"
STOCK = "Assets:Stock:"
CONSIGNED = "Assets:Consigned:"
LIABILITIES = "Liabilities:"
OF_LOTS = (STOCK, CONSIGNED)
_PART = re.compile(r"[A-Z0-9][A-Za-z0-9-]*\Z")
_POOL = "Pool"
_LITERALS = {"TRUE", "FALSE", "NULL"}


@lru_cache(maxsize=65536)
def component(ident: str) -> str:
    """An id as a part of an account name: `issyk-kul` -> `IssykKul`, `osh-1` -> `Osh-1`."""
    parts = ident.split("-")
    rest = (part[:1].upper() + part[1:] if part[:1].isalpha() else f"-{part}" for part in parts[1:])
    return parts[0][:1].upper() + parts[0][1:] + "".join(rest)


@lru_cache(maxsize=65536)
def place(name: str) -> str:
    """A store or a warehouse as a part of an account name; in any words, for nobody registers it.

    The importer refuses a new one that would share the name of a known one.
    """
    return component(name) if ID.match(name) else _hashed(name)


def order(order_no: str) -> str:
    """An order as a part of an account name: as it is where it can be, else with a hash."""
    return order_no if _PART.match(order_no) else _hashed(order_no)


def _hashed(name: str) -> str:
    """Letters and digits of a name, and a short hash that keeps it apart from others."""
    ascii_part = re.sub(r"[^A-Za-z0-9]+", "", name)
    digest = hashlib.sha256(name.encode()).hexdigest()[:8].upper()
    return f"{ascii_part[:1].upper()}{ascii_part[1:]}-{digest}" if ascii_part else f"X-{digest}"


@lru_cache(maxsize=65536)
def commodity(product: str) -> str:
    """A product id as a Beancount commodity: `felt-1` -> `FELT-1`, `85123A` -> `P.85123A`.

    The prefix keeps apart what would not start with a letter, or could be read as a currency.
    """
    name = product.upper()
    if not name[0].isalpha() or name in _LITERALS or re.fullmatch(r"[A-Z]{1,3}", name):
        name = f"P.{name}"
    return name + ".0" if name.endswith("-") else name


def _product(product: str) -> str:
    return product.upper()


def is_account(text: str) -> bool:
    """Whether a text from outside may stand as an account."""
    return ACCOUNT.match(text) is not None


@lru_cache(maxsize=65536)
def payable(association: str, group: str, member: str | None) -> str:
    """What is owed to a member, or without one to the pool of the group."""
    payee = component(member) if member else _POOL
    return f"{PAYABLES}{component(association)}:{component(group)}:{payee}"


def is_pool(account: str) -> bool:
    """Whether an account is what is owed to the pool of a group."""
    return account.startswith(PAYABLES) and account.endswith(f":{_POOL}")


def payables(association: str) -> str:
    """The prefix of all that is owed to an association's members and pools."""
    return f"{PAYABLES}{component(association)}:"


def group_payables(association: str, group: str) -> str:
    """The prefix of all that is owed to a group's members and its pool."""
    return f"{payables(association)}{component(group)}:"


@lru_cache(maxsize=65536)
def advances(association: str, group: str, member: str) -> str:
    return f"{ADVANCES}{component(association)}:{component(group)}:{component(member)}"


@lru_cache(maxsize=65536)
def stock(association: str, location: str, product: str) -> str:
    """Own goods at one place, held at cost in lots."""
    return f"{STOCK}{component(association)}:{place(location)}:{_product(product)}"


@lru_cache(maxsize=65536)
def consigned(association: str, location: str, product: str) -> str:
    """Goods of others at one place, in quantity only."""
    return f"{CONSIGNED}{component(association)}:{place(location)}:{_product(product)}"


@lru_cache(maxsize=65536)
def consignor(association: str, group: str, member: str | None) -> str:
    """Whose goods the consigned ones are."""
    payee = component(member) if member else _POOL
    return f"{CONSIGNORS}{component(association)}:{component(group)}:{payee}"


@lru_cache(maxsize=65536)
def takings(store: str, payment: str, order_no: str | None) -> str:
    """Where the money of a sale goes: a till by way of payment, or what clients owe by order."""
    if payment == "invoice":
        return receivable(order_no)
    way = payment.upper() if payment == "qr" else payment.title()
    return f"{TILLS}{place(store)}:{way}"


def receivable(order_no: str | None) -> str:
    """What clients owe for an order, or for invoices without one."""
    return f"{RECEIVABLES}{order(order_no) if order_no else 'Invoices'}"


@lru_cache(maxsize=65536)
def sales(association: str, store: str) -> str:
    return f"{SALES}{component(association)}:{place(store)}"


def discounts(association: str) -> str:
    return f"Expenses:Discounts:{component(association)}"


@lru_cache(maxsize=65536)
def commission(association: str) -> str:
    return f"{COMMISSION}{component(association)}"


def is_commission(account: str) -> bool:
    return account.startswith(COMMISSION)


def cost_of_sales(association: str) -> str:
    return f"{COST_OF_SALES}{component(association)}"


def shrinkage(association: str) -> str:
    """Stock that a count did not find (and, negative, what it found too much)."""
    return f"Expenses:Shrinkage:{component(association)}"


def distributions(association: str, kind: str) -> str:
    return f"Expenses:Distributions:{component(association)}:{component(kind)}"


def fees(association: str) -> str:
    return f"Liabilities:Associations:{component(association)}:Fees"


def share_capital(association: str) -> str:
    return f"Liabilities:Associations:{component(association)}:Shares"


def is_stock(account: str) -> bool:
    """Whether an account holds lots: opened with booking NONE."""
    return account.startswith(OF_LOTS)


def is_kept_by_engine(account: str) -> bool:
    """Whether only deliveries, sales, advances and runs may move an account."""
    kept = (PAYABLES, ADVANCES, RECEIVABLES, CONSIGNORS)
    return is_stock(account) or account.startswith(kept)


def is_kept_over_years(account: str) -> bool:
    """Whether a balance is brought forward as money: what is owned and owed, but for goods."""
    goods = is_stock(account) or account.startswith(CONSIGNORS)
    return account.startswith(("Assets:", "Liabilities:")) and not goods


def needs_lots(account: str) -> bool:
    return account.startswith((STOCK, RECEIVABLES))


def scope_of(account: str, associations: dict[str, str]) -> str:
    """Whose file opens an account: the association one of its parts names, else common data.

    `associations` maps components to ids. Tills and receivables are everybody's, whatever a store
    is called.
    """
    if account.startswith((TILLS, RECEIVABLES)):
        return COMMON
    for part in account.split(":")[1:]:
        if part in associations:
            return associations[part]
    return COMMON


_FAMILIES = (
    (IN_TRANSIT, "in_transit"),
    (PAYABLES, "payables"),
    (ADVANCES, "advances"),
    (CONSIGNORS, "consignors"),
    (STOCK, "stock"),
    (CONSIGNED, "consigned"),
    (TILLS, "tills"),
    (RECEIVABLES, "receivables"),
    (RAILS["cash"], "cash"),
    (RAILS["bank"], "bank"),
    (RAILS["wallet"], "wallet"),
    (WITHHOLDING, "withholding"),
    (VAT, "vat"),
    (SALES_TAX, "sales_tax"),
    ("Liabilities:Tax", "other_tax"),
    ("Liabilities:Funds", "funds"),
    ("Liabilities:Associations", "association_money"),
    (PREPAYMENTS, "prepayments"),
    (OPENING, "opening"),
    (ROUNDING, "rounding"),
    (FX_REALISED, "fx"),
    (COMMISSION, "commission"),
    (SALES, "sales"),
    (COST_OF_SALES, "cost_of_sales"),
    ("Expenses:Discounts", "discounts"),
    ("Expenses:Shrinkage", "shrinkage"),
    ("Expenses:Distributions", "distributions"),
    ("Assets", "other_assets"),
    ("Liabilities", "other_liabilities"),
    ("Equity", "other_equity"),
    ("Income", "other_income"),
    ("Expenses", "other_expenses"),
)
FAMILIES = tuple(name for _, name in _FAMILIES)
"""Every kind of account, in the order of a trial balance within assets, liabilities and so on."""
_SUMMED_UP = {
    **dict.fromkeys(("payables", "advances", "consignors", "stock", "consigned", "sales"), 3),
    **dict.fromkeys(("tills", "receivables"), 2),
}
"""Kind of account -> how many parts of the name its control account has."""


@lru_cache(maxsize=65536)
def family(account: str) -> str:
    """What kind of account this is: one of FAMILIES, the most exact."""
    return next(name for start, name in _FAMILIES if account.startswith(start))


def control(account: str) -> str:
    """The account that sums up others: an association's payables in one, all tills in one."""
    parts = _SUMMED_UP.get(family(account))
    return ":".join(account.split(":")[:parts])
