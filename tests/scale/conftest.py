"""Books of the worked examples, and a small Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from distributed import LocalCluster
from worked.conftest import base, books

__all__ = ["base", "books"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Address of a scheduler with two workers on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as running:
        yield running.scheduler_address
