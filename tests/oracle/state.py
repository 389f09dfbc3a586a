"""What the calculation remembers: plain lists and dictionaries, searched from end to end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date
from fractions import Fraction
from typing import Any, NamedTuple

Row = dict[str, Any]


class Problem(NamedTuple):
    """Why a row is refused. `place` counts the rows of the import from 0."""

    place: int
    kind: str
    key: tuple[Any, ...]
    column: str
    text: str


@dataclass
class Lot:
    """Goods of one delivery or opening. A lot without `member` is the group's pool's."""

    note: str
    line: Fraction
    name: str
    date: Date
    product: str
    association: str
    group: str | None
    member: str | None
    own: bool
    order_no: str | None = None
    grade: str | None = None

    @property
    def id(self) -> tuple[str, Fraction]:
        return (self.note, self.line)

    @property
    def age(self) -> tuple[Date, str, Fraction]:
        return (self.date, self.note, self.line)


class Move(NamedTuple):
    """Goods of one lot come to a place (positive) or leave it; when: a day and the order in it."""

    place: str
    lot: str
    when: tuple[Date, int]
    quantity: Fraction


@dataclass
class Portion:
    """What one sale line took from one lot. `earning` in tyiyn, 0 where the goods are own."""

    store: str
    receipt: str
    product: str
    date: Date
    lot: str
    quantity: Fraction
    earning: int
    commission: int
    foreign: bool
    taxes: dict[str, int]
    back: Fraction = Fraction(0)
    reversed: int = 0

    @property
    def left(self) -> Fraction:
        return self.quantity - self.back


@dataclass
class Earning:
    """An amount earned on a day by a member, or by a group's pool. `weighs`: in distributions."""

    association: str
    group: str
    member: str | None
    product: str | None
    date: Date
    kind: str
    amount: int
    quantity: Fraction = Fraction(0)
    weighs: bool = True
    run: str | None = None


@dataclass
class Advance:
    number: str
    member: str
    date: Date
    left: int


@dataclass
class Distribution:
    """`parts`: frozen amounts by payee. `taken`: association -> the run that holds its parts."""

    number: str
    row: Row
    parts: dict[str, int] | None = None
    taken: dict[str, str] = field(default_factory=dict)


@dataclass
class Payment:
    """A payout under way. `status`: transit, settled or returned; `details`: which it went to."""

    run: str
    member: str
    association: str
    amount: int
    rail: str
    details: int
    status: str = "transit"
    returned_in: str | None = None


@dataclass
class Details:
    """Payment details of a member, as they were entered, and whether somebody confirmed them."""

    rail: str
    account_no: str | None
    bic: str | None
    phone: str | None
    confirmed: bool


@dataclass
class Run:
    id: str
    period: str
    association: str
    number: int
    status: str
    shown: dict[str, Any]
    effects: Any = None


@dataclass
class Books:
    """Everything that landed.

    `unsure` names balances on which the contract leaves a tyiyn open.
    """

    rows: dict[tuple[str, tuple[Any, ...]], Row] = field(default_factory=dict)
    associations: dict[str, Row] = field(default_factory=dict)
    products: dict[str, Row] = field(default_factory=dict)
    members: dict[str, list[Row]] = field(default_factory=dict)
    details: dict[str, list[Details]] = field(default_factory=dict)
    certificates: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    policy: list[Row] = field(default_factory=list)
    contributions: list[Row] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    lots: dict[str, Lot] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    portions: list[Portion] = field(default_factory=list)
    earnings: list[Earning] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)
    openings: dict[str, int] = field(default_factory=dict)
    carried: dict[str, int] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    taken: dict[tuple[str, str], int] = field(default_factory=dict)
    taken_in: dict[tuple[str, str, str], int] = field(default_factory=dict)
    bounced: dict[str, int] = field(default_factory=dict)
    holds: dict[str, set[str]] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
