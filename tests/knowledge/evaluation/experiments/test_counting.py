"""What is counted of people in experiments, and of whom nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.evaluation.experiments import actions, running
from knowledge.evaluation.experiments.levers import USUAL
from knowledge.evaluation.experiments.measures import MEASURES
from knowledge.evaluation.experiments.models import Experiment, PersonDay
from knowledge.turns import TurnNote

pytestmark = pytest.mark.django_db
Make = Callable[..., Experiment]
Note = Callable[..., TurnNote]


@pytest.fixture
def margaret(taking_part: dict[UUID, str]) -> UUID:
    """Takes part."""
    person = uuid4()
    taking_part[person] = uuid4().hex
    return person


def test_only_who_agreed_is_answered_in_another_way_and_no_query_is_made(make_experiment: Make, margaret: UUID) -> None:
    arms = [{"name": "A", "value": "usual", "weight": 1}, {"name": "B", "value": "4", "weight": 1_000_000}]
    experiment = make_experiment(arms=arms)
    running.refresh()
    with CaptureQueriesContext(connection) as asked:
        found, stranger = running.ways_for(margaret), running.ways_for(uuid4())
    assert (found.sentences, found.arms) == (4, ((experiment.pk, "B"),))
    assert stranger == USUAL
    assert len(asked) == 0


def test_a_stopped_experiment_and_an_old_reading_leave_all_as_usual(
    make_experiment: Make, margaret: UUID, operator: Any
) -> None:
    experiment = make_experiment()
    running.refresh()
    assert running._state.running.experiments
    actions.stop(experiment.pk, by=operator.pk, because="Enough.")
    running.refresh()
    assert running._state.running == running.Running()


async def test_a_reading_that_is_too_old_is_not_believed(
    some_run: None, margaret: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert running.ways_for(margaret).arms

    async def unanswered(*_: Any) -> None:
        return None

    monkeypatch.setattr(running, "in_thread", unanswered)
    monkeypatch.setattr(running._state, "read_at", running._state.read_at - running.BELIEVED - 1)
    assert running.ways_for(margaret) == USUAL


@pytest.fixture
def some_run(make_experiment: Make, margaret: UUID) -> None:
    """An experiment runs, and this process knows."""
    make_experiment()
    running.refresh()


def counts(experiment: Experiment) -> dict[str, Any]:
    row = PersonDay.objects.get(experiment=experiment)
    return {"turns": row.turns, "answered": row.answered, "abstained": row.abstained, "repeated": row.repeated}


def test_turns_are_summed_by_person_and_day(
    make_experiment: Make, taking_part: dict[UUID, str], margaret: UUID, note_of: Note
) -> None:
    experiment = make_experiment()
    told = {"alias": taking_part[margaret], "arms": ((experiment.pk, "B"),)}
    notes = [
        note_of("What helps against a dry mouth?", latency_ms=100.4, **told),
        note_of("Who won the match?", kind="abstention", held_back=1, latency_ms=50, **told),
        note_of("Tell me more", asked_more=True, **told),
        note_of("Hello", kind="small_talk", **told),
    ]
    actions.add_turns(notes[:1])
    actions.add_turns(notes[1:])
    assert counts(experiment) == {"turns": 2, "answered": 1, "abstained": 1, "repeated": 0}
    row = PersonDay.objects.get()
    assert (row.arm, row.asked_more, row.held_back, row.latency_ms) == ("B", 1, 1, 150)


def test_a_question_asked_again_within_ten_minutes_was_not_answered(
    make_experiment: Make, taking_part: dict[UUID, str], margaret: UUID, note_of: Note
) -> None:
    experiment = make_experiment()
    told = {"alias": taking_part[margaret], "arms": ((experiment.pk, "A"),)}
    now = timezone.now().replace(hour=12)
    asked = [
        ("How can I sleep better at night?", now),
        ("how do I sleep better at night", now + timedelta(minutes=3)),
        ("How can I sleep better at night?", now + timedelta(minutes=30)),
    ]
    actions.add_turns([note_of(question, at=at, **told) for question, at in asked])
    assert counts(experiment) == {"turns": 3, "answered": 2, "abstained": 0, "repeated": 1}


def test_nothing_is_counted_of_somebody_in_trouble_or_who_left(
    make_experiment: Make, taking_part: dict[UUID, str], margaret: UUID, note_of: Note
) -> None:
    experiment = make_experiment()
    note = note_of(alias=taking_part.pop(margaret), arms=((experiment.pk, "A"),))
    actions.add_turns([note])
    assert not PersonDay.objects.exists()


def test_no_word_of_a_question_is_stored(
    make_experiment: Make, taking_part: dict[UUID, str], margaret: UUID, note_of: Note
) -> None:
    experiment = make_experiment()
    with CaptureQueriesContext(connection) as asked:
        actions.add_turns([note_of("My zebra hurts", alias=taking_part[margaret], arms=((experiment.pk, "A"),))])
    assert PersonDay.objects.count() == 1
    assert "zebra" not in " ".join(query["sql"] for query in asked.captured_queries)


def test_the_last_press_under_an_answer_counts(make_experiment: Make) -> None:
    experiment, now = make_experiment(), timezone.now()
    PersonDay.objects.create(experiment=experiment, alias="p", arm="A", day=now.date(), turns=1)
    actions.add_opinion("p", helpful=True, before=None, at=now)
    actions.add_opinion("p", helpful=True, before=True, at=now)
    actions.add_opinion("p", helpful=False, before=True, at=now)
    actions.add_opinion("stranger", helpful=False, before=None, at=now)
    row = PersonDay.objects.get()
    assert (row.helpful, row.not_helpful) == (0, 1)


def test_taking_back_a_press_from_before_the_experiment_takes_nothing_away(make_experiment: Make) -> None:
    experiment, now = make_experiment(), timezone.now()
    PersonDay.objects.create(experiment=experiment, alias="p", arm="A", day=now.date(), turns=1)
    actions.add_opinion("p", helpful=False, before=True, at=now)
    actions.add_opinion("p", helpful=False, before=None, at=now)
    row = PersonDay.objects.get()
    assert (row.helpful, row.not_helpful) == (0, 2)
    assert MEASURES["helpful"].of(vars(row)) == 0, "a share is never below 0"


def test_counts_are_forgotten_half_a_year_after_the_end(make_experiment: Make, operator: Any) -> None:
    experiment = make_experiment()
    PersonDay.objects.create(experiment=experiment, alias="p", arm="A", day=timezone.now().date())
    actions.stop(experiment.pk, by=operator.pk, because="Enough.")
    actions.look_at_all()
    assert PersonDay.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        actions.look_at_all()
    assert PersonDay.objects.count() == 0
