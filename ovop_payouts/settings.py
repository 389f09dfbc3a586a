"""The settings of books, from their `ovop.toml` (contract §2): who pays, from where, when."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, is_dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from ledger import accounts
from ledger.books import SETTINGS
from ovop_payouts.rails import Payer, account_problem, bic_problem

Language = Literal["ky", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Text = Annotated[str, Meta(max_length=140, description="text in quotes, 140 characters at most")]
Name = Annotated[
    str, Meta(pattern=r"\S", max_length=140, description="a name in quotes, 140 characters at most")
]
Url = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?)?\Z",
        max_length=140,
        description='an address in quotes, as "https://payouts.example.kg"',
    ),
]
Day = Annotated[int, Meta(ge=1, le=28, description="a day of the month, 1 to 28")]
Languages = Annotated[
    tuple[Language, ...],
    Meta(min_length=1, description='some of "ky", "ru", "en", as ["ky", "ru"]'),
]
Accounts = Annotated[
    tuple[Annotated[str, Meta(pattern=f"^{accounts.ACCOUNT.pattern}")], ...],
    Meta(description=f'accounts of the books, as ["{accounts.RAILS["bank"]}"]'),
]
Codes = Annotated[
    dict[str, Annotated[str, Meta(pattern=r"^[0-9A-Za-z.]{1,12}$")]],
    Meta(description='codes in quotes, as bank = "1210"'),
]


class BadSettings(ValueError):
    """A setting that cannot be used; one line that names its key and what would be right."""


@dataclass(frozen=True, slots=True)
class Bank:
    """Where bank payments leave from: the debtor's account, and the BIC of its bank."""

    account: Text = ""
    bic: Text = ""
    cover: Accounts = ()


@dataclass(frozen=True, slots=True)
class Wallet:
    """Through whom wallets are paid, and under which account there."""

    provider: Text = ""
    account: Text = ""
    cover: Accounts = ()


@dataclass(frozen=True, slots=True)
class Cash:
    cover: Accounts = ()


@dataclass(frozen=True, slots=True)
class Rails:
    """`cover` names the accounts that must cover what a run pays by that rail; none, no check."""

    bank: Bank = Bank()
    wallet: Wallet = Wallet()
    cash: Cash = Cash()


@dataclass(frozen=True, slots=True)
class Web:
    """Where people find the web pages: scheme, host and perhaps a path."""

    url: Url = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `ovop.toml` says.

    `pay_day` is the day of the following month by which members expect their money. The first of
    `languages` is that of members who have none.
    """

    payer: Name = "OVOP+1"
    pay_day: Day = 10
    languages: Languages = LANGUAGES
    rails: Rails = Rails()
    web: Web = Web()
    codes: Codes = field(default_factory=dict)
    """Kind of account -> its code in another system, where it is not the usual one."""


DEFAULT = f"""\
# Settings of these books. What is left out, or stands as here, holds as here.

# Who pays: the name that banks, wallets and members read.
payer = "OVOP+1"

# The day of the following month by which members expect their money, 1 to 28.
pay_day = 10

# Languages of statements and pay sheets. The first is for members who have named none.
languages = ["ky", "ru", "en"]

# Payments by bank: our account (an IBAN, or as the bank writes it) and the bank's BIC: 8 or 11
# characters, or the 6 digits of the national code. Without them the bank file says NOTPROVIDED,
# and the bank will not take it.
# `cover`: accounts whose balance must cover what a run pays this way, before it is approved;
# for instance ["{accounts.RAILS["bank"]}"]. Empty: no such check.
[rails.bank]
account = ""
bic = ""
cover = []

# Payments to mobile wallets: the provider, and our account there if it has a number.
[rails.wallet]
provider = ""
account = ""
cover = []

# Payments in cash, by pay sheet.
[rails.cash]
cover = []

# Where people find the web pages, for instance "https://payouts.example.kg" (a path may follow).
# With https, cookies go over TLS alone. Without it, statements are printed without a QR code.
[web]
url = ""

# Codes of the chart of accounts of another system, for `ovop report 1c`, where they are not the
# usual ones: kind of account = code, for instance  bank = "1210".
[codes]
"""
"""The text of a new `ovop.toml`; it says what holds without any."""


def read_settings(books: Path) -> Settings:
    """The settings of a books folder; without the file, what holds by default."""
    path = books / SETTINGS
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    return settings_from(content)


@lru_cache(maxsize=8)
def settings_from(content: bytes) -> Settings:
    """The settings that a TOML file of these bytes says, read once. Raises BadSettings."""
    try:
        said = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadSettings(f"{SETTINGS}: is no UTF-8 text: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{SETTINGS}: is not written as TOML: {error}") from None
    if complaint := next(_unknown(said, Settings), None):
        raise BadSettings(f"{SETTINGS}: {complaint}")
    try:
        settings = msgspec.convert(said, Settings)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{SETTINGS}: {_explained(str(error))}") from None
    _check_bank(settings.rails.bank)
    if odd := sorted(settings.codes.keys() - set(accounts.FAMILIES)):
        right = ", ".join(sorted(accounts.FAMILIES))
        raise BadSettings(f"{SETTINGS}: codes.{odd[0]}: is no kind of account: there are {right}")
    return settings


def payer_of(settings: Settings, rail: str) -> Payer:
    """Who pays over a rail: bank, wallet or cash."""
    match rail:
        case "bank":
            return Payer(settings.payer, settings.rails.bank.account, settings.rails.bank.bic)
        case "wallet":
            wallet = settings.rails.wallet
            return Payer(settings.payer, wallet.account, provider=wallet.provider)
        case _:
            return Payer(settings.payer)


def cover_of(settings: Settings, rail: str) -> tuple[str, ...]:
    """The accounts that must cover what a run pays over a rail."""
    match rail:
        case "bank":
            return settings.rails.bank.cover
        case "wallet":
            return settings.rails.wallet.cover
        case _:
            return settings.rails.cash.cover


def _check_bank(bank: Bank) -> None:
    """Our own account, if it is given: better a word now than no file on pay day."""
    checks: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
        ("account", bank.account, account_problem),
        ("bic", bank.bic, bic_problem),
    )
    for key, value, problem in checks:
        if value and (words := problem(value)):
            raise BadSettings(f"{SETTINGS}: rails.bank.{key}: {words}")


def _unknown(said: dict[str, Any], record: type, path: str = "") -> Iterator[str]:
    """Keys that are no settings: a mistyped one would silently hold nothing."""
    known = get_type_hints(record)
    for key, value in said.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            right = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            yield f"{path}{key}: is no setting: {right}"
        elif is_dataclass(known[key]) and isinstance(value, dict):
            yield from _unknown(value, known[key], f"{path}{key}.")


def _explained(error: str) -> str:
    """`Expected int <= 28 - at $.pay_day` -> `pay_day: must be a day of the month, 1 to 28`."""
    found = re.search(r" - at `\$\.?([A-Za-z_.]*)", error)
    path = found.group(1) if found else ""
    hint: Any = Settings
    for key in path.split(".") if path else ():
        hint = get_type_hints(hint, include_extras=True)[key]
    metas = [extra for extra in get_args(hint) if isinstance(extra, Meta)]
    right = metas[0].description if metas else f"a table, as [{path}]"
    return f"{path}: must be {right}"
