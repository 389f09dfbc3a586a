"""Workbooks written part by part, so that a cell holds exactly what a test says."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(folder: str, **targets: str) -> str:
    each = "".join(
        f'<Relationship Id="r{n}" Type="{TYPES}/{kind}" Target="{folder}{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def sheet(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, each as its XML."""
    inner = "".join(f"<row>{''.join(cells)}</row>" for cells in rows)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{inner}</sheetData></worksheet>'


def text(shown: str) -> str:
    """A cell of text."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(shown)}</t></is></c>'


PLAIN = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": relations("xl/", officeDocument="workbook.xml"),
    "xl/_rels/workbook.xml.rels": relations(
        "",
        worksheet="worksheets/sheet1.xml",
        sharedStrings="sharedStrings.xml",
        styles="styles.xml",
    ),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}"><sheets>'
    '<sheet name="products" sheetId="1" r:id="r0"/></sheets></workbook>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" '
    'formatCode="dd.mm.yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/>'
    '<xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>product</t></si>'
    "<si><t>name_en</t></si></sst>",
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="s"><v>0</v></c>'
    '<c t="s"><v>1</v></c></row><row><c t="str"><v>felt-1</v></c><c t="str"><v>Felt</v></c></row>'
    "</sheetData></worksheet>",
}


def workbook(**parts: bytes | str) -> bytes:
    """A small workbook of products, some of its parts replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**PLAIN, **parts}.items():
            package.writestr(name, content)
    return packed.getvalue()
