"""Whom to tell when the database is down: a sealed copy, on this machine, of circles, the staff of homes, and their
accepted addresses.

The relay writes it about once a minute, so what a senior takes back is out of it as soon, and a new shift is in it.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from companion.accounts.fields import UnreadableError, seal, unseal
from companion.circle.access import sharing_members
from companion.circle.models import ContactPoint, Item, Membership, Senior
from companion.circle.organisations.selectors import staff_of_residents
from companion.circle.selectors import readable
from companion.safety import clock, spool
from companion.safety.audience import CONFIDENTIAL, AtHome, Person
from companion.safety.notices import as_people

log = logging.getLogger(__name__)
BOUND_TO = "safety.address_book"


@dataclass(frozen=True, slots=True)
class Circle:
    """One senior's circle, as far as it may be told of alerts."""

    name: str
    people: tuple[Person, ...]
    addresses: dict[UUID, str]
    """Contact point id to address."""


def save() -> None:
    """Write the copy anew, if anything in it changed."""
    text = json.dumps(_circles(), sort_keys=True)
    path = _path()
    if _text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{uuid4().hex}")
    fresh.touch(mode=0o600)
    fresh.write_text(seal(BOUND_TO, text), encoding="ascii")
    fresh.replace(path)


def find(senior_id: UUID) -> Circle | None:
    """A senior's circle, or None where it is not in the copy."""
    text = _text()
    kept = json.loads(text).get(str(senior_id)) if text else None
    return None if kept is None else _as_circle(kept)


def can_tell(senior_id: UUID, category: str) -> bool:
    """Whether somebody of the circle will be told although the database is down."""
    circle = find(senior_id)
    return circle is not None and category not in CONFIDENTIAL and any(person.points for person in circle.people)


def _circles() -> dict[str, Any]:
    members: defaultdict[UUID, list[Membership]] = defaultdict(list)
    for member in sharing_members(Item.ALERTS).filter(receives_alerts=True):
        members[member.senior_id].append(member)
    staff = staff_of_residents(clock.now())
    people = {key: as_people(members[key], staff.get(key, ())) for key in {*members, *staff}}
    points: defaultdict[UUID, list[list[str]]] = defaultdict(list)
    wanted = {person.user_id for circle in people.values() for person in circle}
    for point in readable(ContactPoint.objects.filter(accepted_at__isnull=False)):
        if point.user_id in wanted:
            points[point.user_id].append([str(point.pk), point.kind, point.address])
    seniors = Senior.objects.select_related("user").only("preferred_name", "user__full_name", "user__username")
    return {
        str(senior.pk): {
            "name": senior.name,
            "people": [_kept(person, sorted(points[person.user_id])) for person in people[senior.pk]],
        }
        for senior in seniors
        if senior.pk in people
    }


def _kept(person: Person, points: list[list[str]]) -> list[Any]:
    return [str(person.user_id), person.role, person.is_safeguarding_lead, points, person.at_home.value]


def _as_circle(kept: dict[str, Any]) -> Circle:
    people, addresses = [], {}
    for user_id, role, is_lead, points, *at_home in kept["people"]:
        addresses.update({UUID(point): address for point, _, address in points})
        ways = tuple((UUID(point), kind) for point, kind, _ in points)
        people.append(Person(UUID(user_id), role, is_lead, ways, AtHome(at_home[0] if at_home else "")))
    return Circle(kept["name"], tuple(people), addresses)


def _text() -> str:
    try:
        return unseal(BOUND_TO, _path().read_text(encoding="ascii"))
    except FileNotFoundError:
        return ""
    except UnreadableError:
        log.warning("the address book for outages cannot be opened: it is written anew")
        return ""


def _path() -> Path:
    return spool.folder() / "address-book.sealed"
