"""Overview: what needs me now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ovop_payouts.payout import life
from ovop_payouts.payout.history import runs, status
from ovop_payouts.payout.periods import run_id
from ovop_payouts.web.desk import Desk, Done, Page


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits for somebody: `phrase` names the words; `action` what this user can do."""

    run: str
    phrase: str
    action: str | None


def build(desk: Desk) -> Mapping[str, object]:
    return {"waiting": list(_waiting(desk))}


def _waiting(desk: Desk) -> Iterator[Waiting]:
    for association in desk.associations:
        for run in runs(desk.book, association):
            match status(desk.book, run):
                case "draft":
                    can = "sign" if desk.may("sign", association) else None
                    yield Waiting(str(run), "run_waits_sign", can)
                case "signed":
                    yield Waiting(str(run), "run_waits_approve", None)


def sign(desk: Desk) -> Done:
    run = run_id(desk.must("run"))
    desk.require("sign", run.association)
    life.sign(desk.books, run, desk.actor)
    return Done(desk.words("run_signed", run=str(run)), "overview", {})


PAGE = Page("overview", build, actions={"sign": sign})
