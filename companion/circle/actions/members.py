"""The people of a circle: what they are, in which order they are called, how they go."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.actions.sharing import member_of
from companion.circle.models import Invitation, Membership, Role, Senior
from companion.circle.refusals import RefusedError


def change_order(by: User, senior_id: UUID, member_ids: Sequence[UUID]) -> None:
    """Set the order of contact: the named members first, as given, the others after them as they were.

    Raises:
        NotYoursError: `by` may not, or one of them is not in this circle.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        members = {member.pk: member for member in senior.members.select_for_update()}
        if not set(member_ids) <= members.keys():
            raise NotYoursError
        rest = [key for key in members if key not in set(member_ids)]
        for order, key in enumerate([*dict.fromkeys(member_ids), *rest], start=1):
            members[key].order = order
            members[key].save(update_fields=["order"])
        audit.record(by, "circle.ordered", "senior", senior.pk, subject=senior.pk)
        events.circle_changed_on_commit(senior.pk)


def move_member(by: User, senior_id: UUID, member_id: UUID, *, by_places: int) -> None:
    """Call a member earlier (below zero) or later, by so many places.

    Raises:
        NotYoursError: `by` may not, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        keys = list(senior.members.filter(accepted_at__isnull=False).values_list("pk", flat=True))
        if member_id not in keys:
            raise NotYoursError
        place = keys.index(member_id)
        keys.insert(max(0, place + by_places), keys.pop(place))
        change_order(by, senior_id, keys)


def change_member(
    by: User,
    senior_id: UUID,
    member_id: UUID,
    *,
    role: str | None = None,
    relation: str | None = None,
    receives_alerts: bool | None = None,
) -> Membership:
    """Change what a member is to the senior, and whether they are told in an emergency; what is None stays.

    Raises:
        NotYoursError: `by` may not, or there is no such member.
        RefusedError: only the senior may make another first contact less than that.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        member = member_of(senior, member_id)
        if role is not None and Role(role) != member.role:
            _refuse_to_put_down(by, senior, member)
            _withdraw_invitations_of(senior, member)
            member.role = Role(role)
            if member.role == Role.VIEWER:
                member.receives_alerts = False
        if relation is not None:
            member.relation = relation.strip()[:40]
        if receives_alerts is not None:
            member.receives_alerts = receives_alerts
        member.save(update_fields=["role", "relation", "receives_alerts"])
        audit.record(
            by,
            "circle.changed",
            "membership",
            member.pk,
            subject=senior.pk,
            role=member.role,
            told=member.receives_alerts,
        )
        events.circle_changed_on_commit(senior.pk, user_id=member.user_id)
    return member


def hand_over(by: User, senior_id: UUID, member_id: UUID) -> None:
    """A first contact gives the place to another member, is called after them, and stays on as family.

    Raises:
        NotYoursError: `by` is no first contact here, or there is no such member.
        RefusedError: it is themselves, or somebody who has not joined.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        own = Membership.objects.filter(senior=senior, user=by, role=Role.PRIMARY).first()
        if own is None:
            raise NotYoursError
        heir = member_of(senior, member_id)
        if heir.pk == own.pk or heir.accepted_at is None:
            raise RefusedError("Please choose somebody else who has joined.")
        heir.role, heir.receives_alerts, own.role = Role.PRIMARY, True, Role.FAMILY
        heir.save(update_fields=["role", "receives_alerts"])
        _withdraw_invitations_of(senior, own)
        keys = [key for key in senior.members.values_list("pk", flat=True) if key != heir.pk]
        keys.insert(keys.index(own.pk), heir.pk)
        change_order(by, senior_id, keys)  # while they still may
        own.save(update_fields=["role"])
        audit.record(by, "circle.handed_over", "membership", heir.pk, subject=senior.pk)
        for member in (own, heir):
            events.circle_changed_on_commit(senior.pk, user_id=member.user_id)


def remove_member(by: User, senior_id: UUID, member_id: UUID) -> None:
    """Take somebody out of the circle; a member may leave it too.

    The open invitations they made go with them: nobody comes back by a door they left open.

    Raises:
        NotYoursError: `by` may not, or there is no such member.
        RefusedError: only the senior may remove another first contact.
    """
    with transaction.atomic():
        leaving = Membership.objects.filter(pk=member_id, senior_id=senior_id, user=by).exists()
        senior = access_senior(by, senior_id, need=Need.BELONG if leaving else Need.MANAGE)
        member = member_of(senior, member_id)
        if not leaving:
            _refuse_to_put_down(by, senior, member)
        _withdraw_invitations_of(senior, member)
        audit.record(by, "circle.removed", "membership", member.pk, subject=senior.pk, role=member.role)
        gone = member.user_id
        member.delete()
        events.circle_changed_on_commit(senior.pk, gone=gone)


def tell_circles_of_account(user_id: UUID) -> None:
    """A person's account was closed or reopened: whoever shows a circle that they are in asks again."""
    seniors = set(
        Membership.objects.filter(user=user_id, accepted_at__isnull=False).values_list("senior_id", flat=True)
    )
    seniors |= set(Senior.objects.filter(pk=user_id).values_list("pk", flat=True))
    for senior_id in seniors:
        events.circle_changed_on_commit(senior_id, user_id=user_id)


def _refuse_to_put_down(by: User, senior: Senior, member: Membership) -> None:
    if member.role == Role.PRIMARY and by.pk not in (senior.pk, member.user_id):
        raise RefusedError(f"Only {senior.name} can change or remove another first contact.")


def _withdraw_invitations_of(senior: Senior, member: Membership) -> None:
    if member.role == Role.PRIMARY:
        Invitation.objects.filter(senior=senior, made_by=member.user_id, used_at=None).delete()
