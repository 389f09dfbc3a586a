"""What a person should know though the work was done: shown as a warning."""

from __future__ import annotations


class Notice(UserWarning):
    """One line for a person."""
