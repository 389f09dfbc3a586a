"""The house as it is meant to be: which package may import which, how large things may grow.

Everything is read from the source text; nothing is imported, so a forbidden import inside a
function is found too.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("importers", "ledger", "ovop_payouts", "reports")
MAY_IMPORT = {
    "importers": set[str](),
    "ledger": set[str](),
    "reports": set[str](),
    "ovop_payouts": {"importers", "ledger", "reports"},
}
FUNCTION_LINES = 60
FILE_LINES = 500
ACCOUNT_NAME = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses):")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """`ledger/text.py` -> `ledger.text`, `ovop_payouts/cli/__init__.py` -> `ovop_payouts.cli`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def resolved(node: ast.ImportFrom, path: Path) -> str:
    """The module that a `from … import` names, relative ones counted from their package."""
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).parts[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import; `from a import b` counts as `a.b`, for b may be a module."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolved(node, path)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def docstrings(tree: ast.Module) -> set[ast.Constant]:
    """Texts that stand alone as statements: they may show a ledger before and after."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def tracked() -> list[Path]:
    """What is in the repository or about to be: tracked files, and new ones not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    paths = {ROOT / name for name in listed.split("\0") if name}
    return sorted(path for path in paths if path.is_file())


@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_something_to_hold(package: str) -> None:
    assert any(within(name_of(path), package) for path in SOURCES)


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_run_one_way(package: str) -> None:
    forbidden = set(PACKAGES) - MAY_IMPORT[package] - {package}
    wrong = [
        f"{where(path, line)} imports {module}"
        for path in SOURCES
        if within(name_of(path), package)
        for line, module in imports(path)
        if module.partition(".")[0] in forbidden
    ]
    assert wrong == []


def test_only_the_command_line_knows_click() -> None:
    wrong = [
        where(path, line)
        for path in SOURCES
        if not within(name_of(path), "ovop_payouts.cli")
        for line, module in imports(path)
        if within(module, "click")
    ]
    assert wrong == []


def test_nothing_leans_on_the_command_line() -> None:
    wrong = [
        where(path, line)
        for path in SOURCES
        if not within(name_of(path), "ovop_payouts.cli")
        for line, module in imports(path)
        if within(module, "ovop_payouts.cli")
    ]
    assert wrong == []


def test_product_code_imports_no_tests() -> None:
    wrong = [
        where(path, line)
        for path in SOURCES
        for line, module in imports(path)
        if module.partition(".")[0] in {"tests", "bench", "pytest", "hypothesis"}
    ]
    assert wrong == []


def test_account_names_are_spelled_in_one_module() -> None:
    wrong = []
    for path in SOURCES:
        if name_of(path) == "ledger.accounts":
            continue
        tree = parse(path)
        shown = docstrings(tree)
        wrong += [
            f"{where(path, node.lineno)} {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in shown
            if ACCOUNT_NAME.match(node.value)
        ]
    assert wrong == []


def test_each_view_of_landed_files_has_a_name_of_its_own() -> None:
    """Two of one name would read each other's cache."""
    names = Counter(
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("View", "_facts_of")
        if isinstance(node.args[0], ast.Constant)
    )
    assert len(names) > 5
    assert [name for name, count in names.items() if count > 1] == []


def test_functions_fit_on_a_screen() -> None:
    wrong = [
        f"{where(path, node.lineno)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in SOURCES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert wrong == []


def test_files_do_one_job() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    wrong = [f"{name_of(path)}: {size} lines" for path, size in sizes.items() if size > FILE_LINES]
    assert wrong == []


def test_every_library_is_declared() -> None:
    """What the packages import is named in pyproject.toml, not there by another's grace."""
    declared = {
        re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower().replace("_", "-")
        for text in [
            *PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"]["scale"],
        ]
    }
    known = packages_distributions()
    wrong = {
        f"{where(path, line)} imports {module}"
        for path in SOURCES
        for line, module in imports(path)
        if (top := module.partition(".")[0]) not in {*PACKAGES, *sys.stdlib_module_names}
        if not declared & {name.lower().replace("_", "-") for name in known.get(top, [top])}
    }
    assert sorted(wrong) == []


def test_data_files_are_packaged() -> None:
    """An editable install would hide a font or a template that a real one leaves out."""
    data = PROJECT["tool"]["setuptools"]["package-data"]
    packaged = {
        path
        for package in PACKAGES
        for pattern in [*data["*"], *data.get(package, [])]
        for path in (ROOT / package).glob(pattern)
    }
    mine = {path for path in tracked() if path.relative_to(ROOT).parts[0] in PACKAGES}
    left_out = {path for path in mine - packaged if path.suffix not in {".py", ".md"}}
    assert sorted(str(path.relative_to(ROOT)) for path in left_out) == []


# Written in parts, so that this file does not name what it forbids.
MACHINE = re.compile(
    r"(?:^|[^\w.~-])/(?:" + "|".join(("work", "root", "farm", "home", "Users")) + r")/[\w.]"
    "|" + "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(?:org|com)")) + "|"
    "deb" + r"\.debian\.org",
    re.MULTILINE,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see " + "/ho" + "me/anna/books", True),
        ("--index-url https://" + "pypi" + ".org/simple", True),
        ("docs/homework/index.md and ../shared/realdata", False),
        ("a page at /payouts/home/", False),
    ],
)
def test_the_search_for_machine_paths_finds_them(text: str, found: bool) -> None:
    assert bool(MACHINE.search(text)) is found


def test_no_path_of_a_machine_and_no_registry_host() -> None:
    wrong = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = MACHINE.search(text)
        if found:
            wrong.append(
                f"{where(path, text.count(chr(10), 0, found.start()) + 1)} {found.group()}"
            )
    assert wrong == []
