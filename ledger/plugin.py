"""The books' own plugin, named in their options, working under plain `bean-check` (contract §2).

    plugin "ledger.plugin"

It reports what differs from the log, negative stock and negative lots, deliveries and sales without
a certificate, sealed months that were altered or added to, runs whose parts do not add up, and
reversals that are not exact. It changes no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger.checks.certificates import uncertified
from ledger.checks.logged import unlogged
from ledger.checks.problem import Problem
from ledger.checks.reversals import inexact_reversals
from ledger.checks.runs import unbalanced_runs
from ledger.checks.sealed import altered_months
from ledger.checks.stock import negative_stock

__plugins__ = ("check",)

Check = Callable[[list[Any]], Iterator[Problem]]
CHECKS: tuple[Check, ...] = (
    negative_stock,
    uncertified,
    altered_months,
    unbalanced_runs,
    inexact_reversals,
)


def check(entries: list[Any], options_map: Any) -> tuple[list[Any], list[Problem]]:
    """Beancount's interface of a plugin: the entries as they came, and what is wrong."""
    found = [problem for each in CHECKS for problem in _found(each, entries)]
    return entries, [*unlogged(options_map), *found]


def _found(each: Check, entries: list[Any]) -> list[Problem]:
    """What a check says; where what was altered makes no sense any more, that it cannot say."""
    try:
        return list(each(entries))
    except Exception as error:  # a leg cut short may be of any kind: the other checks still speak
        message = f"{each.__name__.replace('_', ' ')}: cannot be told ({type(error).__name__})"
        return [Problem({"filename": "ledger.plugin", "lineno": 0}, message, None)]
