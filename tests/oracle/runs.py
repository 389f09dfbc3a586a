"""The payout run and its life: draft, hold, approve, settle, close (contract §5 and §6)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from . import shares
from .arithmetic import last_day, month_of, shown, tyiyn
from .deductions import Taken, deduct
from .master import member_on, rule_for_rail, rules
from .state import Books, Distribution, Earning, Payment, Row, Run

KINDS = ("buyback", "order", "consignment", "pool", "second-payment", "premium", "award",
         "correction")  # fmt: skip


@dataclass
class Effects:
    """What an approval does besides: which earnings the run holds, whom it pays."""

    earnings: list[Earning] = field(default_factory=list)
    shared: dict[str, int] = field(default_factory=dict)
    distributions: list[tuple[Distribution, dict[str, int]]] = field(default_factory=list)
    distributed: dict[str, int] = field(default_factory=dict)
    waiting: list[Earning] = field(default_factory=list)
    stuck: list[Earning] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    taken: dict[str, Taken] = field(default_factory=dict)
    carried: dict[str, int] = field(default_factory=dict)
    payouts: dict[str, tuple[int, str]] = field(default_factory=dict)


class Refused(Exception):
    """A step of a run that the contract forbids."""


def draft(books: Books, period: str, association: str) -> Run:
    """A new draft, or the undecided one drafted again."""
    mine = [r for r in books.runs if (r.association, r.period) == (association, period)]
    decided = [r for r in mine if r.status in ("approved", "cancelled")]
    if any(r.period > period and r.status == "approved" and r.association == association
           for r in books.runs):  # fmt: skip
        raise Refused("a later month is approved")
    books.runs = [r for r in books.runs if r not in mine or r in decided]
    number = len(decided) + 1
    run = Run(f"{period}/{association}/{number}", period, association, number, "draft", {})
    compute(books, run)
    books.runs.append(run)
    return run


def compute(books: Books, run: Run) -> None:
    """Fill in the run's figures from the books as they are."""
    effects = Effects()
    earned = gather(books, run, effects)
    held = pool_shares(books, run, effects, earned)
    back = came_back(books, run, effects)
    opening = opening_balances(books, run.association)
    lines = [
        line(books, run, effects, member, opening.get(member, 0), kinds, back.get(member, 0))
        for member, kinds in everybody(books, run.association, earned)
    ]
    run.effects = effects
    run.shown = {
        "run": run.id,
        "status": run.status,
        "cutoff": last_day(run.period).isoformat(),
        "lines": [text_of(x) for x in lines if nonzero(x)],
        "held_pools": [{"group": g, "amount": shown(a)} for g, a in sorted(held.items()) if a],
        "totals": totals(lines, held),
    }


def late_allowed(books: Books, run: Run, month: str) -> bool:
    """Of earlier months: once closed, or once a later month was approved, no supplement comes."""
    if month == run.period or month in books.closed:
        return True
    return any(
        r.association == run.association and r.status == "approved" and r.period > month
        for r in books.runs
    )


def gather(books: Books, run: Run, effects: Effects) -> dict[str, dict[str, int]]:
    """Earnings by member and kind that no earlier run held; those of pools wait in `effects`."""
    until = last_day(run.period)
    earned: dict[str, dict[str, int]] = {}
    for earning in books.earnings:
        if earning.association != run.association or earning.run or earning.date > until:
            continue
        if not late_allowed(books, run, month_of(earning.date)):
            wait_for_supplement(books, run, effects, earning)
            continue
        effects.earnings.append(earning)
    for distribution, mine in shares.distributed(books, run.association, until):
        if late_allowed(books, run, month_of(distribution.row["date"])):
            effects.distributions.append((distribution, shares.parts(books, distribution)))
            effects.earnings.extend(mine)
    for earning in effects.earnings:
        if earning.member:
            add(earned, earning.member, earning.kind, earning.amount)
    return earned


def wait_for_supplement(books: Books, run: Run, effects: Effects, earning: Earning) -> None:
    """A pool's earnings of an open month, still held; all else the contract does not foresee."""
    month, product = month_of(earning.date), earning.product or ""
    if earning.member or shares.contributed(books, earning.group, month, product):
        books.warnings.append(f"{run.id}: {earning.date} waits for a supplement")
    effects.stuck.append(earning)


def add(earned: dict[str, dict[str, int]], member: str, kind: str, amount: int) -> None:
    kinds = earned.setdefault(member, {})
    kinds[kind] = kinds.get(kind, 0) + amount


def pool_shares(
    books: Books, run: Run, effects: Effects, earned: dict[str, dict[str, int]]
) -> dict[str, int]:
    """Allocate what has contributions; what has none is held and stays for a later run."""
    waiting = [e for e in effects.earnings if e.member is None]
    found = shares.pools(books, waiting)
    for member, amount in found.shares:
        add(earned, member, "pool", amount)
        effects.shared[member] = effects.shared.get(member, 0) + amount
    used = {id(earning) for earning in found.used}
    known = {id(earning) for earning in books.earnings}
    effects.waiting = [e for e in waiting if id(e) not in used | known]
    effects.earnings = [e for e in effects.earnings if e.member or id(e) in used]
    for earning in effects.stuck:
        found.held[earning.group] = found.held.get(earning.group, 0) + earning.amount
    return found.held


def came_back(books: Books, run: Run, effects: Effects) -> dict[str, int]:
    """Payments of the association that came back and that no approved run took yet."""
    back: dict[str, int] = {}
    for reference, payment in books.payments.items():
        mine = payment.association == run.association
        if mine and payment.status == "returned" and payment.returned_in is None:
            back[payment.member] = back.get(payment.member, 0) + payment.amount
            effects.returned.append(reference)
    return back


def opening_balances(books: Books, association: str) -> dict[str, int]:
    """Carried out of the previous run; before the first, the opening payable."""
    before = any(r.association == association and r.status == "approved" for r in books.runs)
    return books.carried if before else books.openings


def everybody(
    books: Books, association: str, earned: dict[str, dict[str, int]]
) -> list[tuple[str, dict[str, int]]]:
    mine = [m for m in books.members if shares.association_of(books, m) == association]
    return [(member, earned.get(member, {})) for member in sorted(mine)]


def line(
    books: Books, run: Run, effects: Effects, member: str, opening: int,
    kinds: dict[str, int], returned: int,
) -> dict[str, Any]:  # fmt: skip
    """One payee in tyiyn."""
    row = member_on(books, member, last_day(run.period))
    gross = sum(kinds.values())
    available = opening + gross + returned
    taken = deduct(books, run.association, run.period, member, row.get("tax_status"),
                   available, gross)  # fmt: skip
    net = available - taken.total
    state, payout = outcome(books, run, member, row, net)
    effects.taken[member] = taken
    effects.carried[member] = net - payout
    if payout:
        effects.payouts[member] = (payout, row["rail"])
    return {
        "member": member, "group": row["group"], "opening": opening,
        "earnings": {kind: kinds.get(kind, 0) for kind in KINDS},
        "gross": gross, "returned": returned, "deductions": taken.amounts, "net": net,
        "payout": payout, "carried": net - payout, "rail": row["rail"], "state": state,
    }  # fmt: skip


def outcome(books: Books, run: Run, member: str, row: Row, net: int) -> tuple[str, int]:
    """The state, and what is paid in it."""
    if on_hold(books, run, member, row):
        return "hold", 0
    day = last_day(run.period)
    floor = rule_for_rail(rules(books, run.association, day, "minimum"), row["rail"])
    unit = rule_for_rail(rules(books, run.association, day, "cash_unit"), row["rail"])
    left = row.get("left") is not None and row["left"] <= day
    step = int(unit * 100)
    payout = net // step * step if step else net
    if net <= 0 or (net < floor * 100 and not left) or payout == 0:
        return "carry", 0
    return "pay", payout


def on_hold(books: Books, run: Run, member: str, row: Row) -> bool:
    details = books.details[member][-1]
    bounced = books.bounced.get(member)
    return (
        bool(row.get("hold"))
        or bool(books.holds.get(member))
        or not details.confirmed
        or (bounced is not None and len(books.details[member]) <= bounced)
        or (row["rail"] == "bank" and not (row.get("account_no") and row.get("bic")))
        or (row["rail"] == "wallet" and not row.get("phone"))
    )


def nonzero(found: dict[str, Any]) -> bool:
    amounts = [found[name] for name in ("opening", "gross", "returned", "net", "payout", "carried")]
    return any(amounts) or any(found["earnings"].values()) or any(found["deductions"].values())


def text_of(found: dict[str, Any]) -> dict[str, Any]:
    """Tyiyn as the texts of §6."""
    texts = {name: shown(x) if isinstance(x, int) else x for name, x in found.items()}
    texts["earnings"] = {kind: shown(amount) for kind, amount in found["earnings"].items()}
    texts["deductions"] = [
        {"rule": rule, "amount": shown(amount), "account": account}
        for (rule, account), amount in found["deductions"].items()
    ]
    return texts


def totals(lines: list[dict[str, Any]], held: dict[str, int]) -> dict[str, str]:
    kept = [x for x in lines if x["state"] == "hold"]
    others = [x for x in lines if x["state"] != "hold"]
    return {
        "gross": shown(sum(x["gross"] for x in lines)),
        "deductions": shown(sum(sum(x["deductions"].values()) for x in lines)),
        "payout": shown(sum(x["payout"] for x in lines)),
        "carried": shown(sum(x["carried"] for x in others)),
        "held": shown(sum(x["net"] for x in kept) + sum(held.values())),
    }


def find(books: Books, run_id: str) -> Run:
    return next(r for r in books.runs if r.id == run_id)


def hold(books: Books, run_id: str, member: str, what: str) -> None:
    books.holds.setdefault(member, set()).add(what)
    compute(books, find(books, run_id))


def release(books: Books, run_id: str, member: str) -> None:
    books.holds.pop(member, None)
    compute(books, find(books, run_id))


def cancel(books: Books, run_id: str) -> None:
    """The cancelled run keeps its id; who drafts again gets the next one."""
    find(books, run_id).status = "cancelled"


def confirm(books: Books, member: str) -> None:
    books.details[member][-1].confirmed = True


def approve(books: Books, run_id: str) -> None:
    """Refused where the figures are no longer those drafted; else everything takes effect."""
    run = find(books, run_id)
    drafted = copy.deepcopy(run.shown)
    compute(books, run)
    if run.shown != drafted:
        run.shown = drafted
        raise Refused("inputs changed since")
    effects: Effects = run.effects
    take_effect(books, run, effects)
    run.status = "approved"
    run.shown["status"] = "approved"


def take_effect(books: Books, run: Run, effects: Effects) -> None:
    known = {id(earning) for earning in books.earnings}
    for earning in effects.earnings:
        earning.run = run.id
        if id(earning) not in known:
            change_balance(books, earning.member or f"pool {earning.group}", earning.amount)
        if earning.member is None:
            change_balance(books, f"pool {earning.group}", -earning.amount)
    for earning in effects.waiting:
        change_balance(books, f"pool {earning.group}", earning.amount)
    books.earnings.extend(effects.waiting)
    for member, amount in effects.shared.items():
        change_balance(books, member, amount)
    for distribution, frozen in effects.distributions:
        distribution.parts = frozen
        distribution.taken[run.association] = run.id
    for reference in effects.returned:
        books.payments[reference].returned_in = run.id
    for member, taken in effects.taken.items():
        remember(books, run.period, member, taken)
        change_balance(books, member, -taken.total)
    books.carried.update(effects.carried)
    for member, (amount, rail) in effects.payouts.items():
        details = len(books.details[member])
        payment = Payment(run.id, member, run.association, amount, rail, details)
        books.payments[f"{run.id}/{member}"] = payment
        change_balance(books, member, -amount)


def change_balance(books: Books, who: str, amount: int) -> None:
    books.balances[who] = books.balances.get(who, 0) + amount


def remember(books: Books, period: str, member: str, taken: Taken) -> None:
    for (rule, account), amount in taken.amounts.items():
        if rule == "fixed":
            key, monthly = (member, account), (member, account, period)
            books.taken[key] = books.taken.get(key, 0) + amount
            books.taken_in[monthly] = books.taken_in.get(monthly, 0) + amount
    for advance in books.advances:
        advance.left -= taken.advances.get(advance.number, 0)


def settle(books: Books, rows: list[Row]) -> list[int]:
    """The indexes of wrong rows; nothing is booked where there is one."""
    after = copy.deepcopy(books)
    wrong = [index for index, row in enumerate(rows) if not settled(after, row)]
    if not wrong:
        books.__dict__.update(after.__dict__)
    return wrong


def settled(books: Books, row: Row) -> bool:
    payment = books.payments.get(row["reference"])
    if payment is None or payment.amount != tyiyn(row["amount"]):
        return False
    fine = ("transit",) if row["status"] == "settled" else ("transit", "settled")
    if payment.status not in fine:
        return False
    payment.status = row["status"]
    if row["status"] == "returned":
        change_balance(books, payment.member, payment.amount)
    if row["status"] == "returned" and payment.rail in ("bank", "wallet"):
        books.bounced[payment.member] = max(payment.details, books.bounced.get(payment.member, 0))
    return True


def close(books: Books, period: str) -> None:
    """Refused while a run of the month is missing or undecided, or payments are in transit."""
    for association in books.associations:
        mine = [r for r in books.runs if (r.association, r.period) == (association, period)]
        if not mine or mine[-1].status == "draft" or all(r.status == "cancelled" for r in mine):
            raise Refused(f"a run of {association} is missing or undecided")
    if any(p.status == "transit" and p.run[:7] <= period for p in books.payments.values()):
        raise Refused("payments in transit")
    books.closed.add(period)
