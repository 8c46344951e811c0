"""Homes to test with: two of them, so that every test can ask what the other one sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.circle.organisations import actions, admissions, rota
from companion.circle.organisations.models import Organisation, Post, Residency, Shift, StaffMember, Unit

ZONE = "America/New_York"
#: A Monday, at nine in the morning there.
MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
FROM = date(2026, 1, 5)
_numbers = count()


def worker(username: str) -> User:
    """Somebody with a verified e-mail address, by which they are told."""
    return create_user(
        username=username, full_name=f"{username.title()} Worker", kind=Kind.STAFF, email=f"{username}@home.example",
        is_verified=True, time_zone=ZONE,
    )  # fmt: skip


@dataclass
class Home:
    """A home with two units, a lead, and a nurse and a carer in the first."""

    organisation: Organisation
    garden: Unit
    terrace: Unit
    lead: User
    nurse: User
    carer: User

    def post(self, user: User) -> StaffMember:
        """What somebody is here."""
        return StaffMember.objects.get(organisation=self.organisation, user=user, left_at=None)

    def employ(self, user: User, *units: Unit, role: str = Post.CARER, safeguarding: bool = False) -> StaffMember:
        """Bring somebody in the way people come in."""
        invited = actions.invite_staff(
            self.lead,
            self.organisation.pk,
            name=user.full_name,
            role=role,
            unit_ids=[unit.pk for unit in units],
            is_safeguarding_lead=safeguarding,
        )
        return actions.join_as_staff(user, invited.token)

    def admit(self, unit: Unit, name: str = "", *, room: str = "1", agreed: Collection[str] = ()) -> Residency:
        """Somebody new moves in."""
        return admissions.admit(
            self.lead, unit.pk, full_name=name or f"Resident {next(_numbers)}", room=room, agreed=agreed
        )

    def shift(
        self, user: User, unit: Unit, starts: int, ends: int, *, weekdays: str = "0123456", first_day: date = FROM
    ) -> Shift:
        """Somebody works there, from one hour to another."""
        return rota.plan_shift(
            self.lead, unit.pk, self.post(user).pk, weekdays=weekdays, starts=time(starts), ends=time(ends),
            first_day=first_day,
        )  # fmt: skip


def make_home(name: str) -> Home:
    """A home whose people are called after it: `rosewoodlead`, `rosewoodnurse`, `rosewoodcarer`."""
    key = name.lower()
    operator = User.objects.filter(username="operator").first() or create_user(
        username="operator", full_name="Operator", kind=Kind.CURATOR, is_staff=True, is_superuser=True
    )
    lead, nurse, carer = worker(f"{key}lead"), worker(f"{key}nurse"), worker(f"{key}carer")
    organisation = actions.open_organisation(operator, name=name, lead=lead, time_zone=ZONE, country="US")
    garden = actions.add_unit(lead, organisation.pk, name="Garden")
    terrace = actions.add_unit(lead, organisation.pk, name="Terrace")
    home = Home(organisation, garden, terrace, lead, nurse, carer)
    home.employ(nurse, garden, role=Post.NURSE)
    home.employ(carer, garden)
    return home
