"""What many readings say together, by statistics that a few wrong readings cannot bend. Pure.

Each day counts once, by its middle value. The slope is Theil and Sen's (Sen, 1968, J. Am. Stat. Assoc. 63), with its
95 % interval by Kendall's S; what is usual for the person is the median of the weeks before, give or take the median
absolute deviation (MAD). Below a minimum of days nothing is claimed: "not enough yet".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Days with a reading that a middle value, a direction and a "usual" need.
FOR_MEDIAN, FOR_SLOPE, FOR_BASELINE = 3, 7, 10
#: The days that count as now; what is usual is taken from those before.
RECENT = timedelta(days=14)
#: How far back "usual" looks.
BASELINE = timedelta(days=120)
#: Makes the MAD comparable with a standard deviation, where deviations are normal.
MAD_SCALE = 1.4826
#: Of the normal distribution, for 95 % both sides.
Z = 1.959964


class Direction(StrEnum):
    """Where it is going."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"
    UNKNOWN = "unknown"  # not enough readings


@dataclass(frozen=True, slots=True)
class Point:
    """One reading on one day, in the first unit of its measure."""

    day: date
    value: float


@dataclass(frozen=True, slots=True)
class Slope:
    """Change a week, with its 95 % interval, from `n` days."""

    a_week: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for the person: the median of the weeks before, and the MAD (scaled by 1.4826), from `n` days."""

    usual: float
    spread: float
    n: int


@dataclass(frozen=True, slots=True)
class Trend:
    """What the readings of a span of days say.

    `n` counts readings, `days` the days that have one. `middle`, `slope` and `baseline` are None below their minimum.
    """

    n: int
    days: int
    latest: Point | None
    middle: float | None
    slope: Slope | None
    baseline: Baseline | None
    direction: Direction

    @property
    def is_enough(self) -> bool:
        """Whether there are readings enough to speak of a direction."""
        return self.slope is not None


def trend_of(points: Iterable[Point], *, today: date, days: int, notable: float) -> Trend:
    """The trend of the last `days` days, and what was usual before the last two weeks.

    Args:
        points: readings, in any order, also from before the span.
        today: the senior's own day.
        days: the span that is looked at.
        notable: a change over a month smaller than this is "about the same".
    """
    ordered = sorted((point for point in points if point.day <= today), key=lambda point: point.day)
    begin = today - timedelta(days=days - 1)
    within = [point for point in ordered if point.day >= begin]
    daily = by_day(within)
    slope = slope_of(daily)
    return Trend(
        n=len(within),
        days=len(daily),
        latest=ordered[-1] if ordered else None,
        middle=median([point.value for point in daily]) if len(daily) >= FOR_MEDIAN else None,
        slope=slope,
        baseline=_baseline(ordered, today),
        direction=_direction(slope, notable),
    )


def by_day(points: Sequence[Point]) -> list[Point]:
    """One point a day, the middle of its readings; `points` in order of days."""
    return [
        Point(day, median(point.value for point in group))
        for day, group in groupby(points, key=lambda point: point.day)
    ]


def slope_of(daily: Sequence[Point]) -> Slope | None:
    """Theil and Sen's slope over days, or None for too few."""
    if len(daily) < FOR_SLOPE:
        return None
    import numpy as np  # only when a trend is really worked out

    days = np.array([point.day.toordinal() for point in daily], dtype=float)
    values = np.array([point.value for point in daily])
    later, earlier = np.triu_indices(len(daily), k=1)[::-1]
    slopes = np.sort((values[later] - values[earlier]) / (days[later] - days[earlier]))
    low, high = _interval(values, len(slopes))
    return Slope(float(np.median(slopes)) * 7, float(slopes[low]) * 7, float(slopes[high]) * 7, len(daily))


def _interval(values: NDArray[np.float64], pairs: int) -> tuple[int, int]:
    """Which of the sorted slopes end the 95 % interval: Kendall's S, corrected for equal values."""
    import numpy as np

    n = len(values)
    equal = np.unique(values, return_counts=True)[1]
    variance = (n * (n - 1) * (2 * n + 5) - float(np.sum(equal * (equal - 1) * (2 * equal + 5)))) / 18
    margin = Z * math.sqrt(variance)
    return max(round((pairs - margin) / 2) - 1, 0), min(round((pairs + margin) / 2), pairs - 1)


def _baseline(ordered: Sequence[Point], today: date) -> Baseline | None:
    before = [point for point in ordered if today - BASELINE <= point.day <= today - RECENT]
    values = [point.value for point in by_day(before)]
    if len(values) < FOR_BASELINE:
        return None
    usual = median(values)
    return Baseline(usual, MAD_SCALE * median(abs(value - usual) for value in values), len(values))


def _direction(slope: Slope | None, notable: float) -> Direction:
    """Up or down only where the whole interval says so, and a month of it would matter."""
    if slope is None:
        return Direction.UNKNOWN
    if slope.low <= 0 <= slope.high or abs(slope.a_week) * 30 / 7 < notable:
        return Direction.STEADY
    return Direction.UP if slope.a_week > 0 else Direction.DOWN
