"""Experiments, and the made people in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.utils import timezone

from knowledge.evaluation.experiments import actions, running
from knowledge.evaluation.experiments.models import Experiment, PersonDay
from knowledge.turns import TurnNote

ARMS = [{"name": "A", "value": "usual", "weight": 1}, {"name": "B", "value": "4", "weight": 1}]


@pytest.fixture
def operator(make_curator: Callable[..., Any]) -> Any:
    """May plan, start and stop experiments."""
    return make_curator("olga", "view_experiment", "add_experiment", "change_experiment", "run_experiment")


@pytest.fixture
def make_experiment(operator: Any) -> Callable[..., Experiment]:
    """An experiment with four sentences, which runs unless told otherwise."""

    def make(*, runs: bool = True, **changes: Any) -> Experiment:
        plan = {"name": "Four", "hypothesis": "More is said.", "lever": "sentences", "arms": ARMS, "minimum": 50}
        guardrails = {"abstained": 0.05}
        experiment = Experiment.objects.create(**{**plan, "guardrails": guardrails, "smallest_effect": 0.1, **changes})
        return actions.start(experiment.pk, by=operator.pk, because="It is safe to try.") if runs else experiment

    return make


@pytest.fixture
def fill(db: None) -> Callable[..., None]:
    """Give an experiment people whose days are over: so many in each arm, with these shares answered and abstained."""

    def put(
        experiment: Experiment, *, people: int, answered: tuple[float, float], abstained: tuple[float, float] = (0, 0)
    ) -> None:
        random, begun = np.random.default_rng(7), timezone.now().date() - timedelta(days=experiment.days)
        PersonDay.objects.bulk_create(
            PersonDay(
                experiment=experiment,
                alias=uuid4().hex,
                arm=name,
                day=begun,
                turns=10,
                answered=random.binomial(10, well),
                abstained=random.binomial(10, not_at_all),
            )
            for name, well, not_at_all in zip("AB", answered, abstained, strict=True)
            for _ in range(people)
        )

    return put


@pytest.fixture
def taking_part() -> Iterator[dict[UUID, str]]:
    """Who takes part: the people's side is the edge of the world here."""
    people: dict[UUID, str] = {}
    before = running._state.participants
    running.hand_over_participants(lambda: people)
    yield people
    running._state.participants = before
    running._state.running = running.Running()


@pytest.fixture
def note_of() -> Callable[..., TurnNote]:
    """A kept turn."""

    def make(question: str = "How can I sleep better at night?", **changes: Any) -> TurnNote:
        told = {"kind": "answer", "answer": "Go to bed at the same time.", "at": timezone.now(), "similarity": 0.7}
        return TurnNote(question=question, **{**told, **changes})

    return make
