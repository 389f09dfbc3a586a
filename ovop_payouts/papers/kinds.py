"""The kinds of papers: for each payee, for each group, or both."""

from __future__ import annotations

from dataclasses import dataclass

from ovop_payouts.papers.act import act
from ovop_payouts.papers.group import group_sheet
from ovop_payouts.papers.remittance import remittances
from ovop_payouts.papers.wanted import Maker, Named, Wanted
from ovop_payouts.papers.year import year
from ovop_payouts.statements import Shelf, statement_of


@dataclass(frozen=True, slots=True)
class Kind:
    """`each` makes a payee's papers, `whole` a group's; `merged` names the file of all payees'."""

    each: Maker | None = None
    whole: Maker | None = None
    merged: str = "all"


def _statement(wanted: Wanted, found: Shelf, ident: str) -> Named:
    made = statement_of(found, ident, wanted.language)
    yield f"{found.period}_{ident}_{made.language}", made


KINDS = {
    "statement": Kind(_statement, group_sheet),
    "remittance": Kind(remittances, merged="payments"),
    "act": Kind(whole=act),
    "year": Kind(year),
}
