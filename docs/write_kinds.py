"""Writes docs/kinds from the declarations that read the workbooks: `make docs`.

One page for each kind, with a picture of its template. A picture is drawn anew only where the
template has changed, for which LibreOffice and poppler are needed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.styles import Border, Side

from importers.kinds import KINDS, Column, Kind
from importers.languages import words
from importers.template import example_of, holds, write_template

EN, RU, KY = words("en"), words("ru"), words("ky")
DPI, MARGIN, WHITE = 150, 8, 0xFF
ROWS = 5
"""Rows that a picture shows."""
DRAWN = "pictures.txt"
"""Kind and digest of the template as it was drawn."""


def page(kind: Kind) -> str:
    """The page of a kind."""
    return "\n".join(
        [
            f"# {kind.name}",
            "",
            f"{EN.kind(kind.name)} *{RU.kind(kind.name)}* *{KY.kind(kind.name)}*",
            "",
            f"![the template of {kind.name}]({kind.name}.png)",
            "",
            f"`ovop template {kind.name} {kind.name}.xlsx --lang ky|ru|en` writes it.",
            "Columns may stand in any order, under headers of any of the three languages; bold",
            "ones are required.",
            "",
            "| column | по-русски | кыргызча | what it says | what it holds |",
            "|---|---|---|---|---|",
            *(_line(kind, column) for column in kind.columns),
            "",
            f"A row is known by {', '.join(f'`{name}`' for name in kind.key)}: the same row again",
            "is counted as already imported, and the same key with other content is refused.",
            "",
            "Example, as CSV:",
            "",
            "```",
            *_csv(kind),
            "```",
            "",
        ]
    )


def _line(kind: Kind, column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    cells = (
        name,
        RU.column(column.name),
        KY.column(column.name),
        EN.meaning(kind.name, column.name),
        holds(column, EN),
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _csv(kind: Kind) -> Iterator[str]:
    example = example_of(kind, EN)
    yield ",".join(example)
    yield ",".join(example.values())


def index() -> str:
    """The page that lists the kinds."""
    rows = [f"| [{kind.name}]({kind.name}.md) | {EN.kind(kind.name)} |" for kind in KINDS.values()]
    head = [
        "# Kinds of rows",
        "",
        "Written by `make docs` from the declarations that read them.",
        "",
    ]
    return "\n".join([*head, "| kind | what its rows say |", "|---|---|", *rows, ""])


# --- pictures ----------------------------------------------------------------------------------


def digest(kind: Kind, folder: Path) -> str:
    """What the template shows, without when it was written."""
    path = folder / f"{kind.name}.xlsx"
    write_template(kind.name, path, "en")
    with zipfile.ZipFile(path) as package:
        names = sorted(name for name in package.namelist() if not name.startswith("docProps"))
        parts = [package.read(name) for name in names]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def drawn(folder: Path) -> dict[str, str]:
    """Kind -> digest of the template that its picture shows."""
    listed = folder / DRAWN
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return dict(line.split() for line in lines)


def draw(kinds: list[Kind], source: Path, target: Path) -> None:
    """Pictures of templates, as LibreOffice shows them: headers, example, some empty rows."""
    for kind in kinds:
        _prepare(source / f"{kind.name}.xlsx", len(kind.columns))
    files = [f"{kind.name}.xlsx" for kind in kinds]
    office = ["soffice", "--headless", f"-env:UserInstallation=file://{source}/profile"]
    subprocess.run(
        [*office, "--convert-to", "pdf", *files], cwd=source, check=True, capture_output=True
    )
    for kind in kinds:
        _crop(source / f"{kind.name}.pdf", target / kind.name)


def _prepare(path: Path, columns: int) -> None:
    book = load_workbook(path)
    del book[book.sheetnames[1]]
    page = book.active
    page.print_area = f"A1:{page.cell(ROWS, columns).coordinate}"
    page.print_options.headings = True
    side = Side("hair", color="BFBFBF")
    for row in page["A1" : page.cell(ROWS, columns).coordinate]:
        for cell in row:
            cell.border = Border(side, side, side, side)
    book.save(path)


def _crop(pdf: Path, target: Path) -> None:
    """The first page without its white margins."""
    seen = subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-gray", "-f", "1", "-l", "1", str(pdf)],
        check=True,
        capture_output=True,
    ).stdout
    width, height = map(int, seen.split(maxsplit=3)[1:3])
    pixels = seen[-width * height :]
    rows = [y for y in range(height) if min(pixels[y * width : (y + 1) * width]) < WHITE]
    columns = [x for x in range(width) if min(pixels[x::width]) < WHITE]
    box = (columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
    x, y, w, h = (box[0] - MARGIN, box[1] - MARGIN, box[2] + 2 * MARGIN, box[3] + 2 * MARGIN)
    size = ["-x", str(x), "-y", str(y), "-W", str(w), "-H", str(h)]
    subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-png", "-singlefile", *size, str(pdf), str(target)],
        check=True,
    )


def pages() -> dict[str, str]:
    """Name of the file -> its text."""
    return {"README.md": index(), **{f"{kind.name}.md": page(kind) for kind in KINDS.values()}}


def write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as made:
        digests = {kind.name: digest(kind, Path(made)) for kind in KINDS.values()}
        before = drawn(folder)
        stale = [kind for kind in KINDS.values() if before.get(kind.name) != digests[kind.name]]
        if stale:
            draw(stale, Path(made), folder)
    lines = [f"{name} {value}\n" for name, value in digests.items()]
    (folder / DRAWN).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
