"""Thousands of small changes are read by few calls, and what was altered all the same is seen."""

from __future__ import annotations

import os
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from ledger import listing
from ledger.changes import land
from ledger.directives import Directive, Entry, Fact, Leg
from ledger.store import CACHE, LandedFile, View, landed, landed_in
from ledger.text import write

CHANGES = 100
FEW = View("few1", lambda directives: directives[:1])


def seals_in(directives: list[Directive]) -> list[Directive]:
    return [each for each in directives if isinstance(each, Fact) and each.type == "seal"]


SEALS = View("seals0", seals_in, of_facts=True)


def text(number: int) -> str:
    return "".join(f'2026-03-01 custom "note" "{number} {line}"\n' for line in range(3))


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Books of which everything is packed: what landed this very moment is otherwise left alone."""
    monkeypatch.setattr(listing, "SETTLED", -(10**12))
    (tmp_path / "changes").mkdir()
    for number in range(CHANGES):
        scopes = ("common", "naryn") if number % 10 else ("common",)
        folder = tmp_path / "changes" / f"change-{number:03d}"
        folder.mkdir()
        for scope in scopes:
            (folder / f"{scope}.2026.beancount").write_text(text(number))
    for _ in range(2):
        list(landed(tmp_path))
    return tmp_path


def anew(books: Path, **more: frozenset[str] | View) -> list[LandedFile]:
    """What is read without a cache."""
    copied = books.with_name("copy")
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(books / "changes", copied / "changes")
    return list(landed(copied, **more))  # type: ignore[arg-type]


def kept(books: Path) -> list[str]:
    return sorted(path.name for path in (books / CACHE / "packs" / "changes").iterdir())


def altered(path: Path, content: str) -> None:
    path.write_text(content)
    os.utime(path, ns=(1, 1))  # however quick the machine, and however coarse its clock


def test_what_is_packed_needs_no_file_of_its_own(books: Path) -> None:
    assert kept(books) == ["common.1", "listing.1", "naryn.1"]
    for folder in (books / CACHE).iterdir():
        if folder.name != "packs":
            shutil.rmtree(folder)
    assert list(landed(books)) == anew(books)
    assert [path.name for path in (books / CACHE).iterdir()] == ["packs"], "nothing was read anew"


def test_a_view_and_a_scope_have_packs_of_their_own(books: Path) -> None:
    for _ in range(2):
        short = list(landed(books, frozenset(("naryn",)), FEW))
        assert short == anew(books, scopes=frozenset(("naryn",)), view=FEW)
    assert {len(file.directives) for file in short} == {1}
    assert kept(books) == ["common.1", "listing.1", "naryn.1", "naryn.few11"]


@pytest.mark.parametrize("damage", [None, b"", b"\x91\xc0", b"\x81\xa1x\x91"])
def test_a_view_of_facts_is_the_same_without_decoding_entries(
    books: Path, damage: bytes | None
) -> None:
    """Made of what is kept of the whole; where that is damaged, and without it, of the text."""
    day = date(2026, 3, 31)
    legs = (Leg("Assets:A", Decimal(1), "KGS"), Leg("Assets:B", Decimal(-1), "KGS"))
    seal = Fact(day, "seal", ("naryn",), {"custom": "seal"})
    mixed: list[Directive] = [
        Entry(day, "custom", "", "seal", legs),
        seal,
        Fact(day, "note", ("seal",)),
    ]
    land(books, "mixed", {"naryn.2026.beancount": write(mixed)})
    assert [f.directives for f in landed(books, changes=["mixed"])] == [mixed]
    if damage is not None:
        for kept_whole in (books / CACHE).glob("??/*.1"):
            kept_whole.write_bytes(damage)
    found = list(landed(books, view=SEALS))
    assert [d for file in found for d in file.directives] == [seal]
    assert found == anew(books, view=SEALS)


def test_who_reads_a_part_spares_the_next_that_part(books: Path) -> None:
    """A shard reads its own files and common data; what it learnt must not be lost for the next."""
    shutil.rmtree(books / CACHE)
    one = frozenset(("naryn",))
    assert list(landed(books, one)) == anew(books, scopes=one)
    listed = msgspec.msgpack.decode((books / CACHE / "packs/changes/listing.1").read_bytes())
    assert len(listed) == CHANGES, "also those that have nothing of it"
    (common, naryn) = listed["change-001"][1]
    assert common == "common.2026.beancount", "is there, and was not read"
    assert (naryn[0], len(naryn[2])) == ("naryn.2026.beancount", 64)
    assert list(landed(books)) == anew(books)
    listed = msgspec.msgpack.decode((books / CACHE / "packs/changes/listing.1").read_bytes())
    assert all(len(file) == 3 for _, files in listed.values() for file in files), "all are known"


def test_what_landed_since_is_read_too(books: Path) -> None:
    land(books, "another", {"common.2027.beancount": text(7)})
    assert [file.year for file in landed(books) if file.change == "another"] == [2027]
    assert list(landed(books)) == anew(books)


def test_an_altered_file_is_read_as_it_is(books: Path) -> None:
    altered(books / "changes" / "change-007" / "naryn.2026.beancount", text(8))
    found = list(landed(books))
    assert found == anew(books)
    said = {(f.change, f.scope): f.directives for f in found}
    assert said["change-007", "naryn"] == said["change-008", "naryn"]
    assert said["change-007", "naryn"] != said["change-007", "common"]


def test_who_proves_the_books_reads_every_byte(books: Path) -> None:
    """Even where somebody altered a file and wrote into the listing that nobody did."""
    path = books / "changes" / "change-007" / "naryn.2026.beancount"
    honest = {(f.change, f.scope): f.sha256 for f in landed(books)}["change-007", "naryn"]
    altered(path, text(8))
    known = books / CACHE / "packs" / "changes" / "listing.1"
    listed = msgspec.msgpack.decode(known.read_bytes())
    (entry,) = (e for e in listed["change-007"][1] if e[0] == path.name)
    now = path.stat()
    entry[1] = [now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino]
    known.write_bytes(msgspec.msgpack.encode(listed))
    found = {(f.change, f.scope): f.sha256 for f in landed(books)}["change-007", "naryn"]
    proved = landed_in(books, books / "changes", every_byte=True)
    assert found == honest
    assert {(f.change, f.scope): f.sha256 for f in proved}["change-007", "naryn"] != honest


def test_a_file_added_or_gone_is_seen(books: Path) -> None:
    (books / "changes" / "change-010" / "osh.2026.beancount").write_text(text(1))
    (books / "changes" / "change-011" / "naryn.2026.beancount").unlink()
    shutil.rmtree(books / "changes" / "change-012")
    for number in (10, 11):
        os.utime(books / "changes" / f"change-{number:03d}", ns=(1, 1))
    assert list(landed(books)) == anew(books)


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x81\xa1x\x91\x92"])
def test_damaged_packs_are_made_anew(books: Path, damage: bytes) -> None:
    for path in (books / CACHE / "packs" / "changes").iterdir():
        path.write_bytes(damage)
    assert list(landed(books)) == anew(books)


def test_a_folder_that_cannot_be_looked_at_ends_the_reading(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never is a change passed over: its money would be lost."""
    stat = os.stat

    def broken(path: str, *args: object, **more: object) -> os.stat_result:
        if str(path).endswith("naryn.2026.beancount"):
            raise PermissionError(13, "Permission denied", path)
        return stat(path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", broken)
    with pytest.raises(PermissionError):
        list(landed(books))
