"""The entries of books as a journal of ledger-cli and hledger: same legs, lots and metadata."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ledger.directives import Entry, Leg
from ledger.store import landed

_PLAIN = re.compile(r"[A-Za-z]+\Z")


def _leg(leg: Leg) -> str:
    currency = leg.currency if _PLAIN.match(leg.currency) else f'"{leg.currency}"'
    cost = ""
    if leg.cost is not None:
        cost = f" {{{leg.cost.number:f} {leg.cost.currency}}} [{leg.cost.date}]"
    notes = "".join(f"\n    ; {key}: {value}" for key, value in leg.meta.items())
    return f"    {leg.account}  {leg.number:f} {currency}{cost}{notes}"


def _entry(entry: Entry) -> str:
    notes = "".join(f"\n    ; {key}: {value}" for key, value in entry.meta.items())
    legs = "\n".join(map(_leg, entry.legs))
    return f"{entry.date} * {entry.payee} | {entry.narration}{notes}\n{legs}\n"


def journal(books: Path) -> Iterator[str]:
    """Every transaction in the order of its day."""
    entries = [e for file in landed(books) for e in file.directives if isinstance(e, Entry)]
    for entry in sorted(entries, key=lambda e: e.date):
        if entry.legs:
            yield _entry(entry)


def write_journal(books: Path, path: Path) -> int:
    """Returns how many transactions there are."""
    texts = list(journal(books))
    path.write_text("\n".join(texts), encoding="utf-8")
    return len(texts)


if __name__ == "__main__":
    print(write_journal(Path(sys.argv[1]), Path(sys.argv[2])))
