"""A month's life in a sandbox, step by step, with the sandbox as it was before and after each."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from worked.books import ISSYK, NARYN, consigned, delivery, member, rule, sale, worked, write_sheets

from durable.trouble import Step, contents, restore, run
from ovop_payouts.book import load

DAY, LATER = "2026-04-05", "2026-04-08"
RUN, OTHER = "2026-03/issyk-kul/1", "2026-03/naryn/1"
STEPS: dict[str, Step] = {
    "import": ("anna", DAY, "import", "goods.xlsx", "people.xlsx"),
    "draft": ("anna", DAY, "payout", "draft", "2026-03"),
    "approve": ("bermet", DAY, "payout", "approve", RUN),
    "approve-other": ("bermet", DAY, "payout", "approve", OTHER),
    "export": ("anna", DAY, "payout", "export", RUN, "--out", "payments"),
    "settle": ("anna", LATER, "payout", "settle", "bank.xlsx"),
    "close": ("anna", LATER, "close", "2026-03"),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`states` holds a copy of the sandbox before each step, and one after the last."""

    sandbox: Path
    states: list[Path]

    @property
    def books(self) -> Path:
        return self.sandbox / "books"

    def begin(self, name: str) -> Step:
        """The sandbox as it was before a step."""
        restore(self.sandbox, self.states[list(STEPS).index(name)])
        return STEPS[name]

    def before(self, name: str) -> dict[str, bytes]:
        return contents(self.states[list(STEPS).index(name)])

    def after(self, name: str) -> dict[str, bytes]:
        return contents(self.states[list(STEPS).index(name) + 1])


def unbroken(base: Path, folder: Path, until: str | None = None) -> Scenario:
    """Run every step once (or those before one), undisturbed."""
    sandbox = folder / "sandbox"
    sandbox.mkdir()
    shutil.copytree(base, sandbox / "books")
    _papers(sandbox)
    states: list[Path] = []
    for number, (name, step) in enumerate(STEPS.items()):
        if name == until:
            return Scenario(sandbox, states)
        if name == "settle":
            write_sheets(sandbox / "bank.xlsx", {"bank": _paid(sandbox / "books")})
        states.append(folder / f"{number}-{name}")
        shutil.copytree(sandbox, states[-1])
        ended = run(sandbox / "books", sandbox, step)
        assert ended.code == 0, f"{name}: {ended.said}"
    states.append(folder / "end")
    shutil.copytree(sandbox, states[-1])
    return Scenario(sandbox, states)


def _papers(sandbox: Path) -> None:
    goods = {
        "deliveries": [
            delivery("D-1", "felt-1", 10, "M0345"),
            delivery("D-2", "felt-1", 4, "M0501"),
            delivery("D-3", "honey-1", 3, "M0502"),
            delivery("D-4", "felt-1", 5),
            consigned("D-5", "jam-1", 8, "M0346"),
            delivery("N-1", "felt-1", 2, "N0001", association=NARYN, group="Atbashy"),
        ],
        "contributions": [worked("Akburun", "M0345", 1), worked("Akburun", "M0347", 2)],
        "sales": [sale("R-1", "felt-1", 3, 350), sale("R-2", "jam-1", 2, 120)],
    }
    people = {
        "members": [member("M0348", ISSYK, "Akburun")],
        "policy": [
            rule("fee", "0.03"),
            rule("commission", "0.2"),
            rule("cash_unit", 1, applies_to="cash"),
        ],
        "distributions": [
            {"distribution_no": "X-1", "date": "2026-03-25", "kind": "premium", "amount": 100}
        ],
    }
    write_sheets(sandbox / "goods.xlsx", goods)
    write_sheets(sandbox / "people.xlsx", people)


def _paid(books: Path) -> list[dict[str, object]]:
    """What the bank says: all payments arrived."""
    return [
        {"date": LATER, "amount": p.amount, "reference": reference, "status": "settled"}
        for reference, p in sorted(load(books).payments.items())
    ]
