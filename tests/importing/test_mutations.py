"""Damaged workbooks: read, or refused in a line; the marked workbook can always be given back.

The suite takes a hundred; `make soak` ten thousand (docs/importing.md says what it came to).
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from importers.answers import write_problems, write_rejected
from importers.layouts import shipped
from importers.reader import read_file
from importing.forms import Table, write
from importing.limits import Outcome, in_a_child
from importing.mutations import MUTATIONS

MANY = int(os.environ.get("OVOP_MUTATIONS", "10000"))
FORMATS = (".xlsx", ".xlsm", ".ods", ".xls", ".csv")
HEAD = [
    "receipt_no", "line_no", "date", "store", "product", "quantity", "unit_price", "payment", "lot"
]  # fmt: skip
RESTS = [(Decimal("350.50"), "cash", "D-1/1"), ("1 350,50", "cash", None)] * 5 + [("7", "qr", "")]
SALES: Table = [
    ["Март"],
    list(HEAD),
    *map(
        list,
        (
            (f"R-{n}", Decimal(1), date(2026, 3, 1 + n), "osh", "felt-1", Decimal(n), *rest)
            for n, rest in enumerate(RESTS, 1)
        ),
    ),
    ["Итого"],
]


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The same sales in every format, as bytes; whole they are all read."""
    folder = tmp_path_factory.mktemp("originals")
    paths = [write(folder / f"sales{form}", SALES, Random(1)) for form in FORMATS]
    for path in paths:
        assert len(read_file(path).rows) == 11
    return [path.read_bytes() for path in paths]


def damaged(originals: list[bytes], seed: int) -> tuple[str, bytes]:
    chance = Random(seed)
    number = chance.randrange(len(originals))
    content = originals[number]
    for _ in range(chance.choice((1, 1, 2))):
        try:
            content = chance.choice(MUTATIONS)(content, chance) or b"x"
        except Exception:  # what is damaged already may be no package to repack any more
            content = MUTATIONS[1](content, chance) or b"x"
    return FORMATS[number], content


def outcome_of(path: Path) -> Outcome:
    """Read, and answered as `ovop import` would."""

    def work() -> tuple[int, list[str]]:
        reading = read_file(path, shipped())
        problems = [p for p in reading.problems if not p.warning]
        if any(p.sheet for p in problems):
            write_problems(path, problems, path.with_suffix(".problems.xlsx"))
            rows = {(p.sheet, p.row) for p in problems if p.row}
            write_rejected(path, rows, path.with_suffix(".rejected.xlsx"), shipped())
        return len(reading.rows), [p.reason for p in problems if not p.sheet]

    return in_a_child(work)


def hold(originals: list[bytes], seeds: range, folder: Path) -> dict[str, int]:
    """Damage, read, and say how many were read, read in part, and refused."""
    counts = {"read": 0, "in part": 0, "refused": 0}
    slowest, largest = 0.0, 0
    for seed in seeds:
        form, content = damaged(originals, seed)
        path = folder / f"{seed}{form}"
        path.write_bytes(content)
        outcome = outcome_of(path)
        assert not outcome.raised, (seed, outcome)
        assert outcome.within_limits, (seed, outcome)
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.mebibytes)
        rows, refusals = outcome.result
        assert all(10 < len(reason) < 250 and "\n" not in reason for reason in refusals), refusals
        counts["refused" if refusals else "read" if rows == 11 else "in part"] += 1
        for written in folder.glob(f"{seed}.*"):
            written.unlink()
    print(f"{len(seeds)} damaged workbooks: {counts}, {slowest:.1f} s and {largest} MiB at most")
    return counts


def test_a_hundred_damaged_workbooks(originals: list[bytes], tmp_path: Path) -> None:
    assert min(hold(originals, range(100), tmp_path).values()) > 5


@pytest.mark.soak
def test_ten_thousand_damaged_workbooks(originals: list[bytes], tmp_path: Path) -> None:
    assert min(hold(originals, range(MANY), tmp_path).values()) > MANY // 20
