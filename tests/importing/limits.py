"""Runs a piece of reading in a child process, and says what it came to, how long and how large."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS, MEBIBYTES = 10, 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child came to: its result, or the name and words of what it raised."""

    result: Any
    raised: str
    words: str
    seconds: float
    """Of the processor: what else runs on the machine does not count."""
    mebibytes: int
    """By how much the child grew at its largest; what the test itself held does not count."""

    @property
    def within_limits(self) -> bool:
        return self.seconds <= SECONDS and self.mebibytes <= MEBIBYTES


def in_a_child(work: Callable[[], Any]) -> Outcome:
    """Fork, work there, and report; a child that dies has raised `Died`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(20 * SECONDS)  # a child that waits for ever dies
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before = _mebibytes("VmRSS")
        began = time.process_time()
        result, raised, words = None, "", ""
        try:
            result = work()
        except BaseException as error:
            raised, words = type(error).__name__, str(error)
        grown = _mebibytes("VmHWM") - before
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(Outcome(result, raised, words, time.process_time() - began, grown), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if not said:
        return Outcome(None, "Died", "", 0.0, 0)
    outcome = pickle.loads(said)  # noqa: S301 - written by our own child
    assert isinstance(outcome, Outcome)
    return outcome


def _mebibytes(name: str) -> int:
    """A figure of this process's memory, as the kernel counts it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))
