"""Where the marks of a chart lie, in shares of its width and height. Pure: pages draw it as SVG, the summary as PDF."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from companion.care.journal.measures import Kind, Unit, from_base, measure_of, number_in
from companion.care.journal.trends import Baseline, Point

#: Days without a reading over which no line is drawn.
GAP = timedelta(days=10)
WEEK = timedelta(days=7)
#: Where marks may lie, in percent of the picture; under them stand the days.
LEFT, RIGHT, TOP, BOTTOM = 1.5, 98.5, 6.0, 86.0
LINES = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading: in percent from the left and from the top."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """From mark to mark."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Tick:
    """Words at an edge."""

    at: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of marks with the lines between them."""

    key: str
    label: str
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual for the person."""

    top: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart."""

    series: tuple[Series, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    band: Band | None = None
    has_words: bool = False
    """Whether words stand at the left edge, which need more room than numbers."""
    is_smoothed: bool = False
    """Whether the lines are the middle of a week and not the readings themselves."""


def chart_of(
    kind: str,
    rows: Sequence[tuple[str, str, Sequence[Point]]],
    *,
    unit: Unit,
    begin: date,
    end: date,
    baseline: Baseline | None = None,
) -> Chart | None:
    """The chart of one kind of reading, or None where there is nothing to show.

    Args:
        kind: what is shown.
        rows: key, label and points of each row, the points one a day and in order.
        unit: of the words at the left edge.
        begin: first day.
        end: last day.
        baseline: what is usual, drawn as a band.
    """
    values = [point.value for _, _, points in rows for point in points]
    if not values:
        return None
    low, high, steps = _scale(kind, values, unit)

    def down(value: float) -> float:
        share = (from_base(unit, value) - low) / (high - low)
        return round(BOTTOM - min(1.0, max(0.0, share)) * (BOTTOM - TOP), 2)

    def across(day: date) -> float:
        return round(LEFT + (day - begin).days / max(1, (end - begin).days) * (RIGHT - LEFT), 2)

    is_pressed = bool(measure_of(kind).faces)
    series = tuple(
        Series(
            key,
            label,
            tuple(Mark(across(p.day), down(p.value)) for p in points),
            _lines(_smooth(points) if is_pressed else points, across, down),
        )
        for key, label, points in rows
    )
    return Chart(
        series,
        tuple(Tick(down(step / unit.per_base), _row_words(kind, step, unit)) for step in steps),
        _columns(begin, end),
        _band(baseline, down),
        has_words=is_pressed,
        is_smoothed=is_pressed,
    )


def _smooth(points: Sequence[Point]) -> list[Point]:
    """The middle of the week up to each day: faces that are pressed jump from day to day."""
    return [
        Point(point.day, median(other.value for other in points if point.day - WEEK < other.day <= point.day))
        for point in points
    ]


def _lines(
    points: Sequence[Point], across: Callable[[date], float], down: Callable[[float], float]
) -> tuple[Line, ...]:
    return tuple(
        Line(across(one.day), down(one.value), across(other.day), down(other.value))
        for one, other in pairwise(points)
        if other.day - one.day <= GAP
    )


def _scale(kind: str, values: Sequence[float], unit: Unit) -> tuple[float, float, list[float]]:
    """Lowest and highest value of the picture, and the rows that are drawn, in the unit shown."""
    measure = measure_of(kind)
    if measure.faces:
        low, high = measure.possible
        steps = [0.0, 5.0, 10.0] if kind == Kind.PAIN else [float(value) for value, _ in reversed(measure.faces)][::2]
        return low - 0.05 * (high - low), high + 0.05 * (high - low), steps
    low, high = from_base(unit, min(values)), from_base(unit, max(values))
    least = max(abs(high) * 0.05, 1.0)
    if high - low < least:
        low, high = low - least / 2, high + least / 2
    step = _round_step((high - low) / LINES)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return low, high, [low + step * number for number in range(round((high - low) / step) + 1)]


def _round_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)


def _row_words(kind: str, step: float, unit: Unit) -> str:
    measure = measure_of(kind)
    if kind == Kind.PAIN:
        return {0.0: "None", 5.0: "Some", 10.0: "Worst"}.get(step, f"{step:g}")
    if measure.faces:
        return next(words for value, words in measure.faces if value == step).removesuffix(" at all")
    if unit.parts:
        return number_in(unit, step / unit.per_base)
    return f"{step:,.0f}" if step >= 1000 else f"{step:g}"


def _columns(begin: date, end: date) -> tuple[Tick, ...]:
    middle = begin + (end - begin) / 2
    return (
        Tick(LEFT, _day_words(begin), "start"),
        Tick((LEFT + RIGHT) / 2, _day_words(middle), "middle"),
        Tick(RIGHT, _day_words(end), "end"),
    )


def _day_words(day: date) -> str:
    return f"{day.day} {day:%b}"


def _band(baseline: Baseline | None, down: Callable[[float], float]) -> Band | None:
    if baseline is None:
        return None
    top, bottom = down(baseline.usual + baseline.spread), down(baseline.usual - baseline.spread)
    return Band(top, round(max(bottom - top, 0.8), 2), down(baseline.usual))
