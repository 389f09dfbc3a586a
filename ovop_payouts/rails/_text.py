"""Names and purposes as payment files may carry them."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 140
"""Max140Text of pain.001.001.09; names stay in their own script."""
_PURPOSES = {
    "ky": "Төлөм",
    "ru": "Выплата",
    "en": "Payout",
}


def line(text: str, length: int = NAME_LENGTH) -> str:
    """One line without anything that XML forbids or that could hide what a person reads."""
    composed = unicodedata.normalize("NFC", text)
    words = "".join(_kept(each) for each in composed).split()
    return " ".join(words)[:length].rstrip()


def _kept(letter: str) -> str:
    """Control characters part words; surrogates and invisible marks vanish."""
    category = unicodedata.category(letter)
    if category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs") or ord(letter) & 0xFFFE == 0xFFFE else letter


def purpose(reference: str, language: str | None) -> str:
    """What the payee reads on the statement of account, in the payee's language."""
    return f"{_PURPOSES.get(language or '', _PURPOSES['ky'])} {reference}"
