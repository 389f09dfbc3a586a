"""Trial balance as accountants here keep it: balances before, turnover, balances after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from ledger import accounts
from ovop_payouts.money import TYIYN, ZERO, money
from ovop_payouts.reporting._material import Material, Posted, kgs
from reports.report.model import MONEY, Report, Table, Value

NAME = "trial-balance"
_ORDER = {name: number for number, name in enumerate(accounts.FAMILIES)}
Sums = dict[str, list[Decimal]]


def build(m: Material) -> Report:
    """Control accounts first, then every account; debit and credit are equal to the tyiyn."""
    exact = turnover(m.posted, m)
    controls = _table(m, "controls", exact, accounts.control, detail=False)
    whole = _table(m, "accounts", exact, str, detail=True)
    total = controls.total_of("turnover_debit")
    figures = (
        m.figure("turnover", total),
        m.figure("balance_debit", controls.total_of("closing_debit")),
        m.figure("balance_credit", controls.total_of("closing_credit")),
    )
    return m.report(NAME, figures, (controls, whole), (m.say("note_trial"),))


def turnover(posted: Iterable[Posted], m: Material) -> Sums:
    """Account -> balance before, debits, credits (negative) of the span; exact, KGS."""
    sums: Sums = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for each in posted:
        before = each.entry.date < m.span.first
        for leg in each.entry.legs:
            amount = kgs(leg)
            if amount:
                sums[leg.account][0 if before else 1 if amount > 0 else 2] += amount
    return sums


def _table(
    m: Material, name: str, exact: Sums, account_of: Callable[[str], str], *, detail: bool
) -> Table:
    sums: Sums = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for account, amounts in exact.items():
        mine = sums[account_of(account)]
        for index, amount in enumerate(amounts):
            mine[index] += amount
    rows = [
        (account, m.say(f"family_{_family(account)}"), *_cells(*amounts))
        for account, amounts in sorted(sums.items(), key=lambda pair: _place(pair[0]))
        if any(amounts)
    ]
    rows += _fractions(m, rows)
    sides = ("opening", "turnover", "closing")
    columns = (
        m.column("account"),
        m.column("what_account"),
        *m.sums(MONEY, *(f"{side}_{word}" for side in sides for word in ("debit", "credit"))),
    )
    return m.table(name, columns, list(rows), detail=detail)


def _family(account: str) -> str:
    """Also of a control account, which is the beginning of those that it sums up."""
    return accounts.family(f"{account}:")


def _place(account: str) -> tuple[int, int, str]:
    root = accounts.ROOTS.index(account.partition(":")[0])
    return root, _ORDER[_family(account)], account


def _cells(before: Decimal, debit: Decimal, credit: Decimal) -> tuple[Value, ...]:
    """Balances stand on one side; turnover is shown on both."""
    opening, closing = money(before), money(before + debit + credit)
    sides = (opening, money(debit), money(credit), closing)
    return (
        *_sides(sides[0]),
        sides[1] or None,
        -sides[2] if sides[2] else None,
        *_sides(sides[3]),
    )


def _sides(balance: Decimal) -> tuple[Value, Value]:
    return (balance, None) if balance > 0 else (None, -balance if balance else None)


def _fractions(m: Material, rows: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    """Lots may cost fractions of a tyiyn; what rounding of balances leaves stands on a line."""
    gaps = [sum((_number(row[i + 1]) - _number(row[i]) for row in rows), ZERO) for i in (2, 4, 6)]
    if not any(gaps):
        return []
    cells = [cell for gap in gaps for cell in _sides(gap.quantize(TYIYN))]
    return [(accounts.ROUNDING, m.say("line_fractions"), *cells)]


def _number(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else ZERO
