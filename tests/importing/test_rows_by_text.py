"""Rows found by their text are those that the parser finds, in any sheet; else it reads them."""

from __future__ import annotations

import io
import itertools
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importers.sheets import UnreadableFile, sheets, xlsx
from importing.packages import MAIN, workbook
from importing.test_workbooks_of_others import OF_OTHERS

SHEET = "xl/worksheets/sheet1.xml"
PACKED = sorted(path for path in OF_OTHERS if zipfile.is_zipfile(path))


def read(content: bytes) -> tuple[list[Any], str]:
    """Every row of every sheet up to where one is damaged, and what is said of that."""
    found: list[Any] = []
    try:
        for sheet in sheets(Path("file.xlsx"), content):
            found.append(sheet.name)
            found.extend(row for row in sheet.rows if row[1])
    except UnreadableFile as error:
        return found, str(error)
    return found, ""


def both(content: bytes) -> tuple[tuple[list[Any], str], tuple[list[Any], str]]:
    """By text where that can be, and by the parser alone."""
    with pytest.MonkeyPatch.context() as patch:
        mine = read(content)
        patch.setattr(xlsx._Reader, "rows", xlsx._Reader._parsed)
        return mine, read(content)


def same(content: bytes) -> None:
    mine, theirs = both(content)
    assert repr(mine[0]) == repr(theirs[0]) or theirs[1], "a good file is read as it is"
    assert bool(mine[1]) == bool(theirs[1])


@pytest.mark.parametrize("path", PACKED, ids=lambda path: path.name)
def test_workbooks_of_others(path: Path) -> None:
    if path.stat().st_size < 300_000:
        same(path.read_bytes())


CELLS = (
    '<c r="{}{}" t="inlineStr"><is><t>Felt</t></is></c>',
    '<c r="{}{}" t="inlineStr"><is><t xml:space="preserve"> a_x000D_b &amp; &#10;c </t></is></c>',
    '<c r="{}{}" t="inlineStr"><is><r><t>rich</t></r><r><t>er</t></r></is></c>',
    '<c r="{}{}" s="1"><v>46082</v></c>',
    '<c r="{}{}" s="1" t="n"><v>1.5</v></c>',
    '<c r="{}{}" t="s"><v>1</v></c>',
    '<c r="{}{}" t="s"><v>99</v></c>',
    '<c r="{}{}" t="str"><f>A1&amp;B1</f><v>text</v></c>',
    '<c r="{}{}"><f t="shared" ref="A1" si="0">1+1</f><v>2</v></c>',
    '<c r="{}{}"><f>1+1</f></c>',
    '<c r="{}{}"><f>1+1</f><v></v></c>',
    '<c r="{}{}"><f/><v/></c>',
    '<c r="{}{}" t="e"><v>#N/A</v></c>',
    '<c r="{}{}" t="b"><v>1</v></c>',
    '<c r="{}{}" t="d"><v>2026-03-01</v></c>',
    '<c r="{}{}" s="1"/>',
    '<c r="{}{}"><v>   </v></c>',
    '<c r="{}{}"><!-- <v>1</v> --><v>2</v></c>',
    '<c r="{}{}" t="str"><v><![CDATA[</c></row>]]></v></c>',
    '<c t="str" r="{}{}"><v>order</v></c>',
    '<c t="str"><v>without a place</v></c>',
    '<c xmlns="http://other" r="{}{}"><v>1</v></c>',
    '<c r="{}{}"><v>1</v><extLst><ext><c r="A1"><v>9</v></c></ext></extLst></c>',
)
ROWS = (
    '<row r="{n}">{cells}</row>',
    '<row r="{n}" spans="1:3" x="y">{cells}</row>\n',
    '<row spans="1:3" r="{n}">{cells}</row>',
    '<row r="9{n}"/><row r="{n}">{cells}</row>',
    "<row>{cells}</row>",
    '<!-- <row r="5"><c r="A5"><v>1</v></c></row> --><row r="{n}">{cells}</row>',
)
AROUND = (
    '<worksheet xmlns="{}"><sheetData>{}</sheetData></worksheet>',
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{}">'
    '<dimension ref="A1"/><sheetData>{}</sheetData><mergeCells/></worksheet>',
    '<x:worksheet xmlns:x="{}"><x:sheetData/></x:worksheet>',
    '<worksheet xmlns="{}"><sheetData>{}</sheetData><row r="77"/></worksheet>',
    '<worksheet xmlns="{}"><sheetData>{}</sheetData>',
    '<!DOCTYPE worksheet><worksheet xmlns="{}"><sheetData>{}</sheetData></worksheet>',
    '<worksheet xmlns="{}"><sheetData>{}</wrong></worksheet>',
)


@st.composite
def parts(draw: st.DrawFn) -> str:
    rows = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        chosen = draw(st.lists(st.sampled_from(CELLS), max_size=4))
        cells = "".join(c.format("ABCD"[i], number) for i, c in enumerate(chosen))
        rows.append(draw(st.sampled_from(ROWS)).format(n=number, cells=cells))
    weights = [AROUND[0]] * 4 + [AROUND[1]] * 4 + list(AROUND)
    return draw(st.sampled_from(weights)).format(MAIN, "".join(rows))


@given(parts())
def test_sheets_of_any_layout(part: str) -> None:
    same(workbook(**{SHEET: part}))


@given(parts(), st.data())
def test_damaged_sheets(part: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(part) - 1))
    put = data.draw(st.sampled_from(["", "<", ">", '"', "&", "\0", "\r", "/", " ", "é", "\ufffe"]))
    cut = data.draw(st.integers(0, 3))
    same(workbook(**{SHEET: part[:at] + put + part[at + cut :]}))


def test_each_form_of_cell_alone() -> None:
    for cell, row, around in itertools.product(CELLS, ROWS[:2], AROUND[:2]):
        same(workbook(**{SHEET: around.format(MAIN, row.format(n=1, cells=cell.format("A", 1)))}))


@given(st.integers(1, 30))
@example(19)
@settings(max_examples=5)
def test_rows_that_end_anywhere_in_a_block(length: int) -> None:
    """A sheet of several blocks, whose texts of two bytes are cut in the middle."""
    cell = f'<c r="A{{}}" t="inlineStr"><is><t>{"ё" * length * 700}</t></is></c>'
    rows = "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(1, 60))
    content = workbook(**{SHEET: AROUND[0].format(MAIN, rows)})
    assert len(read(content)[0]) == 60
    assert io.BytesIO(content).getbuffer().nbytes < 300_000
    same(content)
