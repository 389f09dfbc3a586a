"""Many associations through draft, approve and export: one process, all cores, a Dask cluster.

Each way begins with a copy of the same books; what lands and every payment file must be the same
bytes. `bench_width.py ASSOCIATIONS PRODUCERS LINES`; the country that is meant is 900 100 2000.
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

from country import READ_ON, association, make_country
from distributed import LocalCluster
from measuring import ENVIRONMENT, OVOP

from ovop_payouts.spread import cores

PERIOD = "2026-03"


def steps(out: Path, names: list[str], scheduler: str | None) -> dict[str, list[str]]:
    """The month's commands: who, and what."""
    runs = [f"{PERIOD}/{name}/1" for name in names]
    more = ["--scheduler", scheduler] if scheduler else []
    return {
        "draft": ["anna", "payout", "draft", PERIOD, *more],
        "approve": ["bek", "payout", "approve", *runs, *more],
        "export": ["anna", "payout", "export", *runs, "--out", str(out), *more],
    }


def digest(*folders: Path) -> str:
    """SHA-256 over every name and byte below folders."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def run(
    model: Path, folder: Path, names: list[str], processors: set[int], scheduler: str | None = None
) -> tuple[dict[str, float], str]:
    """Seconds of each command on a copy of the books, and a digest of all that it wrote."""
    books, out = folder / "books", folder / "payments"
    shutil.copytree(model, books)
    seconds = {}
    before = _spent()
    for name, (user, *words) in steps(out, names, scheduler).items():
        began = time.perf_counter()
        subprocess.run(
            [*OVOP, "--books", str(books), "--as", user, "--today", READ_ON.isoformat(), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        seconds[name] = time.perf_counter() - began
    if scheduler is None:
        print(f"processor seconds: {_spent() - before:.1f}", flush=True)
    return seconds, digest(books / "changes", out)


def _spent() -> float:
    """Processor seconds of all commands and their workers so far, without a cluster."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(associations: int, producers: int, lines: int) -> None:
    names = [association(number) for number in range(1, associations + 1)]
    print(f"{associations} associations of {producers} producers, {lines} sale lines a month")
    ours = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        model = scratch / "model"
        make_country(model, associations, producers, lines)
        found = {
            "one process": run(model, scratch / "one", names, {min(ours)}),
            f"{cores()} processes": run(model, scratch / "many", names, ours),
        }
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            address = cluster.scheduler_address
            found["Dask, 2 workers"] = run(model, scratch / "dask", names, ours, address)
        show(found, associations)


def show(found: dict[str, tuple[dict[str, float], str]], associations: int) -> None:
    first, same = found["one process"]
    print(f"{'':18}{'draft':>9}{'approve':>9}{'export':>9}{'all':>9}{'faster':>9}{'a shard':>10}")
    for way, (seconds, bytes_) in found.items():
        whole = sum(seconds.values())
        each_ms = whole / associations * 1000
        print(
            f"{way:18}"
            + "".join(f"{each:8.1f}s" for each in seconds.values())
            + f"{whole:8.1f}s{sum(first.values()) / whole:8.2f}×{each_ms:7.0f} ms"
            + ("" if bytes_ == same else "  OTHER BYTES")
        )
    if any(bytes_ != same for _, bytes_ in found.values()):
        raise SystemExit("the ways do not agree")


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or [60, 100, 2000]
    main(*sizes)
