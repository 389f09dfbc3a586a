"""PDF by typst: one compiler for many pages, fonts of our own, the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

_FONTS = files("reports") / "fonts"
STANDARDS = ["a-2a", "ua-1"]
"""For archives, and for people who have pages read to them."""


@cache
def _compiler(package: str, template: str) -> Any:
    """A compiler that keeps its fonts and its template; nothing outside is read."""
    with as_file(files(package) / template) as source, as_file(_FONTS) as fonts:
        return typst.Compiler(
            str(source), root=str(source.parent), font_paths=[str(fonts)], ignore_system_fonts=True
        )


def in_two_lines(title: str, longest: int) -> str:
    """The title of a column of numbers, broken where it would be much wider than they are."""
    spaces = [i for i, letter in enumerate(title) if letter == " "]
    if len(title) <= longest or not spaces:
        return title
    middle = min(spaces, key=lambda i: (max(i, len(title) - i), i))
    return f"{title[:middle]}\n{title[middle + 1 :]}"


def titles_of(titles: Sequence[str], numbers: Sequence[bool], longest: int = 13) -> list[str]:
    """Titles of columns as pages have them."""
    return [
        in_two_lines(title, longest) if number else title
        for title, number in zip(titles, numbers, strict=True)
    ]


def render(package: str, template: str, data: dict[str, Any], on: date) -> bytes:
    """A tagged PDF of one template with its data; `on` is the only time that it tells."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    moment = datetime(on.year, on.month, on.day, tzinfo=UTC)
    compiler = _compiler(package, template)
    content = compiler.compile(
        format="pdf",
        sys_inputs=inputs,
        timestamp=int(moment.timestamp()),
        pdf_standards=STANDARDS,
    )
    assert isinstance(content, bytes)
    return content


def forget() -> None:
    """Have typst let go of what it remembers of documents: it does so after ten others."""
    nothing = typst.Compiler(b"", ignore_system_fonts=True)
    for _ in range(11):
        nothing.compile(b"", format="svg")


def pictures(package: str, template: str, data: dict[str, Any], folder: Path) -> list[Path]:
    """The pages as PNG files, to be looked at."""
    compiler = _compiler(package, template)
    pages = compiler.compile(
        format="png", ppi=110.0, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    found = []
    for number, content in enumerate(pages if isinstance(pages, list) else [pages], 1):
        found.append(folder / f"page-{number}.png")
        found[-1].write_bytes(content)
    return found
