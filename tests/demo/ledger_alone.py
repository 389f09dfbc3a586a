"""Totals of every report out of Beancount's own entries: nothing of the project is used.

Accounts are read by their names, facts by their metadata, as any reader of the ledger would.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from beancount.core.data import Custom, Open, Posting, Transaction

ZERO = Decimal()
Totals = dict[tuple[str, str], Decimal | int | None]
EARNING = ("deliveries", "sales", "returns", "stocktakes", "distribution")


def kgs(posting: Posting) -> Decimal:
    """What a posting weighs in KGS; consigned goods weigh nothing."""
    if posting.cost is not None:
        return posting.units.number * posting.cost.number
    return posting.units.number if posting.units.currency == "KGS" else ZERO


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def part(some: Decimal | int, whole: Decimal | int) -> Decimal:
    return (Decimal(some) / Decimal(whole)).quantize(Decimal("0.0001"))


class Ledger:
    """Entries up to the last day of a month, and questions about them."""

    def __init__(self, entries: list[Any], first: date, last: date) -> None:
        self.first, self.last = first, last
        self.all = [e for e in entries if isinstance(e, Transaction)]
        self.known = [e for e in self.all if e.date <= last]
        self.mine = [e for e in self.known if e.date >= first]
        self.facts = [e for e in entries if isinstance(e, Custom)]
        self.opens = {e.account: e for e in entries if isinstance(e, Open)}
        self.members = self._members()

    def _members(self) -> dict[str, dict[str, Any]]:
        """As they are on the last day."""
        versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for fact in self.facts:
            if fact.type == "members":
                versions[fact.meta["member"]].append(fact.meta)
        found = {}
        for ident, rows in versions.items():
            rows.sort(key=lambda meta: meta.get("changed", ""))
            until = [m for m in rows if m.get("changed", "") <= self.last.isoformat()]
            found[ident] = (until or rows)[-1]
        return found

    @staticmethod
    def tag(entry: Transaction) -> str:
        return next(iter(entry.tags), "")

    def tagged(self, *tags: str) -> Iterator[Transaction]:
        return (entry for entry in self.mine if self.tag(entry) in tags)

    def sums(self, entries: Any, *starts: str) -> Decimal:
        return sum(
            (kgs(p) for entry in entries for p in entry.postings if p.account.startswith(starts)),
            ZERO,
        )

    @staticmethod
    def is_payee(account: str) -> bool:
        return account.startswith("Liabilities:Payable:") and account.count(":") == 4

    def owed(self, entries: Any) -> dict[str, Decimal]:
        """Account of a payee -> what is owed."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for entry in entries:
            for p in entry.postings:
                if self.is_payee(p.account):
                    sums[p.account] -= kgs(p)
        return sums

    def total_owed(self, entries: Any) -> Decimal:
        return sum(self.owed(entries).values(), ZERO)

    # --- one question for each report ---------------------------------------------------------

    def treasurer(self) -> Totals:
        trade = list(self.tagged("sales", "returns"))
        taken = self.sums(trade, "Assets:Till", "Assets:Receivable")
        consigned = self.total_owed(trade) - self.sums(trade, "Income:Commission:")
        own = taken - consigned
        runs = f"{self.first:%Y-%m}/"
        sent, state = {}, {}
        for entry in self.all:
            if self.tag(entry) == "payout" and entry.meta["run"].startswith(runs):
                sent[entry.meta["reference"]] = entry.postings[0].units.number
            elif self.tag(entry) == "bank" and entry.meta["run"].startswith(runs):
                state[entry.meta["reference"]] = entry.meta["status"]
        by_state = {
            status: sum((n for r, n in sent.items() if state.get(r) == status), ZERO)
            for status in ("settled", "returned", None)
        }
        owed = self.total_owed(self.known)
        return {
            ("", "owed_before"): self.total_owed(e for e in self.known if e.date < self.first),
            ("", "earned"): self.total_owed(self.tagged(*EARNING)),
            ("", "deducted"): -self.total_owed(self.tagged("deduction")),
            ("", "paid"): -self.total_owed(self.tagged("payout")),
            ("", "owed"): owed,
            ("", "takings"): taken,
            ("movement", "amount"): owed,
            ("unpaid", "amount"): owed,
            ("takings", "own_goods"): own,
            ("takings", "consigned_goods"): consigned,
            ("takings", "amount"): taken,
            ("payments", "payees"): len(sent),
            ("payments", "sent"): sum(sent.values(), ZERO),
            ("payments", "settled"): by_state["settled"],
            ("payments", "came_back"): by_state["returned"],
            ("payments", "in_transit"): by_state[None],
        }

    def unsettled(self) -> Totals:
        owed = self.total_owed(self.known)
        runs = f"{self.first:%Y-%m}/"
        came_back = {
            e.meta["reference"]
            for e in self.all
            if self.tag(e) == "bank" and e.meta["status"] == "returned"
        }
        later = -self.total_owed(
            e
            for e in self.all
            if self.tag(e) == "payout"
            if e.meta["run"].startswith(runs) and e.meta["reference"] not in came_back
        )
        return {
            ("", "owed"): owed,
            ("", "paid_after"): later,
            ("", "still_unpaid"): owed - later,
            ("unpaid", "amount"): owed,
            ("by_association", "paid_after"): later,
            ("by_association", "still_unpaid"): owed - later,
            ("by_association", "balance"): owed,
            ("by_payee", "amount"): owed - later,
        }

    def trial_balance(self) -> Totals:
        def control(account: str) -> str:
            parts = account.split(":")
            short = {"Payable": 3, "Advances": 3, "Stock": 3, "Consignors": 3, "Sales": 3}
            cut = {**short, "Till": 2, "Receivable": 2}.get(parts[1], 9)
            return (
                account if parts[:3] == ["Liabilities", "Tax", "Sales"] else ":".join(parts[:cut])
            )

        def of(name: Callable[[str], str]) -> dict[str, Decimal]:
            sides: dict[str, Decimal] = defaultdict(Decimal)
            before: dict[str, Decimal] = defaultdict(Decimal)
            after: dict[str, Decimal] = defaultdict(Decimal)
            for entry in self.known:
                for p in entry.postings:
                    amount, account = kgs(p), name(p.account)
                    after[account] += amount
                    if entry.date < self.first:
                        before[account] += amount
                    else:
                        sides["debit" if amount > 0 else "credit"] += abs(amount)
            return {
                "opening_debit": sum((n for n in before.values() if n > 0), ZERO),
                "opening_credit": -sum((n for n in before.values() if n < 0), ZERO),
                "turnover_debit": sides["debit"],
                "turnover_credit": sides["credit"],
                "closing_debit": sum((n for n in after.values() if n > 0), ZERO),
                "closing_credit": -sum((n for n in after.values() if n < 0), ZERO),
            }

        controls, accounts = of(control), of(str)
        assert controls["turnover_debit"] == controls["turnover_credit"]
        return {
            **{("controls", name): amount for name, amount in controls.items()},
            **{("accounts", name): amount for name, amount in accounts.items()},
            ("", "turnover"): controls["turnover_debit"],
        }

    def payables(self) -> Totals:
        """Ages by a queue: what is paid is taken from the oldest that is owed."""
        queues: dict[str, deque[list[Any]]] = defaultdict(deque)
        ahead: dict[str, Decimal] = defaultdict(Decimal)
        for entry in sorted(self.known, key=lambda e: (e.date, kgs_of_payees(e) < 0)):
            if self.tag(entry) == "regrouping":
                continue
            for p in entry.postings:
                if not self.is_payee(p.account):
                    continue
                parts = p.account.split(":")
                payee = parts[4] if parts[4] != "Pool" else ":".join(parts[2:])
                amount = -kgs(p)
                if amount > 0:
                    used = min(ahead[payee], amount)
                    ahead[payee] -= used
                    if amount > used:
                        queues[payee].append([entry.date, amount - used])
                left = -amount
                while left > 0 and queues[payee]:
                    used = min(left, queues[payee][0][1])
                    left -= used
                    queues[payee][0][1] -= used
                    if not queues[payee][0][1]:
                        queues[payee].popleft()
                ahead[payee] += max(left, ZERO)
        ages: dict[str, Decimal] = defaultdict(Decimal)
        for queue in queues.values():
            for day, amount in queue:
                days = (self.last - day).days
                name = next((f"age_{n}" for n in (30, 60, 90) if days <= n), "age_older")
                ages[name] += amount
        owed, arrears = self.total_owed(self.known), -sum(ahead.values(), ZERO)
        cells = {**{n: ages[n] for n in ("age_30", "age_60", "age_90", "age_older")}}
        cells |= {"arrears": arrears, "balance": owed}
        others = -self.sums(self.known, "Liabilities:") - owed
        return {
            ("", "owed"): owed,
            ("", "arrears"): -arrears,
            ("", "over_60"): ages["age_90"] + ages["age_older"],
            **{(table, n): v for table in ("by_group", "by_payee") for n, v in cells.items()},
            ("other_creditors", "balance"): others,
        }

    def advances(self) -> Totals:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for entry in self.known:
            for p in entry.postings:
                if p.account.startswith("Assets:Advances:") and self.tag(entry) != "regrouping":
                    amount = kgs(p)
                    sums["advance_left"] += amount
                    if entry.date < self.first:
                        sums["advance_before"] += amount
                    elif amount > 0:
                        sums["advance_given"] += amount
                    elif self.tag(entry) == "deduction":
                        sums["advance_recovered"] -= amount
                    else:
                        sums["advance_repaid"] -= amount
        names = ("before", "given", "recovered", "repaid", "left")
        return {
            ("", "advances_left"): self.sums(self.known, "Assets:Advances:"),
            **{
                (table, f"advance_{name}"): sums[f"advance_{name}"]
                for table in ("by_group", "by_member")
                for name in names
            },
        }

    def sales(self) -> Totals:
        value = self.sums(self.tagged("sales", "returns"), "Assets:Till", "Assets:Receivable")
        units = -sum(
            (
                p.units.number
                for entry in self.tagged("sales", "returns")
                for p in entry.postings
                if p.account.startswith(("Assets:Stock:", "Assets:Consigned:"))
            ),
            ZERO,
        )
        back = -self.sums(self.tagged("returns"), "Assets:Till", "Assets:Receivable")
        own = self.treasurer()[("takings", "own_goods")]
        sums: Totals = {
            ("", "sales"): value,
            ("", "sales_returned"): back,
            ("", "sales_tax"): -self.sums(self.tagged("sales", "returns"), "Liabilities:Tax:"),
            ("by_store", "own_goods"): own,
        }
        for table in ("by_store", "by_category", "by_product"):
            sums |= {(table, "amount"): value, (table, "quantity"): units}
        return sums

    def margins(self) -> Totals:
        trade = list(self.tagged("sales", "returns"))
        net = -self.sums(trade, "Income:Sales:", "Expenses:Discounts:")
        cost, commission = (
            self.sums(trade, "Expenses:CostOfSales:"),
            -self.sums(trade, "Income:Commission:"),
        )
        result = -self.sums(self.mine, "Income:", "Expenses:")
        margin = net - cost + commission
        cells = {"net_sales": net, "cost": cost, "own_margin": net - cost, "margin": margin}
        cells |= {"commission": commission, "margin_share": part(net - cost, net)}
        tables = ("by_association", "by_category", "by_product")
        return {
            ("", "result"): result,
            ("other_result", "amount"): result - margin,
            **{(table, n): v for table in tables for n, v in cells.items()},
        }

    def stock(self) -> Totals:
        lots: dict[tuple[str, Any], Decimal] = defaultdict(Decimal)
        consigned = ZERO
        for entry in self.known:
            for p in entry.postings:
                if p.account.startswith("Assets:Stock:"):
                    lots[p.account, p.cost] += p.units.number
                elif p.account.startswith("Assets:Consigned:"):
                    consigned += p.units.number
        value = sum((units * cost.number for (_, cost), units in lots.items()), ZERO)
        old = sum(
            (
                units * cost.number
                for (_, cost), units in lots.items()
                if cost.date < self.last - timedelta(days=90)
            ),
            ZERO,
        )
        own = sum(lots.values(), ZERO)
        return {
            ("", "stock_value"): value,
            ("", "stock_old"): old,
            **{(table, "value"): value for table in ("by_age", "by_place", "by_product")},
            **{(table, "own_units"): own for table in ("by_place", "by_product")},
            **{(table, "consigned_units"): consigned for table in ("by_place", "by_product")},
        }

    def certificates(self) -> Totals:
        latest: dict[tuple[str, str], Any] = {}
        for fact in self.facts:
            meta = fact.meta
            if fact.type == "certificates" and meta["date"] <= self.last.isoformat():
                key = meta["product"], meta.get("group", "")
                if key not in latest or (latest[key]["date"], latest[key]["certificate_no"]) < (
                    meta["date"],
                    meta["certificate_no"],
                ):
                    latest[key] = meta
        soon = (self.last + timedelta(days=60)).isoformat()
        states: Counter[str] = Counter()
        for meta in latest.values():
            until = meta.get("valid_until", "9999")
            valid = "valid" if until > soon else "expiring"
            certified = "expired" if until < self.last.isoformat() else valid
            states[certified if meta["decision"] == "certified" else meta["decision"]] += 1
        names = ("valid", "expiring", "expired", "rejected", "suspended", "revoked")
        return {
            ("by_state", "decisions"): len(latest),
            **{("", f"certificates_{name}"): states[name] for name in names},
        }

    def rejects(self) -> Totals:
        rows = [e.meta for e in self.tagged("deliveries")]
        delivered = sum((Decimal(m["delivered"]) for m in rows), ZERO)
        bad = [m for m in rows if Decimal(m.get("rejected", "0"))]
        rejected = sum((Decimal(m["rejected"]) for m in bad), ZERO)
        lost = sum(
            (cents(Decimal(m["rejected"]) * Decimal(m.get("price", "0"))) for m in bad), ZERO
        )
        return {
            ("by_group", "lines"): len(rows),
            ("by_group", "delivered"): delivered,
            ("by_group", "rejected"): rejected,
            ("by_group", "reject_share"): part(rejected, delivered),
            ("by_reason", "lines"): len(bad),
            ("by_reason", "rejected"): rejected,
            ("by_group_and_reason", "rejected"): rejected,
            ("by_product", "rejected"): rejected,
            **{(t, "lost"): lost for t in ("by_group", "by_reason", "by_group_and_reason")},
        }

    def orders(self) -> Totals:
        rows = [f.meta for f in self.facts if f.type == "orders"]
        delivered = [e for e in self.known if self.tag(e) == "deliveries" and "order_no" in e.meta]
        accepted, ordered = ZERO, ZERO
        for row in rows:
            mine = [e for e in delivered if e.meta["order_no"] == row["order_no"]]
            units = sum(
                (Decimal(e.meta["delivered"]) - Decimal(e.meta["rejected"]) for e in mine), ZERO
            )
            if mine and max(e.date for e in mine) < self.first:
                continue  # complete before
            accepted += units
            ordered += Decimal(row["quantity"])
        owed = self.sums(self.known, "Assets:Receivable:")
        return {
            ("", "clients_owe"): cents(owed),
            ("orders", "ordered"): ordered,
            ("orders", "accepted"): accepted,
        }

    def people(self) -> dict[str, Decimal]:
        """Member -> earned, shares of pools among it."""
        entries = self.tagged(*EARNING, "pool")
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for account, amount in self.owed(entries).items():
            sums[account.rsplit(":", 1)[1]] += amount
        sums.pop("Pool", None)
        return sums

    def groups(self) -> Totals:
        people = self.people()
        women = {m: n for m, n in people.items() if self.members[m]["gender"] == "f"}
        earned = self.total_owed(self.tagged(*EARNING))
        cells: dict[str, Decimal | int] = {
            "earning_members": len([n for n in people.values() if n > 0]),
            "earning_women": len([n for n in women.values() if n > 0]),
            "earned": earned,
            "women_earned": sum(women.values(), ZERO),
            "women_share": part(sum(women.values(), ZERO), earned),
            "pool_left": earned - sum(people.values(), ZERO),
            "deducted": -self.total_owed(self.tagged("deduction")),
            "paid": -self.total_owed(self.tagged("payout")),
        }
        return {
            **{(table, n): v for table in ("by_association", "by_group") for n, v in cells.items()},
            ("by_member", "earned"): sum(people.values(), ZERO),
            ("by_member", "paid"): cells["paid"],
        }

    def arrived(self) -> dict[str, Decimal]:
        """Member -> what the month's runs sent and did not come back."""
        came_back = {
            e.meta["reference"]
            for e in self.all
            if self.tag(e) == "bank" and e.meta["status"] == "returned"
        }
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for e in self.all:
            mine = self.tag(e) == "payout" and e.meta["run"].startswith(f"{self.first:%Y-%m}/")
            if mine and e.meta["reference"] not in came_back:
                sums[e.meta["member"]] += e.postings[0].units.number
        return sums

    def impact(self) -> Totals:
        people = {m: n for m, n in self.people().items() if n > 0}
        paid = self.arrived()
        women = [m for m in people if self.members[m]["gender"] == "f"]
        young = [m for m in people if self.last.year - int(self.members[m]["birth_year"]) <= 28]
        earned = sum(people.values(), ZERO)
        return {
            ("", "members_paid"): len(paid),
            ("", "paid"): sum(paid.values(), ZERO),
            ("", "median_earned"): cents(statistics.median(people.values())),
            ("", "women_among"): part(len(women), len(people)),
            ("", "youth_among"): part(len(young), len(people)),
            ("", "women_share"): part(sum((people[m] for m in women), ZERO), earned),
            ("by_province", "earning_members"): len(people),
            ("by_province", "earning_women"): len(women),
            ("by_province", "earning_youth"): len(young),
            ("by_province", "paid"): sum(paid.values(), ZERO),
            ("spread", "earning_members"): len(people),
        }

    def consolidated(self) -> Totals:
        trade = list(self.tagged("sales", "returns"))
        margins, treasurer = self.margins(), self.treasurer()
        before, owed = treasurer["", "owed_before"], treasurer["", "owed"]
        assert isinstance(before, Decimal)
        assert isinstance(owed, Decimal)
        earned = self.total_owed(self.tagged(*EARNING))
        deducted = -self.total_owed(self.tagged("deduction"))
        paid = -self.total_owed(self.tagged("payout"))
        return {
            ("trade", "sales"): self.sums(trade, "Assets:Till", "Assets:Receivable"),
            ("trade", "tax"): -self.sums(trade, "Liabilities:Tax:"),
            ("trade", "discount"): self.sums(trade, "Expenses:Discounts:"),
            ("trade", "cost"): self.sums(trade, "Expenses:CostOfSales:"),
            ("trade", "to_consignors"): self.total_owed(trade),
            ("trade", "commission"): -self.sums(trade, "Income:Commission:"),
            ("trade", "margin"): margins["by_product", "margin"],
            ("payouts", "owed_before"): before,
            ("payouts", "earned"): earned,
            ("payouts", "deducted"): deducted,
            ("payouts", "paid"): paid,
            ("payouts", "other_moves"): owed - before - earned + deducted + paid,
            ("payouts", "owed"): owed,
            ("people", "earned"): earned,
            ("balances", "balance_stock"): self.sums(self.known, "Assets:Stock:"),
            ("balances", "balance_advances"): self.sums(self.known, "Assets:Advances:"),
            ("balances", "balance_payables"): owed,
            ("balances", "balance_association_money"): -self.sums(
                self.known, "Liabilities:Associations:"
            ),
            ("balances", "balance_funds"): -self.sums(self.known, "Liabilities:Funds:"),
            ("balances", "balance_withholding"): -self.sums(
                self.known, "Liabilities:Tax:Withholding"
            ),
        }

    def esf(self) -> Totals:
        bought = [e for e in self.tagged("deliveries") if any(map(self.is_payee, accounts_of(e)))]
        amount = self.total_owed(bought)
        return {
            ("", "bought"): amount,
            ("", "documents"): len(bought),
            ("by_seller", "lines"): len(bought),
            ("by_seller", "amount"): amount,
            ("purchases", "amount"): amount,
            ("purchases", "quantity"): sum(
                (
                    Decimal(e.meta["delivered"]) - Decimal(e.meta.get("rejected", "0"))
                    for e in bought
                ),
                ZERO,
            ),
            ("purchases", "vat"): ZERO,
        }

    def one_c(self) -> Totals:
        turnover = sum(
            (kgs(p) for e in self.mine for p in e.postings if kgs(p) > 0),
            ZERO,
        )
        return {
            ("", "turnover"): turnover,
            ("by_code", "turnover_debit"): turnover,
            ("by_code", "turnover_credit"): turnover,
            ("postings", "amount"): turnover,
        }

    def expected(self, report: str) -> Totals:
        """What a report's totals and figures must be; figures are those of no table."""
        names = {"1c": "one_c", "trial-balance": "trial_balance"}
        found: Totals = getattr(self, names.get(report, report))()
        return found


def accounts_of(entry: Transaction) -> list[str]:
    return [p.account for p in entry.postings]


def kgs_of_payees(entry: Transaction) -> Decimal:
    return sum((-kgs(p) for p in entry.postings if Ledger.is_payee(p.account)), ZERO)
