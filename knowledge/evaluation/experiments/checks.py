"""Whether the rules keep their error rates: thousands of made experiments, each looked at all the way.

The intervals are those of `sequential`, the very functions that decide about real ones; only the people are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.evaluation.experiments.rules import MISMATCH
from knowledge.evaluation.experiments.sequential import one_sided, people_for_one_look, planned_people, two_sided

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ALPHA, POWER, EFFECT = 0.05, 0.8, 0.06
#: A person's share of questions answered well: each has a share of their own, and a handful of questions.
SKILL, QUESTIONS = (3.2, 1.4), 6
MINIMUM = 50
LOOKS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to the rules, and what came of it."""

    name: str
    runs: int
    found: int
    limit: float
    """What the share must stay below, or reach."""
    must_stay_below: bool = True

    @property
    def share(self) -> float:
        """How often it happened."""
        return self.found / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share, 95 %, after Clopper and Pearson."""
        from scipy.special import betaincinv

        found, other = self.found, self.runs - self.found
        low = float(betaincinv(found, other + 1, 0.025)) if found else 0.0
        high = float(betaincinv(found + 1, other, 0.975)) if other else 1.0
        return low, high

    @property
    def holds(self) -> bool:
        """Whether chance alone may explain what lies on the wrong side of the limit."""
        low, high = self.interval
        return low <= self.limit if self.must_stay_below else high >= self.limit


@dataclass(frozen=True, slots=True)
class Looked:
    """Many experiments looked at all the way: at each look of each, the difference and its standard error."""

    people: Floats
    """Of both arms together, by look."""
    difference: Floats
    error: Floats

    def ever(self, crossed: Flags) -> int:
        """How many experiments crossed at any look."""
        return int(crossed.any(axis=1).sum())


def people_like_ours(
    random: np.random.Generator, *, runs: int, people: int, effect: float = 0.0, spread: float = 0.0
) -> Floats:
    """Each person's share of questions answered well, on average better by exactly `effect`.

    `spread` makes the people of an arm differ more, about the same average.
    """
    low, high = SKILL
    skill = random.beta(low / (1 + spread), high / (1 + spread), (runs, people))
    usual = low / (low + high)
    skill = skill + (1 - skill) * effect / (1 - usual) if effect > 0 else skill * (1 + effect / usual)
    return random.binomial(QUESTIONS, skill) / QUESTIONS


def looked(control: Floats, arm: Floats, *, minimum: int = MINIMUM, looks: int = LOOKS) -> Looked:
    """Look again and again while people come, from the least number on to the last."""
    at = np.unique(np.linspace(minimum, control.shape[1], looks).astype(int))
    means, shares = [], []
    for values in (control, arm):
        total, squares = np.cumsum(values, 1)[:, at - 1], np.cumsum(values**2, 1)[:, at - 1]
        means.append(total / at)
        shares.append((squares - total**2 / at) / (at - 1) / at)
    return Looked(2.0 * at, means[1] - means[0], np.sqrt(shares[0] + shares[1]))


def run_all(*, runs: int = 2_000, seed: int = 20_261_122) -> Iterator[Check]:
    """Every check, in the order of the table."""
    random = np.random.default_rng(seed)
    planned = planned_people(spread=spread_of_people(random), effect=EFFECT, alpha=ALPHA, power=POWER)
    yield from _without_a_difference(random, runs, planned)
    yield from _with_a_difference(random, runs, planned)
    yield from _guardrails(random, runs, planned)
    yield from _shares(random, runs, planned)


def spread_of_people(random: np.random.Generator) -> float:
    """The standard deviation of made people."""
    return float(people_like_ours(random, runs=1, people=100_000).std())


def _without_a_difference(random: np.random.Generator, runs: int, planned: int) -> Iterator[Check]:
    half = planned // 2
    for name, spread in (("A/A", 0.0), ("A/A, arms of unlike spread", 1.0)):
        control = people_like_ours(random, runs=runs, people=half)
        arm = people_like_ours(random, runs=runs, people=half, spread=spread)
        seen = looked(control, arm)
        reach = two_sided(seen.people, planned=planned, alpha=ALPHA) * seen.error
        yield Check(f"{name}: a difference is announced", runs, seen.ever(np.abs(seen.difference) > reach), ALPHA)
        if not spread:
            longer = people_like_ours(random, runs=runs, people=3 * half)
            seen_longer = looked(longer, people_like_ours(random, runs=runs, people=3 * half))
            reach = two_sided(seen_longer.people, planned=planned, alpha=ALPHA) * seen_longer.error
            crossed = seen_longer.ever(np.abs(seen_longer.difference) > reach)
            yield Check("A/A, run three times as long: announced", runs, crossed, ALPHA)
            naive = seen.ever(np.abs(seen.difference) > 1.96 * seen.error)
            yield Check("A/A with a plain t-test at each look, to compare: announced", runs, naive, 1.0)


def _with_a_difference(random: np.random.Generator, runs: int, planned: int) -> Iterator[Check]:
    half = planned // 2
    control = people_like_ours(random, runs=runs, people=half)
    for effect, wanted in ((EFFECT, POWER), (1.5 * EFFECT, 0.95)):
        seen = looked(control, people_like_ours(random, runs=runs, people=half, effect=effect))
        reach = two_sided(seen.people, planned=planned, alpha=ALPHA) * seen.error
        name = f"A/B, better by {100 * effect:.0f} points"
        yield Check(f"{name}: found", runs, seen.ever(seen.difference > reach), wanted, must_stay_below=False)
        missed = seen.ever(np.abs(seen.difference - effect) > reach)
        yield Check(f"{name}: an interval misses the truth", runs, missed, ALPHA)


def _guardrails(random: np.random.Generator, runs: int, planned: int) -> Iterator[Check]:
    half, bound = planned // 2, 0.03
    control = people_like_ours(random, runs=runs, people=half)
    for name, effect, limit, below in (
        ("no harm", 0.0, ALPHA, True),
        ("harm of just 3 points", -bound, ALPHA, True),
        ("harm of 12 points", -0.12, 0.95, False),
    ):
        seen = looked(control, people_like_ours(random, runs=runs, people=half, effect=effect))
        reach = one_sided(seen.people, planned=planned, alpha=ALPHA) * seen.error
        stopped = seen.ever(-seen.difference - reach > bound)
        yield Check(f"Guardrail that tolerates 3 points, {name}: stopped", runs, stopped, limit, must_stay_below=below)


def _shares(random: np.random.Generator, runs: int, planned: int) -> Iterator[Check]:
    from scipy.special import chdtrc

    looks = np.arange(20, planned + 1, max(1, planned // LOOKS))
    for share, limit, below in ((0.5, 0.01, True), (0.6, 0.95, False)):
        in_arm = np.cumsum(random.random((runs, planned)) < share, axis=1)[:, looks - 1]
        statistic = (in_arm - looks / 2) ** 2 / (looks / 2) * 2
        found = int((chdtrc(1, statistic) < MISMATCH).any(axis=1).sum())
        name = f"Arms of {100 - 100 * share:.0f} and {100 * share:.0f} in 100, planned even: called uneven"
        yield Check(name, runs, found, limit, must_stay_below=below)


def planned_line() -> str:
    """How many people such an experiment asks for, and how many a single look would."""
    spread = spread_of_people(np.random.default_rng(1))
    many, once = (
        people(spread=spread, effect=EFFECT, alpha=ALPHA, power=POWER)
        for people in (planned_people, people_for_one_look)
    )
    return (
        f"To find {100 * EFFECT:.0f} points with a chance of {POWER:.0%}: {many:,} people in two arms, looked at "
        f"{LOOKS} times; {once:,} for one look at the end."
    )
