"""The bare cost of reading a workbook with calamine."""

from __future__ import annotations

import sys

import python_calamine

book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
print(sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names))
