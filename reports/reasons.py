"""Why goods were not accepted, in the reader's language where people say it in one of three."""

from __future__ import annotations

from reports.words import Words

_SAID = {
    "seam": "seam open|open seam|шов открыт|шов разошёлся|шов разошелся|тигиши ачык"
    "|тигиши сөгүлгөн",
    "colour": "wrong colour|wrong color|цвет не тот|не тот цвет|түсү туура эмес|түсү башка",
    "size": "wrong size|размер не тот|не тот размер|өлчөмү туура эмес|өлчөмү башка",
    "label": "no label|label missing|нет этикетки|без этикетки|этикеткасы жок",
    "package": "damaged package|package damaged|повреждена упаковка|упаковка повреждена"
    "|таңгагы бузулган|таңгагы жыртылган",
    "wet": "wet|damp|влажный|влажная|сырой|сырая|нымдуу|ным",
    "torn": "torn|порван|порвано|порвана|рваный|жыртык|жыртылган",
    "unsealed": "unsealed|не запечатан|не запечатано|жабылган эмес",
    "dirty": "dirty|грязный|грязная|грязь|кир|булганган",
    "broken": "broken|разбит|разбито|разбита|сломан|сынган",
    "spoiled": "spoiled|испорчен|испорчено|испортилось|бузулган",
}
REASONS = {text: name for name, texts in _SAID.items() for text in texts.split("|")}
"""A reason as people write it -> its name in the catalogs."""


def reason_said(say: Words, written: str | None) -> str | None:
    """`шов открыт` -> `тигиши ачык` in Kyrgyz; what no catalog knows stands as it was written."""
    name = REASONS.get(" ".join((written or "").lower().split()).rstrip("."))
    return say(f"reason_{name}") if name else written
