"""Where a directive stands."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """The change and the scope (association, head office or common) of a directive's file."""

    change: str
    scope: str
