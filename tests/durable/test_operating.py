"""Many at work, disks that may only be read, full ones, renames that lie: what a person is told."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
from pathlib import Path
from random import Random

import pytest
from worked.books import Books, delivery

from durable.scenario import DAY, RUN, STEPS, Scenario, unbroken
from durable.test_years import Twins, live_a_month
from durable.trouble import CLEAN, Trouble, contents, run
from ledger import changes
from ovop_payouts import writing
from ovop_payouts.proving import prove


def test_who_waits_is_told_who_holds_the_books(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE", 0)
    path = books.workbook(deliveries=[delivery("D-1", "felt-1", 1, "M0345")])
    with writing.writing(books.folder):
        said = books.not_done("anna", "import", str(path))
    assert f"another command is changing these books (process {os.getpid()} on " in said
    assert "try again when it is done" in said
    books.done("anna", "import", str(path))


def test_a_lock_ends_with_its_process_however_it_ended(base: Path, tmp_path: Path) -> None:
    scenario = unbroken(base, tmp_path, until="draft")
    held = next(
        at
        for at, call in enumerate(run(scenario.books, scenario.sandbox, STEPS["draft"]).calls, 1)
        if call.startswith("ftruncate")
    )
    shutil.rmtree(scenario.books)
    shutil.copytree(scenario.states[0] / "books", scenario.books)
    run(scenario.books, scenario.sandbox, STEPS["import"])
    assert run(scenario.books, scenario.sandbox, STEPS["draft"], Trouble(held, "after")).killed
    assert run(scenario.books, scenario.sandbox, STEPS["draft"]).code == 0


@pytest.fixture(scope="module")
def scenario(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return unbroken(base, tmp_path_factory.mktemp("operating"))


READING = (
    ("anna", DAY, "payout", "show", RUN),
    ("anna", DAY, "members"),
    ("anna", DAY, "check"),
    ("anna", DAY, "verify"),
    ("anna", DAY, "log"),
)


@pytest.mark.parametrize("step", READING, ids=lambda step: step[2])
def test_who_reads_needs_no_disk_to_write_on(scenario: Scenario, step: tuple[str, ...]) -> None:
    scenario.begin("close")
    shutil.rmtree(scenario.books / ".cache")
    ended = run(scenario.books, scenario.sandbox, step, Trouble(0, errno.EROFS))
    assert ended.code == 0, ended.said
    assert not (scenario.books / ".cache").exists()


@pytest.mark.parametrize("name", ["import", "draft", "approve", "export", "close"])
def test_who_writes_is_told_that_the_disk_may_only_be_read(scenario: Scenario, name: str) -> None:
    step = scenario.begin(name)
    ended = run(scenario.books, scenario.sandbox, step, Trouble(0, errno.EROFS))
    assert ended.code == 1
    assert "Read-only file system" in ended.said
    assert contents(scenario.sandbox) == scenario.before(name)


def test_a_disk_that_is_full_for_a_while(books: Books, tmp_path: Path) -> None:
    """No file may grow beyond 2,000 bytes: a real write fails half way, in the real system."""
    rows = [delivery(f"D-{n}", "felt-1", 1, "M0345") for n in range(20)]
    path = books.workbook(deliveries=rows)
    before = contents(books.folder.parent)
    child = CLEAN.Process(target=_on_a_small_disk, args=(books, path))
    child.start()
    child.join()
    assert child.exitcode == 0
    after = contents(books.folder.parent)
    assert {k: v for k, v in after.items() if "/archive/" not in k} == {
        k: v for k, v in before.items() if "/archive/" not in k
    }
    books.done("anna", "import", str(path))


def _on_a_small_disk(books: Books, path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    result = books.ovop("anna", "import", str(path))
    assert result.exit_code == 1
    assert "File too large" in result.output


TEXT = {"common.2026.beancount": '2026-03-01 custom "note" "one"\n'}


def test_a_rename_that_was_done_though_it_failed_counts_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network disk may answer a repeated question with an error though the first was heard."""
    (tmp_path / "changes").mkdir()
    real = os.rename

    def done_but_failed(source: Path, target: Path) -> None:
        real(source, target)
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(target))

    monkeypatch.setattr(os, "rename", done_but_failed)
    changes.land(tmp_path, "one", TEXT)
    assert (tmp_path / "changes" / "one" / "common.2026.beancount").exists()


def test_a_rename_that_failed_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "changes").mkdir()

    def fail(source: Path, target: Path) -> None:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(target))

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="Stale file handle"):
        changes.land(tmp_path, "one", TEXT)
    assert list((tmp_path / "changes").iterdir()) == []


# --- the year close dies ------------------------------------------------------------------------


def test_a_year_close_that_is_killed_anywhere_can_be_finished(base: Path, tmp_path: Path) -> None:
    sandbox, kept = tmp_path / "sandbox", tmp_path / "before"
    folders = [Path(shutil.copytree(base, tmp_path / n / "books")) for n in ("sandbox", "other")]
    twins = Twins(*(Books(folder, "2026-02-01") for folder in folders))
    live_a_month(twins, "2026-12", Random(3))
    twins.at("2027-01-12")
    twins.both("anna", "close", "2026-12")
    shutil.copytree(sandbox, kept)
    step = ("anna", "2027-01-12", "close-year", "2026")
    whole = run(sandbox / "books", sandbox, step)
    assert whole.code == 0, whole.said
    wanted = contents(sandbox)
    moments = [at for at, call in enumerate(whole.calls, 1) if call.split()[0] not in _READS]
    for at in moments[:: max(1, len(moments) // 6)]:
        shutil.rmtree(sandbox)
        shutil.copytree(kept, sandbox)
        assert run(sandbox / "books", sandbox, step, Trouble(at, "before")).killed
        sound = run(sandbox / "books", sandbox, ("anna", "2027-01-12", "check"))
        assert sound.code == 0, sound.said
        again = run(sandbox / "books", sandbox, step)
        assert again.code == 0 or "2026 is closed" in again.said, again.said
        assert contents(sandbox) == wanted
    assert prove(sandbox / "books") == []


_READS = ("io.open", "scandir", "listdir", "close")
