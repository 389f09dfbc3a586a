"""Properties start from the same small books as the worked examples."""

from __future__ import annotations

from worked.conftest import base, books

__all__ = ["base", "books"]
