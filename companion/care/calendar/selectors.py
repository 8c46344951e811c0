"""What is read of calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from companion.accounts.models import User
from companion.care.calendar.access import access_calendar, still_here
from companion.care.calendar.models import CalendarDay, CalendarItem, Kind
from companion.care.calendar.rules import Pattern, days_between, instant
from companion.circle.models import Senior

#: Days that a page shows.
SPAN = 14


@dataclass(frozen=True, slots=True)
class Planned:
    """One item on one day."""

    item: CalendarItem
    day: date
    at: datetime | None
    """The instant; None: some time that day."""
    claimed_by: User | None = None
    done_by: User | None = None
    done_at: datetime | None = None

    @property
    def is_task(self) -> bool:
        """Whether somebody has to take it on."""
        return self.item.kind == Kind.TASK

    @property
    def is_open(self) -> bool:
        """A task that nobody has taken on yet."""
        return self.is_task and self.claimed_by is None and self.done_at is None


def planned_between(person: User, senior_id: UUID, first: date, last: date) -> list[Planned]:
    """What the person may see of the calendar from `first` to `last`, in the order of the day.

    Raises:
        NotYoursError: the person is not of the circle.
    """
    senior, items = access_calendar(person, senior_id)
    return _planned(senior, items, first, last)


def planned_around(senior: Senior, first: date, last: date, *, is_own: bool) -> list[Planned]:
    """The same for a caller that knows the person's rights (`Need.BELONG`); private items are the senior's alone."""
    items = CalendarItem.objects.filter(senior=senior)
    return _planned(senior, items if is_own else items.filter(is_private=False), first, last)


def visits_of_day(senior_id: UUID, day: date) -> list[Planned]:
    """Everything on the senior's own plan for a day, visits and tasks, in order. For the senior's pages."""
    senior = Senior.objects.select_related("user").filter(pk=senior_id).first()
    return _planned(senior, CalendarItem.objects.filter(senior=senior), day, day) if senior else []


def open_tasks(person: User, senior_id: UUID) -> list[Planned]:
    """Tasks of the next days that nobody has taken on yet."""
    today = today_of(access_calendar(person, senior_id)[0])
    found = planned_between(person, senior_id, today, today + timedelta(days=SPAN - 1))
    return [planned for planned in found if planned.is_open]


def today_of(senior: Senior) -> date:
    """The day where the senior lives."""
    return timezone.now().astimezone(ZoneInfo(senior.user.time_zone)).date()


def _planned(senior: Senior, items: QuerySet[CalendarItem], first: date, last: date) -> list[Planned]:
    near = items.filter(Q(until=None) | Q(until__gte=first), Q(day__gte=first) | ~Q(repeat=""), day__lte=last)
    rows = list(near)
    days = CalendarDay.objects.select_related("claimed_by", "done_by").filter(item__in=rows, day__range=(first, last))
    marks = {(mark.item_id, mark.day): mark for mark in days}
    here = still_here({mark.claimed_by_id for mark in marks.values() if mark.claimed_by_id}, senior.pk)
    for mark in marks.values():
        mark.claimed_by = mark.claimed_by if mark.claimed_by_id in here else None
    zone = senior.user.time_zone
    found = [
        _one(item, day, marks.get((item.pk, day)), zone)
        for item in rows
        for day in days_between(Pattern(item.day, item.repeat, item.until), first, last)
    ]
    return sorted((planned for planned in found if planned is not None), key=_order)


def _one(item: CalendarItem, day: date, mark: CalendarDay | None, zone: str) -> Planned | None:
    at = instant(day, item.time_of_day, zone) if item.time_of_day else None
    if mark is None:
        return Planned(item, day, at)
    return None if mark.is_called_off else Planned(item, day, at, mark.claimed_by, mark.done_by, mark.done_at)


def _order(planned: Planned) -> tuple[date, time, datetime]:
    """What has no time comes first in its day."""
    return planned.day, planned.item.time_of_day or time.min, planned.item.created_at
