"""A backup holds all of the books, is proved when it is restored, and takes nothing else in."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from multiprocessing import Process
from pathlib import Path
from random import Random

import pytest
from worked.books import Books, delivery, invoke

from durable.trouble import contents
from ovop_payouts.backup import backup, restore
from ovop_payouts.refusal import Refusal


@pytest.fixture
def saved(books: Books, tmp_path: Path) -> Path:
    books.take("deliveries", [delivery("D-1", "felt-1", 10, "M0501")])
    books.pay()
    (books.folder / "changes" / ".left.4711").mkdir()
    target = tmp_path / "saved.tar.gz"
    said = books.done("anna", "backup", str(target))
    assert f"{target}: " in said
    return target


def test_what_is_restored_is_what_was_saved_and_can_be_worked_with(
    books: Books, saved: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    folder = tmp_path / "restored" / "books"
    result = invoke(folder, "anna", books.today, "restore", str(saved), str(folder))
    assert result.exit_code == 0, result.output
    assert contents(folder.parent) == contents(books.folder.parent)
    for path in (folder / "private").rglob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Books(folder, books.today)
    assert again.show() == books.show()
    again.take("deliveries", [delivery("D-2", "felt-1", 1, "M0501")])


def test_the_same_books_give_the_same_bytes(books: Books, saved: Path, tmp_path: Path) -> None:
    books.done("anna", "backup", str(tmp_path / "other.tar.gz"))
    assert _unzipped(tmp_path / "other.tar.gz") == _unzipped(saved)


def _unzipped(path: Path) -> bytes:
    import gzip

    return gzip.decompress(path.read_bytes())


def test_who_may_not_back_up_is_refused(books: Books, tmp_path: Path) -> None:
    said = books.not_done("talgat", "backup", str(tmp_path / "mine.tar.gz"))
    assert "may not backup" in said
    assert not (tmp_path / "mine.tar.gz").exists()


def test_nothing_is_overwritten(books: Books, saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    assert "is there already" in books.not_done("anna", "backup", str(saved))
    assert saved.read_bytes() == before
    with pytest.raises(Refusal, match="is not empty"):
        restore(saved, books.folder)


def rewritten(source: Path, target: Path, change: Callable[[tarfile.TarFile], None]) -> Path:
    """The same backup, with what `change` adds."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
        change(new)
    return target


def _member(name: str, **more: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    return info


TRICKS = {
    "upwards": _member("../outside.txt"),
    "absolute": _member("/tmp/outside.txt"),
    "a link": _member("changes/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a hard link": _member("main.beancount", type=tarfile.LNKTYPE, linkname="ovop.toml"),
    "a device": _member("changes/null", type=tarfile.CHRTYPE),
    "one more": _member("changes/more/common.2026.beancount"),
    "a folder": _member("changes/new", type=tarfile.DIRTYPE),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_no_backup_holds_is_not_taken_in(saved: Path, tmp_path: Path, trick: str) -> None:
    bad = rewritten(saved, tmp_path / "bad.tar.gz", lambda tar: tar.addfile(TRICKS[trick]))
    with pytest.raises(Refusal, match="is no file of its books"):
        restore(bad, tmp_path / "new" / "books")
    assert not (tmp_path / "new" / "books").exists()
    assert not (tmp_path / "outside.txt").exists()
    assert list((tmp_path / "new").iterdir()) == []


def test_a_manifest_that_names_a_way_out_is_refused(saved: Path, tmp_path: Path) -> None:
    text = b'{"format":1,"files":{"../out":["' + b"0" * 64 + b'",0]}}'
    bad = tmp_path / "bad.tar.gz"
    with tarfile.open(bad, "w:gz") as tar:
        tar.addfile(_member("MANIFEST.json", size=len(text)), io.BytesIO(text))
        tar.addfile(_member("../out"))
    with pytest.raises(Refusal, match="is no file of its books"):
        restore(bad, tmp_path / "new")
    assert not (tmp_path / "out").exists()


def test_a_damaged_backup_is_refused_wherever_it_is_damaged(saved: Path, tmp_path: Path) -> None:
    whole, random = saved.read_bytes(), Random(1)
    bad = tmp_path / "bad.tar.gz"
    for _ in range(30):
        at = random.randrange(12, len(whole))
        cut = random.random() < 0.3
        bad.write_bytes(
            whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        )
        with pytest.raises(Refusal):
            restore(bad, tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_altered_books_are_not_restored_as_sound(books: Books, tmp_path: Path) -> None:
    path = next((books.folder / "changes").glob("*-import-*/common.*"))
    path.write_bytes(path.read_bytes().replace(b"felt-1", b"felt-2", 1))
    backup(books.folder, tmp_path / "saved.tar.gz")
    with pytest.raises(Refusal, match=r"do not pass:\n  changes/\S+: was altered"):
        restore(tmp_path / "saved.tar.gz", tmp_path / "new")


def _work(folder: Path, number: int) -> None:
    books = Books(folder, "2026-04-05", [])
    for each in range(6):
        row = delivery(f"W{number}-{each}", "felt-1", 1, "M0345")
        path = folder.parent / f"w{number}-{each}.xlsx"
        from worked.books import write_sheets

        write_sheets(path, {"deliveries": [row]})
        books.done("anna", "import", str(path))
    os._exit(0)


def test_a_backup_taken_while_others_work_is_whole(books: Books, tmp_path: Path) -> None:
    workers = [Process(target=_work, args=(books.folder, number)) for number in range(2)]
    for worker in workers:
        worker.start()
    taken = [tmp_path / f"{number}.tar.gz" for number in range(4)]
    for target in taken:
        backup(books.folder, target)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    for target in taken:
        restore(target, tmp_path / "new")
        shutil.rmtree(tmp_path / "new")
