"""Where a directive stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The change and the scope (association, head office or common) of a directive's file."""

    change: str
    scope: str
