"""Random co-operatives: what the commands say must be what the contract's arithmetic says."""

from __future__ import annotations

from pathlib import Path

import pytest

from .driver import differences
from .scenarios import scenario


def play(seed: int, folder: Path, months: int | None = None) -> None:
    found = differences(scenario(seed, months), folder)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", range(13))
def test_a_month_agrees(seed: int, tmp_path: Path) -> None:
    play(seed, tmp_path, months=1)


@pytest.mark.parametrize("seed", [2])
def test_two_months_agree(seed: int, tmp_path: Path) -> None:
    play(seed, tmp_path, months=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_co_operatives_agree(seed: int, tmp_path: Path) -> None:
    play(seed, tmp_path)
