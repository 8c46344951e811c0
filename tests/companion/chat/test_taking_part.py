"""Who takes part in experiments, and that a turn is then really answered in another way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companion.accounts.models import AuditLog, User
from companion.chat.actions import record_feedback
from companion.chat.models import TakesPart
from companion.chat.taking_part import participants, set_taking_part
from companion.safety.models import Alert
from knowledge import turns
from knowledge.evaluation.drift.models import TurnFigures
from knowledge.evaluation.experiments import running
from knowledge.evaluation.experiments.models import Experiment, PersonDay
from lilo_site.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
WAKING = "I keep waking up at night, what can I do?"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """What this process gathered and read is of one test."""
    turns._waiting.clear()
    yield
    turns._waiting.clear()
    running._state.running = running.Running()


def two_sentences() -> Experiment:
    """Nearly everybody gets two sentences at most."""
    arms = [{"name": "A", "value": "usual", "weight": 1}, {"name": "B", "value": "2", "weight": 10**9}]
    now = timezone.now()
    return Experiment.objects.create(
        name="Two", lever="sentences", arms=arms, state="running", started_at=now, started_because="It is safe."
    )


async def test_a_turn_is_answered_in_the_way_of_its_arm_and_counted(ask: Any, senior: User) -> None:
    usual = await ask(WAKING)
    await in_thread(set_taking_part, senior, agreed=True)
    await in_thread(two_sentences)
    await in_thread(running.refresh)
    turns._waiting.clear()

    short = await ask(WAKING)
    assert len(usual.sources[0].used) == 3
    assert len(short.sources[0].used) == 2
    await in_thread(turns.write_turns)
    row = await in_thread(PersonDay.objects.get)
    assert (row.arm, row.turns, row.answered) == ("B", 1, 1)
    assert row.latency_ms > 0
    assert str(senior.pk).replace("-", "") not in row.alias
    figures = await in_thread(TurnFigures.objects.get)
    assert figures.similarity > 0.5
    assert figures.length == len(short.done.text.split())

    await in_thread(record_feedback, senior.pk, short.done.turn_id, helpful=True)
    await in_thread(record_feedback, senior.pk, short.done.turn_id, helpful=False)
    row = await in_thread(PersonDay.objects.get)
    assert (row.helpful, row.not_helpful) == (0, 1)


async def test_who_did_not_agree_is_answered_as_usual(ask: Any, senior: User) -> None:
    await in_thread(two_sentences)
    await in_thread(running.refresh)
    answer = await ask(WAKING)
    assert len(answer.sources[0].used) == 3
    await in_thread(turns.write_turns)
    assert not await in_thread(PersonDay.objects.exists)


async def test_an_emergency_is_counted_nowhere(ask: Any, senior: User) -> None:
    await in_thread(set_taking_part, senior, agreed=True)
    await in_thread(two_sentences)
    await in_thread(running.refresh)
    outcome = await ask("I have fallen and I can't get up")
    assert outcome.emergency is not None
    await in_thread(turns.write_turns)
    assert not await in_thread(PersonDay.objects.exists)
    assert not await in_thread(TurnFigures.objects.exists)


def test_nobody_takes_part_while_an_alert_is_open(senior: User) -> None:
    set_taking_part(senior, agreed=True)
    assert list(participants()) == [senior.pk]
    alert = Alert.objects.create(senior=senior, level="E", category="fall", source="chat", raised_at=timezone.now())
    assert participants() == {}
    Alert.objects.filter(pk=alert.pk).update(state="resolved")
    assert list(participants()) == [senior.pk]


def test_a_senior_says_yes_and_takes_it_back(senior: User) -> None:
    browser = Client()
    browser.force_login(senior, backend="companion.accounts.backends.PersonBackend")
    page = browser.get(reverse("senior-settings")).content.decode()
    assert "Will you help me find out how to answer best?" in page
    assert not TakesPart.objects.exists()

    browser.post(reverse("taking-part"), {"agreed": "yes"})
    first = TakesPart.objects.get().alias
    browser.post(reverse("taking-part"), {"agreed": "no"})
    assert participants() == {}
    browser.post(reverse("taking-part"), {"agreed": "yes"})
    assert TakesPart.objects.get().alias != first
    noted = AuditLog.objects.filter(action__startswith="experiments.").order_by("at").values_list("action", flat=True)
    assert list(noted) == ["experiments.joined", "experiments.left", "experiments.joined"]


def test_others_are_not_asked(stranger: User) -> None:
    User.objects.filter(pk=stranger.pk).update(kind="family")
    browser = Client()
    browser.force_login(stranger, backend="companion.accounts.backends.PersonBackend")
    assert "Will you help me find out" not in browser.get(reverse("senior-settings")).content.decode()
    assert browser.post(reverse("taking-part"), {"agreed": "yes"}).status_code == 404
    assert not TakesPart.objects.exists()
