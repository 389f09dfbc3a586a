"""What a decision about a run will do, shown before it is taken; then taken, with a password."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.directives import Entry
from ovop_payouts.payout import life, postings
from ovop_payouts.payout.funds import must_be_covered
from ovop_payouts.payout.gates import STALE, must_be_approvable
from ovop_payouts.payout.history import OPEN, current_hash
from ovop_payouts.payout.line import Run
from ovop_payouts.payout.periods import RunId
from ovop_payouts.refusal import Refusal
from ovop_payouts.web.desk import Desk, Done, NothingThere, Page
from ovop_payouts.web.pages.drafts import book_of, computed_now
from ovop_payouts.web.pages.files import files_of
from ovop_payouts.web.pages.lookup import run_of, status_of
from ovop_payouts.web.pages.proof import prove
from ovop_payouts.web.pages.runs import RunRow, row_of
from ovop_payouts.web.refusals import told
from ovop_payouts.writing import writing

ACTIONS = ("sign", "approve", "cancel", "export", "draft")


@dataclass(frozen=True, slots=True)
class Booked:
    """What an approval books on an account, KGS: debit and credit."""

    account: str
    debit: Decimal
    credit: Decimal
    entries: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The question before the decision. `hindrance` says why it would be refused."""

    action: str
    row: RunRow
    hash: str
    booked: tuple[Booked, ...]
    entries: int
    hindrance: str | None


def build(desk: Desk) -> Mapping[str, object]:
    return {"view": view_of(desk)}


def view_of(desk: Desk) -> Decision:
    """Raises NothingThere where the run, or such a decision, is not this user's."""
    run = run_of(desk, desk.must("run"))
    action = desk.chosen("action", ACTIONS)
    if not action or not desk.may(action, run.association):
        raise NothingThere(action)
    entries = _entries(desk, run) if action == "approve" else []
    return Decision(
        action,
        row_of(desk.book, run),
        current_hash(desk.book, run),
        tuple(_booked(entries)),
        len(entries),
        _hindrance(desk, run, action),
    )


def _entries(desk: Desk, run: RunId) -> list[Entry]:
    computed = computed_now(desk, run)
    if computed is None:
        return []
    return list(postings.entries(book_of(desk, run), computed, desk.today))


def _booked(entries: list[Entry]) -> Iterator[Booked]:
    """By account, payees' own accounts taken together by their group."""
    debit: dict[str, Decimal] = defaultdict(Decimal)
    credit: dict[str, Decimal] = defaultdict(Decimal)
    count: dict[str, int] = defaultdict(int)
    for entry in entries:
        for leg in entry.legs:
            account = _summed(leg.account)
            (debit if leg.number > 0 else credit)[account] += abs(leg.number)
            count[account] += 1
    for account in sorted(count):
        yield Booked(account, debit[account], credit[account], count[account])


def _summed(account: str) -> str:
    """`…:Group:M0345` -> `…:Group`: a line for each payee would say nothing."""
    parts = account.split(":")
    return ":".join(parts[:4]) if len(parts) > 4 else account


def _hindrance(desk: Desk, run: RunId, action: str) -> str | None:
    computed = computed_now(desk, run)
    try:
        if action == "approve" and computed is not None:
            must_be_approvable(book_of(desk, run), computed, desk.user.name, desk.today)
            must_be_covered(desk.books, [computed], desk.today)
        elif action == "sign" and computed is not None:
            _must_be_fresh(desk, run, computed)
        elif (
            action in ("sign", "approve", "cancel", "draft")
            and status_of(desk.book, run) not in OPEN
        ):
            state = status_of(desk.book, run)
            raise Refusal("{run} is {state}", run=run, state=state)
        elif action == "export" and status_of(desk.book, run) in (*OPEN, "cancelled"):
            state = status_of(desk.book, run)
            raise Refusal("{run} is {state}; it must be approved first", run=run, state=state)
    except Refusal as refusal:
        return told(refusal, desk.words)
    return None


def _must_be_fresh(desk: Desk, run: RunId, computed: Run) -> None:
    if computed.hash != current_hash(desk.book, run):
        raise Refusal(STALE, run=run)


def _seen(desk: Desk, action: str) -> RunId:
    """The run that is decided on: still the snapshot that was looked at, by who they say."""
    run = run_of(desk, desk.must("run"))
    desk.require(action, run.association)
    prove(desk)
    if desk.text("hash") not in ("", current_hash(desk.book, run)):
        raise Refusal(desk.words("decide_other_snapshot", run=str(run)))
    return run


def sign(desk: Desk) -> Done:
    run = _seen(desk, "sign")
    life.sign(desk.books, run, desk.actor)
    return _done(desk, "said_signed", run)


def approve(desk: Desk) -> Done:
    run = _seen(desk, "approve")
    done = life.approve(desk.books, run, desk.actor)
    said = desk.words("said_approved", run=str(run), amount=desk.words.money(done.totals["payout"]))
    return Done(said, "run", {"run": str(run)})


def cancel(desk: Desk) -> Done:
    run = _seen(desk, "cancel")
    life.cancel(desk.books, run, desk.actor)
    return _done(desk, "said_cancelled", run)


def export(desk: Desk) -> Done:
    run = _seen(desk, "export")
    files_of(desk, run)
    with writing(desk.books):
        step = life.export_step(life.book_of(desk.books, run), run, desk.actor)
        if step is not None:
            life.land_change(desk.books, step)
    said = desk.words("said_exported", run=str(run))
    return Done(said, "files", {"run": str(run)})


def draft(desk: Desk) -> Done:
    run = _seen(desk, "draft")
    drafted = life.draft(desk.books, run.period, [run.association], desk.actor)[0]
    if drafted is None:
        raise Refusal(desk.words("said_nothing_new", run=str(run)))
    phrase = "said_drafted" if drafted.changed else "said_unchanged"
    return _done(desk, phrase, drafted.run.id)


def _done(desk: Desk, phrase: str, run: RunId) -> Done:
    return Done(desk.words(phrase, run=str(run)), "run", {"run": str(run)})


PAGE = Page(
    "decide",
    build,
    actions={
        "sign": sign,
        "approve": approve,
        "cancel": cancel,
        "export": export,
        "draft": draft,
    },
    menu=False,
)
