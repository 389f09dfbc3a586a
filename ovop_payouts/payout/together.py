"""Steps of many runs by one command, computed side by side; all of them land, or none.

What lands is the same, to the byte, as when the runs are taken one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ovop_payouts.payout import life
from ovop_payouts.payout.decided import as_decided
from ovop_payouts.payout.funds import must_be_covered
from ovop_payouts.payout.line import Run
from ovop_payouts.payout.payments import payment_files, write_files
from ovop_payouts.payout.periods import run_id
from ovop_payouts.private import latest_details
from ovop_payouts.refusal import Refusal
from ovop_payouts.settings import read_settings
from ovop_payouts.spread import all_of, spread
from ovop_payouts.writing import Ready, land_all, writing


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written for one run, and the step to remember, where there is one."""

    run: str
    files: list[Path]
    step: Ready | None


def approve(
    books: Path, runs: Sequence[str], actor: life.Actor, scheduler: str | None = None
) -> list[Run]:
    """Approve runs of different associations. Raises Refusal with the reasons of all that may not
    be; then none is booked.

    The first run that holds a part of a distribution freezes it for the others (contract §4), so
    those of the others that wait for it are computed again after it landed.
    """
    approved: dict[str, Run] = {}
    if len({run_id(run).association for run in runs}) < len(runs):
        raise Refusal("approve one run of an association at a time, in order of month")
    with writing(books):
        left = list(runs)
        while left:
            plan = partial(life.planned_approval, books, actor)
            planned = dict(zip(left, all_of(spread(plan, left, scheduler)), strict=True))
            must_be_covered(books, [each.run for each in planned.values()], actor.today)
            waiting = [run for run in left if planned[run].freezes]
            now = [run for run in left if run not in waiting[1:]]
            land_all(books, [planned[run].change for run in now])
            approved.update({run: planned[run].run for run in now})
            left = waiting[1:]
    return [approved[run] for run in runs]


def export(
    books: Path,
    folders: dict[str, Path],
    actor: life.Actor,
    scheduler: str | None = None,
) -> dict[str, list[Path]]:
    """Write the payment files of approved runs (run -> its folder) and remember that; returns
    the files of each. Exporting again writes the same bytes and changes nothing else.

    Raises Refusal where a run is not approved, or a payment cannot be written as its rail demands.
    """
    with writing(books):
        work = partial(_exported, books, folders, actor)
        done = all_of(spread(work, list(folders), scheduler))
        land_all(books, [each.step for each in done if each.step is not None])
    return {each.run: each.files for each in done}


def _exported(books: Path, folders: dict[str, Path], actor: life.Actor, name: str) -> Exported:
    run = run_id(name)
    book = life.book_of(books, run)
    decided = as_decided(books, book, life.find(book, run))
    details = latest_details(books, decided)
    files = write_files(folders[name], payment_files(decided, run, details, read_settings(books)))
    step = life.export_step(book, run, actor)
    return Exported(name, files, life.proved_change(step) if step is not None else None)
