"""Messages that are no emergency: written by other rooms, carried by the relay after everything urgent.

Before each is sent it is asked once more whether the senior still shares with its reader what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from companion.accounts.models import User
from companion.circle.access import Need, residents_for, sharing_members
from companion.circle.models import ContactPoint, Item
from companion.circle.selectors import readable
from companion.safety import bell, clock, notices
from companion.safety.models import Delivery
from companion.safety.wording import Words

CALM = "calm"
#: The layout of rows that older relays do not understand and leave alone.
VERSION = 2
#: After every emergency and what ends one, before tests of contact points.
PRIORITY = 6
#: Which way is tried first for what can wait: one that shows at once and costs nothing.
EASIEST_FIRST = ("push", "apprise", "email", "sms")


@dataclass(frozen=True, slots=True)
class Calm:
    """One message to one person on one way.

    Args:
        id: its idempotency key: written a second time it is the same message.
        point: where it goes.
        senior_id: whom it is about.
        item: what the recipient must be shown of the senior for it; None for what goes to the senior.
        subject: also what a lock screen shows: nothing about health.
        body: the rest.
        path: the page it leads to.
        can_wait: whether it keeps quiet hours.
    """

    id: UUID
    point: ContactPoint
    senior_id: UUID
    item: Item | None
    subject: str
    body: str
    path: str
    can_wait: bool = True


def write(messages: Iterable[Calm]) -> None:
    """Store messages for the relay, inside the caller's transaction."""
    now = clock.now()
    rows = [
        Delivery(
            id=message.id,
            contact_point=message.point,
            recipient_id=message.point.user_id,
            channel=message.point.kind,
            message=CALM,
            version=VERSION,
            letter=json.dumps([message.subject, f"{message.body}\n{settings.SITE_URL}{message.path}"]),
            about_id=message.senior_id,
            item=message.item or "",
            priority=PRIORITY,
            created_at=now,
            due_at=notices.after_quiet_hours(message.point, now) if message.can_wait else now,
        )
        for message in messages
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        bell.ring_on_commit()


def call_off(ids: Collection[UUID]) -> set[UUID]:
    """Take back messages that nobody has begun to send; those that went out already, or may just be going."""
    rows = Delivery.objects.filter(pk__in=ids, message=CALM)
    waiting = rows.filter(state=Delivery.State.PENDING, fence=0)
    waiting.update(state=Delivery.State.CANCELLED, due_at=None, trouble="not_wanted")
    return set(rows.exclude(state=Delivery.State.CANCELLED).values_list("pk", flat=True))


def best_points(user_ids: Collection[UUID]) -> dict[UUID, list[ContactPoint]]:
    """Each person's accepted ways, the easiest first and those that failed last."""
    found: dict[UUID, list[ContactPoint]] = {}
    accepted = ContactPoint.objects.filter(user__in=user_ids, accepted_at__isnull=False)
    for point in readable(accepted.select_related("user")):
        found.setdefault(point.user_id, []).append(point)
    for points in found.values():
        points.sort(key=_rank)
    return found


def _rank(point: ContactPoint) -> tuple[bool, int]:
    kinds: Sequence[str] = EASIEST_FIRST
    return point.last_result == ContactPoint.Result.FAILED, kinds.index(point.kind) if point.kind in kinds else 9


def words_of(row: Delivery) -> Words:
    """The words of a calm message."""
    subject, body = json.loads(row.letter)
    return Words(subject, body)


def may_be_read(row: Delivery, user_id: UUID) -> bool:
    """Whether the senior still shares what it is about with its reader, of the circle or the home; both still here."""
    if row.about is None or row.about.deleted_at is not None or not row.about.is_active:
        return False
    if not row.item:
        return user_id == row.about_id
    if sharing_members(Item(row.item)).filter(senior=row.about_id, user=user_id).exists():
        return True
    reader = User.objects.filter(pk=user_id).first()
    return reader is not None and residents_for(reader, Need(row.item)).filter(senior=row.about_id).exists()
