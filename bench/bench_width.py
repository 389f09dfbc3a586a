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
from pathlib import Path

from country import EVE, READ_ON, association, make_country, ovop
from distributed import LocalCluster
from measuring import ENVIRONMENT, OVOP

from ovop_payouts.demo.people import Row
from ovop_payouts.demo.workbooks import write
from ovop_payouts.shards import load_everybody
from ovop_payouts.spread import cores

PERIOD = "2026-03"


Steps = dict[str, list[str]]
"""Name -> who does what."""


def paying(out: Path, names: list[str], scheduler: str | None) -> Steps:
    """The month's commands up to the payment files."""
    runs = [f"{PERIOD}/{name}/1" for name in names]
    more = _on(scheduler)
    return {
        "draft": ["anna", "payout", "draft", PERIOD, *more],
        "approve": ["bek", "payout", "approve", *runs, *more],
        "export": ["anna", "payout", "export", *runs, "--out", str(out), *more],
    }


def closing(scheduler: str | None) -> Steps:
    return {"close": ["anna", "close", PERIOD, *_on(scheduler)]}


def _on(scheduler: str | None) -> list[str]:
    return ["--scheduler", scheduler] if scheduler else []


def settle_all(books: Path, scratch: Path) -> None:
    """The bank pays everything."""
    day = {"date": READ_ON, "status": "settled"}
    payments = load_everybody(books).payments.values()
    rows: list[Row] = [{**day, "reference": p.reference, "amount": p.amount} for p in payments]
    began = time.perf_counter()
    ovop(books, "anna", "payout", "settle", str(write(scratch / "bank.xlsx", {"bank": rows}, EVE)))
    print(f"{len(rows):,} payments settled in {time.perf_counter() - began:.1f} s", flush=True)


def digest(*folders: Path) -> str:
    """SHA-256 over every name and byte below folders."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def run(
    model: Path, books: Path, steps: Steps, processors: set[int], out: Path | None = None
) -> tuple[dict[str, float], str]:
    """Seconds of each command on a copy of the books, and a digest of all that it wrote."""
    shutil.copytree(model, books)
    seconds = {}
    before = _spent()
    for name, (user, *words) in steps.items():
        began = time.perf_counter()
        subprocess.run(
            [*OVOP, "--books", str(books), "--as", user, "--today", READ_ON.isoformat(), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        seconds[name] = time.perf_counter() - began
    print(f"processor seconds, without a cluster's: {_spent() - before:.1f}", flush=True)
    return seconds, digest(books / "changes", *([out] if out else []))


def _spent() -> float:
    """Processor seconds of all commands and their workers so far, without a cluster."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(associations: int, producers: int, lines: int) -> None:
    names = [association(number) for number in range(1, associations + 1)]
    print(f"{associations} associations of {producers} producers, {lines} sale lines a month")
    ours = os.sched_getaffinity(0)
    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
    ):
        scratch = Path(name)
        make_country(scratch / "model", associations, producers, lines)
        ways = {
            "one process": ({min(ours)}, None),
            f"{cores()} processes": (ours, None),
            "Dask, 2 workers": (ours, cluster.scheduler_address),
        }
        found = {}
        for number, (way, (processors, scheduler)) in enumerate(ways.items()):
            out = scratch / f"payments-{number}"
            steps = paying(out, names, scheduler)
            found[way] = run(scratch / "model", scratch / f"paid-{number}", steps, processors, out)
        show(found, associations)
        settle_all(scratch / "paid-0", scratch)
        found = {
            way: run(scratch / "paid-0", scratch / f"closed-{number}", closing(on), processors)
            for number, (way, (processors, on)) in enumerate(ways.items())
        }
        show(found, associations)


def show(found: dict[str, tuple[dict[str, float], str]], associations: int) -> None:
    first, same = found["one process"]
    print("".join(f"{name:>9}" for name in (" " * 18, *first, "all", "faster", "a shard")))
    for way, (seconds, bytes_) in found.items():
        whole = sum(seconds.values())
        each_ms = whole / associations * 1000
        print(
            f"{way:18}"
            + "".join(f"{each:8.1f}s" for each in seconds.values())
            + f"{whole:8.1f}s{sum(first.values()) / whole:8.2f}×{each_ms:6.0f} ms"
            + ("" if bytes_ == same else "  OTHER BYTES")
        )
    if any(bytes_ != same for _, bytes_ in found.values()):
        raise SystemExit("the ways do not agree")


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [60, 100, 2000]
    main(*sizes)
