"""Quantities of goods in words: `33 изделия и 4,5 кг`, each in its plural form."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reports.words import Words

_SAID = {
    "piece": "piece pieces pc pcs item шт шт. штука штук изделие даана",
    "jar": "jar jars банка банк",
    "bottle": "bottle bottles бутылка бут бөтөлкө",
    "pack": "pack packs package упаковка пачка уп таңгак",
    "pair": "pair pairs пара жуп",
    "set": "set sets комплект набор топтом",
    "kg": "kg кг",
    "g": "g г гр",
    "l": "l litre liter л литр",
    "m": "m metre meter м метр",
}
UNITS = {text: unit for unit, texts in _SAID.items() for text in texts.split()}
"""A unit as people write it in any of the three languages -> its name in the catalogs."""


def goods(say: Words, amounts: Iterable[tuple[Decimal, str | None]]) -> str:
    """All quantities by unit, the largest first; a unit that no catalog knows stands as written."""
    sums: dict[str, Decimal] = {}
    for number, unit in amounts:
        name = UNITS.get((unit or "").strip().lower(), unit or "")
        sums[name] = sums.get(name, Decimal()) + number
    parts = sorted(((name, n) for name, n in sums.items() if n), key=lambda p: (-p[1], p[0]))
    return say.listed([_one(say, number, name) for name, number in parts])


def _one(say: Words, number: Decimal, unit: str) -> str:
    if f"unit_{unit}" in say:
        return say.count(f"unit_{unit}", number)
    return f"{say.quantity(number)} {unit}"
