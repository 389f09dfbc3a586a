"""What every test shares: the same settings everywhere, and no test that quietly does not run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
REALDATA = ROOT.parent / "shared" / "realdata"

# The same bytes on every machine: no load cache of Beancount's, no settings of whoever runs it.
os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
os.environ["TZ"] = "Asia/Bishkek"
time.tzset()
for name in [key for key in os.environ if key.startswith("OVOP_")]:
    del os.environ[name]

# Examples are the same in each run, and a busy machine is no failure.
settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The published test data beside the project; without it tests fail rather than skip."""
    assert REALDATA.is_dir(), f"test data is missing: {REALDATA}"
    return REALDATA


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What `ovop demo` made, once for all workers; its output is in `demo.txt` beside it.

    Only read it: a test that changes books copies them first.
    """
    from ovop_payouts.cli import main

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, said = shared / "demo-once", shared / "demo.txt"
    with FileLock(shared / "demo.lock"):
        if not said.exists():
            result = CliRunner().invoke(main, ["demo", str(folder)], catch_exceptions=False)
            assert result.exit_code == 0, result.output
            said.write_text(result.output, encoding="utf-8")
    return folder


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test proves nothing: a run that skipped any has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
