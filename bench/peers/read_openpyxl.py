"""The bare cost of reading a workbook with openpyxl, read-only, values alone."""

from __future__ import annotations

import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1], read_only=True)
print(sum(1 for page in book for row in page.iter_rows(values_only=True)))
