"""Backup and restore: one file with all of the books, private and archived files too.

    MANIFEST.json              SHA-256 and size of every file, in the order of their names
    changes/…  years/…         every landed change
    archive/…  private/…       the originals, payment details, password hashes
    main.beancount …           the books themselves, settings and layouts

A backup is taken while others work: changes never change once they landed, so it is enough that
none lands while the list of files is made. Each file is hashed as it is read; on restore every hash
is held against the manifest, and the books must pass `verify` and `check` before they are put in
place. The file is as private as what is in it (mode 0600).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from ledger.books import ARCHIVE, LAYOUTS, PRIVATE, SETTINGS, is_books
from ledger.changes import CHANGES, YEARS, sync_folder, write_durably
from ledger.log import HEADS
from ovop_payouts.proving import prove
from ovop_payouts.refusal import Refusal
from ovop_payouts.verifying import verify_books
from ovop_payouts.writing import writing

MANIFEST = "MANIFEST.json"
FORMAT = 1
_MOST = 1 << 28
"""Bytes of a manifest; a million files need a third of it."""
_FOLDERS = (CHANGES, YEARS, "associations", LAYOUTS, ARCHIVE, PRIVATE)
_PRIVATE = frozenset((ARCHIVE, PRIVATE))
_PIECE = 1 << 20
_FOR_EVER = (f"{CHANGES}/", f"{YEARS}/", f"{ARCHIVE}/")
"""What never changes once it is there."""


class Manifest(msgspec.Struct):
    """What a backup holds: path -> (SHA-256, bytes)."""

    format: int
    files: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """How many files and bytes a backup holds."""

    files: int
    size: int


def backup(books: Path, target: Path) -> Told:
    """Write a backup of books into a new file. Raises Refusal, OSError.

    Nothing can land while the files are listed and those that may change are read; the others
    never change, and are read while others work again.
    """
    if target.exists():
        raise Refusal(f"{target} is there already; name a new file")
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with writing(books):
            paths = list(_files(books))
            may_change = {n: (books / n).read_bytes() for n in paths if not n.startswith(_FOR_EVER)}
        told = _write(books, paths, may_change, aside)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(target.absolute().parent)
    return told


def _write(books: Path, paths: list[str], may_change: dict[str, bytes], aside: Path) -> Told:
    def content(name: str) -> bytes:
        return may_change[name] if name in may_change else (books / name).read_bytes()

    hashes = {name: _hashed(content(name)) for name in paths}
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with (
            gzip.GzipFile("", "wb", 6, file, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            _add(tar, MANIFEST, msgspec.json.encode(Manifest(FORMAT, hashes), order="sorted"))
            for name in paths:
                _add(tar, name, content(name))
        file.flush()
        os.fsync(file.fileno())
    return Told(len(paths), sum(size for _, size in hashes.values()))


def _files(books: Path) -> Iterator[str]:
    """Every file of the books by its path, in order; what is hidden is left over, or a cache."""
    loose = sorted(p.name for p in books.iterdir() if p.is_file())
    for name in loose:
        if name.endswith(".beancount") or name in (SETTINGS, HEADS, ".gitignore"):
            yield name
    for folder in _FOLDERS:
        for path in sorted(_below(books / folder)):
            inside = path.relative_to(books)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and not path.is_symlink() and not hidden and path.suffix != ".lock":
                yield inside.as_posix()


def _below(folder: Path) -> Iterator[Path]:
    """All that lies in a folder; what cannot be read is an error, and no backup."""

    def fail(error: OSError) -> None:
        if error.filename != str(folder) or folder.exists():
            raise error

    for where, _, names in os.walk(folder, onerror=fail):
        for name in names:
            yield Path(where, name)


def _hashed(content: bytes) -> tuple[str, int]:
    return hashlib.sha256(content).hexdigest(), len(content)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """The same content gives the same bytes: no owner, no time."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o600 if name.split("/")[0] in _PRIVATE else 0o644
    tar.addfile(info, io.BytesIO(content))


# --- restore -----------------------------------------------------------------------------------


def restore(source: Path, folder: Path) -> Told:
    """Put the books of a backup in a new folder, once they are proved.

    Raises Refusal where the backup is damaged, holds what no backup holds, or its books do not
    pass; then the folder is not there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(f"{folder} is not empty; name a new folder")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    aside = folder.absolute().with_name(f".{folder.absolute().name}.{os.getpid()}")
    try:
        told = _unpack(source, aside)
        _must_be_sound(aside)
        if folder.exists():
            folder.rmdir()
        os.rename(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(folder.absolute().parent)
    return told


DAMAGED = (tarfile.TarError, EOFError, OSError, UnicodeError, zlib.error, msgspec.MsgspecError)
"""What reading a damaged backup may raise."""


def _unpack(source: Path, aside: Path) -> Told:
    try:
        with gzip.open(source) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            manifest = _manifest(tar)
            found = {MANIFEST}
            aside.mkdir(mode=0o700)
            for info in tar:
                _unpack_one(tar, info, manifest, found, aside)
            while packed.read(_PIECE):  # to its end, where its own checksum stands
                pass
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Refusal(f"{source.name} is damaged, or no backup: {error}") from None
    missing = sorted(manifest.files.keys() - found)
    if missing:
        raise Refusal(f"{source.name} is damaged: {missing[0]} is missing")
    os.chmod(aside, 0o755)
    return Told(len(manifest.files), sum(size for _, size in manifest.files.values()))


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or not first.isreg():
        raise tarfile.ReadError("it does not begin with its manifest")
    file = tar.extractfile(first)
    assert file is not None
    if first.size > _MOST:
        raise tarfile.ReadError("its manifest is too large")
    manifest = msgspec.json.decode(file.read(), type=Manifest)
    if manifest.format != FORMAT:
        raise Refusal(f"this backup has format {manifest.format}; this program knows {FORMAT}")
    return manifest


def _unpack_one(
    tar: tarfile.TarFile, info: tarfile.TarInfo, manifest: Manifest, found: set[str], aside: Path
) -> None:
    """One file, if the manifest knows it, it lies inside, and is as it was."""
    if info.name == MANIFEST and info.offset == 0:
        return
    wanted = manifest.files.get(info.name)
    if wanted is None or info.name in found or not info.isreg() or not _is_inside(info.name):
        raise Refusal(f"the backup holds {info.name!r}, which is no file of its books")
    sha256, size = wanted
    file = tar.extractfile(info)
    assert file is not None
    content = file.read(size + 1)
    if info.size != size or hashlib.sha256(content).hexdigest() != sha256:
        raise Refusal(f"the backup is damaged: {info.name} is not what it was")
    private = info.name.split("/")[0] in _PRIVATE
    path = aside / info.name
    path.parent.mkdir(mode=0o700 if private else 0o755, parents=True, exist_ok=True)
    write_durably(path, content, 0o600 if private else 0o644)
    found.add(info.name)


def _is_inside(name: str) -> bool:
    """Plain names below the folder: nothing absolute, no way up, nothing hidden but .gitignore."""
    parts = PurePosixPath(name).parts
    plain = all(not p.startswith(".") and "\\" not in p and "\0" not in p for p in parts)
    return name == ".gitignore" or (bool(parts) and not name.startswith("/") and plain)


def _must_be_sound(folder: Path) -> None:
    if not is_books(folder):
        raise Refusal("the backup holds no books")
    problems = [*verify_books(folder), *prove(folder)]
    if problems:
        raise Refusal("the books of the backup do not pass:\n  " + "\n  ".join(problems[:10]))
