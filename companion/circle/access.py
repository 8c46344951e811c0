"""The one place that answers who may see what of a senior."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from companion.accounts.models import User
from companion.circle.models import SHARED_AT_FIRST, Item, Membership, Role, Senior, Sharing


class Need(StrEnum):
    """What somebody wants to do with a senior's data."""

    BELONG = "belong"  # be of the circle at all: see the name and who else is in it
    ALERTS = "alerts"
    MEDICINES = "medicines"
    JOURNAL = "journal"
    ACTIVITY = "activity"
    TOPICS = "topics"
    MANAGE = "manage"  # invite and remove people, set the order of contact
    DECIDE = "decide"  # say what is shared: the senior alone


class NotYoursError(Http404):
    """There is no such senior, or not for this person: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("There is nothing here, or it is not yours to see.")


def access_senior(person: User, senior_id: UUID, *, need: Need, to_write: bool = False) -> Senior:
    """The senior's profile, where `person` may do what they need.

    Args:
        person: who asks.
        senior_id: whose data.
        need: which of it.
        to_write: whether it is to be changed: a visitor only looks.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    if not person.is_active or person.deleted_at is not None:
        raise NotYoursError
    senior = Senior.objects.select_related("user").filter(pk=senior_id, user__deleted_at=None).first()
    if senior is None or not _may(person, senior.pk, need, to_write=to_write):
        raise NotYoursError
    return senior


def visible_seniors(person: User, *, need: Need = Need.BELONG) -> QuerySet[Senior]:
    """Every senior for whom `access_senior` with the same need would let the person in."""
    if not person.is_active or person.deleted_at is not None:
        return Senior.objects.none()
    others = Membership.objects.filter(_membership_allows(need), senior=OuterRef("pk"), user=person)
    return Senior.objects.select_related("user").filter(user__deleted_at=None).filter(Q(pk=person.pk) | Exists(others))


def sharing_members(item: Item) -> QuerySet[Membership]:
    """Every circle's accepted members, in order of contact, who may see an item now. Closed accounts are left out."""
    return Membership.objects.select_related("user").filter(
        _membership_allows(Need(item)), user__is_active=True, user__deleted_at=None, senior__user__deleted_at=None
    )


def _may(person: User, senior_id: UUID, need: Need, *, to_write: bool = False) -> bool:
    if person.pk == senior_id:
        return True
    places = Membership.objects.filter(_membership_allows(need), senior=senior_id, user=person)
    return (places.exclude(role=Role.VIEWER) if to_write else places).exists()


def _membership_allows(need: Need) -> Q:
    """The rule itself, as a condition on memberships, so that one row and lists can never disagree."""
    accepted = Q(accepted_at__isnull=False)
    if need is Need.BELONG:
        return accepted
    if need is Need.MANAGE:
        return accepted & Q(role=Role.PRIMARY)
    if need is Need.DECIDE:
        return Q(pk__in=[])
    item = Item(need)
    own = Sharing.objects.filter(member=OuterRef("pk"), item=item)
    general = Sharing.objects.filter(senior=OuterRef("senior"), member=None, item=item)
    shared_with_all = Q(Exists(general.filter(is_on=True)))
    if item in SHARED_AT_FIRST:
        shared_with_all = shared_with_all | Q(~Exists(general))
    return accepted & (Q(Exists(own.filter(is_on=True))) | (Q(~Exists(own)) & shared_with_all))


def may_manage(person: User, senior_id: UUID) -> bool:
    """Whether the person may invite and remove people and set the order of contact: the senior, and first contacts."""
    return person.is_active and _may(person, senior_id, Need.MANAGE)


def may_hand_over(senior: User, by: User) -> bool:
    """Whether `by` may hand a senior a code or a link to sign in with."""
    return may_manage(by, senior.pk)
