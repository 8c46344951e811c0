"""When an experiment ends, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.evaluation.experiments import actions
from knowledge.evaluation.experiments.actions import ExperimentRefused
from knowledge.evaluation.experiments.models import Experiment, PersonDay
from knowledge.evaluation.experiments.rules import End, Plan, plan_problems
from knowledge.evaluation.experiments.selectors import look_at

pytestmark = pytest.mark.django_db
Make = Callable[..., Experiment]
Fill = Callable[..., None]


def test_the_better_arm_is_announced_with_its_interval(
    make_experiment: Make, fill: Fill, mailoutbox: Any, settings: Any
) -> None:
    settings.ADMINS = [("Olga", "olga@example.org")]
    experiment = make_experiment()
    fill(experiment, people=200, answered=(0.6, 0.8))
    actions.look_at_all()
    experiment.refresh_from_db()
    assert experiment.state == "concluded"
    assert experiment.ended_by is None
    assert experiment.ended_because.startswith("Arm B does better at “Answered well”, by ")
    assert experiment.ended_because.endswith("It is safe to keep.")
    assert [mail.subject for mail in mailoutbox] == ["Lilo: the experiment “Four” ended"]
    assert experiment.looks.get().end == "better"


def test_an_arm_that_harms_is_stopped_though_it_answers_better(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment()
    fill(experiment, people=200, answered=(0.6, 0.8), abstained=(0.05, 0.25))
    actions.look_at_all()
    experiment.refresh_from_db()
    assert experiment.state == "stopped"
    assert experiment.ended_because.startswith("Arm B does harm: “Not answered” is worse by at least ")


def test_a_worse_arm_is_stopped(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment()
    fill(experiment, people=200, answered=(0.8, 0.6))
    assert look_at(experiment, today=timezone.now().date()).end is End.WORSE


def test_nothing_is_decided_before_the_least_number_of_people(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment(minimum=300)
    fill(experiment, people=200, answered=(0.3, 0.9))
    actions.look_at_all()
    experiment.refresh_from_db()
    assert experiment.state == "running"


def test_a_lead_goes_on_until_it_is_shown_to_do_no_harm(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment(guardrails={"abstained": 0.0001}, smallest_effect=0.02)
    fill(experiment, people=200, answered=(0.6, 0.8), abstained=(0.1, 0.1))
    actions.look_at_all()
    experiment.refresh_from_db()
    assert experiment.state == "running"
    assert "It goes on until it is shown to do no harm: not answered." in experiment.looks.get().said


def test_alike_arms_are_called_alike(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment(guardrails={})
    fill(experiment, people=400, answered=(0.7, 0.7))
    assert look_at(experiment, today=timezone.now().date()).end is End.ALIKE


def test_no_figure_is_trusted_where_the_arms_have_not_their_shares(make_experiment: Make, fill: Fill) -> None:
    experiment = make_experiment()
    fill(experiment, people=300, answered=(0.6, 0.8))
    keep = list(PersonDay.objects.filter(arm="A").values_list("pk", flat=True)[:150])
    PersonDay.objects.filter(arm="A").exclude(pk__in=keep).delete()
    assert look_at(experiment, today=timezone.now().date()).end is End.MISMATCH


def test_a_person_counts_once_their_days_are_over_and_with_these_days_only(make_experiment: Make) -> None:
    experiment, today = make_experiment(days=7), timezone.now().date()
    for days_ago, answered in ((8, 5), (7, 3), (1, 0)):
        day = today - timedelta(days=days_ago)
        PersonDay.objects.create(experiment=experiment, alias="p", arm="A", day=day, turns=5, answered=answered)
    young = today - timedelta(days=6)
    PersonDay.objects.create(experiment=experiment, alias="q", arm="A", day=young, turns=5, answered=0)
    sample = look_at(experiment, today=today).samples["A"]["answered"]
    assert (sample.people, sample.mean) == (1, 0.8)  # the day after the seventh is left out


def test_who_was_still_watched_when_it_ended_does_not_count(make_experiment: Make, operator: Any) -> None:
    experiment, today = make_experiment(), timezone.now().date()
    PersonDay.objects.create(experiment=experiment, alias="p", arm="A", day=today, turns=5)
    actions.stop(experiment.pk, by=operator.pk, because="Enough.")
    experiment.refresh_from_db()
    later = today + timedelta(days=30)
    assert look_at(experiment, today=later).samples["A"]["answered"].people == 0


def test_only_one_experiment_varies_a_thing_at_a_time(make_experiment: Make, operator: Any) -> None:
    make_experiment()
    second = make_experiment(runs=False, name="Two")
    with pytest.raises(ExperimentRefused, match="Another experiment varies the number of sentences"):
        actions.start(second.pk, by=operator.pk, because="Why not?")
    second.refresh_from_db()
    assert second.state == "draft"


def test_starting_and_stopping_need_a_reason_and_happen_once(make_experiment: Make, operator: Any) -> None:
    draft = make_experiment(runs=False)
    with pytest.raises(ExperimentRefused, match="Say why"):
        actions.start(draft.pk, by=operator.pk, because="  ")
    actions.start(draft.pk, by=operator.pk, because="It is safe.")
    with pytest.raises(ExperimentRefused, match="Only a draft"):
        actions.start(draft.pk, by=operator.pk, because="Again.")
    actions.stop(draft.pk, by=operator.pk, because="Enough.")
    with pytest.raises(ExperimentRefused, match="does not run"):
        actions.stop(draft.pk, by=operator.pk, because="Again.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lever": "emergency_screen"}, "lever"),
        ({"arms": [{"name": "A", "value": "2", "weight": 1}, {"name": "B", "value": "4", "weight": 1}]}, "arms"),
        ({"arms": [{"name": "A", "value": "usual", "weight": 1}, {"name": "B", "value": "99", "weight": 1}]}, "arms"),
        ({"arms": [{"name": "A", "value": "usual", "weight": 1}]}, "arms"),
        ({"guardrails": {"answered": 0.1}}, "guardrails"),
        ({"minimum": 5}, "minimum"),
    ],
)
def test_a_plan_that_is_not_whole_is_not_started(changes: dict[str, Any], field: str) -> None:
    arms = [{"name": "A", "value": "usual", "weight": 1}, {"name": "B", "value": "4", "weight": 1}]
    plan: dict[str, Any] = {"lever": "sentences", "arms": arms, "primary": "answered", "guardrails": {}, "alpha": 0.05}
    whole = {**plan, "smallest_effect": 0.05, "minimum": 100, "planned": 1_000}
    assert plan_problems(Plan(**whole)) == {}
    assert field in plan_problems(Plan(**{**whole, **changes}))
