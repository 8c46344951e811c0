"""Where the bars of a histogram stand: now as filled bars, the baseline as a line over them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT, TOP, BOTTOM = 320, 150, 8, 22
BINS = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. Coordinates are texts: no locale may touch them."""

    x: str
    y: str
    width: str
    height: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One bin in the table beside it, in percent of the turns."""

    label: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Two distributions over the same bins."""

    title: str
    bars: tuple[Bar, ...]
    line: str
    rows: tuple[Row, ...]
    low: str
    high: str


def histogram(title: str, before: Sequence[float], now: Sequence[float]) -> Histogram | None:
    """Both as shares, so that unlike numbers of turns compare. None where either is empty.

    The outermost bins hold all that lies beyond the middle 98 of 100 values.
    """
    if not before or not now:
        return None
    import numpy as np

    low, high = (float(value) for value in np.percentile([*before, *now], (1, 99)))
    edges = np.linspace(low, max(high, low + 1e-9), BINS + 1)
    shares = [np.histogram(np.clip(values, low, high), edges)[0] / len(values) for values in (before, now)]
    most = max(float(share.max()) for share in shares)
    step, room = WIDTH / BINS, HEIGHT - TOP - BOTTOM

    def height(share: float) -> float:
        return room * share / most

    digits = 0 if high - low > BINS else 2
    labels = [f"{start:.{digits}f} to {end:.{digits}f}" for start, end in pairwise(edges)]
    corners = [f"0,{TOP + room}"]
    for at, share in enumerate(shares[0]):
        corners += [
            f"{at * step:.1f},{TOP + room - height(share):.1f}",
            f"{(at + 1) * step:.1f},{TOP + room - height(share):.1f}",
        ]
    return Histogram(
        title=title,
        bars=tuple(
            Bar(
                x=f"{at * step + 1:.1f}",
                y=f"{TOP + room - height(share):.1f}",
                width=f"{step - 2:.1f}",
                height=f"{height(share):.1f}",
                name=f"{labels[at]}: {share:.0%} now, {shares[0][at]:.0%} in the baseline",
            )
            for at, share in enumerate(shares[1])
        ),
        line=" ".join([*corners, f"{WIDTH},{TOP + room}"]),
        rows=tuple(
            Row(label, 100 * float(old), 100 * float(new)) for label, old, new in zip(labels, *shares, strict=True)
        ),
        low=f"{low:.{digits}f}",
        high=f"{high:.{digits}f}",
    )
