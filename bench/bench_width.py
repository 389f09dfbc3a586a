"""Many associations through draft, approve, export and close: one process, all cores, Dask.

Each way begins with a copy of the same books; what lands and every payment file must be the same
bytes. Before the close the bank settles every payment, once. The country that is meant is
`bench_width.py 900 100 2000`: associations, producers of each, sale lines of each.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from country import EVE, READ_ON, association, make_country, ovop
from distributed import LocalCluster
from measuring import ENVIRONMENT, OVOP

from ovop_payouts.demo.people import Row
from ovop_payouts.demo.workbooks import write
from ovop_payouts.shards import load_everybody
from ovop_payouts.spread import cores

PERIOD = "2026-03"
ON_DAY = ("--today", READ_ON.isoformat())


Steps = dict[str, list[str]]
"""Name -> who does what."""


def paying(names: list[str], way: Way) -> Steps:
    """The month's commands up to the payment files."""
    runs = [f"{PERIOD}/{name}/1" for name in names]
    more = _on(way)
    return {
        "draft": ["anna", "payout", "draft", PERIOD, *more],
        "approve": ["bek", "payout", "approve", *runs, *more],
        "export": ["anna", "payout", "export", *runs, "--out", str(way.out), *more],
    }


def closing(way: Way) -> Steps:
    return {"close": ["anna", "close", PERIOD, *_on(way)]}


def _on(way: Way) -> list[str]:
    return ["--scheduler", way.scheduler] if way.scheduler else []


def settle_all(books: Path, scratch: Path) -> None:
    """The bank pays everything."""
    day = {"date": READ_ON, "status": "settled"}
    payments = load_everybody(books).payments.values()
    rows: list[Row] = [{**day, "reference": p.reference, "amount": p.amount} for p in payments]
    began = time.perf_counter()
    ovop(books, "anna", "payout", "settle", str(write(scratch / "bank.xlsx", {"bank": rows}, EVE)))
    print(f"{len(rows):,} payments settled in {time.perf_counter() - began:.1f} s", flush=True)


@dataclass(frozen=True)
class Way:
    """On which processors or which cluster the commands run, on a copy of the books of its own."""

    name: str
    processors: set[int]
    scheduler: str | None
    books: Path
    out: Path
    seconds: dict[str, float] = field(default_factory=dict)
    """What each command took."""

    def digest(self) -> str:
        """SHA-256 over every name and byte that was written."""
        total = hashlib.sha256()
        for folder in (self.books / "changes", self.out):
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
        return total.hexdigest()


def ways(model: Path, folder: Path, scheduler: str) -> list[Way]:
    """Each with a copy of the books of its own."""
    ours = os.sched_getaffinity(0)
    found = [
        Way("one process", {min(ours)}, None, folder / "one", folder / "one-payments"),
        Way(f"{cores()} processes", ours, None, folder / "all", folder / "all-payments"),
        Way("Dask, 2 workers", ours, scheduler, folder / "dask", folder / "dask-payments"),
    ]
    for way in found:
        shutil.copytree(model, way.books)
    os.sync()  # else the commands wait for the disk to take the copies
    return found


def run_in_turn(found: list[Way], steps: Callable[[Way], Steps]) -> None:
    """Command by command, each way after the other: a slow minute of the machine meets them all."""
    for step in steps(found[0]):
        for way in found:
            user, *words = steps(way)[step]
            began, before = time.perf_counter(), _spent()
            subprocess.run(
                [*OVOP, "--books", str(way.books), "--as", user, *ON_DAY, *words],
                check=True,
                stdout=subprocess.DEVNULL,
                env=ENVIRONMENT,
                preexec_fn=partial(os.sched_setaffinity, 0, way.processors),
            )
            way.seconds[step] = time.perf_counter() - began
            spent = _spent() - before
            print(
                f"{step}, {way.name}: {spent:.1f} processor seconds without a cluster's", flush=True
            )


def _spent() -> float:
    """Processor seconds of all commands and their workers so far, without a cluster."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(associations: int, producers: int, lines: int) -> None:
    names = [association(number) for number in range(1, associations + 1)]
    print(f"{associations} associations of {producers} producers, {lines} sale lines a month")
    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
    ):
        scratch = Path(name)
        make_country(scratch / "model", associations, producers, lines)
        paid = ways(scratch / "model", scratch / "paying", cluster.scheduler_address)
        run_in_turn(paid, partial(paying, names))
        show(paid, associations)
        settle_all(paid[0].books, scratch)
        closed = ways(paid[0].books, scratch / "closing", cluster.scheduler_address)
        run_in_turn(closed, closing)
        show(closed, associations)


def show(found: list[Way], associations: int) -> None:
    first = found[0]
    print("".join(f"{name:>9}" for name in (" " * 18, *first.seconds, "all", "faster", "a shard")))
    for way in found:
        whole = sum(way.seconds.values())
        each_ms = whole / associations * 1000
        print(
            f"{way.name:18}"
            + "".join(f"{each:8.1f}s" for each in way.seconds.values())
            + f"{whole:8.1f}s{sum(first.seconds.values()) / whole:8.2f}×{each_ms:6.0f} ms"
        )
    if len({way.digest() for way in found}) > 1:
        raise SystemExit("the ways do not agree")
    print("the same bytes each way", flush=True)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [60, 100, 2000]
    main(*sizes)
