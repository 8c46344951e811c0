"""The only way to a home's own rows for a person: what they work in, and what they run.

Who may see a resident is answered where every senior is: in `companion.circle.access`.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.organisations.models import Organisation, Post, Residency, Shift, StaffMember, Unit


def posts_of(person: User) -> QuerySet[StaffMember]:
    """Where a person works now."""
    if not person.is_active or person.deleted_at is not None:
        return StaffMember.objects.none()
    return StaffMember.objects.select_related("organisation").filter(user=person, left_at=None)


def access_post(person: User, organisation_id: UUID, *, to_manage: bool = False) -> StaffMember:
    """The person's own post in an organisation; to manage, a lead's.

    Raises:
        NotYoursError: they do not work there, or do not run it.
    """
    posts = posts_of(person).filter(organisation=organisation_id)
    post = (posts.filter(role=Post.LEAD) if to_manage else posts).first()
    if post is None:
        raise NotYoursError
    return post


def organisations_of(person: User) -> QuerySet[Organisation]:
    """The organisations a person works for."""
    return Organisation.objects.filter(pk__in=posts_of(person).values("organisation"))


def visible_units(person: User, *, to_manage: bool = False) -> QuerySet[Unit]:
    """The units a person looks after; to manage, those of the organisations they run."""
    posts = posts_of(person).filter(organisation=OuterRef("organisation"))
    covering = Q(role=Post.LEAD) if to_manage else covers_unit(OuterRef("pk"))
    return Unit.objects.select_related("organisation").filter(Exists(posts.filter(covering)))


def access_unit(person: User, unit_id: UUID, *, to_manage: bool = False) -> Unit:
    """One unit.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    unit = visible_units(person, to_manage=to_manage).filter(pk=unit_id).first()
    if unit is None:
        raise NotYoursError
    return unit


def covers_unit(unit: OuterRef) -> Q:
    """The condition on posts that look after a unit: its own staff, leads, safeguarding leads."""
    return Q(role=Post.LEAD) | Q(is_safeguarding_lead=True) | Q(units=unit)


def managed_staff(by: User, staff_id: UUID) -> StaffMember:
    """A member of staff of an organisation that `by` runs, with the row held.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    organisations = posts_of(by).filter(role=Post.LEAD).values("organisation")
    found = StaffMember.objects.select_for_update().filter(pk=staff_id, left_at=None, organisation__in=organisations)
    member = found.first()
    if member is None:
        raise NotYoursError
    return member


def managed_shift(by: User, shift_id: UUID) -> Shift:
    """A shift in a unit that `by` runs.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    shift = Shift.objects.filter(pk=shift_id, unit__in=visible_units(by, to_manage=True)).first()
    if shift is None:
        raise NotYoursError
    return shift


def managed_residency(by: User, senior_id: UUID) -> Residency:
    """Where a resident of an organisation that `by` runs lives now, with the row held.

    Raises:
        NotYoursError: unknown, moved out, or another organisation's.
    """
    residencies = Residency.objects.select_for_update(of=("self",)).select_related("unit__organisation", "senior__user")
    found = residencies.filter(
        senior=senior_id, moved_out_at=None, unit__in=visible_units(by, to_manage=True), senior__user__deleted_at=None
    ).first()
    if found is None:
        raise NotYoursError
    return found
