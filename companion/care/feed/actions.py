"""What is done with calendar feeds: made, taken back, opened. All of it blocks."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.fields import blind_index
from companion.accounts.models import User
from companion.care.feed.models import CalendarFeed
from companion.circle.access import Need, NotYoursError, access_senior


def make_feed(by: User, senior_id: UUID) -> str:
    """A new secret address for this person, which is known only now; their earlier one ends with it.

    Returns:
        The token of the address.

    Raises:
        NotYoursError: the medicines are not shared with them.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MEDICINES)
        _revoke(by, senior_id)
        feed = CalendarFeed.objects.create(senior=senior, made_by=by, digest=_digest(token))
        audit.record(by, "feed.made", "calendar_feed", feed.pk, subject=senior.pk)
    return token


def revoke_feed(by: User, senior_id: UUID) -> bool:
    """End this person's address. A person who may not see the medicines any more can still do so.

    Returns:
        Whether there was one.
    """
    with transaction.atomic():
        found = _revoke(by, senior_id)
        if found:
            audit.record(by, "feed.revoked", "senior", senior_id, subject=senior_id)
    return found


def open_feed(token: str) -> CalendarFeed:
    """The feed of an address, while it is good and its maker may still see the medicines.

    Raises:
        NotYoursError: there is no such address, or it was taken back.
    """
    feed = (
        CalendarFeed.objects.select_related("made_by", "senior__user")
        .filter(digest=_digest(token), revoked_at=None)
        .first()
    )
    if feed is None:
        raise NotYoursError
    access_senior(feed.made_by, feed.senior_id, need=Need.MEDICINES)
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
    return feed


def feed_of(person: User, senior_id: UUID) -> CalendarFeed | None:
    """The person's address for this senior, where there is one."""
    return CalendarFeed.objects.filter(made_by=person, senior_id=senior_id, revoked_at=None).first()


def _revoke(by: User, senior_id: UUID) -> bool:
    live = CalendarFeed.objects.filter(made_by=by, senior_id=senior_id, revoked_at=None)
    return live.update(revoked_at=timezone.now()) > 0


def _digest(token: str) -> str:
    return blind_index("calendar_feed.token", token)
