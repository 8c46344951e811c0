"""An hour before a visit Lilo says so on the senior's page: a few times a day at most, and never too late to help.

The tick selects what is due by a column and holds each row, so that two relays remind once.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from companion.care.calendar.actions import pattern_of
from companion.care.calendar.models import CalendarDay, CalendarItem
from companion.care.calendar.rules import LATE, REMINDERS_A_DAY, WAKES, in_words, instant, next_reminder
from companion.circle.events import send_hints
from companion.circle.models import ContactPoint
from companion.safety import calm
from companion.safety.apart import apart

BATCH = 200


def tick() -> int:
    """Remind of every visit that is due; how many rows were looked at. Two relays may do this at once."""
    due = CalendarItem.objects.filter(remind_at__lte=timezone.now()).order_by("remind_at")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    for key in keys:
        with apart("a reminder of a visit", item=str(key)):
            _remind(key)
    return len(keys)


def _remind(key: UUID) -> None:
    with transaction.atomic():
        rows = CalendarItem.objects.select_for_update(skip_locked=True, of=("self",)).select_related("senior__user")
        item = rows.filter(pk=key).first()
        now = timezone.now()
        if item is None or item.remind_at is None or item.remind_at > now or item.time_of_day is None:
            return
        zone = item.senior.user.time_zone
        day = item.remind_at.astimezone(ZoneInfo(zone)).date()
        if now - item.remind_at <= LATE and now < instant(day, item.time_of_day, zone):
            _remind_of(item, day, now)
        item.remind_at = next_reminder(pattern_of(item), item.time_of_day, zone, now)
        item.save(update_fields=["remind_at"])


def _remind_of(item: CalendarItem, day: date, now: datetime) -> None:
    mark, _ = CalendarDay.objects.get_or_create(item=item, day=day)
    if mark.is_called_off or mark.reminded_at is not None or _reminded_today(item, now) >= REMINDERS_A_DAY:
        return
    mark.reminded_at = now
    mark.save(update_fields=["reminded_at"])
    _tell(item, day)


def _reminded_today(item: CalendarItem, now: datetime) -> int:
    midnight = now.astimezone(ZoneInfo(item.senior.user.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return CalendarDay.objects.filter(item__senior=item.senior_id, reminded_at__gte=midnight).count()


def _tell(item: CalendarItem, day: date) -> None:
    """On the open page, and as a notice on the senior's devices for when there is none."""
    reminder_id = uuid5(item.pk, day.isoformat())
    parts = (f"{item.who}." if item.who else "", f"Where: {item.place}." if item.place else "")
    event = {
        "type": "reminder",
        "reminder_id": str(reminder_id),
        "title": f"Today at {in_words(item.time_of_day or WAKES)}: {item.title}",
        "detail": " ".join(part for part in parts if part),
        "choices": [],
    }
    senior_id = item.senior_id
    push = {"type": "push", "user_id": str(senior_id), "event": event}
    transaction.on_commit(lambda: send_hints([(f"user.{senior_id}", push)]))
    calm.write(
        calm.Calm(
            id=uuid5(reminder_id, str(point.pk)),
            point=point,
            senior_id=senior_id,
            item=None,
            subject="A visit in an hour",
            body="Open Lilo to see your day.",
            path="/",
        )
        for point in calm.best_points([senior_id]).get(senior_id, [])
        if point.kind == ContactPoint.Kind.PUSH
    )
