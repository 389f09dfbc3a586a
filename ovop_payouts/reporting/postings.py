"""1C: the span as postings of debit and credit, for the accountant's other system.

Entries are summed up by day and by pair of accounts; members and associations stay apart, for
settlements are kept with each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Entry, Leg
from ovop_payouts.folding.goods import portions_of
from ovop_payouts.money import ZERO, money
from ovop_payouts.reporting._material import Material, Posted, kgs
from reports.report.model import COUNT, DATE, MONEY, Report, Table, Value

NAME = "1c"
CODES = {
    "cash": "1110",
    "tills": "1110",
    "bank": "1210",
    "wallet": "1250",
    "receivables": "1410",
    "advances": "1820",
    "stock": "1610",
    "other_assets": "1890",
    "payables": "3110",
    "in_transit": "3190",
    "prepayments": "3210",
    "withholding": "3420",
    "vat": "3430",
    "sales_tax": "3440",
    "other_tax": "3490",
    "association_money": "3590",
    "funds": "3530",
    "other_liabilities": "3590",
    "opening": "5300",
    "other_equity": "5300",
    "sales": "6110",
    "discounts": "6120",
    "commission": "6130",
    "fx": "9130",
    "other_income": "9190",
    "cost_of_sales": "7110",
    "shrinkage": "7120",
    "distributions": "7130",
    "rounding": "9590",
    "other_expenses": "8090",
}
"""Kind of account -> code in the other system's chart, where the settings name no other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One posting's two sides on a day: codes and whose."""

    date: date
    debit: str
    debit_of: str
    credit: str
    credit_of: str
    tag: str


def build(m: Material) -> Report:
    """Turnover of each code is that of the trial balance."""
    sums: dict[Pair, Decimal] = defaultdict(Decimal)
    counts: dict[Pair, int] = defaultdict(int)
    codes = CODES | m.settings.codes
    for each in m.within():
        for debit, credit, amount in pairs(each.entry):
            pair = _pair(each, debit, credit, codes)
            sums[pair] += amount
            counts[pair] += 1
    rounded = {pair: money(amount) for pair, amount in sums.items() if money(amount)}
    figures = (
        m.figure("turnover", sum(rounded.values(), ZERO)),
        m.figure("postings", len(rounded), COUNT),
    )
    tables = (_codes(m, rounded), _postings(m, rounded))
    return m.report(NAME, figures, tables, (m.say("note_1c"),))


def pairs(entry: Entry) -> Iterator[tuple[str, str, Decimal]]:
    """An entry as (debit account, credit account, KGS), each leg used up in order.

    A sale is paired portion by portion, so that cost meets stock and takings meet revenue.
    """
    parts = portions_of(entry.legs) if entry.tag in ("sales", "returns", "stocktakes") else []
    for legs in parts or [entry.legs]:
        yield from _matched(legs)


def _matched(legs: tuple[Leg, ...]) -> Iterator[tuple[str, str, Decimal]]:
    weights = [(leg.account, kgs(leg) or ZERO) for leg in legs]
    credits = [(account, -amount) for account, amount in weights if amount < 0]
    for account, amount in weights:
        while amount > 0 and credits:
            other, left = credits.pop(0)
            part = min(amount, left)
            yield account, other, part
            amount -= part
            if left > part:
                credits.insert(0, (other, left - part))


def _pair(posted: Posted, debit: str, credit: str, codes: dict[str, str]) -> Pair:
    entry = posted.entry
    return Pair(
        entry.date,
        codes[accounts.family(debit)],
        _whose(posted, debit),
        codes[accounts.family(credit)],
        _whose(posted, credit),
        entry.tag,
    )


def _whose(posted: Posted, account: str) -> str:
    """What the other system keeps apart under a code: the payee, the store, the association."""
    family, parts = accounts.family(account), account.split(":")
    if family in ("payables", "advances"):
        return "/".join(parts[-3:])
    if family in ("tills", "receivables"):
        return parts[2]
    return posted.scope


def _codes(m: Material, rounded: dict[Pair, Decimal]) -> Table:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for pair, amount in rounded.items():
        sums[pair.debit][0] += amount
        sums[pair.credit][1] += amount
    codes = CODES | m.settings.codes
    names = {
        code: ", ".join(m.say(f"family_{f}") for f in accounts.FAMILIES if codes.get(f) == code)
        for code in sums
    }
    rows: list[tuple[Value, ...]] = [(code, names[code], *sums[code]) for code in sorted(sums)]
    columns = (
        m.column("code"),
        m.column("what_account"),
        *m.sums(MONEY, "turnover_debit", "turnover_credit"),
    )
    return m.table("by_code", columns, rows)


def _postings(m: Material, rounded: dict[Pair, Decimal]) -> Table:
    ordered = sorted(
        rounded, key=lambda p: (p.date, p.tag, p.debit, p.credit, p.debit_of, p.credit_of)
    )
    rows: list[tuple[Value, ...]] = [
        (
            pair.date,
            number,
            pair.debit,
            pair.debit_of,
            pair.credit,
            pair.credit_of,
            rounded[pair],
            m.say(f"tag_{pair.tag}"),
        )
        for number, pair in enumerate(ordered, 1)
    ]
    columns = (
        m.column("date", DATE),
        m.column("number", COUNT),
        m.column("debit"),
        m.column("debit_of"),
        m.column("credit"),
        m.column("credit_of"),
        *m.sums(MONEY, "amount"),
        m.column("contents"),
    )
    return m.table("postings", columns, rows, detail=True)
