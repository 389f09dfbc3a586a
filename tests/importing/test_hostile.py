"""Files that mean harm: bombs, entities, naughty strings. Refused in a line, or harmless."""

from __future__ import annotations

import gzip
import io
import json
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importers.reader import read_file
from importers.sheets import UnreadableFile, sheets
from importing.limits import in_a_child
from importing.packages import PLAIN, workbook

HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "hostile"
XML = sorted((HOSTILE / "xml").glob("*.xml"))
PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
)


def test_the_workbook_itself_is_read() -> None:
    assert cells(workbook()) == ["product", "name_en", "felt-1", "Felt"]


def document(content: bytes) -> bytes:
    """An OpenDocument spreadsheet with this content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
    return packed.getvalue()


def cells(content: bytes) -> list[Any]:
    return [
        value
        for sheet in sheets(Path("hostile"), content)
        for _, row in sheet.rows
        for value in row.values()
    ]


def alone(content: bytes) -> Callable[[], list[Any]]:
    """Reads where no file may be opened and nothing fetched."""

    def work() -> list[Any]:
        def denied(*_: object, **__: object) -> None:
            raise AssertionError("something was fetched")

        socket.socket = socket.create_connection = denied  # type: ignore[misc,assignment]
        return cells(content)

    return work


def forms(xml: bytes) -> list[bytes]:
    return [xml, document(xml), *(workbook(**{part: xml}) for part in PARTS)]


@pytest.mark.parametrize("path", XML, ids=lambda path: path.name)
def test_xml_that_means_harm_is_refused_or_harmless(path: Path) -> None:
    xml = path.read_bytes()
    for content in forms(xml):
        outcome = in_a_child(alone(content))
        assert outcome.raised in ("", "UnreadableFile"), outcome
        assert outcome.within_limits
        assert "\n" not in outcome.words
        for value in outcome.result or ():
            assert value in ("product", "name_en", "felt-1", "Felt"), value


@pytest.mark.parametrize("part", [*PARTS[:2], PARTS[3]])
def test_a_document_type_is_refused(part: str) -> None:
    """Entities need one; no spreadsheet program writes one."""
    bomb = (HOSTILE / "xml" / "xmltestdata__xmlbomb.xml").read_bytes()
    with pytest.raises(UnreadableFile, match="document type"):
        cells(workbook(**{part: bomb}))


@pytest.mark.parametrize("number", ["0", "-1", "1048577"])
def test_a_row_that_no_sheet_has_is_refused(number: str) -> None:
    """It could not be marked in the workbook that is given back."""
    rows = PLAIN["xl/worksheets/sheet1.xml"].replace("<row>", f'<row r="{number}">')
    with pytest.raises(UnreadableFile, match=f"it has a row {number}"):
        cells(workbook(**{"xl/worksheets/sheet1.xml": rows}))


# --- bombs -------------------------------------------------------------------------------------

ZEROS = 300 * 1024 * 1024


def packed_zeros() -> bytes:
    """300 MiB of zeros, deflated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1024 * 1024)
    parts = [packer.compress(block) for _ in range(ZEROS // len(block))]
    return b"".join([*parts, packer.flush()])


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return packed_zeros()


def archive(packed: bytes, size: int) -> bytes:
    """A zip of one deflated sheet that says it unpacks to `size`, beside a workbook's parts."""
    name = b"xl/worksheets/sheet1.xml"
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0)
    local = b"PK\3\4" + common + name + packed
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    central += name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def lying(size: int) -> bytes:
    """A whole workbook whose directory says that its sheet has `size` bytes."""
    content = workbook()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        true = package.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(struct.pack("<I", true), struct.pack("<I", size))


@pytest.mark.parametrize("size", [ZEROS, 4_000_000_000, 1_000, 0])
def test_a_bomb_is_refused_before_it_is_unpacked(bomb: bytes, size: int) -> None:
    """Whatever its directory says of its size, true or false."""
    outcome = in_a_child(lambda: cells(archive(bomb, size)))
    assert outcome.raised == "UnreadableFile", outcome
    assert outcome.mebibytes < 200
    assert outcome.seconds < 2


@pytest.mark.parametrize("size", [10, 4_000_000_000])
def test_a_directory_that_lies_is_refused(size: int) -> None:
    with pytest.raises(UnreadableFile):
        cells(lying(size))


def test_a_bomb_in_a_bomb_is_no_workbook(bomb: bytes) -> None:
    inner = archive(bomb, ZEROS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(20):
            package.writestr(f"{number}.xlsx", inner)
    outcome = in_a_child(lambda: cells(packed.getvalue()))
    assert outcome.raised == "UnreadableFile"
    assert outcome.mebibytes < 200


def test_a_packed_csv_that_is_a_bomb_is_refused() -> None:
    content = gzip.compress(bytes(60_000_000))
    outcome = in_a_child(lambda: cells(content))
    assert outcome.raised == "UnreadableFile"
    assert outcome.mebibytes < 200


# --- strings -----------------------------------------------------------------------------------


def naughty() -> list[str]:
    strings: list[str] = json.loads((HOSTILE / "strings" / "blns.json").read_text("utf-8"))
    return strings


def test_naughty_strings_are_read_as_they_are_or_named(tmp_path: Path) -> None:
    """Each as the name of a product, in a CSV, which may hold all of them."""
    import csv

    found = naughty()
    path = tmp_path / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["product", "name_en"])
        writer.writerows([f"p-{n}", text] for n, text in enumerate(found))
    reading = read_file(path)
    names = {row.values["product"]: row.values["name_en"] for row in reading.rows}
    refused = {problem.row for problem in reading.problems}
    assert len(found) > 500
    assert len(names) + len(refused) == len(found)
    for number, text in enumerate(found):
        name = names.get(f"p-{number}")
        assert name is None or name == text.strip(), text
    assert len(names) > 480
