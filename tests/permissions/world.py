"""Two circles and two homes, stored; and who the visitors of every route are."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from companion.accounts import limits, sign_ins
from companion.accounts.actions import create_user, issue_sign_in_code
from companion.accounts.clients import Client as Device
from companion.accounts.models import Kind, User
from companion.care.calendar import actions as calendar
from companion.care.calendar.actions import Plan
from companion.care.journal.actions import write
from companion.care.journal.measures import Kind as JournalKind
from companion.care.journal.measures import Reading
from companion.care.journal.models import Source
from companion.care.medicines import actions as medicines
from companion.care.medicines.plan import Rule
from companion.chat.family_messages.actions import write_to_senior
from companion.circle import actions as circle
from companion.circle.models import ContactPoint, Item, Membership, Role
from companion.circle.organisations import actions as homes
from companion.circle.organisations import admissions, rota
from companion.circle.organisations.models import Organisation
from companion.circle.webhooks.actions import add_webhook
from companion.family.facility.actions import write_note
from companion.safety.actions import press_help

#: Everyone whom a route may meet. Margaret is the senior; the outsider is first contact of another senior.
PEOPLE = ("senior", "primary", "family", "carer", "viewer", "staff", "outsider", "other_staff", "curator")
ACTORS = ("anonymous", *PEOPLE)
PASSWORD = "seven quiet herons"
BROWSER = '{"endpoint": "https://web.push.apple.com/1", "keys": {"p256dh": "BA", "auth": "AA"}}'
ROLES = {"primary": Role.PRIMARY, "family": Role.FAMILY, "carer": Role.CARER, "viewer": Role.VIEWER}


@dataclass
class World:
    """What the table's routes speak of, by the names of their parameters."""

    people: dict[str, User]
    ids: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    _kept: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False))

    def keep(self) -> None:
        """Remember the database as it is."""
        with closing(sqlite3.connect(_file())) as file:
            file.backup(self._kept)

    def restore(self) -> None:
        """Make the database what it was, and forget what the process remembers."""
        connection.close()
        with closing(sqlite3.connect(_file(), timeout=20)) as file:
            self._kept.backup(file)
        cache.clear()
        limits._local = limits._LocalBuckets()

    def client(self, actor: str) -> Client:
        """A browser in which the actor is signed in."""
        browser = Client(REMOTE_ADDR="203.0.113.7")
        if actor in self.sessions:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return browser

    def share(self, *, everything: bool) -> None:
        """The senior shares every item, or takes all but alerts back."""
        for item in Item:
            circle.set_sharing(self.senior, self.senior.pk, item.value, is_on=everything or item == Item.ALERTS)
            if item != Item.ALERTS:
                admissions.share_with_home(self.senior, self.senior.pk, item.value, is_on=everything)

    @property
    def senior(self) -> User:
        """Whose data it is."""
        return self.people["senior"]


def make_world() -> World:
    """Margaret with her circle and home; another senior with another circle and home; a curator."""
    people = {"senior": _person("senior", Kind.SENIOR), "curator": _person("curator", Kind.CURATOR, is_staff=True)}
    circle.create_profile(people["senior"])
    world = World(people)
    for actor, role in ROLES.items():
        people[actor] = _person(actor)
        world.ids[f"{actor}_membership"] = _join(people["senior"], people[actor], role).pk
    people["outsider"] = _person("outsider")
    other = _person("other_senior", Kind.SENIOR)
    circle.create_profile(other)
    _join(other, people["outsider"], Role.PRIMARY)
    _house(world, people)
    alert = press_help(people["senior"])
    own = people["family"]
    contact = circle.add_contact_point(own, "email", "family-two@example.org")
    invited = circle.invite(people["senior"], people["senior"].pk, role=Role.FAMILY)
    world.ids |= {
        "senior_id": people["senior"].pk,
        "other_senior_id": other.pk,
        "alert_id": alert.alert_id,
        "point_id": contact.pk,
        "member_id": world.ids["family_membership"],
        "invitation_token": invited.token,
        "invitation_id": invited.invitation.pk,
        "webhook_id": add_webhook(own, address="https://example.org/own", kinds=["dose.changed"]).pk,
        "sign_in_code": issue_sign_in_code(people["senior"], people["senior"]),
        "any_token": "nothing-that-opens",
        "any_id": uuid4(),
        "key": "sleep-waking-at-night",
        "kind": "mood",
        "entry_id": _wrote(people["senior"]),
        **_medicines(people["senior"]),
        **_plans_and_words(people["senior"], people["family"]),
    }
    return world


def _house(world: World, people: dict[str, User]) -> None:
    """The senior lives in a home, where `staff` is a carer of her unit; `other_staff` leads another home."""
    operator = _person("operator", Kind.CURATOR, is_staff=True)
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()
    lead = _person("lead", Kind.STAFF)
    people["staff"], people["other_staff"] = _person("staff", Kind.STAFF), _person("other_staff", Kind.STAFF)
    home, elsewhere = _home(operator, "Rosewood", lead), _home(operator, "Elsewhere", people["other_staff"])
    unit = homes.add_unit(lead, home.pk, name="Garden")
    homes.add_unit(people["other_staff"], elsewhere.pk, name="Attic")
    invited = homes.invite_staff(lead, home.pk, name="Staff", unit_ids=[unit.pk])
    homes.join_as_staff(people["staff"], invited.token)
    way_in = circle.invite(people["senior"], people["senior"].pk, role=Role.FACILITY_STAFF)
    admissions.admit_by_code(lead, unit.pk, way_in.code, room="12")
    member = invited.member
    shift = rota.plan_shift(lead, unit.pk, member.pk, starts=time(7), ends=time(15), first_day=date(2026, 1, 5))
    world.ids |= {"organisation_id": home.pk, "unit_id": unit.pk, "staff_id": member.pk, "shift_id": shift.pk}
    world.ids["note_id"] = write_note(lead, unit.pk, text="Slept well", senior_id=people["senior"].pk).pk


def _home(operator: User, name: str, lead: User) -> Organisation:
    return homes.open_organisation(operator, name=name, lead=lead, time_zone="America/New_York", country="US")


def sign_in_all(world: World) -> None:
    """A token of the API and a session for everyone."""
    for actor in PEOPLE:
        pair = sign_ins.begin(world.people[actor], Device("203.0.113.7", "Lilo/1.0 (phone)"))
        world.tokens[actor] = pair.access
        browser = Client()
        browser.force_login(world.people[actor], backend="companion.accounts.backends.PersonBackend")
        world.sessions[actor] = browser.cookies[settings.SESSION_COOKIE_NAME].value
        world.ids["refresh_token"] = pair.refresh
    world.ids["sign_in_id"] = world.people["family"].sign_ins.get().pk


def _person(name: str, kind: str = Kind.FAMILY, *, is_staff: bool = False) -> User:
    return create_user(
        username=name,
        full_name=name.title(),
        password=PASSWORD,
        kind=kind,
        email=f"{name}@example.org",
        is_verified=True,
        time_zone="America/New_York",
        is_staff=is_staff,
    )


def _join(senior: User, user: User, role: str) -> Membership:
    invited = circle.invite(senior, senior.pk, role=role)
    return circle.accept_invitation(user, invited.token)


def _wrote(senior: User) -> UUID:
    written = write(senior, senior.pk, [Reading(JournalKind.MOOD, 4)], source=Source.TAP)
    return written.entries[0].pk


def _medicines(senior: User) -> dict[str, Any]:
    """One medicine with a dose that is still to come, and one taken as needed."""
    rule = Rule.model_validate({"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}]})
    needed = Rule.model_validate({"kind": "as_needed", "start": "2026-01-01"})
    daily = medicines.add_regimen(senior, senior.pk, rule=rule, name="Metoprolol")
    taken = medicines.take_as_needed(senior, medicines.add_regimen(senior, senior.pk, rule=needed, name="Aspirin").pk)
    dose = daily.occurrences.order_by("due_at").values_list("pk", flat=True)[0]
    return {
        "regimen_id": daily.pk,
        "medicine_id": daily.pk,
        "occurrence_id": dose,
        "dose_id": dose,
        "event_id": taken.event.pk if taken.event else None,
        "verb": "taken",
        "part": "what",
    }


def _plans_and_words(senior: User, member: User) -> dict[str, Any]:
    """A task of tomorrow's, a message to the senior, and a browser of the member's that shows notices."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    return {
        "item_id": calendar.add_item(senior, senior.pk, Plan("task", "Shopping", tomorrow), key="k").pk,
        "day": tomorrow.isoformat(),
        "task_verb": "claim",
        "message_id": write_to_senior(member, senior.pk, "I ring after lunch", key="k").pk,
        "browser_id": ContactPoint.objects.create(user=member, kind=ContactPoint.Kind.PUSH, address=BROWSER).pk,
    }


def _file() -> Path:
    return Path(os.environ["LILO_DATA_DIR"]) / "lilo.sqlite3"


def as_id(value: Any) -> Any:
    """A parameter as it stands in an address."""
    return str(value) if isinstance(value, UUID) else value
