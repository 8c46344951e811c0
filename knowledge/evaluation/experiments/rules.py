"""When an experiment ends, and what its numbers mean in plain words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from knowledge.evaluation.experiments.levers import LEVERS, USUAL_VALUE
from knowledge.evaluation.experiments.measures import MEASURES, Measure
from knowledge.evaluation.experiments.statistics import Comparison, Harm, Sample, compare, harm, mismatch

#: Below this p-value the arms are not as large as their weights say. Strict, since it is looked at every day.
MISMATCH = 0.0005
#: No decision before so many people in each arm: the method leans on the central limit theorem.
LEAST_MINIMUM = 50
MOST_ARMS = 4


class End(StrEnum):
    """What a look at the numbers leads to."""

    GO_ON = "go_on"
    #: It does better, and it goes on until it is shown to do no harm.
    LEADS = "leads"
    BETTER = "better"
    WORSE = "worse"
    HARM = "harm"
    ALIKE = "alike"
    OVER = "over"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided before the start."""

    lever: str
    arms: Sequence[Mapping[str, Any]]
    """The first is how things are today; each has `name`, `value` and `weight`."""
    primary: str
    guardrails: Mapping[str, float]
    """Measures that must not get worse, each with how much worse is tolerated."""
    alpha: float
    smallest_effect: float
    minimum: int
    """People in each arm before anything is decided."""
    planned: int
    """People of two arms together at which it ends, decided or not."""

    @property
    def others(self) -> list[str]:
        """The arms that are compared with the first."""
        return [str(arm["name"]) for arm in self.arms[1:]]

    @property
    def control(self) -> str:
        """The first arm."""
        return str(self.arms[0]["name"])


def plan_problems(plan: Plan) -> dict[str, str]:
    """What keeps an experiment from being started, by field."""
    problems = {}
    lever = LEVERS.get(plan.lever)
    names = [arm["name"] for arm in plan.arms]
    values = [arm["value"] for arm in plan.arms]
    if lever is None:
        problems["lever"] = "Choose what is varied."
    elif any(value not in lever.values for value in values) or len(set(values)) < len(values):
        problems["arms"] = "Each arm needs a value of its own, of those that the lever has."
    elif values[:1] != [USUAL_VALUE]:
        problems["arms"] = "The first arm must be how things are today."
    if not 2 <= len(plan.arms) <= MOST_ARMS or len(set(names)) < len(names):
        problems["arms"] = f"There must be two to {MOST_ARMS} arms, each with a name of its own."
    elif any(arm["weight"] <= 0 for arm in plan.arms):
        problems["arms"] = "Each arm needs a weight above 0."
    if plan.primary not in MEASURES:
        problems["primary"] = "Choose what is to become better."
    if plan.primary in plan.guardrails:
        problems["guardrails"] = "What is to become better is not a guardrail as well."
    if plan.minimum < LEAST_MINIMUM:
        problems["minimum"] = f"At least {LEAST_MINIMUM} people in each arm, or chance decides."
    return problems


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One guardrail of one arm."""

    measure: str
    bound: float
    harm: Harm

    @property
    def state(self) -> str:
        """`harmed`, `safe`, or `open` while neither is shown."""
        if self.harm.at_least > self.bound:
            return "harmed"
        return "safe" if self.harm.at_most < self.bound else "open"


@dataclass(frozen=True, slots=True)
class ArmResult:
    """How one arm does against the first."""

    name: str
    primary: Comparison | None
    """None before there are two people in each arm."""
    guardrails: tuple[Guardrail, ...] = ()

    @property
    def is_harmful(self) -> bool:
        """Whether a guardrail is broken beyond doubt."""
        return any(guardrail.state == "harmed" for guardrail in self.guardrails)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the numbers say today."""

    end: End
    arm: str = ""
    """Which arm it is about."""
    arms: tuple[ArmResult, ...] = ()
    samples: Mapping[str, Mapping[str, Sample]] = field(default_factory=dict)
    """By arm and measure."""
    mismatch: float | None = None


def judge(plan: Plan, samples: Mapping[str, Mapping[str, Sample]], counted: Mapping[str, int]) -> Outcome:
    """What follows from the people whose time is complete.

    The error rate is shared out evenly, over the arms and, apart from it, over the guardrails (Bonferroni).

    Args:
        plan: what was decided before the start.
        samples: by arm and measure.
        counted: everybody who fell into each arm, for the check of the weights.
    """
    results = tuple(_against_control(plan, samples, name) for name in plan.others)
    weights = {str(arm["name"]): float(arm["weight"]) for arm in plan.arms}
    uneven = mismatch(counted, weights)
    end, arm = _decide(plan, results, samples, uneven)
    return Outcome(end, arm, results, samples, uneven)


def _against_control(plan: Plan, samples: Mapping[str, Mapping[str, Sample]], name: str) -> ArmResult:
    def of(measure: str, alpha: float) -> Comparison | None:
        control, arm = samples[plan.control][measure], samples[name][measure]
        if min(control.people, arm.people) < 2:
            return None
        return compare(control, arm, planned=plan.planned, alpha=alpha)

    alpha = plan.alpha / len(plan.others)
    one_each = alpha / max(1, len(plan.guardrails))
    guardrails = []
    for measure, bound in plan.guardrails.items():
        if (comparison := of(measure, one_each)) is not None:
            shown = harm(comparison, better=MEASURES[measure].better, planned=plan.planned, alpha=one_each)
            guardrails.append(Guardrail(measure, bound, shown))
    return ArmResult(name, of(plan.primary, alpha), tuple(guardrails))


def _decide(
    plan: Plan, results: Sequence[ArmResult], samples: Mapping[str, Mapping[str, Sample]], uneven: float | None
) -> tuple[End, str]:
    if uneven is not None and uneven < MISMATCH:
        return End.MISMATCH, ""
    people = {name: samples[name][plan.primary].people for name in (plan.control, *plan.others)}
    ready = [result for result in results if min(people[plan.control], people[result.name]) >= plan.minimum]
    harmful = [result.name for result in ready if result.is_harmful]
    if harmful:
        return End.HARM, harmful[0]
    ends = {result.name: _end_of(plan, result) for result in ready}
    for wanted in (End.BETTER, End.WORSE, End.LEADS):
        if found := [name for name, end in ends.items() if end is wanted]:
            return wanted, found[0]
    if len(ready) == len(results) and all(end in {End.ALIKE, End.OVER} for end in ends.values()):
        all_alike = all(end is End.ALIKE for end in ends.values())
        return (End.ALIKE if all_alike else End.OVER), ""
    return End.GO_ON, ""


def _end_of(plan: Plan, result: ArmResult) -> End:
    primary = result.primary
    if primary is None:
        return End.GO_ON
    gain = sorted(MEASURES[plan.primary].better * bound for bound in (primary.low, primary.high))
    if gain[0] > 0:
        is_open = any(rail.state == "open" for rail in result.guardrails)
        return End.LEADS if is_open and primary.people < plan.planned else End.BETTER
    if gain[1] < 0:
        return End.WORSE
    if -plan.smallest_effect < gain[0] and gain[1] < plan.smallest_effect:
        return End.ALIKE
    return End.OVER if primary.people >= plan.planned else End.GO_ON


def said(plan: Plan, outcome: Outcome) -> str:
    """What the numbers say, for people who know no statistics."""
    measure = MEASURES[plan.primary]
    result = next((result for result in outcome.arms if result.name == outcome.arm), None)
    if outcome.end is End.MISMATCH:
        return "The arms do not have the shares of people that they should. Something is broken: trust no figure here."
    if result is not None and outcome.end is End.HARM:
        broken = next(guardrail for guardrail in result.guardrails if guardrail.state == "harmed")
        worse = MEASURES[broken.measure]
        return (
            f"Arm {result.name} does harm: “{worse.title}” is worse by at least "
            f"{amount(broken.harm.at_least, worse)}. Do not keep it."
        )
    if result is not None and result.primary is not None:
        low, high = sorted((abs(result.primary.low), abs(result.primary.high)))
        if outcome.end is End.LEADS:
            lead = f"Arm {result.name} does better so far at “{measure.title}”, {_between(low, high, measure)}."
            return f"{lead} It goes on until it is shown to do no harm: {', '.join(_still_open(result))}."
        how = "better" if outcome.end is End.BETTER else "worse"
        return (
            f"Arm {result.name} does {how} at “{measure.title}”, {_between(low, high, measure)}. {_keep(result, how)}"
        )
    effect = amount(plan.smallest_effect, measure)
    if outcome.end is End.ALIKE:
        return f"The arms are alike at “{measure.title}”: no difference as large as {effect}. Either is safe to keep."
    if outcome.end is End.OVER:
        return f"As many as planned took part, and it is still open whether “{measure.title}” differs. Keep what was."
    return "It is too early to say. Wait: looking often does no harm here, but ending early by hand does."


def _keep(result: ArmResult, how: str) -> str:
    if how == "worse":
        return "Do not keep it."
    if still_open := _still_open(result):
        return f"Whether it is safe is not shown: {', '.join(still_open)}."
    return "It is safe to keep."


def _still_open(result: ArmResult) -> list[str]:
    return [MEASURES[rail.measure].title.lower() for rail in result.guardrails if rail.state == "open"]


def amount(value: float, measure: Measure) -> str:
    """A difference as people read it."""
    return f"{_number(value, measure)} {_unit(measure)}"


def _between(low: float, high: float, measure: Measure) -> str:
    return f"by {_number(low, measure)} to {_number(high, measure)} {_unit(measure)}"


def _number(value: float, measure: Measure) -> str:
    return f"{value * measure.scale:.0f}" if measure.unit == "ms" else f"{value * measure.scale:.1f}".removesuffix(".0")


def _unit(measure: Measure) -> str:
    return "milliseconds" if measure.unit == "ms" else "points of 100"
