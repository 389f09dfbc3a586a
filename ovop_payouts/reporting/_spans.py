"""The months that a report is about: `2026-03`, `2026-01..2026-03`, `2026-Q1`, `2026`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ovop_payouts.payout.periods import check_period, first_day, last_day
from ovop_payouts.refusal import Refusal
from reports.words import Words

AGES = ((30, "age_30"), (60, "age_60"), (90, "age_90"))
OLDER = "age_older"
BUCKETS = (*(name for _, name in AGES), OLDER)
"""What is at most so many days old, and what is older."""
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])\Z")
_YEAR = re.compile(r"\d{4}\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, from the first to the last; `text` is how they were asked for."""

    text: str
    begin: str
    end: str

    @property
    def first(self) -> date:
        return first_day(self.begin)

    @property
    def last(self) -> date:
        return last_day(self.end)

    @property
    def months(self) -> tuple[str, ...]:
        """Every month as YYYY-MM."""
        return months_between(self.begin, self.end)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def said(self, say: Words) -> str:
        """`Март 2026`, `Январь 2026 – Март 2026`."""
        if self.begin == self.end:
            return say.month(self.begin)
        return f"{say.month(self.begin)} – {say.month(self.end)}"


def span_of(text: str) -> Span:
    """Raises Refusal where a text names no months."""
    if _YEAR.match(text):
        return Span(text, f"{text}-01", f"{text}-12")
    quarter = _QUARTER.match(text)
    if quarter:
        year, last = quarter.group(1), int(quarter.group(2)) * 3
        return Span(text.upper(), f"{year}-{last - 2:02d}", f"{year}-{last:02d}")
    begin, _, end = text.partition("..")
    for month in (begin, end or begin):
        try:
            check_period(month)
        except Refusal:
            words = f"{text} is no period; write it as 2026-03, 2026-Q1, 2026 or 2026-01..2026-03"
            raise Refusal(words) from None
    if end and end < begin:
        raise Refusal(f"{text} ends before it begins")
    return Span(text.replace("..", "_"), begin, end or begin)


def months_between(begin: str, end: str) -> tuple[str, ...]:
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (begin, end))
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, last + 1))


def months_before(month: str, count: int) -> str:
    """The month so many before another."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def days_between(earlier: date, later: date) -> int:
    return (later - earlier).days


def age_of(day: date, last: date) -> str:
    """One of BUCKETS."""
    age = days_between(day, last)
    return next((name for limit, name in AGES if age <= limit), OLDER)
