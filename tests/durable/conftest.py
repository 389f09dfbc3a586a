"""The books of the worked examples, for what must survive."""

from __future__ import annotations

from worked.conftest import base, books

__all__ = ["base", "books"]
