"""Whatever is altered after a month is sealed is found, by `verify` and by plain Beancount."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from beancount import loader

from ledger.seals import verify
from ledger.store import landed
from ovop_payouts.verifying import verify_books

CLOSED = "close-2026-03-all-associations"
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
    path = books / "changes" / CLOSED / "naryn.2026.beancount"
    text = path.read_text().replace('number: "1"\n  user: "anna"', 'number: "1"\n  user: "bek"')
    path.write_text(text)
    assert by_seals(books) == ["seal 1 of naryn (up to 2026-03-31): was altered"]


def test_common_data_is_sealed_once(books: Path) -> None:
    texts = [path.read_text() for path in (books / "changes" / CLOSED).iterdir()]
    common = [path for path in sealed(books) if path.name.startswith("common.")]
    for path in common:
        counted = sum(text.count(f'"{path.parent.name}/{path.name}"') for text in texts)
        assert counted == (path.parent.name != CLOSED), path
    assert len(common) > 1


def test_the_seal_of_common_data_removed_or_altered(books: Path) -> None:
    path = books / "changes" / CLOSED / "common.2026.beancount"
    text = path.read_text()
    path.write_text(text.replace('number: "1"\n  user: "anna"', 'number: "1"\n  user: "bek"'))
    assert by_seals(books) == ["seal 1 of common (up to 2026-03-31): was altered"]
    path.unlink()
    missing = "the seal of common data that it goes with is missing"
    assert by_seals(books) == [
        f"seal 1 of {scope} (up to 2026-03-31): {missing}"
        for scope in ("head-office", "issyk-kul", "naryn")
    ]


def test_the_example_is_what_the_commands_write_today(tmp_path: Path) -> None:
    """`make docs` writes ledger/example anew."""
    script = EXAMPLE.parents[1] / "docs" / "write_example.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    written = {str(p.relative_to(tmp_path)): p for p in tmp_path.rglob("*") if p.is_file()}
    for name, path in written.items():
        assert (EXAMPLE / name).read_bytes() == path.read_bytes(), f"{name}: run make docs"
    kept = {str(p.relative_to(EXAMPLE)) for p in (EXAMPLE / "changes").glob("*/*")}
    assert kept == {name for name in written if name.startswith("changes/")}
