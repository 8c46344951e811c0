"""Where the marks of an experiment's plot stand: the interval of the difference, day by day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 320, 180
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 12, 24


@dataclass(frozen=True, slots=True)
class Day:
    """The interval on one day. Coordinates are texts: no locale may touch them."""

    x: str
    y: str
    low: str
    high: str
    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """The difference over time with its interval, 0 and the smallest difference worth having."""

    days: tuple[Day, ...]
    band: str
    """Outline of the interval."""
    line: str
    zero: str
    ticks: tuple[Tick, ...]
    first: str
    last: str


def interval_plot(looks: Sequence[tuple[date, float, float, float]], *, effect: float) -> IntervalPlot | None:
    """Days, each with the difference, its lower and its upper bound, oldest first. None where there are none.

    The scale shows four times the smallest difference worth having at least; wider intervals run out of the picture.
    """
    if not looks:
        return None
    reach = max(2 * effect, 1.15 * max(abs(bound) for bound in looks[-1][1:]))

    def height(value: float) -> str:
        part = (min(reach, max(-reach, value)) + reach) / (2 * reach)
        return f"{TOP + (HEIGHT - TOP - BOTTOM) * (1 - part):.1f}"

    room, steps = WIDTH - LEFT - RIGHT, max(1, len(looks) - 1)
    days = tuple(
        Day(
            x=f"{LEFT + (room * at / steps if len(looks) > 1 else room / 2):.1f}",
            y=height(difference),
            low=height(low),
            high=height(high),
            name=f"{day:%-d %B}: {difference:+.1f}, from {low:+.1f} to {high:+.1f}",
        )
        for at, (day, difference, low, high) in enumerate(looks)
    )
    outline = [f"{day.x},{day.high}" for day in days] + [f"{day.x},{day.low}" for day in reversed(days)]
    return IntervalPlot(
        days=days,
        band=" ".join(outline),
        line=" ".join(f"{day.x},{day.y}" for day in days),
        zero=height(0),
        ticks=tuple(Tick(height(value), f"{value:+g}" if value else "0") for value in (effect, 0.0, -effect)),
        first=f"{looks[0][0]:%-d %b}",
        last=f"{looks[-1][0]:%-d %b}",
    )
