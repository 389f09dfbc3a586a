"""Master data that something else rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger import accounts
from ledger.directives import Fact
from ovop_payouts.payout.history import approval, approved, lines_of, runs, status
from ovop_payouts.reversing.case import Case

AT_SALE = frozenset(("commission", "vat", "sales_tax", "shrinkage"))
"""Rules that sales and counts are booked by; the others are used by runs."""


def names_in_use(case: Case) -> Iterator[str]:
    """Associations and products that something else names; groups go with their last member."""
    for kind, column in (("associations", "association"), ("products", "product")):
        facts = [fact for fact in case.facts(kind) if fact.meta["revision"] == "1"]
        used = case.kept_rows(column) if facts else {}
        for fact in facts:
            ident = fact.values[0]
            if ident in used:
                yield f"{fact.meta['source']}: {ident} is named by {used[ident]}"
            elif kind == "associations" and runs(case.before, ident):
                yield f"{fact.meta['source']}: {ident} has payout runs"


def members_in_use(case: Case) -> Iterator[str]:
    """Members that were paid, confirmed, changed since, or are named elsewhere."""
    going = list(case.facts("members"))
    if not going:
        return
    used, groups = case.kept_rows("member"), case.kept_rows("group")
    for fact in going:
        yield from (f"{fact.meta['source']}: {reason}" for reason in _of_member(case, fact))
    taken = {(fact.values[0], fact.meta.get("changed", "")) for fact in going}
    for ident in sorted({fact.values[0] for fact in going}):
        versions = case.before.members[ident]
        left = [v for v in versions if (ident, str(v.changed or "")) not in taken]
        if not left and ident in used:
            yield f"{ident} is named by {used[ident]}"
    members = {(m, v.group) for m, vs in case.before.members.items() for v in vs}
    lost = {fact.meta["group"] for fact in going} - {
        group for m, group in members if m not in {f.values[0] for f in going}
    }
    for group in sorted(lost & groups.keys()):
        yield f"group {group} is named by {groups[group]}"


def _of_member(case: Case, fact: Fact) -> Iterator[str]:
    book, ident, meta = case.before, fact.values[0], fact.meta
    changed = meta.get("changed", "")
    going = {f.meta.get("changed", "") for f in case.facts("members") if f.values[0] == ident}
    later = [v for v in book.members[ident] if str(v.changed or "") > changed]
    if any(str(v.changed) not in going for v in later):
        yield f"{ident} was changed again since"
    if int(meta["details"]) > 1 and book.confirmed.get(ident, 1) >= int(meta["details"]):
        yield f"the payment details of {ident} were confirmed; enter a change instead"
    association = meta["association"]
    for run in runs(book, association):
        step, state = approval(book, run), status(book, run)
        sees_it = step is None or case.imported.change in step.seen
        if state != "cancelled" and sees_it and ident in lines_of(book, run):
            yield f"{ident} is in {run}, which is {state}"
            break
    yield from _moved_since(case, ident)


def _moved_since(case: Case, ident: str) -> Iterator[str]:
    """Who changed group has new accounts: what was booked there since stands."""
    for scope, moved in case.entries("regrouping"):
        if moved.meta["member"] != ident:
            continue
        group = moved.meta["to-group"]
        mine = (accounts.payable(scope, group, ident), accounts.advances(scope, group, ident))
        for _, entry in case.kept_entries(
            "deliveries", "sales", "returns", "stocktakes", "payout", "deduction", "advances",
            "pool", "distribution", "bank", "cashbook", "openings", "regrouping",
        ):  # fmt: skip
            if any(leg.account in mine for leg in entry.legs):
                yield f"{ident} moved to {group}, where {entry.narration} was booked since"
                return


def certificates_relied_on(case: Case) -> Iterator[str]:
    """A certificate that a delivery or a sale names stands."""
    going = {fact.values[0]: fact.meta["source"] for fact in case.facts("certificates")}
    for _, entry in case.kept_entries("deliveries", "sales") if going else ():
        for key, value in entry.meta.items():
            if key.startswith("certificate") and value in going:
                yield f"{going[value]}: {value} is relied on by {entry.meta.get('source')}"
                del going[value]


def prices_used(case: Case) -> Iterator[str]:
    """A price by which something was booked that stays."""
    going = list(case.facts("prices"))
    products = {fact.values[0] for fact in going}
    for _, entry in case.kept_entries("deliveries", "stocktakes") if going else ():
        meta = entry.meta
        if meta["product"] not in products or "unit_price" in meta:
            continue
        column = "retail_price" if entry.tag == "stocktakes" else "buyback_price"
        asked = (meta["product"], meta.get("grade"), meta.get("order_no"), entry.date, column)
        if meta.get("terms") != "consignment" and (
            case.before.price(*asked) != case.after.price(*asked)
        ):
            yield f"{meta.get('source')} was booked by a price of this file; reverse that first"


def rules_used(case: Case) -> Iterator[str]:
    """A rule of the policy that a run or a sale used; another one may hold from a later day."""
    for fact in case.facts("policy"):
        meta, source = fact.meta, fact.meta["source"]
        since, owner = date.fromisoformat(meta["valid_from"]), meta.get("association")
        if meta["rule"] in AT_SALE:
            for scope, entry in case.kept_entries("sales", "stocktakes"):
                if entry.date >= since and owner in (None, scope):
                    yield f"{source}: {entry.meta.get('source')} was booked by it"
                    break
            continue
        for association in [owner] if owner else sorted(case.before.associations):
            for run in approved(case.before, association):
                step = approval(case.before, run)
                if step is not None and case.imported.change in step.seen and since <= run.cutoff:
                    yield f"{source}: the approved run {run} used it"
                    break
