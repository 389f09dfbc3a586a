"""Reports out of the books: one module for each, found by name.

A module says its `NAME` and has `build(material) -> Report`; what it says in each language stands
in the catalogs of `reports/words`. Modules that begin with `_` are what reports share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ovop_payouts.reporting._material import Material, gather
from ovop_payouts.reporting._spans import Span, span_of
from reports.report.model import Report


@dataclass(frozen=True, slots=True)
class Kind:
    """A report that can be asked for. `alone` says whether one association's books are enough."""

    name: str
    build: Callable[[Material], Report]
    alone: bool


@cache
def kinds() -> dict[str, Kind]:
    """Name -> report, in order of names."""
    found = {}
    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            loaded = import_module(f"{__name__}.{module.name}")
            found[loaded.NAME] = Kind(loaded.NAME, loaded.build, getattr(loaded, "ALONE", True))
    return dict(sorted(found.items()))


__all__ = ["Kind", "Material", "Report", "Span", "gather", "kinds", "span_of"]
