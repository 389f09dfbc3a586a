"""How every benchmark measures: whole processes in turn, in rounds, on the same data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

OVOP = [sys.executable, "-c", "from ovop_payouts.cli import main; main()"]
PASSWORD = "bench-password"
_INSTALLED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled once: ours keeps its bytecode as those of the peers do."""
ENVIRONMENT = _INSTALLED | {
    "OVOP_PASSWORD": PASSWORD,
    "OVOP_NEW_PASSWORD": PASSWORD,
    "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
}


@dataclass(frozen=True)
class Runner:
    """One program on the data: its command, and what must be put right before each run."""

    name: str
    words: Sequence[str]
    before: Callable[[], None] = lambda: None


@dataclass
class Measured:
    """Seconds of the wall and of all processors, and megabytes of the largest process."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    megabytes: float = 0.0


def must_have(*programs: str) -> None:
    """Say which peer is missing, and stop: a table without its peers says nothing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        packages = " ".join(missing)
        sys.exit(
            f"This bench needs {packages}: make bench installs them (apt-get install {packages})"
        )


def once(runner: Runner, into: Measured) -> None:
    runner.before()
    began = time.perf_counter()
    process = subprocess.Popen(
        list(runner.words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{runner.name} failed: {said.decode(errors='replace')[-2000:]}")
    into.wall.append(wall)
    into.busy.append(used.ru_utime + used.ru_stime)
    into.megabytes = max(into.megabytes, used.ru_maxrss / 1024)


def measure(runners: Sequence[Runner], rounds: int) -> dict[str, Measured]:
    """Every runner once in each round, so that a busy moment of the machine meets them alike."""
    found = {runner.name: Measured() for runner in runners}
    for _ in range(rounds):
        for runner in runners:
            once(runner, found[runner.name])
    return found


def table(title: str, found: dict[str, Measured], ours: str) -> None:
    """Ours against each peer: the medians of the ratios of one round."""
    print(f"\n{title}")
    print(f"{'':24}{'seconds':>9}{'processor':>11}{'MB':>7}{'ours to it:':>14}")
    mine = found[ours]
    for name, each in found.items():
        line = f"{name:24}{median(each.wall):9.2f}{median(each.busy):11.2f}{each.megabytes:7.0f}"
        if name != ours:
            wall, busy = _ratio(mine.wall, each.wall), _ratio(mine.busy, each.busy)
            memory = mine.megabytes / each.megabytes
            line += f"{wall:9.2f}×{busy:9.2f}×{memory:6.2f}×"
        print(line)
    sys.stdout.flush()


def _ratio(mine: list[float], others: list[float]) -> float:
    return median(a / b for a, b in zip(mine, others, strict=True))
