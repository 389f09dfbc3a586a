"""What the books remember of runs: their status, which approved ones there are, what they held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger import accounts
from ledger.directives import Meta
from ovop_payouts.book import Book
from ovop_payouts.payout.line import Line, line_from
from ovop_payouts.payout.periods import RunId, run_id
from ovop_payouts.records import Earning, Returned, Step

DECIDED = frozenset(("approved", "exported", "settled"))
OPEN = frozenset(("draft", "signed"))


def runs(book: Book, association: str | None = None) -> list[RunId]:
    """All runs (of one association) in order of month and number."""
    found = [run_id(name) for name in book.steps]
    return sorted(r for r in found if association in (None, r.association))


def current_hash(book: Book, run: RunId) -> str:
    """The hash of the run's latest snapshot."""
    return next(step.hash for step in reversed(book.steps.get(str(run), [])) if step.hash)


def status(book: Book, run: RunId) -> str:
    """draft, signed, approved, exported, settled or cancelled."""
    state, name = "draft", str(run)
    signed = ""
    for step in book.steps.get(name, ()):
        match step.action:
            case "sign":
                signed = step.hash
            case "approve":
                state = "approved"
            case "export":
                state = "exported"
            case "cancel":
                return "cancelled"
    if state == "draft":
        return "signed" if signed == current_hash(book, run) else "draft"
    if name in book.long_settled:
        return "settled"
    payments = book.payments_of(name)
    done = all(p.reference in book.settled or p.reference in book.returned for p in payments)
    return "settled" if payments and done else state


def approved(book: Book, association: str) -> list[RunId]:
    """The approved runs of an association, in order."""
    return [r for r in runs(book, association) if approval(book, r) is not None]


def is_supplement(book: Book, run: RunId) -> bool:
    """Whether an approved run of the same month came before; a cancelled one does not count."""
    return any(r.period == run.period and r < run for r in approved(book, run.association))


def approval(book: Book, run: RunId) -> Step | None:
    return next((s for s in book.steps.get(str(run), ()) if s.action == "approve"), None)


def drafters(book: Book, run: RunId) -> set[str]:
    """Who drafted a run: none of them may approve it."""
    return {step.user for step in book.steps.get(str(run), ()) if step.action == "draft"}


def lines_of(book: Book, run: RunId) -> dict[str, Line]:
    """Member -> line of the latest snapshot."""
    return {member: line_from(member, meta) for member, meta in lines_as_text(book, run).items()}


def lines_as_text(book: Book, run: RunId) -> dict[str, Meta]:
    """As `lines_of`, each line as it stands there: `line_from` reads it."""
    lines: dict[str, Meta] = {}
    for _, member, meta in sorted(book.run_lines.get(str(run), ()), key=lambda entry: entry[0]):
        if meta.get("gone") == "yes":
            lines.pop(member, None)
        else:
            lines[member] = meta
    return dict(sorted(lines.items()))


@dataclass(frozen=True, slots=True)
class Held:
    """What approved runs of an association hold already."""

    last: RunId | None
    seen: frozenset[str]

    def earning(self, earning: Earning) -> bool:
        """Whether an approved run holds an earning: it saw its change, and the day was in it."""
        if earning.held_by is not None:
            return True
        return (
            self.last is not None
            and earning.date <= self.last.cutoff
            and (earning.change in self.seen)
        )

    def returned(self, returned: Returned) -> bool:
        return returned.change in self.seen


def held(book: Book, association: str, until: RunId | None = None) -> Held:
    """What approved runs of an association hold: all, or those before a run."""
    done = [r for r in approved(book, association) if until is None or r < until]
    seen: set[str] = set(book.seen_before.get(association, ()))
    for run in done:
        step = approval(book, run)
        assert step is not None
        seen.update((*step.seen, step.change))
    return Held(done[-1] if done else None, frozenset(seen))


def seen_until(book: Book, run: RunId) -> set[str]:
    """The changes that an approved run, and those before it, had seen or made."""
    changes: set[str] = set()
    for earlier in approved(book, run.association):
        step = approval(book, earlier)
        if step is not None and earlier <= run:
            changes.update((*step.seen, step.change))
    return changes


def unseen(book: Book, association: str) -> list[str]:
    """Changes of an association, or of what all share, that no approved run of it has seen."""
    seen = held(book, association).seen
    own = {association, accounts.COMMON}
    return sorted(c for c, scopes in book.changes.items() if scopes & own and c not in seen)


def earnings_by_run(book: Book, association: str) -> dict[RunId, dict[str, list[Earning]]]:
    """Approved run -> member -> the earnings that it holds."""
    found: dict[RunId, dict[str, list[Earning]]] = {}
    done = approved(book, association)
    seen_at: dict[str, int] = {}
    for index, run in enumerate(done):
        found[run] = {}
        step = approval(book, run)
        assert step is not None
        for change in (*step.seen, step.change):
            seen_at.setdefault(change, index)
    by_name = {str(run): run for run in done}
    for earning in book.earnings.get(association, ()):
        holder = by_name.get(earning.held_by) if earning.held_by else None
        if holder is None and earning.held_by is None:
            first = seen_at.get(earning.change, len(done))
            holder = next((r for r in done[first:] if earning.date <= r.cutoff), None)
        if holder is not None and earning.member is not None:
            found[holder].setdefault(earning.member, []).append(earning)
    return found


def returns_of(book: Book, run: RunId) -> list[Returned]:
    """Payments that came back since the run before was approved, which this run takes."""
    step = approval(book, run)
    if step is not None:
        mine = frozenset(step.seen)
        found = [r for r in book.returned.values() if r.change in mine]
    else:
        done = held(book, run.association)
        found = [r for r in book.returned.values() if not done.returned(r)]
    of_run = [r for r in found if r.association == run.association]
    return sorted(of_run, key=lambda r: r.reference)


def before(book: Book, run: RunId) -> RunId | None:
    """The approved run of the association before this one."""
    earlier = [r for r in approved(book, run.association) if r < run]
    return earlier[-1] if earlier else None


@dataclass(frozen=True, slots=True)
class Objection:
    """An open hold or dispute of a payee."""

    run: str
    number: int
    action: str
    user: str
    reason: str
    date: date

    @property
    def name(self) -> str:
        return f"{self.run}#{self.number}"


def objections(book: Book, association: str) -> dict[str, list[Objection]]:
    """Member -> holds and disputes that were not released, the oldest first."""
    released: set[str] = set()
    raised: list[tuple[str, Objection]] = []
    for run in runs(book, association):
        for step in book.steps.get(str(run), ()):
            if step.action == "release" and step.meta:
                released.update(step.meta.get("releases", "").split())
            elif step.action in ("hold", "dispute") and step.member:
                raised.append(
                    (
                        step.member,
                        Objection(
                            step.run, step.number, step.action, step.user, step.reason, step.date
                        ),
                    )
                )
    found: dict[str, list[Objection]] = {}
    for member, objection in raised:
        if objection.name not in released:
            found.setdefault(member, []).append(objection)
    return found


def reasons(book: Book, run: RunId) -> dict[str, str]:
    """Member -> the latest written reason for an unusual amount."""
    return {
        step.member: step.reason
        for step in book.steps.get(str(run), ())
        if step.action == "reason" and step.member
    }
