"""Work over shards: in order, errors named, dead workers replaced; here and on a Dask cluster."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from ovop_payouts.refusal import Refusal
from ovop_payouts.spread import TRIES, WorkerDied, spread

SHARDS = ["batken", "chuy", "naryn", "osh", "talas"]


def shout(shard: str) -> str:
    return shard.upper()


def refuse_one(refused: str, shard: str) -> str:
    if shard == refused:
        raise Refusal(f"{shard} is not ready")
    return shout(shard)


def die_once(folder: Path, unlucky: str, shard: str) -> str:
    """Killed like a process that the machine's memory was too small for, the first time."""
    mark = folder / shard
    if shard == unlucky and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return shout(shard)


def die_always(unlucky: str, shard: str) -> str:
    if shard == unlucky:
        os.kill(os.getpid(), signal.SIGKILL)
    return shout(shard)


def test_results_come_in_the_order_of_the_shards() -> None:
    assert [(d.shard, d.get()) for d in spread(shout, SHARDS)] == [
        (shard, shard.upper()) for shard in SHARDS
    ]


def test_a_cluster_gets_several_shards_at_a_time(cluster: str) -> None:
    many = [f"d{number}" for number in range(50)]
    found = list(spread(partial(refuse_one, "d7"), many, cluster))
    assert [done.shard for done in found] == many
    assert [done.shard for done in found if done.error] == ["d7"]
    assert [done.get() for done in found if not done.error] == [
        shard.upper() for shard in many if shard != "d7"
    ]


def test_one_shard_needs_no_other_process() -> None:
    (done,) = spread(lambda _: str(os.getpid()), ["osh"])
    assert done.get() == str(os.getpid())


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_a_refusal_is_its_shards_alone(where: str, cluster: str) -> None:
    scheduler = cluster if where == "cluster" else None
    found = list(spread(partial(refuse_one, "naryn"), SHARDS, scheduler))
    assert [d.shard for d in found if d.error] == ["naryn"]
    with pytest.raises(Refusal, match="naryn is not ready"):
        found[2].get()
    assert [d.get() for d in found if not d.error] == ["BATKEN", "CHUY", "OSH", "TALAS"]


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_a_shard_whose_worker_is_killed_is_done_again(
    where: str, cluster: str, tmp_path: Path
) -> None:
    scheduler = cluster if where == "cluster" else None
    found = list(spread(partial(die_once, tmp_path, "osh"), SHARDS, scheduler))
    assert [d.get() for d in found] == [shard.upper() for shard in SHARDS]
    assert (tmp_path / "osh").exists()


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_a_shard_that_kills_every_worker_is_named(where: str, cluster: str) -> None:
    many = [f"d{number}" for number in range(40)] if where == "cluster" else SHARDS
    scheduler = cluster if where == "cluster" else None
    found = {d.shard: d for d in spread(partial(die_always, many[0]), many, scheduler)}
    error = found[many[0]].error
    assert isinstance(error, WorkerDied)
    assert f"{many[0]}: its worker died {TRIES} times" in str(error)
    assert [d.get() for d in found.values() if not d.error] == [s.upper() for s in many[1:]]
