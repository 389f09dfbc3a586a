"""One change, one folder: wholly there or not at all, and once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ledger.changes import AlreadyLanded, keep, land
from ledger.store import CACHE, landed

TEXT = '2026-03-01 custom "note" "one"\n'


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "changes").mkdir()
    return tmp_path


def names(books: Path) -> list[str]:
    return sorted(path.name for path in (books / "changes").iterdir())


def test_a_change_lands_once(books: Path) -> None:
    land(books, "one", {"common.2026.beancount": TEXT})
    with pytest.raises(AlreadyLanded):
        land(books, "one", {"common.2026.beancount": "other"})
    assert (books / "changes" / "one" / "common.2026.beancount").read_text() == TEXT
    assert names(books) == ["one"]


def test_leftovers_of_a_killed_process_do_no_harm(books: Path) -> None:
    left = books / "changes" / ".one.4711"
    left.mkdir()
    (left / "common.2026.beancount").write_text("half a di")
    land(books, "one", {"common.2026.beancount": TEXT})
    assert [file.change for file in landed(books)] == ["one"]


@pytest.mark.parametrize("call", ["os.fsync", "os.rename", "os.mkdir", "os.open"])
def test_killed_in_the_middle_it_is_not_there(books: Path, call: str) -> None:
    """The process dies at its first call of each kind; then the same change lands whole."""
    script = f"""
    import os, signal
    from pathlib import Path
    from ledger import changes
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)
    {call} = die
    changes.land(Path({str(books)!r}), "one", {{"common.2026.beancount": {TEXT!r}}})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [file.change for file in landed(books)] == []
    land(books, "one", {"common.2026.beancount": TEXT})
    assert [file.change for file in landed(books)] == ["one"]


def test_a_full_disk_leaves_the_old_state(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        land(books, "one", {"common.2026.beancount": TEXT})
    assert names(books) == []


def test_private_bytes_are_kept_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    first, second = keep(folder, b"secret", suffix=".json"), keep(folder, b"secret", suffix=".json")
    assert first == second
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_cache_may_be_deleted_or_broken(books: Path) -> None:
    land(books, "one", {"common.2026.beancount": TEXT})
    first = list(landed(books))
    cached = [path for path in (books / CACHE).rglob("*") if path.is_file()]
    assert cached
    for path in cached:
        path.write_bytes(b"\xc1 no message pack")
    assert list(landed(books)) == first
    for path in cached:
        path.unlink()
    assert list(landed(books)) == first
