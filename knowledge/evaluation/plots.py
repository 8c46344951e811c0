"""Where the marks of a plot stand: plain geometry, drawn as SVG by the templates. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Figure = Mapping[str, float]

#: The drawing, in units of the SVG; text of 12 units stays readable where a phone shows it 300 pixels wide.
WIDTH, HEIGHT = 320, 160
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 22
#: Marks on the scale of a share.
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
SQUARE = 300
LARGEST_DOT = 11.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One measured value with its interval, on a scale of 0 to 1. Coordinates are texts: no locale may touch them."""

    x: str
    y: str
    low: str
    high: str
    name: str
    """What a reader hears of it."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A measure over runs, oldest first."""

    title: str
    marks: tuple[Mark, ...]
    line: str
    """Points of the line through the marks."""
    ticks: tuple[Tick, ...]
    wanted: str
    """Where the least wanted value stands; empty for none."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure of one part of the questions."""

    label: str
    width: str
    low: str
    high: str
    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of the reliability diagram; larger for more answers."""

    x: str
    y: str
    radius: str
    name: str


def trend(title: str, points: Sequence[tuple[str, Figure]], *, wanted: float | None = None) -> Trend:
    """A measure over runs.

    Args:
        title: the measure's name.
        points: the run's name and its figure, oldest first.
        wanted: the least wanted value.
    """
    room = WIDTH - LEFT - RIGHT
    step = room / max(1, len(points) - 1)
    marks = tuple(
        Mark(
            x=_text(LEFT + at * step if len(points) > 1 else LEFT + room / 2),
            y=_height(figure["value"]),
            low=_height(figure["low"]),
            high=_height(figure["high"]),
            name=f"{name}: {figure['value']:.2f}, between {figure['low']:.2f} and {figure['high']:.2f}",
        )
        for at, (name, figure) in enumerate(points)
    )
    return Trend(
        title=title,
        marks=marks,
        line=" ".join(f"{mark.x},{mark.y}" for mark in marks),
        ticks=tuple(Tick(_height(share), f"{share:g}") for share in TICKS),
        wanted="" if wanted is None else _height(wanted),
    )


def bars(parts: Mapping[str, Mapping[str, Figure]], measure: str) -> tuple[Bar, ...]:
    """A measure of each part that has it, as widths in percent."""
    return tuple(
        Bar(
            label=label,
            width=_text(100 * _share(figures[measure]["value"])),
            low=_text(100 * _share(figures[measure]["low"])),
            high=_text(100 * _share(figures[measure]["high"])),
            value=figures[measure]["value"],
            count=int(figures[measure]["count"]),
        )
        for label, figures in parts.items()
        if measure in figures
    )


def reliability_dots(bins: Sequence[Mapping[str, float]]) -> tuple[Dot, ...]:
    """The bins that hold answers, in a square: how sure Lilo was to the right, how often it was right upwards."""
    most = max((bin_["count"] for bin_ in bins), default=0)
    return tuple(
        Dot(
            x=_text(SQUARE * bin_["confidence"]),
            y=_text(SQUARE * (1 - bin_["right"])),
            radius=_text(3 + (LARGEST_DOT - 3) * (bin_["count"] / most) ** 0.5),
            name=f"{bin_['count']} answers, {bin_['confidence']:.0%} sure, {bin_['right']:.0%} right",
        )
        for bin_ in bins
        if bin_["count"]
    )


def _height(share: float) -> str:
    return _text(TOP + (HEIGHT - TOP - BOTTOM) * (1 - _share(share)))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def _text(number: float) -> str:
    return f"{number:.1f}"
