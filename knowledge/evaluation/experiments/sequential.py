"""Intervals that hold at every look, however often one looks. Numbers and arrays alike; no scipy.

The method is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas ("Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics, 2024): a normal mixture round the
difference of two means, with the standard error of Welch's test. It asks for no plan of looks, no known variance and
no normal data. It needs people who come one after the other, each with a value that changes no more: see `selectors`.
"""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:  # NumPy is loaded where it is used: the models need this file at every start
    import numpy as np
    from numpy.typing import NDArray

Number = TypeVar("Number", float, "NDArray[np.float64]")


def tuning(planned: float, alpha: float) -> float:
    """The mixture's variance that makes the interval narrowest at the planned number of people."""
    wide = -2 * log(alpha)
    return (wide + log(wide + 1)) / planned


def two_sided(people: Number, *, planned: float, alpha: float) -> Number:
    """How many standard errors the interval reaches to each side at this number of people, of both arms together.

    Over all looks together, the interval misses the truth even once with probability `alpha` at most.
    """
    import numpy as np

    mixed = people * tuning(planned, alpha)
    return cast("Number", np.sqrt((mixed + 1) / mixed * (np.log(mixed + 1) + 2 * np.log(1 / alpha))))


def one_sided(people: Number, *, planned: float, alpha: float) -> Number:
    """The same for a bound on one side."""
    import numpy as np

    mixed = people * tuning(planned, 2 * alpha)
    return cast("Number", np.sqrt((mixed + 1) / mixed * 2 * np.log1p(np.sqrt(mixed + 1) / (2 * alpha))))


def planned_people(
    *, spread: float, effect: float, alpha: float, power: float, weights: tuple[float, float] = (1, 1)
) -> int:
    """How many people two arms need together, so that a difference of `effect` is found with this probability.

    For an interval that may be looked at all the way: about twice what a single look at the end would need.
    """
    from scipy.special import ndtri

    reach = float(two_sided(1.0, planned=1.0, alpha=alpha)) + float(ndtri(power))
    return _people(spread, effect, reach, weights)


def people_for_one_look(
    *, spread: float, effect: float, alpha: float, power: float, weights: tuple[float, float] = (1, 1)
) -> int:
    """The same for Welch's test made once, at the end."""
    from scipy.special import ndtri

    return _people(spread, effect, float(ndtri(1 - alpha / 2) + ndtri(power)), weights)


def _people(spread: float, effect: float, reach: float, weights: tuple[float, float]) -> int:
    whole = sum(weights)
    uneven = whole / weights[0] + whole / weights[1]
    return ceil(spread**2 * uneven * (reach / effect) ** 2)
