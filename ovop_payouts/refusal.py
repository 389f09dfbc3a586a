"""What the product refuses, in words for the person who asked."""

from __future__ import annotations


class Refusal(Exception):
    """Nothing was changed; the message says why, and what would be right."""
