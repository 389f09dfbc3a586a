"""What members earned by goods, as sums: all that is left to know of it once a run holds it.

    2026-03-01 * "Osh" "Sale R1: 2 felt-1 at 500" #sales    |  2026-03-31 * "" "" #summed
      Assets:Consigned:IssykKul:Osh:FELT-1  -2 FELT-1       |    Liabilities:Payable:…:M1  -512 KGS
      …                                                     |    Liabilities:Payable:…:M2  -73 KGS
      Liabilities:Payable:IssykKul:Akburun:M1  -800.00 KGS  |
    (and hundreds more)                                     |

One such entry a file and month, on the last day on which anything was earned. That a payment
arrived is left out: to later runs it is the same as one on its way.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from ledger import accounts
from ledger.directives import Directive, Entry, Leg
from ledger.store import View
from ovop_payouts.folding import OF_PAYEES, SUMMED, concerns_payees
from ovop_payouts.folding.brought import FROM

_OF_GOODS = frozenset(("deliveries", "sales", "returns", "stocktakes"))


def _with_sums(directives: list[Directive]) -> list[Directive]:
    kept: list[Directive] = []
    sums: dict[tuple[int, int], dict[str, Decimal]] = {}
    last: dict[tuple[int, int], date] = {}
    for each in directives:
        if isinstance(each, Entry) and is_summed(each):
            month = each.date.year, each.date.month
            last[month] = max(last.get(month, each.date), each.date)
            own = sums.setdefault(month, defaultdict(Decimal))
            for leg in each.legs:
                if leg.account.startswith(OF_PAYEES):
                    own[leg.account] += leg.number
        elif concerns_payees(each) and not _is_arrival(each):
            kept.append(each)
    for month, own in sorted(sums.items()):
        legs = tuple(Leg(account, number, accounts.CURRENCY) for account, number in own.items())
        kept.append(Entry(last[month], SUMMED, "", "", legs))
    return kept


def is_summed(entry: Entry) -> bool:
    """Whether an entry is members' earnings alone: what pools earned is shared out later.

    What was brought forward stands in one file, and was seen with many.
    """
    if entry.tag not in _OF_GOODS or FROM in entry.meta:
        return False
    return not any(accounts.is_pool(leg.account) for leg in entry.legs)


def _is_arrival(directive: Directive) -> bool:
    if not isinstance(directive, Entry) or directive.tag != "bank":
        return False
    return directive.meta["status"] == "settled"


WITH_SUMS = View("sums2", _with_sums)
