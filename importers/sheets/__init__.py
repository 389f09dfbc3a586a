"""Sheets of a file as rows of raw cells; what is no workbook, or not safe, is refused in one line.

A file is told by its bytes and not by its name: .xlsx and .xlsm, .ods, .xls, or text (.csv).
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from importers.sheets import ods, text, xls, xlsx
from importers.sheets.model import (
    LARGE,
    LARGEST,
    RATIO,
    Area,
    Sheet,
    UnreadableFile,
    column_of,
    letters,
)
from importers.sheets.packages import guarded, open_package

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BANKS = re.compile(rb"<(?:\w+:)?(?:BkToCstmr|CstmrPmtStsRpt)")
_NO_TABLES = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?!A-Za-z]")


def sheets(path: Path, content: bytes) -> Iterator[Sheet]:
    """The sheets of a file. Raises UnreadableFile, also while rows are read."""
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content)
    if content[:4] == b"PK\x03\x04":
        yield from _packaged(content)
    elif content[:8] == _OLD:
        yield from xls.sheets(content)
    elif content.startswith(_NO_TABLES):
        raise UnreadableFile("is a PDF or a picture: ask for the workbook that it was made from")
    elif _MARKUP.match(content):
        if _BANKS.search(content[:4000]):
            raise UnreadableFile("is a bank's message: `ovop payout settle` takes it")
        raise UnreadableFile("is a web page or XML, whatever its name: open it, save it as .xlsx")
    else:
        yield text.sheet(content)


def _packaged(content: bytes) -> Iterator[Sheet]:
    with open_package(content) as package:
        names = package.names
        if "mimetype" in names and package.read("mimetype", 200).strip() == ods.MIME:
            yield from map(guarded, ods.sheets(package))
        elif any(name.lower().endswith(".bin") and "workbook" in name.lower() for name in names):
            raise UnreadableFile("is a binary workbook (.xlsb): save it as .xlsx")
        elif "[Content_Types].xml" in names:
            yield from map(guarded, xlsx.sheets(package))
        else:
            raise UnreadableFile("is an archive, but no workbook: save it as .xlsx")


def _unpacked(content: bytes) -> bytes:
    most = min(LARGEST, max(LARGE, len(content) * RATIO))
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            plain = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"is a damaged archive ({error})") from None
    if len(plain) > most:
        raise UnreadableFile("unpacks to far more than it should; it is not read")
    return plain


__all__ = ["Area", "Sheet", "UnreadableFile", "column_of", "letters", "sheets"]
