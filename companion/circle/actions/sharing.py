"""What the senior shares, item by item: with everyone, or with one person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Item, Membership, Senior, Sharing


@dataclass(frozen=True, slots=True)
class Said:
    """What a senior had said about one item before a change, so that the change can be undone."""

    item: str
    everyone: bool | None
    """None: nothing yet, so that what is shared at first counts."""
    members: dict[str, bool]
    """Member id to what was said of that one."""


def set_sharing(by: User, senior_id: UUID, item: str, *, is_on: bool, member_id: UUID | None = None) -> Said:
    """The senior shares an item or takes it back: with everyone, or with one member. It counts at once.

    Taking it back from everyone takes it back from each, those it was shared with by name too. Sharing it with everyone
    leaves out those it was taken back from by name.

    Returns:
        What was said before, for `restore_sharing`.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        member = member_of(senior, member_id) if member_id else None
        before = _said(senior, item)
        Sharing.objects.update_or_create(senior=senior, member=member, item=Item(item), defaults={"is_on": is_on})
        if member is None and not is_on:
            Sharing.objects.filter(senior=senior, item=Item(item), is_on=True).delete()
        _tell(by, senior, member, item, "on" if is_on else "off")
    return before


def restore_sharing(by: User, senior_id: UUID, before: Said) -> None:
    """Undo: what was said about an item before counts again. Members who have gone meanwhile stay gone.

    Raises:
        NotYoursError: `by` is not the senior.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        item = Item(before.item)
        Sharing.objects.filter(senior=senior, item=item).delete()
        here = {str(key) for key in senior.members.values_list("pk", flat=True)}
        said = [Sharing(senior=senior, item=item, is_on=before.everyone)] if before.everyone is not None else []
        for key, is_on in before.members.items():
            if key in here:
                said.append(Sharing(senior=senior, member_id=UUID(key), item=item, is_on=is_on))
        Sharing.objects.bulk_create(said)
        _tell(by, senior, None, item, "undone")


def follow_circle(by: User, senior_id: UUID, item: str, *, member_id: UUID) -> Said:
    """Forget what was said of one member about an item: the word about everyone counts for them again.

    Returns:
        What was said before, for `restore_sharing`.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        member = member_of(senior, member_id)
        before = _said(senior, item)
        Sharing.objects.filter(senior=senior, member=member, item=Item(item)).delete()
        _tell(by, senior, member, item, "as_all")
    return before


def member_of(senior: Senior, member_id: UUID) -> Membership:
    """One member of a senior's circle.

    Raises:
        NotYoursError: there is no such member.
    """
    member = Membership.objects.filter(pk=member_id, senior=senior).first()
    if member is None:
        raise NotYoursError
    return member


def _said(senior: Senior, item: str) -> Said:
    rows = list(Sharing.objects.filter(senior=senior, item=Item(item)))
    everyone = next((row.is_on for row in rows if row.member_id is None), None)
    return Said(Item(item).value, everyone, {str(row.member_id): row.is_on for row in rows if row.member_id})


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
