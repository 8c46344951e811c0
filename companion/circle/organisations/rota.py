"""Who works when: shifts are planned and ended by whoever runs the home."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.organisations import access, events
from companion.circle.organisations.models import Shift, StaffMember, Unit
from companion.circle.refusals import RefusedError

DAYS = "0123456"


def plan_shift(
    by: User,
    unit_id: UUID,
    staff_id: UUID,
    *,
    weekdays: str = DAYS,
    starts: time,
    ends: time,
    first_day: date,
    last_day: date | None = None,
) -> Shift:
    """Somebody works in a unit on these days of the week, from one time to the other by the home's clock.

    Args:
        by: a lead of the home.
        unit_id: where.
        staff_id: who: somebody who looks after that unit.
        weekdays: digits of the days on which it begins, Monday is 0.
        starts: when it begins.
        ends: when it ends; not later than the start means on the next day.
        first_day: from when on.
        last_day: until when, it included; the same as the first for a single shift.

    Raises:
        NotYoursError: the unit or the person is not of a home that `by` runs.
        RefusedError: the person does not look after that unit, or no day is in it.
    """
    with transaction.atomic():
        unit = access.access_unit(by, unit_id, to_manage=True)
        member = access.managed_staff(by, staff_id)
        _check(unit, member, weekdays, first_day, last_day)
        shift = Shift.objects.create(
            unit=unit,
            staff=member,
            weekdays="".join(day for day in DAYS if day in weekdays),
            starts=starts.replace(second=0, microsecond=0),
            ends=ends.replace(second=0, microsecond=0),
            first_day=first_day,
            last_day=last_day,
        )
        audit.record(by, "shift.planned", "shift", shift.pk, subject=member.user_id)
        events.home_changed_on_commit(unit.organisation_id)
    return shift


def end_shift(by: User, shift_id: UUID) -> None:
    """The shift begins no more, from today on. One that has never been is forgotten.

    Raises:
        NotYoursError: it is not theirs to end.
    """
    with transaction.atomic():
        shift = access.managed_shift(by, shift_id)
        home = shift.unit.organisation
        yesterday = timezone.now().astimezone(home.tz).date() - timedelta(days=1)
        audit.record(by, "shift.ended", "shift", shift.pk, subject=shift.staff.user_id)
        if shift.first_day > yesterday:
            shift.delete()
        else:
            shift.last_day = yesterday
            shift.save(update_fields=["last_day"])
        events.home_changed_on_commit(home.pk)


def _check(unit: Unit, member: StaffMember, weekdays: str, first_day: date, last_day: date | None) -> None:
    if member.organisation_id != unit.organisation_id:
        raise NotYoursError
    if not (member.covers_all or unit in member.units.all()):
        raise RefusedError(f"{member.name} does not look after {unit.name} yet. Please add the unit to them first.")
    if not set(weekdays) <= set(DAYS) or not weekdays:
        raise RefusedError("Please choose at least one day of the week.")
    if last_day is not None and last_day < first_day:
        raise RefusedError("The last day is before the first.")
