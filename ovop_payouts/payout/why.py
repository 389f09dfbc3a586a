"""Why a payee is not paid: the words that a run's lines begin with, and reports translate."""

from __future__ import annotations

NOTHING = "nothing to pay"
ARREARS = "arrears are carried"
BELOW_MINIMUM = "below the minimum"
BELOW_UNIT = "below the smallest unit"
ON_HOLD = "on hold in the list of members"
CAME_BACK = "payment came back:"
LACKS = "lacks"
UNCONFIRMED = "changed payment details are not confirmed by a second person"
PHRASES = {
    NOTHING: "why_nothing",
    ARREARS: "why_arrears",
    BELOW_MINIMUM: "why_below_minimum",
    BELOW_UNIT: "why_unit",
    ON_HOLD: "why_on_hold",
    CAME_BACK: "why_came_back",
    LACKS: "why_details",
    UNCONFIRMED: "why_details",
}
"""Beginning of a reason -> the phrase of reports that says it in each language."""


def phrase_of(reason: str) -> str | None:
    """The phrase for a reason of ours; None for what a person wrote."""
    return next((phrase for start, phrase in PHRASES.items() if reason.startswith(start)), None)
