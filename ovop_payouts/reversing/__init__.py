"""The reversal of what was imported: new entries that take back the old ones (contract §2, §3).

    2026-04-05 * "M0345" "Delivery D-1/1: …" #deliveries
      Assets:Stock:…             5 FELT-1 {200 KGS, …}
      Liabilities:Payable:…  -1000.00 KGS
    2026-04-05 * "M0345" "Reversal of: Delivery D-1/1: …" #reversal
      Assets:Stock:…            -5 FELT-1 {200 KGS, …}
      Liabilities:Payable:…   1000.00 KGS

It is dated as what it reverses, whose month must be open, so that no day in between is wrong. Its
rows' keys and its file's hash are free again. Refused, with every reason, while anything else rests
on it: a run, a later sale, a closed month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ledger import accounts
from ledger.directives import Directive, Entry, Fact
from ledger.log import Note
from ledger.store import LandedFile, landed
from ovop_payouts.book import Book
from ovop_payouts.folding import ROW_KINDS, fold
from ovop_payouts.folding.reversed import REVERSAL, is_of
from ovop_payouts.records import Imported
from ovop_payouts.refusal import Refusal
from ovop_payouts.reversing.case import Case
from ovop_payouts.reversing.obstacles import obstacles
from ovop_payouts.writing import digest, land, proved, writing

SHORTEST = 8
"""Hex digits of a hash that name a file."""
MOST = 20
"""Reasons that are listed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks to reverse: a file by its hash, or (some) rows of it, as SHEET!ROW."""

    sha256: str
    user: str
    today: date
    rows: Collection[str] = ()
    reason: str = ""
    dry_run: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Reversed:
    """What became of it: how many rows of each kind. `change` is what landed, if it did."""

    imported: Imported
    rows: Counter[str]
    change: str | None = None


def reverse(books: Path, wish: Wish) -> Reversed:
    """Reverse an import while nothing rests on it. Raises Refusal with every reason."""
    with writing(books):
        files = list(landed(books))
        book = fold(files)
        imported = _imported(book, wish.sha256)
        if imported.change in book.brought:
            raise Refusal(f"{imported.file} was imported before {book.brought_until} was closed")
        case = _case(files, book, imported, wish)
        reasons = list(dict.fromkeys(obstacles(case)))
        if reasons:
            more = [f"… and {len(reasons) - MOST} more"] if len(reasons) > MOST else []
            listed = "\n  ".join([*reasons[:MOST], *more])
            raise Refusal(f"{imported.file} cannot be reversed:\n  {listed}")
        done = Reversed(imported, _counted(case))
        if wish.dry_run:
            return done
        planned = list(_planned(case, wish))
        drafts = proved(planned)
        said = digest(drafts)
        name = f"{wish.today}-reverse-{said[:16]}"
        note = Note(wish.user, wish.today, "reverse", "", said, wish.at)
        land(books, name, drafts, note)
        return replace(done, change=name)


def _imported(book: Book, sha256: str) -> Imported:
    """The import of the one file whose hash begins so."""
    if len(sha256) < SHORTEST:
        raise Refusal(f"name the file by {SHORTEST} or more digits of its hash")
    found = [i for i in book.imports if i.sha256.startswith(sha256.lower())]
    if len({imported.sha256 for imported in found}) > 1:
        raise Refusal(f"{sha256} begins the hash of several files; name more of its digits")
    if found:
        return found[-1]
    was = [r for r in book.reversals if r.sha256.startswith(sha256.lower()) and not r.source]
    if was:
        raise Refusal(f"{was[-1].file} was reversed by {was[-1].user} on {was[-1].date} already")
    raise Refusal(f"no file with the hash {sha256} was imported into the open year's books")


def _case(files: list[LandedFile], book: Book, imported: Imported, wish: Wish) -> Case:
    """What is to go, and the books as they would be without it."""
    sources = [f"{imported.file}/{row}" for row in wish.rows] or [""]
    sha = imported.sha256[:16]
    before = {r.source for r in book.reversals if r.of == imported.change and r.sha256[:16] == sha}
    doomed = [
        (file.scope, each)
        for file in files
        if file.change == imported.change
        for each in file.directives
        if isinstance(each, (Fact, Entry)) and each.meta.get("source") not in before
        if any(is_of(each, sha, source) for source in sources)
    ]
    known = {each.meta.get("source") for _, each in doomed}
    for source in sources:
        if source and source not in known:
            became = "was reversed already" if source in before else "was not booked by this import"
            raise Refusal(f"{source} {became}")
    return Case(files, book, imported, doomed)


def _counted(case: Case) -> Counter[str]:
    rows = {
        (ROW_KINDS.get(each.tag, each.tag) if isinstance(each, Entry) else each.type, source)
        for _, each in case.doomed
        if (source := each.meta.get("source"))
    }
    hidden = ("regrouping", "passed-through")
    return Counter(kind for kind, _ in rows if kind not in hidden)


def _planned(case: Case, wish: Wish) -> Iterator[tuple[str, Directive]]:
    imported = case.imported
    meta = {"file": imported.file, "user": wish.user, "reason": wish.reason}
    sources = [f"{imported.file}/{row}" for row in sorted(set(wish.rows))] or [""]
    scopes = {scope for scope, _ in case.doomed} | {accounts.HEAD_OFFICE}
    for scope in sorted(scopes):
        for source in sources:
            values = (imported.change, imported.sha256, source)
            yield scope, Fact(wish.today, REVERSAL, values, meta)
    for scope, directive in case.doomed:
        if isinstance(directive, Entry):
            yield scope, _negated(directive, imported.change)


def _negated(entry: Entry, change: str) -> Entry:
    """The same legs with the other sign; what it reverses is named in words of its own."""
    legs = tuple(
        type(leg)(leg.account, -leg.number, leg.currency, leg.cost, leg.meta) for leg in entry.legs
    )
    meta = {
        "reverses": change,
        "reverses-tag": entry.tag,
        "reverses-source": entry.meta.get("source", ""),
        "sha": entry.meta.get("sha", ""),
    }
    return Entry(entry.date, REVERSAL, entry.payee, f"Reversal of: {entry.narration}", legs, meta)
