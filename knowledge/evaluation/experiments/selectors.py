"""Reads of experiments and of what was counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from knowledge.evaluation.experiments.measures import COUNTS, MEASURES
from knowledge.evaluation.experiments.models import Experiment, PersonDay
from knowledge.evaluation.experiments.rules import Outcome, judge
from knowledge.evaluation.experiments.statistics import Sample


def running() -> list[Experiment]:
    """The experiments that run now."""
    return list(Experiment.objects.filter(state=Experiment.State.RUNNING).order_by("pk"))


def look_at(experiment: Experiment, *, today: date) -> Outcome:
    """What the numbers say today; of one that has ended, what they said when it did.

    Who was still being watched then was answered as usual for the rest of their days, and does not count.
    """
    if experiment.ended_at is not None:
        today = min(today, experiment.ended_at.date())
    rows = experiment.people.order_by("alias", "day").values("alias", "arm", "day", *COUNTS)
    counted: Counter[str] = Counter()
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for arm, counts, is_complete in _people(rows.iterator(), days=experiment.days, today=today):
        counted[arm] += 1
        if not is_complete:
            continue
        for name, measure in MEASURES.items():
            if (value := measure.of(counts)) is not None:
                values[arm][name].append(value)
    arms = [str(arm["name"]) for arm in experiment.arms]
    samples = {arm: {name: Sample.of(values[arm][name]) for name in MEASURES} for arm in arms}
    return judge(experiment.plan, samples, counted)


def _people(rows: Iterable[Mapping[str, Any]], *, days: int, today: date) -> Iterator[tuple[str, Counter[str], bool]]:
    """Each person's arm, the sums of their first `days` days, and whether those are over.

    So a person's value never changes once it counts, which the intervals ask for: somebody watched for longer would
    change it at every look.
    """
    alias, arm, first = None, "", today
    sums: Counter[str] = Counter()
    for row in rows:
        if row["alias"] != alias:
            if alias is not None:
                yield arm, sums, first + timedelta(days=days) <= today
            alias, arm, first, sums = row["alias"], row["arm"], row["day"], Counter()
        if row["day"] < first + timedelta(days=days):
            sums.update({name: row[name] for name in COUNTS})
    if alias is not None:
        yield arm, sums, first + timedelta(days=days) <= today


def people_in(experiment: Experiment) -> int:
    """How many people were in it so far."""
    return PersonDay.objects.filter(experiment=experiment).values("alias").distinct().count()
