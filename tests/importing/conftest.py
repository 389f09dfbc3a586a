"""Books for what is imported: those of the worked examples."""

from __future__ import annotations

from worked.conftest import base, books

__all__ = ["base", "books"]
