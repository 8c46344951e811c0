"""What leads do with their home, its units and its staff: one function a verb, with its right and its audit row.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from companion.accounts import audit, rules
from companion.accounts.fields import blind_index
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.actions.contact_points import begin_with_account_email
from companion.circle.organisations import access, events
from companion.circle.organisations.models import Organisation, Post, Shift, StaffMember, Unit
from companion.circle.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """An invitation to work here, with the secret of its link, which is known only now."""

    member: StaffMember
    token: str


def open_organisation(
    by: User, *, name: str, lead: User, time_zone: str, country: str, phone: str = ""
) -> Organisation:
    """Begin a home, with the person who will run it.

    Raises:
        PermissionDenied: `by` is no operator of this installation.
        RefusedError: a name, number, zone or country is missing or wrong.
    """
    if not (by.is_superuser and by.is_active):
        raise PermissionDenied
    home = Organisation(name=_named(name), phone=_phone(phone, country), time_zone=time_zone, country=country)
    try:
        home.full_clean()
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from None
    with transaction.atomic():
        home.save(force_insert=True)
        now = timezone.now()
        StaffMember.objects.create(
            organisation=home, user=lead, name=lead.full_name, role=Post.LEAD, is_safeguarding_lead=True, joined_at=now
        )
        begin_with_account_email(lead)
        audit.record(by, "home.opened", "organisation", home.pk)
    return home


def add_unit(by: User, organisation_id: UUID, *, name: str, phone: str = "") -> Unit:
    """Add a unit.

    Raises:
        NotYoursError: `by` does not run this home.
        RefusedError: the name is missing or used, or the number is none.
    """
    home = access.access_post(by, organisation_id, to_manage=True).organisation
    unit = Unit(organisation=home, name=_named(name), phone=_phone(phone, home.country))
    return _store_unit(by, unit, "unit.added")


def change_unit(by: User, unit_id: UUID, *, name: str, phone: str) -> Unit:
    """Change a unit's name and the number of its desk.

    Raises:
        NotYoursError: it is not theirs to change.
        RefusedError: the name is missing or used, or the number is none.
    """
    unit = access.access_unit(by, unit_id, to_manage=True)
    unit.name, unit.phone = _named(name), _phone(phone, unit.organisation.country)
    return _store_unit(by, unit, "unit.changed")


def _store_unit(by: User, unit: Unit, action: str) -> Unit:
    try:
        with transaction.atomic():
            unit.save()
            audit.record(by, action, "unit", unit.pk)
            events.home_changed_on_commit(unit.organisation_id)
    except IntegrityError:
        raise RefusedError("There is a unit of that name already.") from None
    return unit


def invite_staff(
    by: User,
    organisation_id: UUID,
    *,
    name: str,
    role: str = Post.CARER,
    unit_ids: Collection[UUID] = (),
    is_safeguarding_lead: bool = False,
) -> StaffInvitation:
    """Make a place for somebody who works here, and the link by which they take it: once, within seven days.

    Raises:
        NotYoursError: `by` does not run this home, or a unit is not of it.
        RefusedError: there is no name.
        ValueError: there is no such role.
    """
    with transaction.atomic():
        home = access.access_post(by, organisation_id, to_manage=True).organisation
        member = StaffMember(organisation=home, name=_named(name), role=Post(role))
        member.is_safeguarding_lead = is_safeguarding_lead
        invitation = _with_link(member)
        member.units.set(_units(home, unit_ids))
        audit.record(by, "staff.invited", "staff", member.pk, role=member.role)
        events.home_changed_on_commit(home.pk)
    return invitation


def invite_again(by: User, staff_id: UUID) -> StaffInvitation:
    """A new link for somebody who has not joined yet; the old one stops working.

    Raises:
        NotYoursError: it is not theirs to do.
        RefusedError: they have joined.
    """
    with transaction.atomic():
        member = access.managed_staff(by, staff_id)
        if member.user_id is not None:
            raise RefusedError(f"{member.name} has joined already.")
        audit.record(by, "staff.invited_again", "staff", member.pk)
        return _with_link(member)


def _with_link(member: StaffMember) -> StaffInvitation:
    token = secrets.token_urlsafe(32)
    member.link_digest, member.invited_at = _digest(token), timezone.now()
    member.save()
    return StaffInvitation(member, token)


def find_staff_invitation(token: str) -> StaffMember | None:
    """The place that a link opens, while it is good."""
    oldest = timezone.now() - StaffMember.INVITATION_LIFE
    waiting = StaffMember.objects.select_related("organisation").filter(user=None, left_at=None, invited_at__gt=oldest)
    return waiting.filter(link_digest=_digest(token)).first()


def join_as_staff(user: User, token: str) -> StaffMember:
    """Take the place that a link opens. From now on the person counts as staff.

    Raises:
        RefusedError: the link is used or too old, the person is a senior, or works here already.
    """
    with transaction.atomic():
        member = find_staff_invitation(token)
        if member is None:
            raise RefusedError("This link has been used, or it is too old. Please ask for a new one.")
        if user.is_senior:
            raise RefusedError("This link is for somebody who works here. Please sign in as that person.")
        if access.posts_of(user).filter(organisation=member.organisation_id).exists():
            raise RefusedError("You work here already. Please sign in as the person whom the link is for.")
        taken = StaffMember.objects.filter(pk=member.pk, user=None)
        if not taken.update(user=user, name=user.full_name or member.name, link_digest="", joined_at=timezone.now()):
            raise RefusedError("This link has just been used. Please ask for a new one.")
        begin_with_account_email(user)
        audit.record(user, "staff.joined", "staff", member.pk, role=member.role)
        events.home_changed_on_commit(member.organisation_id)
    member.refresh_from_db()
    return member


def change_staff(
    by: User,
    staff_id: UUID,
    *,
    role: str,
    unit_ids: Collection[UUID],
    is_safeguarding_lead: bool,
    away_until: date | None = None,
) -> StaffMember:
    """Change what somebody does here, where, and whether they are away. It counts at once.

    Raises:
        NotYoursError: it is not theirs to do, or a unit is not of this home.
        RefusedError: nobody would be left to run the home.
        ValueError: there is no such role.
    """
    with transaction.atomic():
        member = access.managed_staff(by, staff_id)
        if member.is_lead and role != Post.LEAD:
            _keep_a_lead(member)
        member.role, member.is_safeguarding_lead, member.away_until = Post(role), is_safeguarding_lead, away_until
        member.save(update_fields=["role", "is_safeguarding_lead", "away_until"])
        member.units.set(_units(member.organisation, unit_ids))
        audit.record(by, "staff.changed", "staff", member.pk, subject=member.user_id, role=member.role)
        events.home_changed_on_commit(member.organisation_id)
    return member


def remove_staff(by: User, staff_id: UUID) -> None:
    """Somebody does not work here any more: they see nothing from now on, and their shifts end.

    Raises:
        NotYoursError: it is not theirs to do.
        RefusedError: nobody would be left to run the home.
    """
    with transaction.atomic():
        member = access.managed_staff(by, staff_id)
        if member.is_lead:
            _keep_a_lead(member)
        member.left_at, member.link_digest = timezone.now(), ""
        member.save(update_fields=["left_at", "link_digest"])
        Shift.objects.filter(staff=member).delete()
        audit.record(by, "staff.left", "staff", member.pk, subject=member.user_id)
        events.home_changed_on_commit(member.organisation_id)


def _keep_a_lead(member: StaffMember) -> None:
    leads = StaffMember.objects.select_for_update().filter(
        organisation=member.organisation_id, role=Post.LEAD, left_at=None, user__is_active=True
    )
    if not leads.exclude(pk=member.pk).exists():
        raise RefusedError("Somebody must run the home. Please make another person lead first.")


def _units(home: Organisation, unit_ids: Collection[UUID]) -> list[Unit]:
    found = list(home.units.filter(pk__in=unit_ids))
    if len(found) != len(set(unit_ids)):
        raise NotYoursError
    return found


def _named(text: str) -> str:
    name = rules.plain_line(text, 60)
    if not name:
        raise RefusedError("Please write a name.")
    return name


def _phone(text: str, country: str) -> str:
    try:
        return rules.normal_phone(text, country)
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from None


def _digest(secret: str) -> str:
    return blind_index("staff_invitation.secret", secret)
