"""What the senior shares, item by item: with everyone, or with one person."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Item, Membership, Senior, Sharing


def set_sharing(by: User, senior_id: UUID, item: str, *, is_on: bool, member_id: UUID | None = None) -> None:
    """The senior shares an item or takes it back: with everyone, or with one member. It counts at once.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        member = member_of(senior, member_id) if member_id else None
        Sharing.objects.update_or_create(senior=senior, member=member, item=Item(item), defaults={"is_on": is_on})
        _tell(by, senior, member, item, "on" if is_on else "off")


def follow_circle(by: User, senior_id: UUID, item: str, *, member_id: UUID) -> None:
    """Forget what was said of one member about an item: the word about everyone counts for them again.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        member = member_of(senior, member_id)
        Sharing.objects.filter(senior=senior, member=member, item=Item(item)).delete()
        _tell(by, senior, member, item, "as_all")


def member_of(senior: Senior, member_id: UUID) -> Membership:
    """One member of a senior's circle.

    Raises:
        NotYoursError: there is no such member.
    """
    member = Membership.objects.filter(pk=member_id, senior=senior).first()
    if member is None:
        raise NotYoursError
    return member


def _tell(by: User, senior: Senior, member: Membership | None, item: str, said: str) -> None:
    audit.record(
        by,
        "sharing.set",
        "senior",
        senior.pk,
        subject=senior.pk,
        item=str(item),
        said=said,
        member=str(member.pk) if member else "",
    )
    events.circle_changed_on_commit(senior.pk, what="sharing", user_id=member.user_id if member else None)
