"""Charts as SVG: one drawing for the page and for the PDF; nothing in it is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from reports.colours import FAINT, INK, LINE, SERIES
from reports.report.cells import shown
from reports.report.model import BARS, COUNT, MONEY, QUANTITY, STACKED, Chart, Table, Value
from reports.words import Words

WIDTH = 720
_ROW, _TOP, _TEXT, _LETTER = 22, 8, 11.5, 7.1
_HEIGHT = 220
_LONGEST_LABEL = 34


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows, ready to be drawn."""

    kind: str
    labels: list[str]
    series: list[tuple[str, list[Decimal]]]
    texts: list[list[str]]
    """What stands at each amount, series by series."""
    sums: list[str]
    """What stands above each stack."""


def drawing_of(table: Table, chart: Chart, say: Words) -> Drawing | None:
    """The chart's part of a table; None where there is nothing to draw."""
    rows = table.rows[: chart.top]
    label = table.index(chart.label)
    kind = table.columns[label].kind
    labels = [_cut(shown(row[label], kind, say)) for row in rows]
    series, texts = [], []
    for name in chart.values:
        index = table.index(name)
        column = table.columns[index]
        numbers = [_number(row[index]) for row in rows]
        series.append((column.title, numbers))
        texts.append([_at_bar(number, column.kind, say) for number in numbers])
    if not any(number for _, numbers in series for number in numbers):
        return None
    stacks = zip(*(numbers for _, numbers in series), strict=True)
    sums = [shown(sum(stack, Decimal()), COUNT, say) for stack in stacks]
    return Drawing(chart.kind, labels, series, texts, sums)


def svg(table: Table, chart: Chart, say: Words) -> str:
    """The chart as an SVG element, or nothing where all is zero."""
    drawing = drawing_of(table, chart, say)
    if drawing is None:
        return ""
    legend = list(_legend(drawing)) if len(drawing.series) > 1 else []
    top = _TOP + (20 if legend else 0)
    if drawing.kind == BARS:
        body, height = _bars(drawing, top)
    else:
        body, height = _columns(drawing, top, drawing.kind == STACKED)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" role="img" aria-label="{escape(chart.title)}"'
        f' font-family="Noto Sans, system-ui, sans-serif" font-size="{_TEXT}" fill="{INK}">'
        + "".join(legend)
        + "".join(body)
        + "</svg>"
    )


def _number(value: Value) -> Decimal:
    return Decimal(value) if isinstance(value, Decimal | int) else Decimal()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _at_bar(number: Decimal, kind: str, say: Words) -> str:
    """Whole som: a picture shows sizes, the table below has the tyiyn."""
    return shown(number, COUNT if kind in (MONEY, QUANTITY) else kind, say)


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = INK) -> str:
    fill = f' fill="{colour}"' if colour != INK else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{fill}>{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}"'
        f' height="{max(height, 0.5):.1f}" fill="{colour}" stroke="{INK}" stroke-width="0.4"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = LINE) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        f' stroke="{colour}" stroke-width="0.8"/>'
    )


def _legend(drawing: Drawing) -> Iterator[str]:
    x = 2.0
    for number, (title, _) in enumerate(drawing.series):
        yield _rect(x, 4, 11, 11, SERIES[number % len(SERIES)])
        yield _text(x + 16, 14, title)
        x += 16 + len(title) * _LETTER + 22


def _range(numbers: list[Decimal]) -> tuple[Decimal, Decimal]:
    """From the least to the greatest, zero among them."""
    return min([*numbers, Decimal()]), max([*numbers, Decimal()])


def _bars(drawing: Drawing, top: int) -> tuple[list[str], int]:
    """Bars to the right, a name before each."""
    series = drawing.series
    left = min(_LONGEST_LABEL, max(map(len, drawing.labels))) * _LETTER + 16
    right = max(len(text) for texts in drawing.texts for text in texts) * _LETTER + 12
    least, most = _range([n for _, numbers in series for n in numbers])
    scale = Decimal(WIDTH - left - right) / (most - least)
    zero = float(-least * scale) + left
    row = _ROW if len(series) == 1 else 13 * len(series) + 9
    thick = (row - 7) / len(series)
    body: list[str] = []
    for i, label in enumerate(drawing.labels):
        y = top + i * row
        body.append(_text(left - 8, y + row / 2 + 1, label, "end"))
        for s, (_, numbers) in enumerate(series):
            width = float(numbers[i] * scale)
            start = zero + min(width, 0.0)
            at = y + s * thick
            body.append(_rect(start, at, abs(width), thick - 1, SERIES[s % len(SERIES)]))
            body.append(_text(max(zero, zero + width) + 5, at + thick / 2 + 3, drawing.texts[s][i]))
    bottom = top + len(drawing.labels) * row
    body.append(_line(zero, top - 3, zero, bottom - 3, FAINT))
    return body, bottom + 4


def _columns(drawing: Drawing, top: int, stacked: bool) -> tuple[list[str], int]:
    """Columns upwards, side by side or on each other, a name below each."""
    series, count = drawing.series, len(drawing.labels)
    sums = [[numbers[i] for _, numbers in series] for i in range(count)]
    heights = [sum(group, Decimal()) for group in sums] if stacked else []
    least, most = _range(heights or [n for group in sums for n in group])
    top += 14
    scale = Decimal(_HEIGHT) / (most - least)
    zero = top + float(most * scale)
    step = WIDTH / count
    wide = min(step * 0.7, 90.0)
    body: list[str] = []
    for i, label in enumerate(drawing.labels):
        x = step * i + (step - wide) / 2
        body += (
            _stack(drawing, i, x, wide, zero, scale)
            if stacked
            else _group(drawing, i, x, wide, zero, scale)
        )
        body.append(_text(step * (i + 0.5), top + _HEIGHT + 16, label, "middle"))
    body.append(_line(0, zero, WIDTH, zero, FAINT))
    return body, top + _HEIGHT + 24


def _group(
    drawing: Drawing, i: int, x: float, wide: float, zero: float, scale: Decimal
) -> Iterator[str]:
    part = wide / len(drawing.series)
    for s, (_, numbers) in enumerate(drawing.series):
        height = float(numbers[i] * scale)
        at = zero - max(height, 0.0)
        yield _rect(x + s * part, at, part - 1, abs(height), SERIES[s % len(SERIES)])
        if len(drawing.texts[s][i]) * _LETTER < part + 30:
            yield _text(x + (s + 0.5) * part, at - 4, drawing.texts[s][i], "middle")


def _stack(
    drawing: Drawing, i: int, x: float, wide: float, zero: float, scale: Decimal
) -> Iterator[str]:
    at = zero
    for s, (_, numbers) in enumerate(drawing.series):
        height = float(max(numbers[i], Decimal()) * scale)
        at -= height
        if numbers[i] > 0:
            yield _rect(x, at, wide, height, SERIES[s % len(SERIES)])
    yield _text(x + wide / 2, at - 4, drawing.sums[i], "middle")
