"""Reports: one data structure, rendered by writers that know nothing of what it says.

`build -> Report -> render`: a new report is a new function that returns a `Report`; a new format is
a new writer here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reports.report.model import Report

FORMATS = ("text", "csv", "xlsx", "html", "json", "pdf")
SUFFIXES = {"text": "txt"}


def writer(form: str) -> Callable[[Report], bytes]:
    """The writer of one of FORMATS, loaded when it is asked for."""
    write: Callable[[Report], bytes] = import_module(f"{__name__}.as_{form}").write
    return write


def file_name(report: Report, form: str) -> str:
    """`treasurer_2026-03_issyk-kul_ky.pdf`."""
    parts = (report.name, report.period, report.book, report.language)
    return "_".join(part for part in parts if part) + "." + SUFFIXES.get(form, form)
