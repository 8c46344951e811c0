"""Numbers that a table shows."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: `percentile(times, 0.95)`."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def print_row(name: str, values: Sequence[float], *, unit: str = "ms") -> None:
    """One line: median, 95th percentile, most."""
    if values:
        p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
        print(f"{name:<24}{p50:>10.1f}{p95:>10.1f}{max(values):>10.1f}  {unit}  n={len(values)}")


def print_head() -> None:
    """The line over rows of `print_row`."""
    print(f"{'':<24}{'p50':>10}{'p95':>10}{'most':>10}")
