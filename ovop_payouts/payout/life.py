"""The life of a run: draft, signed, approved, exported, settled, or cancelled (contract §5).

Each step is one change with a name of its own, so that of two that race only one lands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from ledger import accounts
from ledger.directives import Directive, Fact
from ledger.log import Note
from ovop_payouts.book import Book
from ovop_payouts.booking.plan import Plan
from ovop_payouts.payout import postings
from ovop_payouts.payout.compute import compute
from ovop_payouts.payout.funds import must_be_covered
from ovop_payouts.payout.gates import STALE, must_be_approvable, must_be_draftable
from ovop_payouts.payout.history import (
    OPEN,
    Objection,
    approval,
    current_hash,
    is_supplement,
    lines_of,
    objections,
    runs,
    status,
    unseen,
)
from ovop_payouts.payout.line import Line, Meta, Run, meta_of
from ovop_payouts.payout.periods import RunId, last_day, run_id
from ovop_payouts.private import latest_details
from ovop_payouts.records import Rule
from ovop_payouts.refusal import Refusal
from ovop_payouts.shards import load_association, load_open_run
from ovop_payouts.spread import all_of, spread
from ovop_payouts.users import User
from ovop_payouts.writing import Ready, land, land_all, ready, writing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and on which day; `at` is the moment, for the log."""

    user: User
    today: date
    at: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft found. `before` holds the lines of the snapshot before, where there was one."""

    run: Run
    changed: bool
    before: dict[str, Line] | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to land, under which name, and what the log says of it."""

    name: str
    planned: list[tuple[str, Directive]]
    note: Note


def draft(
    books: Path,
    period: str,
    associations: Sequence[str],
    actor: Actor,
    scheduler: str | None = None,
) -> list[Drafted | None]:
    """Compute the month's run of each association and keep the snapshots: all of them, or none.

    The same inputs give the same run and change nothing. None where a supplement would hold
    nothing. Associations are computed side by side (`spread`). Raises Refusal where the month's
    turn has not come or is over.
    """
    with writing(books):
        done = spread(partial(_planned_draft, books, period, actor), associations, scheduler)
        planned = all_of(done)
        land_all(books, [change for _, change in planned if change is not None])
        return [drafted for drafted, _ in planned]


def _planned_draft(
    books: Path, period: str, actor: Actor, association: str
) -> tuple[Drafted | None, Ready | None]:
    book = load_open_run(books, association, last_day(period))
    run = _run_to_draft(book, period, association)
    must_be_draftable(book, run)
    computed = compute(book, run, latest_details(books, book))
    known = str(run) in book.steps
    if is_supplement(book, run) and not known and not _holds_news(computed):
        return None, None
    before = lines_of(book, run) if known else None
    if known and current_hash(book, run) == computed.hash:
        return Drafted(_told(computed), False, before), None
    change = _snapshot(book, computed, before or {}, actor, "draft")
    return Drafted(_told(computed), True, before), proved_change(change)


def _told(computed: Run) -> Run:
    """A run without the earnings behind its lines: they need not travel between processes."""
    return replace(computed, earnings={})


def book_of(books: Path, run: RunId) -> Book:
    """What the run's association may see, and its runs need."""
    return load_association(books, run.association, run.cutoff)


def _holds_news(run: Run) -> bool:
    """Whether a supplement would do anything: hold something new, or pay what was held."""
    return any(
        line.gross or line.returned or line.deductions or line.payout for line in run.lines.values()
    ) or any(pool.parts for pool in run.pools)


def _run_to_draft(book: Book, period: str, association: str) -> RunId:
    """The month's undecided run, else its next one."""
    if association not in book.associations:
        raise Refusal("association {association} is not known", association=association)
    mine = [r for r in runs(book, association) if r.period == period]
    if mine and status(book, mine[-1]) in OPEN:
        return mine[-1]
    return RunId(period, association, mine[-1].number + 1 if mine else 1)


def find(book: Book, run: RunId) -> RunId:
    """A run that exists; raises Refusal with what there is."""
    if str(run) in book.steps:
        return run
    known = [str(r) for r in runs(book, run.association) if r.period == run.period]
    if known:
        raise Refusal("there is no run {run}; there is {known}", run=run, known=", ".join(known))
    raise Refusal("there is no run {run}", run=run)


def hold(books: Path, run: RunId, member: str, action: str, reason: str, actor: Actor) -> Run:
    """Raise a hold or a dispute: the payee is not paid until it is released."""
    return _note(books, run, member, action, reason, actor, "")


def give_reason(books: Path, run: RunId, member: str, reason: str, actor: Actor) -> Run:
    """Write down why a payee's amount is unusual (the variance gate)."""
    return _note(books, run, member, "reason", reason, actor, "")


def release(books: Path, run: RunId, member: str, reason: str, actor: Actor) -> Run:
    """Release a payee's holds: one's own, an approver all."""
    with writing(books):
        book = book_of(books, run)
        find(book, run)
        raised = objections(book, run.association).get(member, [])
        mine = [o for o in raised if may_release(o, actor.user)]
        if not raised:
            raise Refusal("{member} is neither on hold nor disputed", member=member)
        if not mine:
            who = ", ".join(sorted({o.user for o in raised}))
            raise Refusal(
                "only {who} who raised it, or an approver, may release {member}",
                who=who,
                member=member,
            )
        released = " ".join(o.name for o in mine)
        return _record(books, book, run, member, "release", reason, actor, released)


def may_release(objection: Objection, user: User) -> bool:
    return objection.user == user.name or user.role == "approver"


def _note(
    books: Path, run: RunId, member: str, action: str, reason: str, actor: Actor, releases: str
) -> Run:
    with writing(books):
        return _record(books, book_of(books, run), run, member, action, reason, actor, releases)


def _record(
    books: Path,
    book: Book,
    run: RunId,
    member: str,
    action: str,
    reason: str,
    actor: Actor,
    releases: str,
) -> Run:
    """One step about one payee, with the new snapshot that it makes."""
    find(book, run)
    if status(book, run) not in OPEN:
        raise Refusal(
            "{run} is {state}; only a draft can be changed", run=run, state=status(book, run)
        )
    if member not in lines_of(book, run) and action != "release":
        raise Refusal("{member} has no line in {run}", member=member, run=run)
    if not reason.strip():
        raise Refusal("a reason is needed")
    meta = {"member": member, "reason": reason}
    if releases:
        meta["releases"] = releases
    step = _step_fact(book, run, action, actor, "", meta)
    plan = Plan(book, actor.today, actor.user.name)
    plan.fact(run.association, step)
    computed = compute(book, run, latest_details(books, book))
    before = lines_of(book, run)
    change = _snapshot(book, computed, before, actor, action, meta, number=_number(step))
    land_change(books, change)
    return computed


def _number(step: Fact) -> int:
    return int(step.meta["step"])


def sign(books: Path, run: RunId, actor: Actor) -> str:
    """The treasurer's signature on the snapshot as it is; returns its hash."""
    with writing(books):
        book = book_of(books, run)
        find(book, run)
        state = status(book, run)
        if state != "draft":
            raise Refusal("{run} is {state}; only a draft can be signed", run=run, state=state)
        computed = compute(book, run, latest_details(books, book))
        if computed.hash != current_hash(book, run):
            raise Refusal(STALE, run=run)
        land_change(books, _plain(book, run, "sign", actor, computed.hash, []))
        return computed.hash


def cancel(books: Path, run: RunId, actor: Actor) -> None:
    """Give up a run before it is approved; its number is not used again."""
    with writing(books):
        book = book_of(books, run)
        find(book, run)
        if status(book, run) not in OPEN:
            raise Refusal(
                "{run} is {state}; it can no longer be cancelled",
                run=run,
                state=status(book, run),
            )
        land_change(books, _plain(book, run, "cancel", actor, "", []))


def approve(books: Path, run: RunId, actor: Actor) -> Run:
    """Book a run: by another person than who drafted it, on the same hash; once."""
    with writing(books):
        planned = planned_approval(books, actor, str(run))
        must_be_covered(books, [planned.run], actor.today)
        land_all(books, [planned.change])
        return planned.run


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approval would land; `freezes` where it is the first with parts that others share."""

    run: Run
    change: Ready
    freezes: bool


def planned_approval(books: Path, actor: Actor, name: str) -> Approval:
    """Plan the approval of a run; the books' lock is held. Raises Refusal with every reason."""
    run = run_id(name)
    book = book_of(books, run)
    find(book, run)
    computed = compute(book, run, latest_details(books, book))
    must_be_approvable(book, computed, actor.user.name, actor.today)
    seen = unseen(book, run.association)
    plan = Plan(book, actor.today, actor.user.name)
    parts = list(postings.frozen_parts(book, computed, actor.today))
    for fact in parts:
        for scope in _associations(book, fact):
            plan.fact(scope, fact)
    for entry in list(postings.entries(book, computed, actor.today)):
        plan.entry(run.association, entry)
    meta = {"seen": " ".join(seen)}
    change = _plain(book, run, "approve", actor, computed.hash, plan.planned, meta)
    return Approval(_told(computed), proved_change(change), bool(parts))


def _associations(book: Book, part: Fact) -> list[str]:
    """Whose file a frozen part stands in: its payee's."""
    payee = part.values[1]
    if part.meta["pool"] == "yes":
        return [book.groups[payee]]
    return [book.member(payee).association]


def export_step(book: Book, run: RunId, actor: Actor) -> Change | None:
    """What remembers that payment files were written; nothing where that is known."""
    if status(book, run) != "approved" or _exported(book, run):
        return None
    return _plain(book, run, "export", actor, "", [])


def _exported(book: Book, run: RunId) -> bool:
    return any(step.action == "export" for step in book.steps[str(run)])


def must_be_approved(book: Book, run: RunId) -> None:
    find(book, run)
    if approval(book, run) is None:
        raise Refusal(
            "{run} is {state}; it must be approved first", run=run, state=status(book, run)
        )


# --- steps as directives -----------------------------------------------------------------------


def _step_fact(
    book: Book, run: RunId, action: str, actor: Actor, hash_: str, more: Meta, number: int = 0
) -> Fact:
    number = number or len(book.steps.get(str(run), ())) + 1
    meta = {
        "step": str(number),
        "user": actor.user.name,
        "on": actor.today.isoformat(),
        **more,
    }
    if hash_:
        meta["hash"] = hash_
    return Fact(actor.today, "run", (str(run), action), meta)


def _change(run: RunId, step: Fact, planned: list[tuple[str, Directive]], note: Note) -> Change:
    """A step under its name: `run-2026-03-osh-1-002`, or `run-2026-03-5d4c…` where files of others
    come with it, who read that name and learn nothing from it.

    That follows from the run, the step and the snapshot, as a plain one would; but nobody can try
    names of associations until one fits, for the snapshot's hash stands in its own books alone.
    """
    name = f"run-{run.period}-{run.association}-{run.number}-{int(step.meta['step']):03d}"
    if not {scope for scope, _ in planned} <= {run.association, accounts.HEAD_OFFICE}:
        said = hashlib.sha256(f"{name} {note.hash}".encode()).hexdigest()
        name = f"run-{run.period}-{said[:16]}"
    return Change(name, planned, note)


def _snapshot(
    book: Book,
    computed: Run,
    before: dict[str, Line],
    actor: Actor,
    action: str,
    more: Meta | None = None,
    number: int = 0,
) -> Change:
    """A step that makes a snapshot: the lines that are new, other or gone, and the policy."""
    run = computed.id
    meta = {
        **(more or {}),
        "pools": " ".join(f"{g}={amount:f}" for g, amount in computed.held_pools.items()),
        "policy": policy_text(computed.policy),
    }
    fact = _step_fact(book, run, action, actor, computed.hash, meta, number)
    step = fact.meta["step"]
    facts: list[Directive] = [fact]
    for member, line in computed.lines.items():
        if before.get(member) != line:
            facts.append(_line_fact(actor.today, run, member, {"step": step, **meta_of(line)}))
    for member in sorted(before.keys() - computed.lines.keys()):
        facts.append(_line_fact(actor.today, run, member, {"step": step, "gone": "yes"}))
    note = _note_of(actor, action, run, computed.hash, (more or {}).get("member", ""))
    planned = [(run.association, each) for each in facts]
    return _change(run, fact, planned, note)


def _note_of(actor: Actor, action: str, run: RunId, hash_: str, member: str = "") -> Note:
    """What the log says of a step: on which snapshot, and about which payee."""
    about = f"{run} {member}".strip()
    return Note(actor.user.name, actor.today, action, about, hash_, actor.at, run.association)


def _line_fact(today: date, run: RunId, member: str, meta: Meta) -> Fact:
    return Fact(today, "run-line", (str(run), member), meta)


def _plain(
    book: Book,
    run: RunId,
    action: str,
    actor: Actor,
    hash_: str,
    planned: Iterable[tuple[str, Directive]],
    more: Meta | None = None,
) -> Change:
    """A step that makes no new snapshot."""
    fact = _step_fact(book, run, action, actor, hash_, more or {})
    note = _note_of(actor, action, run, hash_ or current_hash(book, run))
    return _change(run, fact, [(run.association, fact), *planned], note)


def land_change(books: Path, change: Change) -> None:
    land(books, change.name, change.planned, change.note)


def proved_change(change: Change) -> Ready:
    return ready(change.name, change.planned, change.note)


def policy_text(rules: Iterable[Rule]) -> str:
    """The rules that a run used, as JSON: the rates are recorded in the run."""
    return json.dumps(
        [
            {
                "rule": rule.rule,
                "value": format(rule.value, "f"),
                "valid_from": rule.valid_from.isoformat(),
                "association": rule.association,
                "limit": None if rule.limit is None else format(rule.limit, "f"),
                "account": rule.account,
                "applies_to": list(rule.applies_to),
            }
            for rule in rules
        ]
    )
