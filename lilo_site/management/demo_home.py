"""A small home for the demo: Rosewood, two units, three who work there, twelve who live there."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from companion.accounts.models import User
from companion.care.medicines.actions import add_regimen
from companion.care.medicines.plan import Rule, RuleKind, Slot
from companion.circle.models import Item
from companion.circle.organisations import actions, admissions, rota
from companion.circle.organisations.models import Organisation, Post, Residency, StaffMember, Unit
from companion.family.facility.actions import write_note
from companion.safety.models import CheckInPlan

HOME = "Rosewood"
ZONE, COUNTRY = "America/New_York", "US"
#: Name, what they like to be called, unit, room, and whether the home may see medicines and activity.
RESIDENTS = (
    ("Alice Whitfield", "", "Garden", "1", True),
    ("Bernard Osei", "Bernie", "Garden", "2", True),
    ("Clara Jansen", "", "Garden", "3", True),
    ("Dorothy Pike", "Dot", "Garden", "4", True),
    ("Edwin Marsh", "", "Garden", "5", False),
    ("Florence Abara", "Flo", "Garden", "6", True),
    ("George Lindholm", "", "Terrace", "10", True),
    ("Hilda Brandt", "", "Terrace", "11", True),
    ("Ivan Petrov", "", "Terrace", "12", False),
    ("June Castellano", "Junie", "Terrace", "12a", True),
    ("Kenji Mori", "", "Terrace", "14", True),
    ("Lydia Farrow", "", "Terrace", "15", True),
)
#: Medicine, strength, whether it must not be missed, hours at which it is due.
MEDICINES = (
    ("Ramipril", "5 mg", False, (8,)),
    ("Metformin", "500 mg", False, (8, 18)),
    ("Apixaban", "5 mg", True, (9, 21)),
    ("Paracetamol", "500 mg", False, (8, 13, 18, 22)),
    ("Levodopa", "100 mg", True, (7, 11, 15, 19)),
)


def furnish_home(operator: User, *, lead: User, nurse: User, carer: User) -> Organisation:
    """Make Rosewood, if it is not there; nothing that is there is changed."""
    known = Organisation.objects.filter(name=HOME).first()
    if known is not None:
        return known
    home = actions.open_organisation(
        operator, name=HOME, lead=lead, time_zone=ZONE, country=COUNTRY, phone="+12025550140"
    )
    garden = actions.add_unit(lead, home.pk, name="Garden", phone="+12025550141")
    terrace = actions.add_unit(lead, home.pk, name="Terrace", phone="+12025550142")
    for person, role, units in ((nurse, Post.NURSE, [garden, terrace]), (carer, Post.CARER, [garden, terrace])):
        _employ(lead, home, person, role, units)
    for number, (name, called, unit, room, agrees) in enumerate(RESIDENTS):
        residency = admissions.admit(
            lead,
            (garden if unit == "Garden" else terrace).pk,
            full_name=name,
            preferred_name=called,
            room=room,
            agreed=[Item.MEDICINES.value, Item.ACTIVITY.value] if agrees else [],
        )
        _live_there(residency, number, agrees=agrees)
    clara = Residency.objects.get(senior__user__full_name="Clara Jansen")
    write_note(nurse, garden.pk, text="New physio comes at ten. Please have the small room free.")
    write_note(
        nurse,
        garden.pk,
        text="Did not sleep well and is unsteady. Please walk with her to the bathroom.",
        senior_id=clara.senior_id,
        is_urgent=True,
    )
    return home


def _employ(lead: User, home: Organisation, person: User, role: str, units: list[Unit]) -> None:
    invitation = actions.invite_staff(
        lead, home.pk, name=person.full_name, role=role, unit_ids=[unit.pk for unit in units]
    )
    member: StaffMember = actions.join_as_staff(person, invitation.token)
    day = (time(7), time(19)) if role == Post.NURSE else (time(19), time(7))
    today = timezone.now().astimezone(home.tz).date()
    for unit in units:
        rota.plan_shift(lead, unit.pk, member.pk, starts=day[0], ends=day[1], first_day=today - timedelta(days=1))


def _live_there(residency: Residency, number: int, *, agrees: bool) -> None:
    """Heard of some time ago; and what they take, some of it within the hour so that there is a round to go."""
    resident, now = residency.senior.user, timezone.now()
    heard = now - timedelta(minutes=7 + 23 * number) if number != 7 else now - timedelta(hours=21)
    CheckInPlan.objects.create(senior=resident, time_of_day=time(10), is_active=False, last_seen_at=heard)
    if not agrees:
        return
    soon = _soon(now.astimezone(residency.unit.organisation.tz), number)
    first, second = number % len(MEDICINES), (number * 2 + 1) % len(MEDICINES)
    for one in {first, second}:
        name, strength, is_critical, hours = MEDICINES[one]
        also = {soon} if number % 2 == 0 and one == first else set()
        slots = {time(hour) for hour in hours} | also
        rule = Rule(
            kind=RuleKind.TIMES,
            start=now.astimezone(residency.unit.organisation.tz).date(),
            quantity=Decimal(1),
            slots=tuple(Slot(at=at) for at in sorted(slots)),
        )
        add_regimen(
            resident, resident.pk, rule=rule, name=name, strength=strength, is_critical=is_critical, form="tablet"
        )


def _soon(now: datetime, number: int) -> time:
    at = now + timedelta(minutes=20 + 5 * (number % 4))
    return time(at.hour, at.minute - at.minute % 5)
