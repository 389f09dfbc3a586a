"""What was reversed is left out of the read model, and so is its reversal (contract §2).

    2026-04-07 custom "reversal" "2026-04-05-import-93…" "0f3b…" ""
      file: "march.xlsx"
      user: "anna"
      reason: "wrong prices"

names the change, the SHA-256 of the file and, where one row alone was reversed, its source. What
it takes back stands beside it as entries with the tag `reversal`, so that the ledger is right
without us. It stands in each file whose directives it reverses.
"""

from __future__ import annotations

from collections import defaultdict

from ledger.directives import Entry, Fact
from ovop_payouts.book import Book
from ovop_payouts.folding.place import Place
from ovop_payouts.records import Reversal

REVERSAL = "reversal"
Facts = list[tuple[Place, Fact]]
Entries = dict[str, list[tuple[Place, Entry]]]


def without_reversed(book: Book, facts: Facts, entries: Entries) -> tuple[Facts, Entries]:
    """Facts and entries that hold; the reversals are noted in the book."""
    gone: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for place, fact in facts:
        if fact.type == REVERSAL:
            reversal = _reversal(place, fact)
            book.reversals.append(reversal)
            gone[reversal.of].add((reversal.sha256[:16], reversal.source))
    return (
        [each for each in facts if not _is_gone(gone.get(each[0].change), each[1])],
        {
            tag: [each for each in of_tag if not _is_gone(gone.get(each[0].change), each[1])]
            for tag, of_tag in entries.items()
        },
    )


def _reversal(place: Place, fact: Fact) -> Reversal:
    change, sha256, source = fact.values
    meta = fact.meta
    return Reversal(
        place.change,
        change,
        sha256,
        meta["file"],
        source,
        place.scope,
        meta["user"],
        fact.date,
        meta["reason"],
    )


def _is_gone(gone: set[tuple[str, str]] | None, directive: Fact | Entry) -> bool:
    return gone is not None and any(is_of(directive, sha, source) for sha, source in gone)


def is_of(directive: Fact | Entry, sha: str, source: str = "") -> bool:
    """Whether a directive came from a file (16 hex digits of its hash), or from one row of it."""
    if isinstance(directive, Fact) and directive.type == "import":
        return not source and directive.values[0].startswith(sha)
    meta = directive.meta
    return meta.get("sha") == sha and source in ("", meta.get("source"))
