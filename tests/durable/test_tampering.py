"""Whatever is altered in a sealed month or in the log is found, and the first altered thing named.

Each trial alters one thing at random: a byte, a line, a file added, removed, renamed, or two
swapped. `ovop verify` and plain Beancount, through our plugin, must both find it and name it first.
`make soak` makes 10,000 trials; docs/safety.md has what they found.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from beancount import loader

from ledger.changes import open_changes
from ledger.log import HEADS, altered
from ovop_payouts.verifying import verify_books

EXAMPLE = Path(__file__).resolve().parents[2] / "ledger" / "example"
Undo = Callable[[], None]
Trial = Callable[[Path, Random], tuple[set[str], Undo]]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("sealed") / "books"))


def files(books: Path) -> list[Path]:
    return sorted((books / "changes").glob("*/*.beancount"))


def named(path: Path) -> str:
    return f"changes/{path.parent.name}/{path.name}"


def _rewrite(path: Path, content: bytes) -> Undo:
    before = path.read_bytes()
    path.write_bytes(content)
    return lambda: path.write_bytes(before) and None


def a_byte(books: Path, random: Random) -> tuple[set[str], Undo]:
    """Any byte of any file becomes any other."""
    path = random.choice(files(books))
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= random.randrange(1, 256)
    return {named(path)}, _rewrite(path, bytes(content))


def a_line(books: Path, random: Random) -> tuple[set[str], Undo]:
    """A line is removed, or written twice."""
    path = random.choice(files(books))
    lines = path.read_bytes().splitlines(keepends=True)
    at = random.randrange(len(lines))
    lines[at : at + 1] = [lines[at], lines[at]] if random.random() < 0.3 else []
    return {named(path)}, _rewrite(path, b"".join(lines))


def the_end(books: Path, random: Random) -> tuple[set[str], Undo]:
    """A file is cut short, or something is written to its end."""
    path = random.choice(files(books))
    content = path.read_bytes()
    more = random.choice((b"\n", b" ", b"; a note\n", b"2026-03-01 open Assets:Mine\n"))
    cut = content[: random.randrange(len(content))]
    return {named(path)}, _rewrite(path, random.choice((content + more, cut)))


def a_file_removed(books: Path, random: Random) -> tuple[set[str], Undo]:
    path = random.choice(files(books))
    content = path.read_bytes()
    path.unlink()
    return {named(path), f"changes/{path.parent.name}"}, lambda: path.write_bytes(content) and None


def a_change_removed(books: Path, random: Random) -> tuple[set[str], Undo]:
    folder = random.choice(sorted((books / "changes").iterdir()))
    aside = books / "aside"
    folder.rename(aside)
    return {f"changes/{folder.name}"}, lambda: aside.rename(folder) and None


def a_change_renamed(books: Path, random: Random) -> tuple[set[str], Undo]:
    folder = random.choice(sorted((books / "changes").iterdir()))
    other = folder.with_name(f"{folder.name}-{random.randrange(100)}")
    folder.rename(other)
    return {f"changes/{other.name}"}, lambda: other.rename(folder) and None


def two_swapped(books: Path, random: Random) -> tuple[set[str], Undo]:
    one, other = random.sample(files(books), 2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)

    def undo() -> None:
        one.write_bytes(first)
        other.write_bytes(second)

    return {named(one), named(other)}, undo


def a_file_added(books: Path, random: Random) -> tuple[set[str], Undo]:
    """A copy of another, or something made up, in a change of its own or in one that is there."""
    scope = random.choice(("common", "head-office", "naryn", "issyk-kul"))
    there = [f.name for f in (books / "changes").iterdir()]
    folder = books / "changes" / random.choice((*there, "zz-mine", "00-mine"))
    path = folder / f"{scope}.{random.choice((2024, 2025, 2027))}.beancount"
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    copied = random.choice(files(books)).read_bytes()
    path.write_bytes(random.choice((copied, b"2026-03-01 open Assets:Mine\n", b"")))

    def undo() -> None:
        path.unlink()
        if made:
            folder.rmdir()

    return {named(path)}, undo


def the_ends(books: Path, random: Random) -> tuple[set[str], Undo]:
    """The file that remembers where the chains end is altered, or gone."""
    path = books / HEADS
    lines = path.read_bytes().splitlines(keepends=True)
    at = random.randrange(2, len(lines))
    fields = lines[at].split(b" ")
    which = random.randrange(3)
    fields[which] = fields[which][:-1] + bytes([fields[which][-1] ^ 1])
    lines[at] = b" ".join(fields)
    return {HEADS, "changes/"}, _rewrite(path, b"".join(lines) if random.random() < 0.8 else b"")


TRIALS: tuple[Trial, ...] = (
    a_byte,
    a_byte,
    a_byte,
    a_line,
    a_line,
    the_end,
    a_file_removed,
    a_change_removed,
    a_change_renamed,
    two_swapped,
    a_file_added,
    the_ends,
)


@contextmanager
def tampered(books: Path, random: Random) -> Iterator[tuple[str, set[str]]]:
    trial = random.choice(TRIALS)
    names, undo = trial(books, random)
    try:
        yield trial.__name__, names
    finally:
        undo()


def says_first(found: list[str], names: set[str]) -> bool:
    return bool(found) and any(name in found[0] for name in names)


def by_verify(books: Path) -> list[str]:
    """The example comes without its originals: what is said of them is no finding."""
    return [text for text in verify_books(books) if not text.startswith(("archive", "private"))]


def by_beancount(books: Path, book: str = "main.beancount") -> list[str]:
    """What our plugin says first; Beancount's parser may have more to say."""
    _, errors, _ = loader.load_file(str(books / book))
    return [e.message for e in errors if e.message.startswith("Log: ")]


def test_untouched_books_are_found_sound(books: Path) -> None:
    assert by_verify(books) == []
    assert by_beancount(books) == []
    for association in ("naryn", "issyk-kul"):
        assert by_beancount(books, f"associations/{association}/book.beancount") == []


@pytest.mark.parametrize("trial", sorted(set(TRIALS), key=lambda t: t.__name__))
def test_each_kind_of_change_is_found_and_named(books: Path, trial: Trial) -> None:
    random = Random(trial.__name__)
    for _ in range(4):
        names, undo = trial(books, random)
        try:
            assert says_first(by_verify(books), names), (names, by_verify(books))
            assert says_first(by_beancount(books), names), (names, by_beancount(books))
        finally:
            undo()
    assert by_verify(books) == []


def test_a_treasurer_finds_what_was_altered_in_their_own_book(books: Path) -> None:
    path = next(p for p in files(books) if p.name.startswith("naryn") and "run" in p.parent.name)
    undo = _rewrite(path, path.read_bytes().replace(b"24.00", b"42.00"))
    try:
        own = by_beancount(books, "associations/naryn/book.beancount")
        assert own
        assert named(path) in own[0]
        assert by_beancount(books, "associations/issyk-kul/book.beancount") == []
    finally:
        undo()


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_alterations(books: Path, part: int) -> None:
    """A thousand trials a part; each is found by both, and named."""
    random = Random(f"alter {part}")
    missed = []
    for number in range(1000):
        with tampered(books, random) as (kind, names):
            found = list(altered(books, open_changes(books), None))
            cold = by_beancount(books)
            whole = by_verify(books) if number % 10 == 0 else found
        if not (says_first(found, names) and says_first(cold, names) and says_first(whole, names)):
            missed.append((kind, names, found[:1], cold[:1]))
    assert missed == []
    assert by_verify(books) == []
    assert os.listdir(books / "changes")
