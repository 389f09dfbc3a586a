"""What the product refuses, in words for the person who asked."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """Nothing was changed; the message says why, and what would be right.

    `said` is a sentence with places, such as "{run} is {state}; only a draft can be signed", and
    `values` what stands in them. So the sentence is written once, where it is refused, and is the
    key under which catalogs have it in other languages (`web/refusals.py`).
    """

    def __init__(self, said: str = "", /, **values: object) -> None:
        super().__init__(said.format(**values) if values else said)
        self.said, self.values = said, values
        self.parts: tuple[Refusal, ...] = ()

    @classmethod
    def of(cls, reasons: Iterable[Refusal]) -> Refusal:
        """Several reasons in one, each said once."""
        parts = tuple({str(reason): reason for reason in reasons}.values())
        whole = cls("; ".join(map(str, parts)))
        whole.parts = parts
        return whole
