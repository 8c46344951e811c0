"""Whether a confidence means what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: how sure Lilo was, and how often it was right."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean of the bin; 0 in an empty one."""
    right: float
    """Share that was right; 0 in an empty one."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability table, with two numbers that sum it up."""

    bins: tuple[Bin, ...]
    expected_error: float
    """Expected calibration error: the mean gap of confidence and share right, by answers (Naeini et al., AAAI 2015)."""
    brier: float
    """Mean squared gap of confidence and outcome (Brier, 1950)."""


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> Reliability:
    """The table in ten bins of equal width. Confidences are 0 to 1, one for each outcome."""
    count = len(confidences)
    members: list[list[int]] = [[] for _ in range(BINS)]
    for at, sure in enumerate(confidences):
        members[min(int(sure * BINS), BINS - 1)].append(at)
    bins = tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(places),
            confidence=sum(confidences[at] for at in places) / len(places) if places else 0.0,
            right=sum(right[at] for at in places) / len(places) if places else 0.0,
        )
        for number, places in enumerate(members)
    )
    gap = sum(bin_.count * abs(bin_.confidence - bin_.right) for bin_ in bins)
    squares = sum((sure - outcome) ** 2 for sure, outcome in zip(confidences, right, strict=True))
    return Reliability(bins, gap / count if count else 0.0, squares / count if count else 0.0)
