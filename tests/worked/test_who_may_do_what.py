"""Every command by every role on every association's books: who is refused changes nothing (§6).

One row a command, as `test_permissions` has one an action; a command that stands in no row fails.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ovop_payouts.cli import main
from ovop_payouts.users import ROLES
from worked.books import ISSYK, MARCH, NARYN, PASSWORD, USERS, Books, delivery, make_base

LETTERS = dict(zip("aptsud", ROLES, strict=True))
WHO = {
    "a": "anna",
    "p": "bermet",
    "t": "talgat",
    "s": "sveta",
    "u": "aida",
    "d": "admin",
}
ALL = "aptsud"
RUN, WHY = "2026-03/{assoc}/1", ("--reason", "so it is")
# Command -> (letters of the roles that may, the words after it). `{assoc}` and `{member}` are of
# the association in question; a command without them is about nobody's books in particular.
TABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "backup": ("ad", ("{out}.backup",)),
    "check": (ALL, ()),
    "close": ("ap", (MARCH, "-a", "{assoc}")),
    "close-year": ("ap", ("2026",)),
    "export parquet": (ALL, ("{out}-parquet", "-a", "{assoc}")),
    "import": ("asd", ("{certificates}",)),
    "import (deliveries)": ("ad", ("{deliveries}",)),
    "import (reverse)": ("a", ("--reverse", "{hash}")),
    "log": (ALL, ("-a", "{assoc}")),
    "members": (ALL, ("-a", "{assoc}")),
    "members confirm": ("ap", ("{member}",)),
    "payout approve": ("p", (RUN,)),
    "payout cancel": ("ap", (RUN,)),
    "payout correct": ("a", (MARCH, "-a", "{assoc}")),
    "payout dispute": ("at", (RUN, "{member}", *WHY)),
    "payout draft": ("a", (MARCH, "-a", "{assoc}")),
    "payout export": ("ap", (RUN, "--out", "{out}")),
    "payout hold": ("at", (RUN, "{member}", *WHY)),
    "payout reason": ("ap", (RUN, "{member}", "so it is")),
    "payout release": ("atp", (RUN, "{member}", *WHY)),
    "payout resolve": ("ap", ("U-00000000", *WHY)),
    "payout settle": ("a", ("{bank}",)),
    "payout show": (ALL, (RUN,)),
    "payout sign": ("t", (RUN,)),
    "payout unmatched": (ALL, ("-a", "{assoc}")),
    "report": (ALL, ("payables", MARCH, "-a", "{assoc}")),
    "statement": (ALL, (MARCH, "-a", "{assoc}", "--format", "txt", "--out", "{out}")),
    "trace": (ALL, ("{member}",)),
    "user add": ("d", ("zhenya", "--role", "auditor")),
    "user list": (ALL, ()),
    "user passwd": ("d", ("temir",)),
    "user remove": ("d", ("temir",)),
    "verify": (ALL, ()),
}
OF_NOBODY = {"demo", "init", "restore", "template", "layout list", "layout try", "serve"}
"""Commands that read no books, make new ones, or ask who it is themselves."""
MEMBERS = {ISSYK: "M0345", NARYN: "N0001"}
OTHERS = ("N0001", "Atbashy", "Naryn", "naryn")


def leaves(group: click.Group, path: str = "") -> Iterator[str]:
    """Every command of the tree, as it is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path}{name} ")
            if command.invoke_without_command:
                yield path + name
        else:
            yield path + name


def test_the_table_is_about_all_commands_there_are() -> None:
    named = {command.partition(" (")[0] for command in TABLE}
    assert set(leaves(main)) <= named | OF_NOBODY


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Both associations have a March run that is drafted; everybody has a role."""
    folder = tmp_path_factory.mktemp("stage") / "books"
    people = {"sveta": "secretary", "aida": "auditor", "temir": "auditor"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worked.books.USERS", {**USERS, **people})
        make_base(folder)
    books = Books(folder)
    of_naryn = delivery("D-2", "felt-1", 2, "N0001", association=NARYN, group="Atbashy")
    books.take("deliveries", [delivery("D-1", "felt-1", 1, "M0345"), of_naryn])
    books.draft()
    books.draft(MARCH, NARYN)
    return books


@pytest.fixture(scope="module")
def files(stage: Books) -> dict[str, str]:
    """Workbooks that commands are given."""
    certificate = {"certificate_no": "C-9", "product": "soap-1", "decision": "certified"}
    paths = {
        "hash": stage.files[0],
        "certificates": stage.workbook(certificates=[{**certificate, "date": "2026-03-01"}]),
        "deliveries": stage.workbook(deliveries=[delivery("D-7", "felt-1", 1, "M0345")]),
        "bank": stage.workbook(bank=[{"date": "2026-04-05", "amount": 1, "reference": "x",
                                      "status": "settled"}]),
    }  # fmt: skip
    named = {name: str(path) for name, path in paths.items()}
    return {**named, "hash": hashlib.sha256(paths["hash"].read_bytes()).hexdigest()}


def contents(folder: Path) -> dict[str, bytes]:
    """Every byte of the books; caches and locks are no part of them."""
    found = {}
    for above, names, leaves_ in os.walk(folder):
        names[:] = [name for name in names if name != ".cache"]
        for name in leaves_:
            if not name.endswith(".lock"):
                path = Path(above) / name
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def invoke(books: Path, letter: str, command: str, words: list[str]) -> Any:
    options = ["--books", str(books), "--as", WHO[letter], "--today", "2026-04-05"]
    secrets = {"OVOP_PASSWORD": PASSWORD, "OVOP_NEW_PASSWORD": PASSWORD}
    typed = [*options, *command.partition(" (")[0].split(), *words]
    return CliRunner().invoke(main, typed, env=secrets)


@pytest.mark.parametrize("command", [c for c in TABLE if c.partition(" (")[0] in leaves(main)])
def test_every_role_and_association(
    stage: Books, files: dict[str, str], command: str, tmp_path: Path
) -> None:
    letters, template = TABLE[command]
    before = contents(stage.folder)
    for letter, association in itertools.product(ALL, (ISSYK, NARYN)):
        named = {"assoc": association, "member": MEMBERS[association], "out": str(tmp_path / "o")}
        words = [word.format(**named, **files) for word in template]
        concerns = "{assoc}" in "".join(template) or "{member}" in "".join(template)
        elsewhere = letter == "t" and association == NARYN and concerns
        who = f"{LETTERS[letter]} {command} {association}"
        if letter in letters and not elsewhere:
            _may(stage.folder, tmp_path / f"{letter}-{association}", letter, command, words, who)
            continue
        result = invoke(stage.folder, letter, command, words)
        assert isinstance(result.exception, SystemExit), (who, result.exception)
        assert result.exit_code == 1, (who, result.output)
        denied = "may not" in result.output or "is treasurer of issyk-kul alone" in result.output
        assert denied or (elsewhere and command == "trace"), (who, result.output)
        assert contents(stage.folder) == before, who


def _may(folder: Path, copy: Path, letter: str, command: str, words: list[str], who: str) -> None:
    """It is done, or refused for what it is about, not for who asks; on books of its own."""
    shutil.copytree(folder, copy)
    result = invoke(copy, letter, command, words)
    assert isinstance(result.exception, SystemExit | None), (who, result.exception)
    assert result.exit_code in (0, 1), (who, result.output)
    assert "may not" not in result.output, (who, result.output)
    assert " alone" not in result.output, (who, result.output)
    if letter == "t":
        shown = [name for name in OTHERS if name in result.output]
        assert shown == [], (who, result.output)


@pytest.mark.parametrize("letter", ALL)
def test_everybody_changes_their_own_password(stage: Books, letter: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(stage.folder, tmp_path / "books"))
    assert invoke(copy, letter, "user passwd", [WHO[letter]]).exit_code == 0


def test_a_treasurer_is_told_of_nobody_elses_troubles(stage: Books, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(stage.folder, tmp_path / "books"))
    for path in copy.glob("changes/*/naryn.2026.beancount"):
        path.write_text(path.read_text().replace("400.00", "401.00"))
    mine = invoke(copy, "t", "check", [])
    assert "naryn" not in mine.output.lower()
    assert "naryn" in invoke(copy, "a", "check", []).output.lower()


def test_nobody_and_strangers(stage: Books) -> None:
    options = ["--books", str(stage.folder), "--today", "2026-04-05"]
    before = contents(stage.folder)
    for who, code in (([], 2), (["--as", "kuba"], 1)):
        for words in (
            ["payout", "draft", MARCH],
            ["import", str(stage.files[0])],
            ["user", "list"],
        ):
            result = CliRunner().invoke(main, [*options, *who, *words])
            wanted = 0 if words[0] == "user" and not who else code
            assert result.exit_code == wanted, (who, words, result.output)
    assert contents(stage.folder) == before
