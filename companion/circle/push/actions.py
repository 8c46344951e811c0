"""Notices on a person's phone or computer: turned on in a browser, shown to arrive, and given up when the browser is
gone.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import ContactPoint
from companion.circle.push.rules import Subscription, checked_subscription
from companion.circle.refusals import RefusedError
from companion.circle.selectors import readable

#: Browsers of one person.
MOST = 10


def subscribe(user: User, subscription: str | bytes) -> ContactPoint:
    """Add a browser. It counts once a message has arrived there (`arrived`). The same browser again is the same one.

    Raises:
        RefusedError: it is no subscription of a known push service, or there are too many.
    """
    found = checked_subscription(subscription, settings.WEB_PUSH_HOSTS)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two presses at once are one browser
        mine = readable(ContactPoint.objects.filter(user=user, kind=ContactPoint.Kind.PUSH))
        known = next((point for point in mine if endpoint_of(point) == found.endpoint), None)
        if known is not None:
            return known
        if len([point for point in mine if point.address]) >= MOST:
            raise RefusedError("That are many browsers. Please remove one of them first.")
        # One that was given up makes room: the browser is here again under a new address.
        ContactPoint.objects.filter(pk__in=[point.pk for point in mine if not point.address]).delete()
        kind = ContactPoint.Kind.PUSH
        point = ContactPoint.objects.create(user=user, kind=kind, address=found.model_dump_json())
        audit.record(user, "contact.added", "contact_point", point.pk, subject=user, kind=kind.value)
    return point


def endpoint_of(point: ContactPoint) -> str:
    """Where a browser's messages go; empty where it was given up."""
    return Subscription.model_validate_json(point.address).endpoint if point.address else ""


def known_browsers(user: User) -> list[str]:
    """Fingerprints of the person's subscriptions, by which a browser knows whether its own is among them."""
    points = readable(ContactPoint.objects.filter(user=user, kind=ContactPoint.Kind.PUSH))
    return [hashlib.sha256(endpoint_of(point).encode()).hexdigest() for point in points if point.address]


def arrived(token: str) -> bool:
    """A message has come to the browser, which says so by what it carried. From now on the browser counts."""
    point = circle.find_contact_point(token)
    if point is None or point.kind != ContactPoint.Kind.PUSH or not point.address:
        return False
    circle.accept_contact_point(point)
    circle.note_contact_result(point.pk, works=True, tested=True)
    return True


def tell_more(user: User, point_id: UUID, *, is_on: bool) -> None:
    """Whether messages say on the locked screen what they are about, or only that there is one.

    Raises:
        NotYoursError: it is not their browser.
    """
    with transaction.atomic():
        point = ContactPoint.objects.filter(pk=point_id, user=user, kind=ContactPoint.Kind.PUSH).first()
        if point is None:
            raise NotYoursError
        point.tells_more = is_on
        point.save(update_fields=["tells_more"])
        audit.record(user, "contact.told_more", "contact_point", point.pk, subject=user, on=is_on)


def give_up(point_id: UUID) -> None:
    """The push service says that the browser is gone: its address is forgotten, and the person sees that."""
    with transaction.atomic():
        point = ContactPoint.objects.filter(pk=point_id, kind=ContactPoint.Kind.PUSH).first()
        if point is None or not point.address:
            return
        point.address, point.accepted_at = "", None
        point.asked_at = point.asked_at or timezone.now()
        point.last_result = ContactPoint.Result.FAILED
        point.save(update_fields=["address", "accepted_at", "asked_at", "last_result"])
        audit.record(None, "contact.gone", "contact_point", point.pk, subject=point.user_id)
