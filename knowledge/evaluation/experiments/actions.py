"""What is done with experiments: started, stopped, counted, looked at."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from threading import Lock
from uuid import UUID

from django.core.mail import mail_admins
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from knowledge.evaluation.experiments.levers import LEVERS
from knowledge.evaluation.experiments.measures import COUNTS
from knowledge.evaluation.experiments.models import Experiment, Look, PersonDay
from knowledge.evaluation.experiments.repeats import Repeats
from knowledge.evaluation.experiments.rules import End, Outcome, plan_problems, said
from knowledge.evaluation.experiments.running import participants
from knowledge.evaluation.experiments.selectors import look_at, running
from knowledge.turns import TurnNote

log = logging.getLogger(__name__)

#: Days after its end for which the counts of an experiment are kept; its looks stay.
KEPT = 180
LOOKED_UP = frozenset({"answer", "abstention"})
State = Experiment.State
_repeats, _repeats_lock = Repeats(), Lock()


class ExperimentRefused(Exception):
    """It cannot be done. The message is for the person who tried."""


def start(experiment_id: int, *, by: UUID, because: str) -> Experiment:
    """Let a draft run.

    Raises:
        ExperimentRefused: it is no draft, its plan is not whole, or another varies the same.
    """
    try:
        with transaction.atomic():
            experiment = Experiment.objects.select_for_update().get(pk=experiment_id)
            if experiment.state != State.DRAFT:
                raise ExperimentRefused("Only a draft can be started.")
            if problems := plan_problems(experiment.plan):
                raise ExperimentRefused(" ".join(problems.values()))
            experiment.state, experiment.started_at = State.RUNNING, timezone.now()
            experiment.started_by_id, experiment.started_because = by, _reason(because)
            experiment.save(update_fields=["state", "started_at", "started_by", "started_because"])
    except IntegrityError as error:
        title = LEVERS[experiment.lever].title.lower()
        raise ExperimentRefused(f"Another experiment varies the {title} already: end it first.") from error
    return experiment


@transaction.atomic
def stop(experiment_id: int, *, by: UUID | None, because: str, concluded: bool = False) -> Experiment:
    """End an experiment: within half a minute everybody is answered as usual. `by` is None where a rule ends it.

    Raises:
        ExperimentRefused: it does not run.
    """
    experiment = Experiment.objects.select_for_update().get(pk=experiment_id)
    if experiment.state != State.RUNNING:
        raise ExperimentRefused("It does not run.")
    experiment.state = State.CONCLUDED if concluded else State.STOPPED
    experiment.ended_by_id, experiment.ended_at, experiment.ended_because = by, timezone.now(), _reason(because)
    experiment.save(update_fields=["state", "ended_by", "ended_at", "ended_because"])
    return experiment


def _reason(because: str) -> str:
    if not (reason := because.strip()):
        raise ExperimentRefused("Say why.")
    return reason[:500]


def add_turns(notes: Sequence[TurnNote]) -> None:
    """Count turns that were answered in the ways of an experiment.

    Whether a turn counts does not depend on the arm: every question that was looked up does. Who took back their
    consent, or has an alert open by now, is not counted.
    """
    counted = [note for note in notes if note.arms and (note.kind in LOOKED_UP or note.asked_more)]
    if not counted:
        return
    still = set(participants().values())
    sums: dict[tuple[int, str, str, date], Counter[str]] = {}
    for note in counted:
        if note.alias not in still:
            continue
        counts = _counts(note)
        for experiment, arm in note.arms:
            sums.setdefault((experiment, note.alias, arm, note.at.date()), Counter()).update(counts)
    alive = set(Experiment.objects.filter(pk__in={key[0] for key in sums}).values_list("pk", flat=True))
    for (experiment, alias, arm, day), total in sums.items():
        if experiment in alive:
            _add(experiment, alias, arm, day, total)


def _counts(note: TurnNote) -> Counter[str]:
    if note.asked_more:
        return Counter(asked_more=1)
    answered = note.kind == "answer"
    with _repeats_lock:
        repeated, was_answered = _repeats.seen_before(note.alias, note.question, note.at, answered=answered)
    return Counter(
        turns=1,
        answered=int(answered) - was_answered,  # asked again: the answer before was none
        abstained=not answered,
        repeated=repeated,
        held_back=note.held_back,
        latency_ms=round(note.latency_ms),
    )


def _add(experiment: int, alias: str, arm: str, day: date, total: Mapping[str, float]) -> None:
    row, _ = PersonDay.objects.get_or_create(experiment_id=experiment, alias=alias, day=day, defaults={"arm": arm})
    PersonDay.objects.filter(pk=row.pk).update(**{name: F(name) + total[name] for name in COUNTS if total.get(name)})


def add_opinion(alias: str, *, helpful: bool, before: bool | None, at: datetime) -> None:
    """Count a press of the buttons under an answer, for those in an experiment; `before` was the last press there.

    What was pressed before the experiment was never counted, and is not taken away again.
    """
    if before == helpful:
        return
    given, taken = ("helpful", "not_helpful") if helpful else ("not_helpful", "helpful")
    with transaction.atomic():
        for experiment in running():
            rows = PersonDay.objects.filter(experiment=experiment, alias=alias)
            arm = rows.values_list("arm", flat=True).first()
            if arm is None:
                continue
            was_counted = before is not None and rows.aggregate(all=Sum(taken))["all"] > 0
            _add(experiment.pk, alias, arm, at.date(), {given: 1, taken: -1 if was_counted else 0})


def look_at_all(*, now: datetime | None = None) -> list[tuple[Experiment, Outcome]]:
    """Look at every experiment that runs, keep what is seen, and end those that a rule ends. Safe to run twice."""
    now = now or timezone.now()
    seen = []
    for experiment in running():
        outcome = look_at(experiment, today=now.date())
        keep_look(experiment, outcome, day=now.date())
        seen.append((experiment, outcome))
        if outcome.end not in {End.GO_ON, End.LEADS}:
            _end_by_rule(experiment, outcome)
    forgotten = now - timedelta(days=KEPT)
    PersonDay.objects.filter(experiment__ended_at__lt=forgotten).delete()
    return seen


def keep_look(experiment: Experiment, outcome: Outcome, *, day: date) -> Look:
    """Keep what was seen on a day."""
    figures = {
        "arms": {
            result.name: {
                "primary": asdict(result.primary) if result.primary else None,
                "guardrails": {
                    rail.measure: {"state": rail.state, "bound": rail.bound, **asdict(rail.harm)}
                    for rail in result.guardrails
                },
            }
            for result in outcome.arms
        },
        "samples": {
            arm: {name: asdict(sample) for name, sample in by_measure.items()}
            for arm, by_measure in outcome.samples.items()
        },
        "mismatch": outcome.mismatch,
    }
    look, _ = Look.objects.update_or_create(
        experiment=experiment,
        day=day,
        defaults={"figures": figures, "end": outcome.end, "said": said(experiment.plan, outcome)},
    )
    return look


def _end_by_rule(experiment: Experiment, outcome: Outcome) -> None:
    words = said(experiment.plan, outcome)
    stopped = outcome.end in {End.HARM, End.MISMATCH}
    stop(experiment.pk, by=None, because=words, concluded=not stopped)
    log.warning("an experiment ended", extra={"experiment": experiment.pk, "end": outcome.end.value})
    mail_admins(f"Lilo: the experiment “{experiment.name}” ended", f"{words}\n\nEverybody is answered as usual again.")
