"""Months, and the names of runs."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from ovop_payouts.refusal import Refusal

MONTHS = 12
"""How many months a statement's picture shows."""
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")


def check_period(text: str) -> str:
    """A month as YYYY-MM; raises Refusal."""
    if not _PERIOD.match(text):
        raise Refusal(f"{text} is no month; write it as 2026-03")
    return text


def last_day(period: str) -> date:
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])


def first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def months_up_to(period: str) -> list[str]:
    """The twelve months that end with one."""
    count = int(period[:4]) * 12 + int(period[5:]) - 1
    months = (divmod(n, 12) for n in range(count - MONTHS + 1, count + 1))
    return [f"{year:04d}-{month + 1:02d}" for year, month in months]


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


@dataclass(frozen=True, slots=True, order=True)
class RunId:
    """`2026-03/issyk-kul/1`; supplements of the same month are `/2` and so on."""

    period: str
    association: str
    number: int

    def __str__(self) -> str:
        return f"{self.period}/{self.association}/{self.number}"

    @property
    def cutoff(self) -> date:
        return last_day(self.period)


def run_id(text: str) -> RunId:
    """Raises Refusal where this is no name of a run."""
    parts = text.split("/")
    if len(parts) != 3 or not _PERIOD.match(parts[0]) or not parts[2].isdigit():
        raise Refusal(f"{text} is no run; write it as 2026-03/issyk-kul/1")
    return RunId(parts[0], parts[1], int(parts[2]))
