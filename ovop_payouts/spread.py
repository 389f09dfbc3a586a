"""Work over many associations side by side: on this machine's cores, or on a Dask cluster.

One code path for both: a shard's work is a function of picklable arguments that may be done twice
without harm, for what it lands has a name of its own (contract §2).
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Generic, TypeVar, cast

from ovop_payouts.memory import leave_alone_what_is_loaded
from ovop_payouts.refusal import Refusal

Result = TypeVar("Result")
FEWEST = 4
"""Shards for which starting processes is worth its while."""
MOST_AT_ONCE = 16
"""How many shards a worker of a cluster gets at most."""
_PR_SET_PDEATHSIG = 1
TRIES = 3
"""How often a shard is begun whose worker dies."""


class WorkerDied(Refusal):
    """A worker was killed again and again while it worked on one shard."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What became of one shard: its result, or the refusal or error that kept it from one."""

    shard: str
    result: Result | None
    error: Exception | None = None

    def get(self) -> Result:
        """The result; raises the shard's error."""
        if self.error is not None:
            raise self.error
        return cast(Result, self.result)


def spread(
    work: Callable[[str], Result], shards: Sequence[str], scheduler: str | None = None
) -> Iterator[Done[Result]]:
    """`work` of each shard, in the order of the shards, whoever is ready first.

    `scheduler` is the address of a Dask scheduler (`tcp://…`), whose workers see the same books at
    the same path; without one, this machine's cores are used. Errors of a shard are data; a worker
    that dies is replaced, and its shard done again.
    """
    if scheduler is not None:
        yield from _on_cluster(work, shards, scheduler)
        return
    if len(shards) < FEWEST or cores() < 2:
        yield from (_inline(work, shard) for shard in shards)
        return
    left = list(shards)
    while left:
        with _pool(min(cores(), len(left))) as executor:
            futures = [(shard, executor.submit(work, shard)) for shard in left]
            for shard, future in futures:
                done = _outcome(shard, future)
                if isinstance(done.error, BrokenProcessPool):
                    break
                left.pop(0)
                yield done
        for shard in left[: cores()]:  # who killed the pool is most likely one of the first
            left.remove(shard)
            yield _alone(work, shard)


def _on_cluster(
    work: Callable[[str], Result], shards: Sequence[str], scheduler: str
) -> Iterator[Done[Result]]:
    """Several shards at a time, for handing one over costs a cluster as much as a small shard.

    Where they kill every worker, each is done by itself, so that the one is named.
    """
    with (
        _dask()(scheduler) as client,
        client.get_executor(retries=TRIES - 1, pure=False) as executor,
    ):
        parts = _parts(shards, sum(client.nthreads().values()))
        waiting = deque((part, executor.submit(_each, work, part)) for part in parts)
        while waiting:
            part, future = waiting.popleft()  # the cluster holds what it found for as long as we do
            if future.exception() is None:
                yield from future.result()
            else:
                yield from (_named(_outcome(each, executor.submit(work, each))) for each in part)


def _parts(shards: Sequence[str], workers: int) -> Iterator[Sequence[str]]:
    """Each a quarter of what a worker has left to do: so all are done at about the same time."""
    at = 0
    while at < len(shards):
        left = len(shards) - at
        size = max(1, min(MOST_AT_ONCE, left // (4 * max(1, workers))))
        yield shards[at : at + size]
        at += size


def _named(done: Done[Result]) -> Done[Result]:
    """A cluster says in words of its own that a shard killed its workers."""
    from distributed import KilledWorker

    return _killer(done.shard) if isinstance(done.error, KilledWorker) else done


def _each(work: Callable[[str], Result], shards: Sequence[str]) -> list[Done[Result]]:
    """Of a cluster's worker, beside its own thread: that one's stack it samples all the time."""
    _leave_alone_once()
    with ThreadPoolExecutor(1) as beside:
        return list(beside.map(partial(_inline, work), shards))


_leave_alone_once = cache(leave_alone_what_is_loaded)
"""In a cluster's worker: its libraries."""


def _alone(work: Callable[[str], Result], shard: str) -> Done[Result]:
    """One shard in a process of its own, begun again where that dies."""
    for _ in range(TRIES - 1):
        with _pool(1) as pool:
            done = _outcome(shard, pool.submit(work, shard))
        if not isinstance(done.error, BrokenProcessPool):
            return done
    return _killer(shard)


def _killer(shard: str) -> Done[Result]:
    reason = f"{shard}: its worker died {TRIES} times; is there enough memory?"
    return Done(shard, None, WorkerDied(reason))


def all_of(found: Iterable[Done[Result]]) -> list[Result]:
    """Every shard's result; raises Refusal with the reasons of all shards that have none.

    An error that is no refusal is raised as it is.
    """
    done = list(found)
    errors = [each.error for each in done if each.error is not None]
    for error in errors:
        if len(errors) == 1 or not isinstance(error, Refusal):
            raise error
    if errors:
        raise Refusal.of(each for each in errors if isinstance(each, Refusal))
    return [each.get() for each in done]


def cores() -> int:
    """How many processes may run at once here."""
    return len(os.sched_getaffinity(0))


def _inline(work: Callable[[str], Result], shard: str) -> Done[Result]:
    try:
        return Done(shard, work(shard))
    except Exception as error:
        return Done(shard, None, error)


def _outcome(shard: str, future: Future[Result]) -> Done[Result]:
    try:
        return Done(shard, future.result())
    except Exception as error:
        return Done(shard, None, error)


def _pool(processes: int) -> ProcessPoolExecutor:
    """Processes for one command; one that has threads is not forked, for locks might stay held."""
    method = "fork" if _threads() == 1 else "forkserver"
    context = multiprocessing.get_context(method)
    mine = (os.getpid(),) if method == "fork" else (0,)
    return ProcessPoolExecutor(processes, context, initializer=_end_with, initargs=mine)


def _threads() -> int:
    """Threads of this process, also those of libraries (typst has some) where the system tells."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def _end_with(parent: int) -> None:
    """A worker whose command was killed ends too, where the system can see to it (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)
    gc.freeze()  # what was inherited is no garbage: to search it would copy every page of it


def _dask() -> Callable[[str], Any]:
    try:
        from distributed import Client
    except ImportError:
        raise Refusal("--scheduler needs Dask: pip install 'ovop-payouts[scale]'") from None
    return Client
