"""Currencies of ISO 4217 and their minor units."""

from __future__ import annotations

import re

_NO_MINOR_UNIT = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
_MILLS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def is_currency(text: str) -> bool:
    """Whether a text is written as a currency is: three capital letters."""
    return re.match(r"[A-Z]{3}\Z", text) is not None


def places(currency: str) -> int:
    """How many decimals amounts of a currency have: KGS 2, JPY 0, OMR 3."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _MILLS else 2
