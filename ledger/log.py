"""The log: who did what, when, on which hash; each record holds the hash of the one before.

Every file of a change begins with one record of its scope's chain (contract §2), so that a
treasurer reads their own association's log and common data's, and nobody else's:

    2026-04-05 custom "log" "issyk-kul"
      number: "7"
      user: "bek"
      at: "2026-04-05"
      action: "approve"
      about: "2026-03/issyk-kul/1"
      on: "sha256:5d4c…"
      after: "run-2026-03-issyk-kul-1-001"
      previous: "7c1f…"
      hash: "0f3b…"

`hash` is SHA-256 over the change's name, the file's name and the whole file with the hash itself
left blank; `previous` is the hash of record 6, which stands in the change `after`. So a file that
is altered, moved or swapped belies its own record, and one that is gone or added breaks the chain.
What ends a chain has no record after it: `heads.txt` remembers the last of each.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from itertools import chain
from pathlib import Path

from ledger.changes import SUFFIX, digest, every_changes, names_in, open_changes, replace
from ledger.contents import Text, chunks_of
from ledger.directives import Fact
from ledger.text import write

HEADS = "heads.txt"
LOG = "log"
CLOSE_YEAR = "close-year"
_RECORD = re.compile(rb'(\d{4}-\d\d-\d\d) custom "log" "([^"\n]+)"\n((?:  [a-z]+: "[^\n]*"\n)+)')
_META = re.compile(rb'  ([a-z]+): ("[^\n]*")\n')
_HASH = re.compile(rb'\n  hash: "([0-9a-f]{64})"\n')
_MOST = 4096
"""Bytes; a record is shorter."""


@dataclass(frozen=True, slots=True)
class Note:
    """Who does what on which day. `hash` is what it is done on: without one, the change's own.

    `at` is the moment, as exactly as it is known: without one, the day. `whose` is the one scope
    that may read what it is about and on which hash, where others may not.
    """

    user: str
    on: Date
    action: str
    about: str = ""
    hash: str = ""
    at: str = ""
    whose: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record, as the file that it begins says it."""

    scope: str
    number: int
    change: str
    file: str
    day: Date
    user: str
    at: str
    action: str
    about: str
    on: str
    after: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a chain: its number and hash, and the change in which it stands."""

    number: int = 0
    hash: str = ""
    change: str = ""
    day: Date = Date.min


Heads = dict[str, Head]
"""Scope -> the end of its chain."""


def logged(change: str, files: Mapping[str, str], note: Note, heads: Heads) -> dict[str, str]:
    """The texts of a change with their records, which follow `heads`; moves these on."""
    begun = beginnings(change, files, note, heads)
    return {name: begun[name] + text for name, text in sorted(files.items())}


def beginnings(change: str, files: Mapping[str, Text], note: Note, heads: Heads) -> dict[str, str]:
    """The records with which the files of a change begin; each follows `heads`, and moves it on."""
    whole = "" if note.hash and note.whose is None else digest(files)
    records = {}
    for name, text in sorted(files.items()):
        scope = name.rsplit(".", 2)[0]
        head = heads.get(scope, Head())
        told = note.whose in (None, scope)
        meta = {
            "number": str(head.number + 1),
            "user": note.user,
            "at": note.at or note.on.isoformat(),
            "action": note.action,
            **({"about": note.about} if note.about and told else {}),
            "on": (note.hash if told else "") or whole,
            "after": head.change,
            "previous": head.hash,
        }
        blank = write([Fact(note.on, LOG, (scope,), {**meta, "hash": ""})]) + "\n"
        own = _hash(change, name, chain([blank.encode()], chunks_of(text)))
        records[name] = blank.replace('\n  hash: ""\n', f'\n  hash: "{own}"\n', 1)
        heads[scope] = Head(head.number + 1, own, change, note.on)
    return records


def _hash(change: str, file: str, blank: Iterable[bytes]) -> str:
    total = hashlib.sha256(f"{change}/{file}\0".encode())
    for chunk in blank:
        total.update(chunk)
    return total.hexdigest()


def record_in(change: str, file: str, content: bytes) -> Record | None:
    """The record that a file begins with; None where it does not begin with one of its scope."""
    found = _RECORD.match(content[:_MOST])
    if found is None:
        return None
    try:
        meta = {k.decode(): json.loads(v, strict=False) for k, v in _META.findall(found[3])}
        return Record(
            found[2].decode(),
            int(meta["number"]),
            change,
            file,
            Date.fromisoformat(found[1].decode()),
            meta["user"],
            meta["at"],
            meta["action"],
            meta.get("about", ""),
            meta["on"],
            meta["after"],
            meta["previous"],
            meta["hash"],
        )
    except (KeyError, ValueError):
        return None


def proof(record: Record, content: bytes) -> str:
    """What the record's hash must be, by what its file says now."""
    blank = _HASH.sub(b'\n  hash: ""\n', content, count=1)
    return _hash(record.change, record.file, [blank])


def records(changes: Path, scopes: Collection[str] | None = None) -> Iterator[Record]:
    """The records of all files (of some scopes) of a folder of changes, in no order."""
    for change in names_in(changes):
        for name in _files(changes / change, scopes):
            with (changes / change / name).open("rb") as file:
                record = record_in(change, name, file.read(_MOST))
            if record is not None:
                yield record


def _files(folder: Path, scopes: Collection[str] | None) -> list[str]:
    return [
        name
        for name in sorted(os.listdir(folder))
        if name.endswith(SUFFIX) and (scopes is None or name.rsplit(".", 2)[0] in scopes)
    ]


# --- the ends of the chains -------------------------------------------------------------------


def heads(books: Path) -> Heads:
    """The end of each chain in the open books; what `heads.txt` does not know yet is read anew."""
    changes = open_changes(books)
    known = _read_heads(books)
    landed = len(names_in(changes))
    if known is not None and known[0] == landed:
        return known[1]
    return ends(records(changes))


def ends(found: Iterable[Record]) -> Heads:
    """The last record of each scope."""
    last: Heads = {}
    for r in found:
        if r.number > last.get(r.scope, Head()).number:
            last[r.scope] = Head(r.number, r.hash, r.change, r.day)
    return last


def remember_heads(books: Path, now: Heads) -> None:
    """Write the ends of the chains down, where they are not written down yet."""
    landed = len(names_in(open_changes(books)))
    lines = [
        "; The last record of each log; `ovop verify` holds the books against it.",
        f"{landed} changes",
        *(f"{scope} {h.number} {h.hash} {h.day} {h.change}" for scope, h in sorted(now.items())),
    ]
    content = ("\n".join(lines) + "\n").encode()
    path = books / HEADS
    if not path.exists() or path.read_bytes() != content:
        replace(path, content)


def _read_heads(books: Path) -> tuple[int, Heads] | None:
    """(number of changes, heads); None where the file is not there, or is not one."""
    try:
        _, count, *lines = (books / HEADS).read_text(encoding="utf-8").splitlines()
        found = {}
        for line in lines:
            scope, number, hash_, day, change = line.split(" ")
            found[scope] = Head(int(number), hash_, change, Date.fromisoformat(day))
        return int(count.removesuffix(" changes")), found
    except (OSError, ValueError):
        return None


# --- proof ------------------------------------------------------------------------------------

Chains = dict[str, list[Record]]
Broken = set[tuple[str, str]]
"""(scope, change) of files that are not what their records say."""


def altered(books: Path, changes: Path, scopes: Collection[str] | None) -> Iterator[str]:
    """What differs from the log in a folder of changes: altered files first, then what is gone.

    `scopes` are those whose files are looked at; all where None.
    """
    where = changes.relative_to(books).as_posix()
    for text in _altered(books, changes, scopes):
        yield text.replace("changes/", f"{where}/")


def _altered(books: Path, changes: Path, scopes: Collection[str] | None) -> Iterator[str]:
    sound: Chains = defaultdict(list)
    broken: Broken = set()
    for change in names_in(changes):
        for name in _entries(changes / change):
            scope = name.rsplit(".", 2)[0]
            if scopes is None or scope in scopes:
                record = _sound(changes, change, name)
                if record is None:
                    broken.add((scope, change))
                    yield f"changes/{change}/{name}: was altered, or never logged"
                else:
                    sound[scope].append(record)
    yield from _strangers(changes)
    known = _ends_known(books, changes)
    if known is None and scopes is None:
        yield f"{HEADS}: is missing, or was altered"
    known = known or {}
    for scope in sorted({*sound, *known} if scopes is None else {*sound, *known} & set(scopes)):
        chain = sorted(sound.get(scope, ()), key=lambda r: r.number)
        yield from _gaps(scope, chain, known.get(scope, Head()), broken)


def _sound(changes: Path, change: str, name: str) -> Record | None:
    """The record of a file that is as its record says."""
    try:
        content = (changes / change / name).read_bytes()
    except OSError:
        return None
    record = record_in(change, name, content)
    if record is None or record.scope != name.rsplit(".", 2)[0]:
        return None
    return record if proof(record, content) == record.hash else None


def _entries(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def _strangers(changes: Path) -> Iterator[str]:
    """What lies among the changes and is none."""
    with os.scandir(changes) as found:
        for entry in sorted(found, key=lambda e: e.name):
            if not entry.name.startswith(".") and not entry.is_dir():
                yield f"changes/{entry.name}: is no change"


def _ends_known(books: Path, changes: Path) -> Heads | None:
    """Where the chains of a folder of changes must end at least.

    Of a closed year, where those of the next one go on; `heads.txt` says it of the open one.
    """
    folders = every_changes(books)
    after = folders[folders.index(changes) + 1 :] if changes in folders else []
    if after:
        return {
            r.scope: Head(r.number - 1, r.previous, r.after)
            for r in records(after[0])
            if r.action == CLOSE_YEAR and r.number > 1
        }
    known = _read_heads(books)
    return known[1] if known else None


def _gaps(scope: str, chain: list[Record], end: Head, broken: Broken) -> Iterator[str]:
    """Where a chain of sound records breaks off."""
    before: Record | None = None
    for record in chain:
        if before is None and record.number > 1 and record.action != CLOSE_YEAR:
            yield from _gone(scope, record.number - 1, record.after, broken)
        elif before is not None and record.number == before.number:
            yield f"{_place(record)}: is record {record.number} of {scope}, as {_place(before)} is"
        elif before is not None and record.number > before.number + 1:
            yield from _gone(scope, record.number - 1, record.after, broken)
        elif before is not None and record.previous != before.hash:
            yield f"{_place(record)}: does not follow {_place(before)}"
        before = record
    last = before.number if before else 0
    if last < end.number:
        yield from _gone(scope, end.number, end.change, broken)
    elif any(r.number == end.number and r.hash != end.hash for r in chain):
        yield f"changes/{end.change}: does not end the log of {scope} as what follows says"


def _place(record: Record) -> str:
    return f"changes/{record.change}/{record.file}"


def _gone(scope: str, number: int, change: str, broken: Broken) -> Iterator[str]:
    """A record that is not there; where its file was altered that has been said."""
    if (scope, change) not in broken:
        yield f"changes/{change}: record {number} of {scope} is missing"
