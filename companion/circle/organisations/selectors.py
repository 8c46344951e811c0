"""What is read of homes: who looks after whom, who is on shift, who lives where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from companion.accounts.models import User
from companion.circle.models import Item
from companion.circle.organisations.models import HomeSharing, Residency, Shift, StaffMember, Unit
from companion.circle.organisations.rules import Pattern, Window, window_at

#: What a resident is asked about, item by item, when they move in. Alerts are not in question.
ASKED_ITEMS = (Item.MEDICINES, Item.JOURNAL, Item.ACTIVITY, Item.TOPICS)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody who looks after a unit's residents, and whether they are at work there now."""

    member: StaffMember
    is_on_shift: bool


def pattern_of(shift: Shift) -> Pattern:
    """A shift as the pure decisions know it."""
    return Pattern(shift.weekdays, shift.starts, shift.ends, shift.first_day, shift.last_day)


def on_shift(unit_id: UUID, at: datetime) -> list[StaffMember]:
    """Who is at work in a unit at an instant."""
    return [duty.member for duty in duties([unit_id], at).get(unit_id, ()) if duty.is_on_shift]


def duties(unit_ids: Collection[UUID], at: datetime) -> dict[UUID, list[Duty]]:
    """Everybody who looks after each of these units, by name, and who of them is on shift. Four queries, however many.

    Who has left, whose account is closed and who is not of the unit any more is not there; who is away is not on shift.
    """
    named = Unit.objects.select_related("organisation").defer("phone", "organisation__phone")
    units = list(named.filter(pk__in=unit_ids))
    staff: defaultdict[UUID, list[StaffMember]] = defaultdict(list)
    for member in working_staff({unit.organisation_id for unit in units}):
        staff[member.organisation_id].append(member)
    shifts: defaultdict[tuple[UUID, UUID], list[Shift]] = defaultdict(list)
    for shift in _shifts_about(unit_ids, at):
        shifts[shift.unit_id, shift.staff_id].append(shift)
    return {
        unit.pk: [
            Duty(member, _is_on(member, shifts[unit.pk, member.pk], at, unit.organisation.time_zone))
            for member in staff[unit.organisation_id]
            if member.covers_all or unit in member.units.all()
        ]
        for unit in units
    }


def working_staff(organisation_ids: Collection[UUID]) -> QuerySet[StaffMember]:
    """Who works for these organisations now, by name. Invited people who have not joined do not."""
    here = StaffMember.objects.select_related("user").defer("user__email", "user__phone").filter(left_at=None)
    units = Prefetch("units", Unit.objects.defer("phone"))
    here = here.filter(organisation__in=organisation_ids, user__is_active=True, user__deleted_at=None)
    return here.prefetch_related(units)


def staff_of_resident(senior_id: UUID, at: datetime) -> list[Duty]:
    """Everybody of the home who looks after a senior; nobody where they live in none."""
    unit_id = Residency.objects.filter(senior=senior_id, moved_out_at=None).values_list("unit", flat=True).first()
    return [] if unit_id is None else duties([unit_id], at)[unit_id]


def staff_of_residents(at: datetime) -> dict[UUID, list[Duty]]:
    """The same for every resident there is."""
    where = dict(_current().values_list("senior", "unit"))
    by_unit = duties(set(where.values()), at)
    return {senior: by_unit[unit] for senior, unit in where.items()}


def looks_after(user_id: UUID, senior_id: UUID) -> bool:
    """Whether a person is one of the home's who may be told about a resident now."""
    unit_id = _current().filter(senior=senior_id).values_list("unit", flat=True).first()
    if unit_id is None:
        return False
    covering = Q(role="lead") | Q(is_safeguarding_lead=True) | Q(units=unit_id)
    staff = StaffMember.objects.filter(left_at=None, user=user_id, user__is_active=True, user__deleted_at=None)
    return staff.filter(covering, organisation__units=unit_id).exists()


def home_of(senior_id: UUID) -> Residency | None:
    """Where a senior lives now, where that is a home."""
    return _current().select_related("unit__organisation", "senior__user").filter(senior=senior_id).first()


def home_sharing(residency: Residency) -> list[tuple[Item, bool]]:
    """Each item that a resident was asked about, and whether the home may see it."""
    said = dict(HomeSharing.objects.filter(residency=residency).values_list("item", "is_on"))
    return [(item, bool(said.get(item.value))) for item in ASKED_ITEMS]


def with_names(residencies: QuerySet[Residency]) -> QuerySet[Residency]:
    """Residencies with name, account and home, and without the texts that take long to open."""
    profile = (f"senior__{text}" for text in ("address", "doctor", "pharmacy", "conditions", "allergies", "notes"))
    numbers = ("senior__user__email", "senior__user__phone", "unit__phone", "unit__organisation__phone")
    return residencies.select_related("senior__user", "unit__organisation").defer(*profile, *numbers)


def residents(units: Collection[Unit] | QuerySet[Unit]) -> QuerySet[Residency]:
    """Who lives in these units now, by unit and room."""
    return with_names(_current().filter(unit__in=units)).order_by("unit__name", "room", "senior__user__full_name")


def lasting_shifts(units: Collection[Unit], at: datetime) -> QuerySet[Shift]:
    """The shifts of these units that are not over, by their time of day: a night's ends on the day after."""
    planned = Shift.objects.select_related("staff").filter(unit__in=units, staff__left_at=None)
    return planned.filter(Q(last_day=None) | Q(last_day__gte=at.date() - timedelta(days=2)))


def current_window(units: Sequence[Unit], person: User, at: datetime) -> Window | None:
    """The shift that a person is in now in one of these units; the first that began."""
    found = [
        window
        for shift in _shifts_about([unit.pk for unit in units], at).filter(staff__user=person)
        if (window := window_at(pattern_of(shift), at, shift.unit.organisation.time_zone)) is not None
    ]
    return min(found, key=lambda window: window.begins, default=None)


def _current() -> QuerySet[Residency]:
    return Residency.objects.filter(moved_out_at=None, senior__user__deleted_at=None)


def _shifts_about(unit_ids: Collection[UUID], at: datetime) -> QuerySet[Shift]:
    """The shifts that can be on at an instant, wherever on earth: a day more on both sides."""
    near = Shift.objects.select_related("unit__organisation").filter(unit__in=unit_ids, staff__left_at=None)
    began = near.filter(first_day__lte=at.date() + timedelta(days=1))
    return began.filter(Q(last_day=None) | Q(last_day__gte=at.date() - timedelta(days=2)))


def _is_on(member: StaffMember, shifts: Sequence[Shift], at: datetime, zone: str) -> bool:
    if member.away_until is not None and at.astimezone(ZoneInfo(zone)).date() <= member.away_until:
        return False
    return any(window_at(pattern_of(shift), at, zone) is not None for shift in shifts)
