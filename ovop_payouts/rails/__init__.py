"""Payment rails: how the payments of an approved run leave (contract §5, export).

A rail is a module of this folder named like the rail, with two functions:

    check(batch: Batch, payer: Payer) -> tuple[Refusal, ...]    why no file can be written
    write(batch: Batch, payer: Payer) -> dict[str, bytes]       file name -> content

`write` is given what `check` has nothing against, and gives the same bytes each time: no clock, no
randomness, payments by member. Files hold private details. A new rail is one new module here;
modules that start with `_` serve the rails.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from ovop_payouts.rails._details import account_problem, bic_problem, phone_problem
from ovop_payouts.rails._records import Batch, Instruction, Payer, Refusal
from reports.guarded import guarded, unguarded

__all__ = [
    "Batch",
    "Instruction",
    "Payer",
    "Rail",
    "Refusal",
    "account_problem",
    "bic_problem",
    "export",
    "guarded",
    "names",
    "phone_problem",
    "rail",
    "unguarded",
]


class Rail(Protocol):
    """What a module of this folder provides."""

    def check(self, batch: Batch, payer: Payer) -> tuple[Refusal, ...]: ...

    def write(self, batch: Batch, payer: Payer) -> dict[str, bytes]: ...


def names() -> tuple[str, ...]:
    """The rails there are, by name."""
    found = (module.name for module in iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def rail(name: str) -> Rail:
    """The rail of that name. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    return cast(Rail, import_module(f"{__name__}.{name}"))


def export(name: str, batch: Batch, payer: Payer) -> tuple[dict[str, bytes], tuple[Refusal, ...]]:
    """The payment files of a batch, or why there are none. Nothing to pay, no files."""
    if not batch.payments:
        return {}, ()
    module = rail(name)
    refusals = module.check(batch, payer)
    return ({}, refusals) if refusals else (module.write(batch, payer), ())
