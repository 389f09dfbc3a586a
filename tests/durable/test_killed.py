"""A process killed at any of its calls leaves the books whole, and its job can be finished.

`make soak` kills each command at every call that it makes on files: before it, after it, and with
half of a write done. The suite takes a sample. docs/safety.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from durable.scenario import DAY, STEPS, Scenario, unbroken
from durable.trouble import Ended, Trouble, contents, run

SAMPLE = 60
WAYS = ("before", "after", "half")


@pytest.fixture(scope="module")
def scenario(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return unbroken(base, tmp_path_factory.mktemp("killed"))


def calls_of(scenario: Scenario, name: str) -> list[str]:
    """The calls that a command makes on files of the sandbox, undisturbed."""
    ended = run(scenario.books, scenario.sandbox, scenario.begin(name))
    assert ended.code == 0, ended.said
    return ended.calls


def points(scenario: Scenario, name: str) -> list[Trouble]:
    """Every way in which a command may die; reading alone is one way, for nothing is half read."""
    found = []
    for at, call in enumerate(calls_of(scenario, name), 1):
        kind = call.split(" ")[0]
        if kind in ("io.open", "scandir", "listdir", "close"):
            found.append(Trouble(at, "before"))
        else:
            found += [Trouble(at, way) for way in WAYS if way != "half" or "write" in kind]
    return found


def must_be_finished(scenario: Scenario, name: str) -> None:
    """The books are sound now; the same command again gives what an unbroken one gives."""
    sound = run(scenario.books, scenario.sandbox, ("anna", DAY, "check"))
    assert sound.code == 0, sound.said
    again = run(scenario.books, scenario.sandbox, STEPS[name])
    assert again.code == 0 or _done_already(again), again.said
    assert contents(scenario.sandbox) == scenario.after(name)


def _done_already(ended: Ended) -> bool:
    return ended.code == 1 and " already" in ended.said


def landed(found: dict[str, bytes]) -> set[str]:
    return {name for name in found if "/changes/" in name}


def must_survive(scenario: Scenario, name: str, trouble: Trouble) -> bool:
    """Whether the command was killed at all: caches may have spared it some calls."""
    ended = run(scenario.books, scenario.sandbox, scenario.begin(name), trouble)
    assert ended.killed or ended.code == 0, ended.said
    now = landed(contents(scenario.sandbox))
    whole = [landed(state) for state in (scenario.before(name), scenario.after(name))]
    if name != "draft":  # whose changes land one by one, each of them whole
        assert now in whole
    must_be_finished(scenario, name)
    return ended.killed


def some(scenario: Scenario) -> Iterator[tuple[str, Trouble]]:
    """A sample, spread evenly over all commands and all their calls."""
    found = [(name, trouble) for name in STEPS for trouble in points(scenario, name)]
    start = Random(4).randrange(len(found) // SAMPLE)
    yield from found[start :: len(found) // SAMPLE][:SAMPLE]


def test_killed_anywhere_nothing_is_lost_or_doubled(scenario: Scenario) -> None:
    died = 0
    for name, trouble in some(scenario):
        died += must_survive(scenario, name, trouble)
    assert died >= SAMPLE * 0.9


@pytest.mark.soak
@pytest.mark.parametrize("name", STEPS)
def test_killed_at_every_call(scenario: Scenario, name: str) -> None:
    found = points(scenario, name)
    died = sum(must_survive(scenario, name, trouble) for trouble in found)
    print(f"{name}: killed {died} times of {len(found)}")
    assert died >= len(found) * 0.9
