"""The payment files of an approved run, one rail at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ovop_payouts.payout.life import must_be_approved
from ovop_payouts.payout.payments import payment_files
from ovop_payouts.payout.periods import RunId
from ovop_payouts.private import latest_details
from ovop_payouts.refusal import Refusal
from ovop_payouts.web.desk import Desk, Download, NothingThere, Page
from ovop_payouts.web.pages.drafts import decided_book
from ovop_payouts.web.pages.lookup import run_of, status_of
from ovop_payouts.web.pages.runs import RunRow, row_of

KINDS = {
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FOR = frozenset(("accountant", "approver"))


@dataclass(frozen=True, slots=True)
class PaymentFile:
    name: str
    rail: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Files:
    row: RunRow
    files: tuple[PaymentFile, ...]


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Files:
    """Raises NothingThere where the run is not there, Refusal where it is not exported yet."""
    run = run_of(desk, desk.must("run"))
    made = _made(desk, run)
    listed = tuple(
        PaymentFile(name, _rail(name), name.rpartition(".")[2], len(content))
        for name, content in sorted(made.items())
    )
    return Files(row_of(desk.book, run), listed)


def _rail(name: str) -> str:
    """`2026-03_naryn_1_bank.xml` -> `bank`."""
    return name.rpartition(".")[0].rpartition("_")[2]


def _made(desk: Desk, run: RunId) -> dict[str, bytes]:
    """Only after somebody exported them with a password."""
    desk.require("export", run.association)
    must_be_approved(desk.book, run)
    if status_of(desk.book, run) == "approved":
        raise Refusal(desk.words("files_first", run=str(run)))
    return files_of(desk, run)


def files_of(desk: Desk, run: RunId) -> dict[str, bytes]:
    """The same bytes each time. Raises Refusal where a payment cannot be written."""
    must_be_approved(desk.book, run)
    decided = decided_book(desk, run)
    details = latest_details(desk.books, decided)
    return payment_files(decided, run, details, desk.settings)


def download(desk: Desk) -> Download:
    run, name = run_of(desk, desk.must("run")), desk.must("name")
    made = _made(desk, run)
    if name not in made:
        raise NothingThere(name)
    return Download(name, made[name], KINDS[name.rpartition(".")[2]])


PAGE = Page("files", build, roles=FOR, downloads={"file": download}, menu=False)
