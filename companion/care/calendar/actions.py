"""What is done with the calendar: one function a verb, each with its right, its row of the audit log, its live hint.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import User
from companion.care.calendar.access import access_calendar, access_item, still_here
from companion.care.calendar.models import CalendarDay, CalendarItem, Kind, Repeat
from companion.care.calendar.rules import Pattern, days_between, next_reminder
from companion.circle.access import NotYoursError, may_manage
from companion.circle.events import send_hints, senior_group
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError

LONGEST_TITLE, LONGEST_NOTE = 120, 500
#: Items of one senior that are not over yet.
MOST = 500
FARTHEST = timedelta(days=2 * 366)
COLUMNS = ("kind", "title", "place", "who", "note", "day", "time_of_day", "repeat", "until", "is_private")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned, as it was written."""

    kind: str
    title: str
    day: date
    time_of_day: time | None = None
    place: str = ""
    who: str = ""
    note: str = ""
    repeat: str = Repeat.NEVER
    until: date | None = None
    is_private: bool = False


def add_item(by: User, senior_id: UUID, plan: Plan, *, key: str) -> CalendarItem:
    """Plan a visit or a task.

    Args:
        by: the senior, or somebody of the circle who may change things.
        senior_id: round whom.
        plan: what and when.
        key: the maker's own id of it; the same one twice is one item.

    Raises:
        NotYoursError: `by` may not.
        RefusedError: it cannot be planned so; the message says why.
    """
    with transaction.atomic():
        senior, items = access_calendar(by, senior_id, to_write=True)
        kept = items.filter(made_by=by, key=key).first()
        if kept is not None:
            return kept
        checked = _checked(plan, by, senior)
        if items.filter(day__gte=timezone.now().date() - timedelta(days=1)).count() >= MOST:
            raise RefusedError("That are very many visits and tasks. Please remove some first.")
        item = CalendarItem(senior=senior, made_by=by, key=key, **_values(checked))
        _set_reminder(item)
        item.save(force_insert=True)
        audit.record(by, "calendar.added", "calendar_item", item.pk, subject=senior.pk, kind=item.kind)
        _changed_on_commit(senior.pk)
    return item


def change_item(by: User, senior_id: UUID, item_id: UUID, plan: Plan) -> CalendarItem:
    """Change a visit or a task, with all its days. What was done and taken on stays where its days stay.

    Raises:
        NotYoursError: `by` may not, or there is none.
        RefusedError: it cannot be planned so.
    """
    with transaction.atomic():
        item = access_item(by, senior_id, item_id, to_write=True)
        for name, value in _values(_checked(plan, by, item.senior)).items():
            setattr(item, name, value)
        _set_reminder(item)
        item.save(update_fields=[*COLUMNS, "remind_at"])
        audit.record(by, "calendar.changed", "calendar_item", item.pk, subject=senior_id, kind=item.kind)
        _changed_on_commit(senior_id)
    return item


def remove_item(by: User, senior_id: UUID, item_id: UUID) -> None:
    """Take a visit or a task out, with all its days.

    Raises:
        NotYoursError: `by` may not, or there is none.
    """
    with transaction.atomic():
        item = access_item(by, senior_id, item_id, to_write=True)
        audit.record(by, "calendar.removed", "calendar_item", item.pk, subject=senior_id, kind=item.kind)
        item.delete()
        _changed_on_commit(senior_id)


def call_off(by: User, senior_id: UUID, item_id: UUID, day: date) -> None:
    """Only this day's: what comes again goes on.

    Raises:
        NotYoursError: `by` may not, or it is not on that day.
    """
    with transaction.atomic():
        mark = _day_of(by, senior_id, item_id, day)
        mark.is_called_off = True
        mark.save(update_fields=["is_called_off"])
        audit.record(by, "calendar.called_off", "calendar_item", item_id, subject=senior_id)
        _changed_on_commit(senior_id)


def claim(by: User, senior_id: UUID, item_id: UUID, day: date) -> User:
    """Take a task on. Whoever was first has it; who that is comes back.

    Raises:
        NotYoursError: `by` may not, or there is no such task on that day.
    """
    with transaction.atomic():
        mark = _day_of(by, senior_id, item_id, day, kind=Kind.TASK)
        if mark.claimed_by is not None and still_here([mark.claimed_by.pk], senior_id):
            return mark.claimed_by
        mark.claimed_by = by
        mark.save(update_fields=["claimed_by"])
        audit.record(by, "calendar.claimed", "calendar_item", item_id, subject=senior_id)
        _changed_on_commit(senior_id)
    return by


def give_back(by: User, senior_id: UUID, item_id: UUID, day: date) -> None:
    """A task is free again: given back by whoever has it, or taken from them by the senior or a first contact.

    Raises:
        NotYoursError: `by` may not, or there is no such task on that day.
    """
    with transaction.atomic():
        mark = _day_of(by, senior_id, item_id, day, kind=Kind.TASK)
        if mark.claimed_by is None:
            return
        if mark.claimed_by_id != by.pk and not may_manage(by, senior_id):
            raise NotYoursError
        mark.claimed_by = None
        mark.save(update_fields=["claimed_by"])
        audit.record(by, "calendar.given_back", "calendar_item", item_id, subject=senior_id)
        _changed_on_commit(senior_id)


def finish(by: User, senior_id: UUID, item_id: UUID, day: date, *, is_done: bool = True) -> None:
    """A task is done, or not after all. Who does it without having taken it on has done so.

    Raises:
        NotYoursError: `by` may not, or there is no such task on that day.
    """
    with transaction.atomic():
        mark = _day_of(by, senior_id, item_id, day, kind=Kind.TASK)
        if (mark.done_at is not None) == is_done:
            return
        mark.done_at, mark.done_by = (timezone.now(), by) if is_done else (None, None)
        mark.claimed_by = mark.claimed_by or (by if is_done else None)
        mark.save(update_fields=["done_at", "done_by", "claimed_by"])
        audit.record(by, "calendar.done" if is_done else "calendar.undone", "calendar_item", item_id, subject=senior_id)
        _changed_on_commit(senior_id)


def _day_of(by: User, senior_id: UUID, item_id: UUID, day: date, *, kind: Kind | None = None) -> CalendarDay:
    """One day of an item, held until the end of the transaction."""
    item = access_item(by, senior_id, item_id, to_write=True)
    if kind not in (None, item.kind) or day not in days_between(pattern_of(item), day, day):
        raise NotYoursError
    CalendarDay.objects.get_or_create(item=item, day=day)
    mark = CalendarDay.objects.select_for_update().get(item=item, day=day)
    if mark.is_called_off:
        raise NotYoursError
    return mark


def pattern_of(item: CalendarItem) -> Pattern:
    """When an item is."""
    return Pattern(item.day, item.repeat, item.until)


def _set_reminder(item: CalendarItem) -> None:
    """When the senior is reminded next: of visits only, since tasks are other people's."""
    zone = item.senior.user.time_zone
    is_visit = item.kind == Kind.VISIT
    item.remind_at = next_reminder(pattern_of(item), item.time_of_day, zone, timezone.now()) if is_visit else None


def _values(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in COLUMNS}


def _checked(plan: Plan, by: User, senior: Senior) -> Plan:
    """The plan with its words trimmed.

    Raises:
        RefusedError: what is missing or cannot be.
    """
    words = {name: " ".join(getattr(plan, name).split()) for name in ("title", "place", "who")}
    words["note"] = plan.note.strip()
    if not words["title"]:
        raise RefusedError("Please write what it is.")
    if max(len(words[name]) for name in ("title", "place", "who")) > LONGEST_TITLE or len(words["note"]) > LONGEST_NOTE:
        raise RefusedError("That is too long. Please say it in fewer words.")
    if plan.kind not in Kind.values or plan.repeat not in Repeat.values:
        raise RefusedError("Please choose what it is, and how often.")
    if abs(plan.day - timezone.now().date()) > FARTHEST:
        raise RefusedError("That day is too far away.")
    until = plan.until if plan.repeat else None
    if until is not None and until < plan.day:
        raise RefusedError("It ends before it begins.")
    is_private = plan.is_private and by.pk == senior.pk
    title, place, who, note = (words[name] for name in ("title", "place", "who", "note"))
    return replace(plan, title=title, place=place, who=who, note=note, until=until, is_private=is_private)


def _changed_on_commit(senior_id: UUID) -> None:
    hint = {"type": "calendar.changed", "senior_id": str(senior_id)}
    transaction.on_commit(lambda: send_hints([(senior_group(senior_id), hint)]))
