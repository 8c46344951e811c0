"""Who lives where: moving in, to another room or unit, and out; and what a resident lets their home see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from companion.accounts import audit, rules
from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.circle.access import Need, access_senior
from companion.circle.actions.invitations import find_invitation
from companion.circle.actions.profiles import create_profile
from companion.circle.events import circle_changed_on_commit
from companion.circle.models import Invitation, Item, Role, Senior
from companion.circle.organisations import access, events
from companion.circle.organisations.models import HomeSharing, Residency, Unit
from companion.circle.organisations.selectors import ASKED_ITEMS, home_of
from companion.circle.refusals import RefusedError

SHORTEST_USERNAME, LONGEST_STEM = 3, 30
NOT_FREE = re.compile(r"[^a-z0-9]+")


def admit(
    by: User,
    unit_id: UUID,
    *,
    full_name: str,
    preferred_name: str = "",
    room: str = "",
    phone: str = "",
    agreed: Collection[str] = (),
) -> Residency:
    """Somebody new to Lilo moves in. They get an account without a password: they sign in by a code handed to them.

    Args:
        by: a lead of the home.
        unit_id: where they live from now on.
        full_name: as they write it.
        preferred_name: what they want to be called.
        room: its label.
        phone: their own number, if they have one.
        agreed: what they let the home see, asked item by item; the rest stays theirs.

    Raises:
        NotYoursError: `by` does not run the home of that unit.
        RefusedError: a name or number is wrong, or an item is none that is asked about.
    """
    with transaction.atomic():
        unit = access.access_unit(by, unit_id, to_manage=True)
        items = _asked(agreed)
        name = rules.plain_line(full_name, 120)
        if not name:
            raise RefusedError("Please write the resident's name.")
        try:
            user = create_user(
                username=free_username(name),
                full_name=name,
                kind=Kind.SENIOR,
                by=by,
                phone=phone,
                time_zone=unit.organisation.time_zone,
                country=unit.organisation.country,
            )
        except ValidationError as error:
            raise RefusedError(" ".join(error.messages)) from None
        senior = create_profile(user, preferred_name=rules.plain_line(preferred_name, 60))
        return _move_in(by, senior, unit, room, items)


def admit_by_code(by: User, unit_id: UUID, code: str, *, room: str = "") -> Residency:
    """Somebody whom Lilo knows moves in, by an invitation for home staff that they or their first contact made.

    Nothing but alerts is shared with the home until they say so themselves. Where they lived in another home, that one
    loses them at once.

    Raises:
        NotYoursError: `by` does not run the home of that unit.
        RefusedError: the code is none for a home, used or too old, or they live here already.
    """
    with transaction.atomic():
        unit = access.access_unit(by, unit_id, to_manage=True)
        found = find_invitation(code)
        if found is None or found.role != Role.FACILITY_STAFF:
            raise RefusedError(
                "This code does not fit. Ask the resident or their first contact for an invitation for home staff."
            )
        current = home_of(found.senior_id)
        if current is not None and current.unit.organisation_id == unit.organisation_id:
            raise RefusedError(f"{found.senior.name} lives here already.")
        if not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now(), used_by=by):
            raise RefusedError("This code has just been used. Please ask for a new one.")
        if current is not None:
            _move_out(by, current)
        return _move_in(by, found.senior, unit, room, frozenset())


def move_resident(by: User, senior_id: UUID, unit_id: UUID, *, room: str) -> Residency:
    """To another room, or another unit of the same home. What the home may see stays as it was said.

    Raises:
        NotYoursError: `by` does not run the home.
        RefusedError: the unit is another home's, which needs its own admission.
    """
    with transaction.atomic():
        residency = access.managed_residency(by, senior_id)
        unit = access.access_unit(by, unit_id, to_manage=True)
        if unit.organisation_id != residency.unit.organisation_id:
            raise RefusedError("This unit belongs to another home. Please discharge here and admit there.")
        if unit.pk == residency.unit_id:
            residency.room = rules.plain_line(room, 20)
            residency.save(update_fields=["room"])
        else:
            agreed = residency.sharing.filter(is_on=True).values_list("item", flat=True)
            residency.moved_out_at = timezone.now()
            residency.save(update_fields=["moved_out_at"])
            residency = _settle(residency.senior, unit, room, frozenset(agreed))
        audit.record(by, "resident.moved", "residency", residency.pk, subject=senior_id)
        _tell(residency)
    return residency


def discharge(by: User, senior_id: UUID) -> None:
    """The resident does not live here any more: the home sees nothing of them from now on. Their account stays theirs.

    Raises:
        NotYoursError: `by` does not run the home where they live.
    """
    with transaction.atomic():
        _move_out(by, access.managed_residency(by, senior_id))


def share_with_home(by: User, senior_id: UUID, item: str, *, is_on: bool) -> None:
    """The resident lets their home see an item, or takes it back. It counts at once.

    Raises:
        NotYoursError: `by` is not the senior.
        RefusedError: they live in no home, or it is none of the items that are asked about.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        residency = home_of(senior.pk)
        if residency is None or item not in {asked.value for asked in ASKED_ITEMS}:
            raise RefusedError("There is nothing to share here.")
        HomeSharing.objects.update_or_create(residency=residency, item=Item(item).value, defaults={"is_on": is_on})
        audit.record(by, "home_sharing.set", "residency", residency.pk, subject=senior.pk, item=str(item), on=is_on)
        _tell(residency)


def free_username(full_name: str) -> str:
    """A user name made of a person's name that nobody uses yet."""
    plain = unicodedata.normalize("NFKD", full_name).encode("ascii", "ignore").decode().lower()
    stem = NOT_FREE.sub(".", plain).strip(".")[:LONGEST_STEM].strip(".")
    if len(stem) < SHORTEST_USERNAME:
        stem = "resident"
    taken = set(User.everyone.filter(username__startswith=stem).values_list("username", flat=True))
    if stem not in taken:
        return stem
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}.{number}") not in taken)


def _move_in(by: User, senior: Senior, unit: Unit, room: str, agreed: frozenset[str]) -> Residency:
    residency = _settle(senior, unit, room, agreed)
    items = ".".join(sorted(agreed))
    audit.record(by, "resident.admitted", "residency", residency.pk, subject=senior.pk, agreed=items)
    _tell(residency)
    return residency


def _settle(senior: Senior, unit: Unit, room: str, agreed: frozenset[str]) -> Residency:
    residency = Residency.objects.create(
        senior=senior, unit=unit, room=rules.plain_line(room, 20), moved_in_at=timezone.now()
    )
    HomeSharing.objects.bulk_create(
        [HomeSharing(residency=residency, item=item.value, is_on=item.value in agreed) for item in ASKED_ITEMS]
    )
    return residency


def _move_out(by: User, residency: Residency) -> None:
    residency.moved_out_at = timezone.now()
    residency.save(update_fields=["moved_out_at"])
    audit.record(by, "resident.discharged", "residency", residency.pk, subject=residency.senior_id)
    _tell(residency)


def _tell(residency: Residency) -> None:
    """Everybody who shows the resident, and everybody of the home, asks again what there is to see."""
    events.home_changed_on_commit(residency.unit.organisation_id, senior_id=residency.senior_id)
    circle_changed_on_commit(residency.senior_id, what="sharing")


def _asked(agreed: Collection[str]) -> frozenset[str]:
    items = frozenset(str(item) for item in agreed)
    if not items <= {item.value for item in ASKED_ITEMS}:
        raise RefusedError("One of the items agreed to is not known.")
    return items
