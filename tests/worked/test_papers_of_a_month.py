"""Papers of a month by the command: many at once, kept, named where they fail; for whom."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from worked.books import ISSYK, MARCH, Books, consigned, delivery, sale, worked

MEMBERS = ("M0345", "M0346", "M0401", "M0501", "M0502")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def month(books: Books) -> None:
    """A month of two groups: rejected goods, a pool, consigned sales and a return."""
    books.take_all(
        contributions=[worked("Akburun", "M0345", 3), worked("Akburun", "M0346", 1)],
        deliveries=[
            delivery("D-1", "felt-1", 102, "M0345", rejected=2, reject_reason="seam open"),
            delivery("D-2", "felt-1", 4),
            delivery("D-3", "felt-1", 5, "M0346", rejected=5, reject_reason="wet"),
            delivery("D-4", "felt-1", 7, "M0401", group="Bokonbaev"),
            delivery("D-5", "felt-1", 7, "M0501"),
            delivery("D-6", "felt-1", 7, "M0502"),
            consigned("D-7", "honey-1", 5, "M0345"),
        ],
        sales=[
            sale("R-1", "honey-1", 3, 100),
            sale("R-2", "honey-1", -1, return_of="R-1", date="2026-03-25"),
        ],
    )
    books.pay()


def write(books: Books, out: Path, *words: str) -> str:
    return books.done("anna", "statement", MARCH, "--out", str(out), *words)


def text(path: Path) -> str:
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_one_file_each_and_one_for_each_group(books: Books, out: Path) -> None:
    month(books)
    said = write(books, out, "-a", ISSYK, "--lang", "en")
    assert "Written: 5 statements" in said
    assert "2 of groups" in said
    names = sorted(path.name for path in out.glob("*.pdf"))
    assert names == [f"2026-03_{member}_en.pdf" for member in MEMBERS]
    merged = text(out / "groups" / "2026-03_Akburun_all_en.pdf")
    places = [merged.index(f", {member}") for member in ("M0345", "M0346", "M0501", "M0502")]
    assert places == sorted(places)
    assert "M0401" not in merged
    leader = text(out / "groups" / "2026-03_Akburun_en.pdf")
    for shown in ("4 members", "seam open", "wet", "hours", "600.00", "200.00"):
        assert shown in leader


def test_plain_words_come_before_figures(books: Books, out: Path) -> None:
    month(books)
    write(books, out, "-m", "M0345", "--lang", "en")
    (path,) = out.glob("*.pdf")
    said = " ".join(text(path).split())
    plain = (
        "You delivered 102 units. Accepted: 100 units. Not accepted: 2 units – seam open."
        " For sale on commission you brought 5 units; you earn when it is sold."
        " All of it was accepted."
        " Sold of what you brought for sale: 3 units. Buyers brought back: 1 unit."
    )
    assert plain in said
    assert said.index(plain) < said.index("Brought forward")
    assert "fees and other deductions on them are not refunded" in said


def test_what_did_not_change_is_kept_and_what_was_lost_is_made_again(
    books: Books, out: Path
) -> None:
    month(books)
    write(books, out, "-a", ISSYK)
    before = contents(out)
    times = {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")}
    assert "9 files were there already" in write(books, out, "-a", ISSYK)
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")} == times
    lost, damaged, *_ = sorted(times)
    lost.unlink()
    damaged.write_bytes(damaged.read_bytes()[:-9])
    assert "7 files were there already" in write(books, out, "-a", ISSYK)
    assert contents(out) == before


def test_the_others_are_made_where_one_fails(books: Books, out: Path) -> None:
    month(books)
    (out / "2026-03_M0346_en.txt").mkdir()
    words = ("statement", MARCH, "-a", ISSYK, "--lang", "en", "--format", "txt")
    result = books.ovop("anna", *words, "--out", str(out))
    assert result.exit_code == 3
    assert "not made: M0346: " in result.output
    found = sorted(path.name for path in out.glob("*.txt") if path.is_file())
    assert found == [f"2026-03_{m}_en.txt" for m in MEMBERS if m != "M0346"]


def test_killed_in_the_middle_it_goes_on_where_it_was(books: Books, out: Path) -> None:
    """A real process, killed once the first file is there; nothing half written stays."""
    month(books)
    program = "from ovop_payouts.cli import main; main()"
    words = ["--books", str(books.folder), "statement", MARCH, "--out", str(out)]
    running = subprocess.Popen([sys.executable, "-c", program, *words])
    while running.poll() is None and not list(out.glob("*.pdf")):
        os.sched_yield()
    running.kill()
    running.wait()
    write(books, out)
    whole = out / "whole"
    write(books, whole)
    made = {name: content for name, content in contents(whole).items() if ".pdf" in name}
    for name, content in made.items():
        assert (out / name).read_bytes() == content


def test_messages_hold_phones_and_are_the_makers_alone(books: Books, out: Path) -> None:
    month(books)
    path = out / "sms.csv"
    said = write(books, out, "-a", ISSYK, "--lang", "ru", "--sms", str(path))
    assert "+996700123456" not in said
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["phone"] for row in rows] == ["+996700123456"]
    assert "M0502: начислено 1 400,00" in rows[0]["text"]
    assert len(rows[0]["text"]) <= 134
    books.done("admin", "user", "add", "erlan", "--role", "auditor")
    refused = books.ovop("erlan", "statement", MARCH, "--sms", str(out / "no.csv"))
    assert refused.exit_code == 1
    assert not (out / "no.csv").exists()


def test_phones_are_in_no_other_paper(books: Books, out: Path) -> None:
    month(books)
    for paper in ("statement", "remittance", "act"):
        for form in ("html", "txt"):
            write(books, out, "-a", ISSYK, "--paper", paper, "--format", form)
    everything = b"".join(contents(out).values())
    assert b"700123456" not in everything
    assert b"1234567890123456" not in everything
    assert b"3456" in everything


def test_a_link_stands_in_the_code_where_there_are_pages(books: Books, out: Path) -> None:
    month(books)
    settings = books.folder / "ovop.toml"
    content = settings.read_text(encoding="utf-8")
    at = 'url = ""'
    assert at in content
    settings.write_text(content.replace(at, 'url = "https://pay.example.kg"'), encoding="utf-8")
    write(books, out / "with", "-m", "M0345", "--lang", "en")
    (path,) = (out / "with").glob("*.pdf")
    assert "phone" in text(path)
    write(books, out / "again", "-m", "M0345", "--lang", "en")
    assert contents(out / "with") == contents(out / "again")


def test_wrong_months_and_papers_are_refused(books: Books) -> None:
    for words in (("2026-13",), ("26",), ("2026-04",), ("2025",)):
        assert books.ovop("anna", "statement", *words).exit_code == 1
    assert books.ovop("anna", "statement", "2026", "--paper", "remittance").exit_code == 2
