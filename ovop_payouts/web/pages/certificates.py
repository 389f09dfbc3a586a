"""Certificates: what may be bought and sold, what expires, what the committees refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import date as Date
from decimal import Decimal
from typing import Any

from ledger import accounts
from ovop_payouts.book import LandedRow
from ovop_payouts.naming import product_name
from ovop_payouts.web.desk import Desk, Page
from ovop_payouts.web.pages.lookup import remembered
from ovop_payouts.web.pages.tables import Slice, finds, sliced

SOON = timedelta(days=60)
STATES = ("valid", "expiring", "expired", "refused", "replaced", "future")
AWARDS = ("gold", "silver", "bronze")


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One decision as it stands today. `replaced`: a later decision holds in its place."""

    number: str
    product: str
    product_name: str
    category: str
    group: str
    decision: str
    committee: str
    date: Date
    valid_until: Date | None
    quality: Decimal | None
    hygiene: Decimal | None
    award: str
    status: str
    source: str
    stock: Decimal
    """Own and consigned goods of it on hand, in units."""


@dataclass(frozen=True, slots=True)
class Awards:
    """One committee, or one category of goods: what was certified, refused, awarded."""

    name: str
    certified: int
    refused: int
    awards: dict[str, int]
    quality: Decimal | None
    hygiene: Decimal | None


@dataclass(frozen=True, slots=True)
class Certificates:
    table: Slice[CertificateRow]
    counts: dict[str, int]
    committees: tuple[Awards, ...]
    """The provinces' committees and the national one."""
    categories: tuple[Awards, ...]
    months: tuple[tuple[str, int], ...]
    """(month, how many end in it), the next twelve."""
    states: tuple[str, ...] = STATES


KEYS: dict[str, Callable[[CertificateRow], Any]] = {
    "number": lambda r: r.number,
    "product": lambda r: r.product_name.casefold(),
    "committee": lambda r: (r.committee, r.number),
    "date": lambda r: (r.date, r.number),
    "valid_until": lambda r: (r.valid_until or date.max, r.number),
    "quality": lambda r: r.quality or Decimal(-1),
    "hygiene": lambda r: r.hygiene or Decimal(-1),
    "stock": lambda r: r.stock,
}


def build(desk: Desk) -> Mapping[str, object]:
    view = view_of(desk)
    ends = [(desk.words.month_short(m), [("plain", Decimal(count))]) for m, count in view.months]
    return {"view": view, "ends": ends}


def view_of(desk: Desk) -> Certificates:
    everything = rows_of(desk)
    rows = [r for r in everything if _passes(desk, r)]
    counts = Counter(r.status for r in everything)
    return Certificates(
        sliced(rows, len(everything), desk.asked, KEYS, "valid_until"),
        {state: counts[state] for state in STATES},
        tuple(_awards(everything, lambda r: r.committee)),
        tuple(_awards(everything, lambda r: r.category)),
        tuple(_endings(desk, everything)),
    )


def expiring(desk: Desk) -> list[CertificateRow]:
    """What ends within sixty days, and no later decision holds in its place."""
    return [r for r in rows_of(desk) if r.status == "expiring"]


def rows_of(desk: Desk) -> list[CertificateRow]:
    """Every decision that may be seen: of the user's associations, and of all."""
    key = ("certificates", desk.text("association"), desk.words.language, desk.today)
    return remembered(desk.book, (*key, desk.user.association), lambda: _rows(desk))


def _rows(desk: Desk) -> list[CertificateRow]:
    latest = _latest(desk)
    stock = _on_hand(desk)
    landed = desk.book.rows["certificates"].values()
    mine = (row for row in landed if row.scope == accounts.COMMON or desk.sees(row.scope))
    return [_row(desk, row, latest, stock) for row in mine if _concerns(desk, row)]


def _concerns(desk: Desk, row: LandedRow) -> bool:
    """Whether a decision is about goods of the chosen associations, or about all."""
    wanted = desk.text("association")
    return not wanted or row.scope in (wanted, accounts.COMMON)


def _latest(desk: Desk) -> dict[tuple[str, str | None], tuple[date, str]]:
    """(product, group) -> day and number of the decision that holds today."""
    found: dict[tuple[str, str | None], tuple[date, str]] = {}
    for product, known in desk.book.certificates.items():
        for each in known:
            if each.date <= desk.today:
                key, when = (product, each.group), (each.date, each.certificate_no)
                found[key] = max(found.get(key, when), when)
    return found


def _on_hand(desk: Desk) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for (_, product), holdings in desk.book.stock.holdings.items():
        for holding in holdings.values():
            if desk.sees(holding.lot.association):
                found[product] += holding.balance
    return found


def _row(
    desk: Desk,
    row: LandedRow,
    latest: dict[tuple[str, str | None], tuple[date, str]],
    stock: dict[str, Decimal],
) -> CertificateRow:
    meta = row.columns
    product, group = meta["product"], meta.get("group")
    known = desk.book.products.get(product)
    until = meta.get("valid_until")
    day, last = date.fromisoformat(meta["date"]), date.fromisoformat(until) if until else None
    number = meta["certificate_no"]
    replaced = latest.get((product, group), (day, number)) > (day, number)
    return CertificateRow(
        number,
        product,
        product_name(desk.book, product, desk.words.language),
        (known.category if known else None) or "",
        group or "",
        meta["decision"],
        meta.get("committee", ""),
        day,
        last,
        Decimal(meta["quality_score"]) if "quality_score" in meta else None,
        Decimal(meta["hygiene_score"]) if "hygiene_score" in meta else None,
        meta.get("award", ""),
        status_of(meta["decision"], day, last, replaced, desk.today),
        row.source,
        stock.get(product, Decimal()),
    )


def status_of(decision: str, day: date, until: date | None, replaced: bool, today: date) -> str:
    """One of `STATES`; a certificate is good on its last day."""
    if day > today:
        return "future"
    if replaced:
        return "replaced"
    if decision != "certified":
        return "refused"
    if until is not None and until < today:
        return "expired"
    return "expiring" if until is not None and until <= today + SOON else "valid"


def _passes(desk: Desk, row: CertificateRow) -> bool:
    return (
        desk.text("status") in ("", row.status)
        and desk.text("committee") in ("", row.committee)
        and desk.text("category") in ("", row.category)
        and finds(
            desk.text("q"), row.number, row.product, row.product_name, row.group, row.committee
        )
    )


def _awards(rows: list[CertificateRow], name: Callable[[CertificateRow], str]) -> Iterator[Awards]:
    by_name: dict[str, list[CertificateRow]] = defaultdict(list)
    for row in rows:
        by_name[name(row)].append(row)
    for each, mine in sorted(by_name.items()):
        good = [r for r in mine if r.decision == "certified"]
        awards = Counter(r.award for r in good)
        yield Awards(
            each,
            len(good),
            len(mine) - len(good),
            {award: awards[award] for award in AWARDS},
            _mean([r.quality for r in mine]),
            _mean([r.hygiene for r in mine]),
        )


def _mean(scores: list[Decimal | None]) -> Decimal | None:
    """To one decimal."""
    known = [score for score in scores if score is not None]
    return (sum(known, Decimal()) / len(known)).quantize(Decimal("0.1")) if known else None


def _endings(desk: Desk, rows: list[CertificateRow]) -> Iterator[tuple[str, int]]:
    ends = Counter(
        f"{r.valid_until:%Y-%m}"
        for r in rows
        if r.valid_until is not None and r.status in ("valid", "expiring")
    )
    first = desk.today.year * 12 + desk.today.month - 1
    for month in range(first, first + 12):
        period = f"{month // 12:04d}-{month % 12 + 1:02d}"
        yield period, ends[period]


PAGE = Page("certificates", build)
