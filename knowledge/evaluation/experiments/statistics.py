"""Two arms compared. The unit is the person: each counts once, however much they talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from knowledge.evaluation.experiments.sequential import one_sided, two_sided


@dataclass(frozen=True, slots=True)
class Sample:
    """One arm's people, by one measure."""

    people: int
    mean: float
    variance: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        """From each person's value."""
        import numpy as np

        if not values:
            return cls(0, 0.0, 0.0)
        array = np.asarray(values, float)
        return cls(len(array), float(array.mean()), float(array.var(ddof=1)) if len(array) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an arm differs from the first one. `low` and `high` hold at every look; Welch's own only at a single one."""

    difference: float
    error: float
    """Standard error of the difference."""
    low: float
    high: float
    welch_low: float
    welch_high: float
    p_value: float
    """Of Welch's t-test, as if this were the only look."""
    effect: float
    """Cohen's d."""
    people: int


def compare(control: Sample, arm: Sample, *, planned: float, alpha: float) -> Comparison:
    """Compare, at an error rate of `alpha` over all looks. Both arms need two people at least."""
    from scipy.special import stdtr, stdtrit

    difference = arm.mean - control.mean
    shares = _spread(control) / control.people, _spread(arm) / arm.people
    error = sqrt(sum(shares))
    people = control.people + arm.people
    freedom = error**4 / (shares[0] ** 2 / (control.people - 1) + shares[1] ** 2 / (arm.people - 1))
    reach = float(two_sided(float(people), planned=planned, alpha=alpha)) * error
    once = float(stdtrit(freedom, 1 - alpha / 2)) * error
    pooled = sqrt(((control.people - 1) * _spread(control) + (arm.people - 1) * _spread(arm)) / (people - 2))
    return Comparison(
        difference=difference,
        error=error,
        low=difference - reach,
        high=difference + reach,
        welch_low=difference - once,
        welch_high=difference + once,
        p_value=float(2 * stdtr(freedom, -abs(difference / error))),
        effect=difference / pooled,
        people=people,
    )


def _spread(sample: Sample) -> float:
    """The variance; where nobody differs from anybody, as if one person did.

    Nothing seen among so many people is no proof that it never happens: so the bound becomes much the rule of three.
    """
    return sample.variance or 1 / sample.people


@dataclass(frozen=True, slots=True)
class Harm:
    """How much worse an arm does by a guardrail, above 0 for worse; both bounds hold at every look, each by itself."""

    worse_by: float
    at_least: float
    at_most: float


def harm(comparison: Comparison, *, better: int, planned: float, alpha: float) -> Harm:
    """The one-sided bounds on the harm, from a comparison by a measure of which more is `better` (1) or worse (-1)."""
    worse = -better * comparison.difference
    if comparison.error == 0:
        return Harm(worse, -float("inf"), float("inf"))
    reach = float(one_sided(float(comparison.people), planned=planned, alpha=alpha)) * comparison.error
    return Harm(worse, worse - reach, worse + reach)


#: Below this expected number in an arm, the chi-square test says nothing.
LEAST_EXPECTED = 5


def mismatch(counted: Mapping[str, int], weights: Mapping[str, float]) -> float | None:
    """The p-value of a chi-square test that people fell into the arms by their weights; None while they are few."""
    from scipy.special import chdtrc

    everybody, whole = sum(counted.values()), sum(weights.values())
    expected = {name: everybody * weight / whole for name, weight in weights.items()}
    if min(expected.values()) < LEAST_EXPECTED:
        return None
    statistic = sum((counted.get(name, 0) - wanted) ** 2 / wanted for name, wanted in expected.items())
    return float(chdtrc(len(weights) - 1, statistic))
