"""The geometry of the charts, which the templates draw as SVG. Units are those of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, BOTTOM, TOP = 44, 16, 26, 10
LEVELS = 5  # shades of a heatmap beside the empty one
LETTER, GAP = 7, 8  # how wide a letter of a label is at most, and the room between two labels


@dataclass(frozen=True)
class Bar:
    """A rectangle of one series, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    series: int
    says: str


@dataclass(frozen=True)
class Mark:
    """A word at a place: below a column, or at the height of a line."""

    at: float
    text: str


@dataclass(frozen=True)
class Columns:
    """Stacked columns with the lines of their scale."""

    bars: Sequence[Bar]
    labels: Sequence[Mark]
    lines: Sequence[Mark]
    legend: Sequence[str]
    says: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    level: int
    says: str


@dataclass(frozen=True)
class Heatmap:
    """Hours by weekdays; the darker, the more."""

    cells: Sequence[Cell]
    rows: Sequence[Mark]
    columns: Sequence[Mark]
    says: str
    side: float
    width: int = WIDTH
    height: int = HEIGHT


def columns(
    labels: Sequence[str], stacks: Sequence[Sequence[int]], legend: Sequence[str], says: str
) -> Columns:
    """Columns of stacked values, one for each label; `stacks` holds a value for each series."""
    top = nice_ceiling(max((sum(stack) for stack in stacks), default=0))
    room = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    thick = step * (0.72 if step > 6 else 0.9)
    bars = []
    for place, (label, stack) in enumerate(zip(labels, stacks, strict=True)):
        below = 0
        for series, value in enumerate(stack):
            if not value:
                continue
            tall = value / top * room
            y = HEIGHT - BOTTOM - below / top * room - tall
            x = LEFT + place * step + (step - thick) / 2
            says_it = f"{label}: {value} {legend[series].lower()}"
            bars.append(Bar(_round(x), _round(y), _round(thick), _round(tall), series, says_it))
            below += value
    every = math.ceil((max(map(len, labels), default=0) * LETTER + GAP) / step)
    marks = [
        Mark(_round(LEFT + (place + 0.5) * step), label)
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    lines = [Mark(_round(HEIGHT - BOTTOM - room * part / 4), _tick(top, part)) for part in range(5)]
    return Columns(bars, marks, [line for line in lines if line.text], legend, says)


def heatmap(
    values: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str], says: str
) -> Heatmap:
    """`values` holds a row for each of `rows`, with a value for each of `columns`."""
    left, top = 64, 18
    side = (WIDTH - left) / len(columns)
    most = max((value for row in values for value in row), default=0)
    cells = [
        Cell(
            _round(left + column * side),
            _round(top + row * side),
            level_of(value, most),
            f"{rows[row]} {columns[column]}: {value}",
        )
        for row, line in enumerate(values)
        for column, value in enumerate(line)
    ]
    return Heatmap(
        cells,
        [Mark(_round(top + (place + 0.5) * side), name) for place, name in enumerate(rows)],
        [Mark(_round(left + (place + 0.5) * side), name) for place, name in enumerate(columns)],
        says,
        _round(side),
        WIDTH,
        math.ceil(top + len(rows) * side),
    )


def level_of(value: int, most: int) -> int:
    """The shade of a value: 0 for none, else 1 to LEVELS."""
    return math.ceil(value / most * LEVELS) if value and most else 0


def nice_ceiling(value: int) -> int:
    """The end of a scale: the next of 4, 8, 12, 16, 20, 40, 60, 80, 100 ... that is not below."""
    if value <= 4:
        return 4
    size = 10 ** int(math.log10(value))
    steps = (1, 1.2, 1.6, 2, 4, 6, 8, 10, 12)
    return next(int(step * size) for step in steps if step * size >= value and step * size % 4 == 0)


def _tick(top: int, part: int) -> str:
    return f"{top * part // 4}"


def _round(value: float) -> float:
    return round(value, 2)
