"""The log says who did what, when, on which hash; each change is one commit where git is there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from worked.books import Books, delivery, invoke

RUN = "2026-03/issyk-kul/1"


def log_of(books: Books, *words: str, user: str = "bermet") -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(books.done(user, "log", "--json", *words))
    return found


def paid(books: Books) -> str:
    books.take("deliveries", [delivery("D-1", "felt-1", 10, "M0345")])
    return str(books.pay()["hash"])


def test_each_step_says_who_what_when_and_on_which_hash(books: Books) -> None:
    hash_ = paid(books)
    steps = [(s["user"], s["action"], s["about"], s["at"]) for s in log_of(books)]
    assert steps[-3:] == [
        ("anna", "import", "", "2026-04-05"),
        ("anna", "draft", RUN, "2026-04-05"),
        ("bermet", "approve", RUN, "2026-04-05"),
    ]
    assert [s["on"] for s in log_of(books)][-2:] == [hash_, hash_]
    assert ("admin", "init", "", "2026-01-02") in steps
    assert ("admin", "user-add", "talgat", "2026-01-02") in steps


def test_the_moment_stands_in_it_where_it_is_known(books: Books) -> None:
    books.today = "2026-04-05T09:30:15"
    books.take("deliveries", [delivery("D-1", "felt-1", 10, "M0345")])
    assert log_of(books)[-1]["at"] == "2026-04-05T09:30:15"


def test_a_treasurer_sees_the_log_of_their_own_association_alone(books: Books) -> None:
    paid(books)
    books.take(
        "deliveries", [delivery("N-1", "felt-1", 1, "N0001", association="naryn", group="Atbashy")]
    )
    books.draft(association="naryn")
    text = books.done("talgat", "log")
    assert "approve 2026-03/issyk-kul/1" in text
    assert "naryn" not in text
    assert "user-add" not in text
    assert "treasurer of issyk-kul alone" in books.not_done("talgat", "log", "-a", "naryn")


def test_the_same_steps_give_the_same_bytes(base: Path, tmp_path: Path) -> None:
    import shutil

    texts: list[dict[str, bytes]] = []
    written: list[Path] = []
    for name in ("one", "other"):
        books = Books(Path(shutil.copytree(base, tmp_path / name / "books")))
        if written:  # the same workbooks: a new one would say when it was written
            again = iter(written)
            books.workbook = lambda again=again, **_: next(again)  # type: ignore[method-assign]
        paid(books)
        written = books.files
        files = sorted(p for p in books.folder.rglob("*") if p.is_file())
        own = [p for p in files if "changes" in p.parts or p.name == "heads.txt"]
        texts.append({str(p.relative_to(books.folder)): p.read_bytes() for p in own})
    assert texts[0] == texts[1]


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org")
    line = ["git", *who, *words]
    return subprocess.run(line, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_each_change_is_one_commit_by_who_made_it(books: Books) -> None:
    git(books.folder, "init", "-q")
    git(books.folder, "add", "-A")
    git(books.folder, "commit", "-qm", "as they were")
    (books.folder / "notes.txt").write_text("mine, staged")
    git(books.folder, "add", "notes.txt")
    (books.folder / "ovop.toml").write_text('payer = "Other"\n')
    hash_ = paid(books)
    said = git(books.folder, "log", "--reverse", "--format=%an|%ae|%cn|%s").splitlines()
    assert said[1:] == [
        "anna|anna@books.invalid|ovop|import",
        f"anna|anna@books.invalid|ovop|draft {RUN}",
        f"bermet|bermet@books.invalid|ovop|approve {RUN}",
    ]
    assert hash_
    last = git(books.folder, "show", "--name-only", "--format=", "HEAD").split()
    assert last == [
        "changes/run-2026-03-issyk-kul-1-002/issyk-kul.2026.beancount",
        "heads.txt",
    ]
    left = git(books.folder, "status", "--short").splitlines()
    assert left == ["A  notes.txt", " M ovop.toml"] or set(left) == {"A  notes.txt", " M ovop.toml"}


def test_new_books_in_a_repository_are_its_first_commit(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    git(folder, "init", "-q")
    assert invoke(folder, "admin", "2026-01-02", "init", str(folder)).exit_code == 0
    assert git(folder, "log", "--format=%an %s").splitlines() == ["admin init"]
    assert git(folder, "status", "--short") == ""


def test_a_change_lands_though_git_fails_and_the_next_makes_up_for_it(books: Books) -> None:
    git(books.folder, "init", "-q")
    git(books.folder, "add", "-A")
    git(books.folder, "commit", "-qm", "as they were")
    lock = books.folder / ".git" / "index.lock"
    lock.touch()
    said = books.take("deliveries", [delivery("D-1", "felt-1", 10, "M0345")])
    assert "warning: the change landed, but git did not take it" in said
    lock.unlink()
    books.draft()
    said = git(books.folder, "log", "--reverse", "--format=%an %s")
    assert said.splitlines()[1:] == ["anna import", f"anna draft {RUN}"]


def test_a_clock_that_went_back_is_spoken_of(books: Books) -> None:
    books.take("deliveries", [delivery("D-1", "felt-1", 10, "M0345")])
    books.today = "2026-04-01"
    said = books.take("deliveries", [delivery("D-2", "felt-1", 10, "M0345")])
    assert "today counts as 2026-04-01, but the books were last changed on 2026-04-05" in said
    assert "is the clock right?" in said
