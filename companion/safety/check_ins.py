"""The daily check-in: Lilo asks at the agreed time, asks again, and raises the ladder when nothing is heard.

Times are the senior's own clock times, turned into instants a day at a time, so that a change of clocks moves nothing:
a time that the spring change skips is taken by the offset before it, one that the autumn change repeats is taken the
first time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle.access import Need, access_senior
from companion.circle.events import send_hints
from companion.safety import actions, clock
from companion.safety.apart import apart
from companion.safety.models import AlertLevel, AlertSource, CheckInPlan

BATCH = 100
#: Hours before the agreed time in which a sign of life already counts for the day.
EARLY = timedelta(hours=4)


def next_due(after: datetime, time_of_day: time, zone: str, *, paused_until: date | None = None) -> datetime:
    """The first instant after `after` at which that senior's clock shows the time, past any holiday. Pure."""
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    if paused_until is not None and paused_until > day:
        day = paused_until
    while True:
        due = datetime.combine(day, time_of_day, place).astimezone(after.tzinfo)  # fold 0: see the module's words
        if due > after:
            return due
        day += timedelta(days=1)


def plan_check_in(
    by: User,
    senior_id: UUID,
    *,
    time_of_day: time,
    grace_minutes: int = 60,
    retries: int = 3,
    is_active: bool = True,
    paused_until: date | None = None,
) -> CheckInPlan:
    """Agree on the daily check-in, or change it. Where Lilo is asking right now, it goes on with that one first.

    Args:
        by: the senior, or a first contact.
        senior_id: for whom.
        time_of_day: by the senior's clock.
        grace_minutes: from the first asking to the alarm.
        retries: how often Lilo asks within the grace.
        is_active: whether it is in use.
        paused_until: first day on which it is in use again, after a holiday.

    Raises:
        NotYoursError: `by` may not.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        due = next_due(clock.now(), time_of_day, senior.user.time_zone, paused_until=paused_until)
        steps = {"due_at": due, "next_step_at": due if is_active else None, "asked": 0}
        held = CheckInPlan.objects.select_for_update().filter(senior=senior.user, is_active=True, asked__gt=0).first()
        if held is not None and is_active and paused_until is None and by.pk != senior_id:  # the senior would be there
            steps = {name: getattr(held, name) for name in steps}
        plan, _ = CheckInPlan.objects.update_or_create(
            senior=senior.user,
            defaults={
                "time_of_day": time_of_day,
                "grace_minutes": grace_minutes,
                "retries": max(1, retries),
                "is_active": is_active,
                "paused_until": paused_until,
                **steps,
            },
        )
        audit.record(by, "check_in.planned", "check_in", senior.pk, subject=senior.pk, active=is_active)
    return plan


def sign_of_life(senior_id: UUID) -> None:
    """The senior is about: a word to Lilo, a tap on "I'm fine". Today's check-in is done."""
    with transaction.atomic():
        plan = CheckInPlan.objects.select_for_update().filter(senior_id=senior_id).first()
        if plan is None:
            return
        plan.last_seen_at = clock.now()
        if plan.asked:
            _wait_for_next(plan)
        plan.save(update_fields=["last_seen_at", "due_at", "next_step_at", "asked"])


def tick() -> int:
    """Take every plan that is due one step further: ask, ask again, or raise the alarm.

    Two relays may do this at once.
    """
    due = CheckInPlan.objects.filter(is_active=True, next_step_at__lte=clock.now()).values_list("pk", flat=True)
    keys = list(due[:BATCH])
    for key in keys:
        with apart("a check-in", senior_id=str(key)):
            _step(key)
    return len(keys)


def _step(key: UUID) -> None:
    with transaction.atomic():
        plan = CheckInPlan.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
        now = clock.now()
        if plan is None or plan.due_at is None or plan.next_step_at is None or plan.next_step_at > now:
            return
        was_seen = plan.last_seen_at is not None and plan.last_seen_at >= plan.due_at - EARLY
        is_here = plan.senior.is_active and plan.senior.deleted_at is None  # nobody waits for a closed account
        is_missed = is_here and not was_seen and plan.asked >= plan.retries
        if was_seen or is_missed or not is_here:
            _wait_for_next(plan)
        else:
            plan.asked += 1
            plan.next_step_at = now + timedelta(minutes=plan.grace_minutes) / plan.retries / settings.ALERT_TIME_DIVISOR
            transaction.on_commit(lambda: _ask(key))
        if is_missed:  # in the same transaction: a crash cannot fall between the step and the alarm
            _raise(plan)
        plan.save(update_fields=["due_at", "next_step_at", "asked"])


def _raise(plan: CheckInPlan) -> None:
    report = actions.new_report(
        senior_id=plan.senior_id,
        level=AlertLevel.EMERGENCY,
        category="missed_check_in",
        reasons=("missed_check_in",),
        source=AlertSource.CHECK_IN,
    )
    actions.store(report)


def _wait_for_next(plan: CheckInPlan) -> None:
    now = clock.now()
    after = max(now, plan.due_at or now)
    plan.due_at = next_due(after, plan.time_of_day, plan.senior.time_zone, paused_until=plan.paused_until)
    plan.next_step_at, plan.asked = plan.due_at, 0


def open_questions(senior_id: UUID) -> list[dict[str, Any]]:
    """What Lilo asked and still waits to hear: for a page that was closed when it was asked."""
    waits = CheckInPlan.objects.filter(pk=senior_id, is_active=True, asked__gt=0).exists()
    return [_question(senior_id)] if waits else []


def _ask(senior_id: UUID) -> None:
    event = _question(senior_id)
    send_hints([(f"user.{senior_id}", {"type": "push", "user_id": str(senior_id), "event": event})])


def _question(senior_id: UUID) -> dict[str, Any]:
    """The conversation's `reminder` event."""
    return {
        "type": "reminder",
        "reminder_id": str(senior_id),
        "title": "How are you today?",
        "detail": "Please tell me that you are fine.",
        "choices": [{"label": "I'm fine", "value": "I'm fine"}, {"label": "I need help", "value": "I need help"}],
    }
