"""A mean or a share, and how far it can be trusted: 95 % intervals by the bootstrap (Efron, 1979)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2_000
SEED = 7
#: The questions of one resample are drawn for so many resamples at a time: bounds the memory.
CELLS = 4_000_000

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int
    """Of how many questions."""

    def as_json(self) -> dict[str, float | int]:
        """For files and pages, with as many digits as mean something."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "count": self.count,
        }


def mean(values: Sequence[float] | Numbers) -> Figure | None:
    """The mean of one value for each question; None for no questions."""
    if not len(values):
        return None
    return resampled([values], lambda columns: columns[0].mean(axis=-1))


def resampled(columns: Sequence[ArrayLike], statistic: Callable[[Numbers], Numbers]) -> Figure:
    """A statistic of questions, and the range in which it falls for 95 % of samples drawn from them with repeats.

    Args:
        columns: k numbers of each of the n questions, k by n, n at least 1.
        statistic: of shape (k, ..., n) to shape (...): the last axis is the questions.
    """
    table = np.asarray(columns, np.float64)
    count = table.shape[1]
    chance = np.random.default_rng(SEED)
    step = max(1, CELLS // count)
    drawn = [
        statistic(table[:, chance.integers(0, count, (min(step, RESAMPLES - start), count))])
        for start in range(0, RESAMPLES, step)
    ]
    low, high = np.quantile(np.concatenate(drawn), (0.025, 0.975))
    return Figure(float(statistic(table)), float(low), float(high), count)


def share_found(wanted: Sequence[bool], given: Sequence[bool]) -> dict[str, Figure]:
    """Precision, recall and F1 of saying yes to each question; none of them where nothing was wanted."""
    if not any(wanted):
        return {}
    columns = [np.asarray(wanted, float), np.asarray(given, float)]

    def ratio(hits: Numbers, of: Numbers) -> Numbers:
        return np.divide(hits, of, out=np.zeros_like(hits), where=of > 0)

    def both(table: Numbers) -> Numbers:
        return np.asarray((table[0] * table[1]).sum(axis=-1))

    return {
        "precision": resampled(columns, lambda table: ratio(both(table), np.asarray(table[1].sum(axis=-1)))),
        "recall": resampled(columns, lambda table: ratio(both(table), np.asarray(table[0].sum(axis=-1)))),
        "f1": resampled(columns, lambda table: ratio(2 * both(table), np.asarray((table[0] + table[1]).sum(axis=-1)))),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: `percentile(times, 0.95)`; 0 for no values."""
    return float(np.quantile(values, share, method="inverted_cdf")) if len(values) else 0.0
