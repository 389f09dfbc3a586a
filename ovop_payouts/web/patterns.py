"""Search patterns that would keep the whole server busy: Python matches them under its one lock."""

from __future__ import annotations

import re

LONGEST = 2000
GREEDY = 2
"""Open-ended repetitions in one pattern; time grows with text to the power of them."""
PARAMETERS = ("account", "filter", "time", "query_string", "a", "payee", "narration")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_REPEATED = re.compile(r"[*+]|\{\d*,\d*\}")
_REPEATED_GROUP = re.compile(r"\)\s*(?:[*+]|\{)")


def is_costly(name: str, text: str) -> bool:
    """Whether a parameter of Fava's holds a pattern that may take longer than anybody waits."""
    if len(text) > LONGEST:
        return True
    patterns = _QUOTED.findall(text) if name == "query_string" else [text]
    return any(
        _REPEATED_GROUP.search(pattern) or len(_REPEATED.findall(pattern)) > GREEDY
        for pattern in patterns
    )
