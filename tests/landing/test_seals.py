"""Whatever is altered after a month is sealed is found, by `verify` and by plain Beancount."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from beancount import loader

from ledger.seals import verify
from ledger.store import landed
from ovop_payouts.closing import verify_books

EXAMPLE = Path(__file__).resolve().parents[2] / "ledger" / "example"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "books"))


def sealed(books: Path) -> list[Path]:
    """The files of the months that are sealed, the seals' own among them."""
    return sorted((books / "changes").glob("*/*.beancount"))


def altered(books: Path) -> list[str]:
    """What `ovop verify` says; the example comes without its originals."""
    return [text for text in verify_books(books) if not text.startswith(("archive", "private"))]


def by_seals(books: Path) -> list[str]:
    """What the seals alone say."""
    return list(verify(books / "changes", landed(books)))


def by_beancount(books: Path) -> list[str]:
    _, errors, _ = loader.load_file(str(books / "main.beancount"))
    return [error.message for error in errors]


def test_untouched(books: Path) -> None:
    assert altered(books) == []
    assert by_beancount(books) == []


def test_a_byte_changed_anywhere(books: Path) -> None:
    chosen = random.Random(7)
    for path in sealed(books):
        content = path.read_bytes()
        for _ in range(3):
            at = chosen.randrange(len(content))
            other = bytes([content[at] ^ 1])
            path.write_bytes(content[:at] + other + content[at + 1 :])
            assert altered(books), f"{path.parent.name}/{path.name} at {at}"
        path.write_bytes(content)
    assert altered(books) == []


def test_a_line_removed_is_seen_by_beancount_too(books: Path) -> None:
    path = next(p for p in sealed(books) if "import" in p.parent.name and "issyk" in p.name)
    lines = path.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if "reject_reason" in line)
    path.write_text("".join(lines[:at] + lines[at + 1 :]))
    name = f"changes/{path.parent.name}/{path.name}"
    assert altered(books)[0].startswith(f"{name}: was altered")
    assert by_seals(books)[0].startswith(f"{name}: was altered")
    assert f"Sealed: {name} was altered" in by_beancount(books)


def test_a_file_removed(books: Path) -> None:
    path = next(p for p in sealed(books) if "run-2026-03-naryn-1-002" in str(p))
    path.unlink()
    assert any("is missing" in text for text in altered(books))
    assert any("is missing" in text for text in by_beancount(books))


def test_two_files_swapped(books: Path) -> None:
    first, second = [p for p in sealed(books) if p.name.startswith("naryn") and "run" in str(p)]
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert len(altered(books)) >= 2
    assert any("was altered" in text for text in by_beancount(books))


def test_an_entry_added_to_a_sealed_month(books: Path) -> None:
    folder = books / "changes" / "later"
    folder.mkdir()
    (folder / "naryn.2026.beancount").write_text(
        '2026-03-30 * "late" "late"\n  Assets:Cash  1 KGS\n  Expenses:Rounding  -1 KGS\n'
    )
    assert any("naryn is closed up to 2026-03-31" in text for text in by_beancount(books))


def test_a_seal_removed_breaks_what_follows(books: Path) -> None:
    path = books / "changes" / "close-2026-03-all-associations" / "naryn.2026.beancount"
    text = path.read_text().replace('number: "1"\n  user: "anna"', 'number: "1"\n  user: "bek"')
    path.write_text(text)
    assert by_seals(books) == ["seal 1 of naryn (up to 2026-03-31): was altered"]
