"""A scenario: the steps people take, each with what the calculation expects of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date
from fractions import Fraction
from typing import Any

from .state import Problem, Row


@dataclass
class Import:
    """Rows in the order of the workbooks, dealt over `files` files."""

    today: Date
    user: str
    rows: list[tuple[str, Row]]
    partial: bool = False
    files: int = 1
    booked: int = 0
    again: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Draft:
    today: Date
    period: str
    association: str
    shown: dict[str, Any]


@dataclass
class Mark:
    """`verb`: hold, dispute or release."""

    today: Date
    user: str
    verb: str
    run: str
    member: str
    shown: dict[str, Any]


@dataclass
class Approve:
    today: Date
    run: str
    refused: bool
    shown: dict[str, Any]
    sign: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass
class Cancel:
    today: Date
    run: str


@dataclass
class Confirm:
    today: Date
    member: str


@dataclass
class Settle:
    """`wrong`: indexes of rows for which the whole file is refused."""

    today: Date
    rows: list[Row]
    wrong: list[int]


@dataclass
class Close:
    today: Date
    period: str


@dataclass
class Count:
    """(place, product, lot) -> quantity; what it is -> tyiyn. Zeros are left out."""

    stock: dict[tuple[str, str, str], Fraction]
    balances: dict[str, int]
    unsure: set[str] = field(default_factory=set)


Step = Import | Draft | Mark | Approve | Cancel | Confirm | Settle | Close | Count


@dataclass
class Scenario:
    seed: int
    associations: list[str]
    steps: list[Step]
