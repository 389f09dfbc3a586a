"""Each call of a command fails once: the books are as before or as after, and a person is told why.

A full disk, a broken one, one that may not be written: at any call that the command makes on files.
`make soak` tries every call with every error; the suite takes a sample. docs/safety.md has the
figures.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from durable.scenario import STEPS, Scenario, unbroken
from durable.test_killed import calls_of, landed, must_be_finished
from durable.trouble import Trouble, contents, run

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
SAMPLE = 40


@pytest.fixture(scope="module")
def scenario(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return unbroken(base, tmp_path_factory.mktemp("failing"))


def must_fail_well(scenario: Scenario, name: str, trouble: Trouble) -> None:
    ended = run(scenario.books, scenario.sandbox, scenario.begin(name), trouble)
    before, after = (landed(s) for s in (scenario.before(name), scenario.after(name)))
    now = landed(contents(scenario.sandbox))
    where = f"{name}: {trouble}: {ended.said}"
    assert ended.code in (0, 1), where
    if ended.code == 0:
        assert now == after, where
    else:
        assert _one_line(ended.said), where
        if name != "draft":  # whose changes land one by one, each of them whole
            assert now in (before, after), where
    must_be_finished(scenario, name)


def _one_line(said: str) -> bool:
    """What was refused is said in one line that a person can read; with it may stand warnings."""
    lines = [text for text in said.splitlines() if text.startswith(("refused: ", "Error: "))]
    return len(lines) == 1 and "Traceback" not in said


def some(scenario: Scenario) -> Iterator[tuple[str, Trouble]]:
    random = Random(5)
    found = [(name, at) for name in STEPS for at, _ in enumerate(calls_of(scenario, name), 1)]
    for name, at in found[random.randrange(len(found) // SAMPLE) :: len(found) // SAMPLE]:
        yield name, Trouble(at, random.choice(ERRORS))


def test_a_call_that_fails_leaves_old_or_new(scenario: Scenario) -> None:
    for name, trouble in some(scenario):
        must_fail_well(scenario, name, trouble)


@pytest.mark.soak
@pytest.mark.parametrize("name", STEPS)
def test_every_call_fails_with_every_error(scenario: Scenario, name: str) -> None:
    calls = len(calls_of(scenario, name))
    for at in range(1, calls + 1):
        for error in ERRORS:
            must_fail_well(scenario, name, Trouble(at, error))
    print(f"{name}: {calls * len(ERRORS)} calls failed")
