"""Pictures as plain shapes: where each bar stands, so that a template only draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, BOTTOM, TOP = 88, 8, 24, 14
ROOM = Decimal("0.66")
"""How much of its column a bar takes."""
STEPS = tuple(
    Decimal(step) for step in ("1", "1.2", "1.6", "2", "2.4", "3", "4", "5", "6", "8", "10")
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar; `kind` chooses its colour."""

    kind: str
    y: float
    height: float
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    x: float
    width: float
    top: float
    parts: tuple[Part, ...]
    total: Decimal

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on a ground line at `base`; `lines` are (height, amount) to read them by."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, Decimal], ...]
    base: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def stacked(columns: Sequence[tuple[str, Sequence[tuple[str, Decimal]]]]) -> Chart:
    """(label, (kind, amount) from the ground up) for each bar; what is negative is not drawn."""
    totals = [sum((a for _, a in parts if a > 0), Decimal()) for _, parts in columns]
    most = _round_up(max(totals, default=Decimal()))
    base = HEIGHT - BOTTOM
    scale = Decimal(base - TOP) / most
    column = Decimal(WIDTH - LEFT - RIGHT) / max(len(columns), 6)
    bars = []
    for place, ((label, parts), total) in enumerate(zip(columns, totals, strict=True)):
        width = column * ROOM
        x = LEFT + column * place + (column - width) / 2
        pieces, ground = _pieces(parts, Decimal(base), scale)
        bars.append(Bar(label, _shown(x), _shown(width), _shown(ground), pieces, total))
    lines = tuple((_shown(base - most * part / 2 * scale), most * part / 2) for part in (1, 2))
    return Chart(tuple(bars), lines, base)


def _pieces(
    parts: Sequence[tuple[str, Decimal]], ground: Decimal, scale: Decimal
) -> tuple[tuple[Part, ...], Decimal]:
    pieces = []
    for kind, amount in parts:
        if amount > 0:
            ground -= amount * scale
            pieces.append(Part(kind, _shown(ground), _shown(amount * scale), amount))
    return tuple(pieces), ground


def _round_up(most: Decimal) -> Decimal:
    """The next number above that is easy to read: two or so digits, then zeros."""
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** (most.adjusted())
    step = next(s for s in STEPS if s * power >= most)
    return step * power


def _shown(number: Decimal) -> float:
    return round(float(number), 1)


def sparks(amounts: Sequence[Decimal]) -> tuple[tuple[float, float, float], ...]:
    """(x, y, height) of small bars in a picture of 72 × 18."""
    most = max((*amounts, Decimal(1)))
    column = Decimal(72) / max(1, len(amounts))
    found = []
    for place, amount in enumerate(amounts):
        height = max(Decimal(1), max(Decimal(), amount) / most * 18)
        found.append((_shown(column * place), _shown(18 - height), _shown(height)))
    return tuple(found)


def share(part: Decimal | int, whole: Decimal | int) -> int:
    """Per cent, whole, of a bar that is drawn."""
    if not whole:
        return 0
    exact = Decimal(part) / Decimal(whole) * 100
    return max(0, min(100, int(exact.to_integral_value(ROUND_CEILING))))
