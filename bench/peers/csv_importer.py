"""What beangulp does with the same rows as CSV: its csvbase importer, as its manual shows it."""

from __future__ import annotations

from typing import Any

import beangulp
from beancount.core import data
from beangulp.importers import csvbase


class Sales(csvbase.Importer):  # type: ignore[misc]  # it has no types
    date = csvbase.Date("date", "%Y-%m-%d")
    narration = csvbase.Columns("receipt_no", "line_no", "product", sep=" ")
    amount = csvbase.Amount("amount")
    names = True

    def __init__(self) -> None:
        super().__init__("Assets:Till", "KGS", "*")

    def identify(self, filepath: str) -> bool:
        return filepath.endswith(".csv")

    def finalize(self, txn: data.Transaction, row: Any) -> data.Transaction:
        other = txn.postings[0].units
        assert other is not None
        txn.postings.append(data.Posting("Income:Sales", -other, None, None, None, None))
        return txn


if __name__ == "__main__":
    beangulp.Ingest([Sales()])()
