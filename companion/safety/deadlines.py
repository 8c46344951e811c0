"""Acts on what is due: open questions, rungs of the ladder, outcomes that were promised."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from companion.safety import clock, ladder, notices
from companion.safety.apart import apart
from companion.safety.ladder import CLOSED, Standing
from companion.safety.models import SEALED, Alert, AlertEvent, Delivery

BATCH = 100
COLUMNS = ("answer_due_at", "escalate_at", "outcome_due_at")


def act_on_due() -> int:
    """Take every alert whose deadline has come one step further; how many could be. Two relays may do this at once."""
    now = clock.now()
    due = _any_column("lte", now)
    keys = list(Alert.objects.filter(due).exclude(state__in=CLOSED).values_list("pk", flat=True)[:BATCH])
    acted = 0
    for key in keys:
        with apart("an alert's deadline", alert_id=str(key)):
            _act(key)
            acted += 1
    return acted


def pull_in() -> None:
    """At a relay's start: a deadline further off than any we set was set by a wall clock that was wrong.

    It is due now.
    """
    now, timing = clock.now(), clock.timing()
    furthest = now + max(timing.calm_repeat, timing.outcome) + timedelta(minutes=1)
    for column in COLUMNS:
        Alert.objects.filter(**{f"{column}__gt": furthest}).update(**{column: now})
    urgent = Delivery.objects.filter(state=Delivery.State.PENDING, priority=0)
    urgent.filter(due_at__gt=now + timedelta(minutes=2)).update(due_at=now)
    urgent.filter(leased_until__gt=now + timedelta(minutes=1)).update(leased_until=now)


def _act(key: UUID) -> None:
    with transaction.atomic():
        alert = Alert.objects.defer(*SEALED).select_for_update(skip_locked=True).filter(pk=key).first()
        if alert is None:  # another relay is at it
            return
        now = clock.now()
        before = notices.standing_of(alert)
        step = ladder.tick(before, now, clock.timing())
        if step.standing != before:
            notices.enact(alert, step, _kind(before, now), now=now)


def _kind(before: Standing, now: datetime) -> AlertEvent.Kind | None:
    if before.answer_due_at and before.answer_due_at <= now:
        return AlertEvent.Kind.SILENCE
    if before.outcome_due_at and before.outcome_due_at <= now:
        return AlertEvent.Kind.REOPENED
    return None


def _any_column(lookup: str, value: datetime) -> Q:
    condition = Q()
    for column in COLUMNS:
        condition |= Q(**{f"{column}__{lookup}": value})
    return condition
