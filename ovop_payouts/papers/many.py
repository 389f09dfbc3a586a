"""Many papers at once: in batches that any process can make, each kept where nothing changed.

A batch is some members of one group, or what stands for the whole group. A paper that cannot be
made is named, and the others are made all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from ovop_payouts.papers.kept import Kept, inputs_of
from ovop_payouts.papers.kinds import KINDS
from ovop_payouts.papers.shelves import groups_of, members_of, shelf
from ovop_payouts.papers.wanted import Wanted
from ovop_payouts.statements import Shelf
from reports.papers import merge, write

SIZE = 25
"""Members of a batch."""
MERGED = 200
"""Members of one merged file: beyond that typst would need too much memory, and printers too."""


@dataclass(slots=True)
class Made:
    """What became of a batch: how many papers, how many were there, which failed and why."""

    payees: int = 0
    groups: int = 0
    kept: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Made) -> None:
        self.payees += other.payees
        self.groups += other.groups
        self.kept += other.kept
        self.failed += other.failed


def batches(wanted: Wanted, association: str) -> list[str]:
    """The batches of an association's month: `each|all/ASSOCIATION/GROUP/FIRST`.

    The largest come first, so that all processes are busy to the end.
    """
    found = shelf(wanted.books, association, wanted.period)
    if wanted.member is not None:
        if wanted.member not in found.payees:
            return []
        return [f"each/{association}/{found.book.member(wanted.member).group}/0"]
    sized: list[tuple[int, str]] = []
    for group in groups_of(found):
        if wanted.group in (None, group):
            count = len(members_of(found, group))
            for what, size in (("each", SIZE), ("all", MERGED)):
                if what == "all" or KINDS[wanted.kind].each:
                    sized += [
                        (min(size, count - i), f"{what}/{association}/{group}/{i}")
                        for i in range(0, count, size)
                    ]
    return [name for _, name in sorted(sized, key=lambda pair: -pair[0])]


def make(wanted: Wanted, batch: str) -> Made:
    """Make the papers of one batch, or keep those that are there."""
    what, association, group, first = batch.split("/")
    found = shelf(wanted.books, association, wanted.period)
    name = "_".join((wanted.period, wanted.kind, *batch.split("/"), wanted.member or ""))
    kept = Kept(wanted.out, name.rstrip("_"))
    made = Made()
    members = members_of(found, group)
    start = int(first)
    if wanted.member is not None:
        _each(wanted, found, [wanted.member], kept, made)
    elif what == "each":
        _each(wanted, found, members[start : start + SIZE], kept, made)
    else:
        part = members[start : start + MERGED]
        _whole(wanted, found, group, part, start // MERGED, kept, made)
    kept.close()
    return made


def _each(wanted: Wanted, found: Shelf, members: list[str], kept: Kept, made: Made) -> None:
    kind = KINDS[wanted.kind]
    assert kind.each is not None
    for ident in members:
        with _named(made, ident):
            for name, record in kind.each(wanted, found, ident):
                _one(wanted, name, record, kept, made)
                made.payees += 1


def _whole(
    wanted: Wanted,
    found: Shelf,
    group: str,
    members: list[str],
    part: int,
    kept: Kept,
    made: Made,
) -> None:
    """What stands for the group, and its members' papers one after the other."""
    kind = KINDS[wanted.kind]
    if part == 0 and kind.whole is not None:
        with _named(made, group):
            for name, record in kind.whole(wanted, found, group):
                _one(wanted, f"groups/{name}", record, kept, made)
                made.groups += 1
    if kind.each is None or wanted.form != "pdf":
        return
    with _named(made, f"{group}, merged"):
        records = list(_records(wanted, found, members))
        if records:
            stem = f"{wanted.period}_{group}_{kind.merged}"
            stem += f"_{wanted.language}" if wanted.language else ""
            stem += f"_{part + 1}" if part else ""
            _put(kept, made, f"groups/{stem}.pdf", tuple(records), lambda: merge(records))


def _records(wanted: Wanted, found: Shelf, members: list[str]) -> Iterator[Any]:
    """What can be made: those that fail are named where they are made alone."""
    kind = KINDS[wanted.kind]
    assert kind.each is not None
    for ident in members:
        with suppress(Exception):
            for _, record in kind.each(wanted, found, ident):
                yield record


def _one(wanted: Wanted, name: str, record: Any, kept: Kept, made: Made) -> None:
    inputs = (record, wanted.form)
    _put(kept, made, f"{name}.{wanted.form}", inputs, lambda: write(record, wanted.form))


def _put(
    kept: Kept, made: Made, name: str, inputs: tuple[Any, ...], content: Callable[[], bytes]
) -> None:
    known = inputs_of(*inputs)
    if kept.has(name, known):
        made.kept += 1
    else:
        kept.write(name, known, content())


@contextmanager
def _named(made: Made, name: str) -> Iterator[None]:
    """Names the paper that fails, so that the others are made all the same."""
    try:
        yield
    except Exception as error:
        made.failed.append((name, f"{type(error).__name__}: {error}"))
