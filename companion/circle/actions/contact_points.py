"""Ways to reach a person: added, shown to work, tested, forgotten."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from companion.accounts import audit, rules
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.models import ContactPoint
from companion.circle.refusals import RefusedError

CONTACT_SALT = "circle.contact_point"
CONTACT_LINK_LIFE = timedelta(days=14)


def add_contact_point(user: User, kind: str, address: str) -> ContactPoint:
    """Add a way to reach a person. It counts only once `accept_contact_point` has shown that messages arrive.

    Raises:
        RefusedError: the address is none of that kind.
        ValueError: there is no such kind.
    """
    checked = _checked_address(user, ContactPoint.Kind(kind), address.strip())
    with transaction.atomic():
        point = ContactPoint.objects.create(user=user, kind=ContactPoint.Kind(kind), address=checked)
        audit.record(user, "contact.added", "contact_point", point.pk, subject=user, kind=point.kind)
    return point


def _checked_address(user: User, kind: ContactPoint.Kind, address: str) -> str:
    try:
        if kind == ContactPoint.Kind.EMAIL:
            address = rules.normal_email(address)
            rules.check_email(address)
        elif kind == ContactPoint.Kind.SMS:
            address = rules.normal_phone(address, user.country)
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from None
    if not address or kind == ContactPoint.Kind.PUSH:  # a browser adds itself: see `circle.push`
        raise RefusedError("Please write the address or the number.")
    service = address.partition("://")[0].lower()
    if kind == ContactPoint.Kind.APPRISE and service not in settings.CONTACT_SERVICES:
        raise RefusedError("Lilo cannot use this service. Please choose e-mail or text messages.")
    return address


def contact_token(point_id: UUID) -> str:
    """What the link in the first message to a contact point carries."""
    return signing.dumps(str(point_id), salt=CONTACT_SALT)


def find_contact_point(token: str) -> ContactPoint | None:
    """The contact point of a link, while the link is good."""
    try:
        key = signing.loads(token, salt=CONTACT_SALT, max_age=CONTACT_LINK_LIFE)
    except signing.BadSignature:
        return None
    return ContactPoint.objects.select_related("user").filter(pk=key).first()


def accept_contact_point(point: ContactPoint) -> None:
    """Messages arrive there: its holder has followed the link in one. From now on it counts."""
    with transaction.atomic():
        now = timezone.now()
        if ContactPoint.objects.filter(pk=point.pk, accepted_at=None).update(
            accepted_at=now, last_tested_at=now, last_result=ContactPoint.Result.OK
        ):
            audit.record(point.user, "contact.accepted", "contact_point", point.pk, subject=point.user)


def remove_contact_point(user: User, point_id: UUID) -> None:
    """Forget a way to reach a person.

    Raises:
        NotYoursError: it is not theirs.
    """
    with transaction.atomic():
        point = ContactPoint.objects.filter(pk=point_id, user=user).first()
        if point is None:
            raise NotYoursError
        audit.record(user, "contact.removed", "contact_point", point.pk, subject=user)
        point.delete()


def set_quiet_hours(user: User, point_id: UUID, *, begin: time | None, end: time | None) -> None:
    """When nothing but a call for help may come this way, by the person's own clock; both None for never.

    Raises:
        NotYoursError: it is not theirs.
        RefusedError: only one of the two is given, or they are the same.
    """
    if (begin is None) != (end is None) or (begin is not None and begin == end):
        raise RefusedError("Please give both times, or neither.")
    with transaction.atomic():
        point = ContactPoint.objects.filter(pk=point_id, user=user).first()
        if point is None:
            raise NotYoursError
        point.quiet_from, point.quiet_to = begin, end
        point.save(update_fields=["quiet_from", "quiet_to"])
        audit.record(user, "contact.quiet_hours", "contact_point", point.pk, subject=user)


def note_contact_result(point_id: UUID, *, works: bool, tested: bool) -> None:
    """Remember how a message to a contact point went, so that one that fails is shown in red."""
    result = ContactPoint.Result.OK if works else ContactPoint.Result.FAILED
    changes = {"last_result": result, **({"last_tested_at": timezone.now()} if tested else {})}
    ContactPoint.objects.filter(pk=point_id).update(**changes)


def take_unasked_contact_points(*, limit: int) -> list[ContactPoint]:
    """New contact points that nobody was asked to confirm yet; from now on they have been. Call it in a transaction."""
    fresh = ContactPoint.objects.select_for_update(skip_locked=True).filter(accepted_at=None, asked_at=None)
    points = list(fresh.order_by("created_at")[:limit])
    ContactPoint.objects.filter(pk__in=[point.pk for point in points]).update(asked_at=timezone.now())
    return points


def take_untested_contact_points(age: timedelta, *, limit: int) -> list[ContactPoint]:
    """Accepted ways that nothing was tried on for `age`; from now on it is. Call it in a transaction."""
    before = timezone.now() - age
    accepted = ContactPoint.objects.select_for_update(skip_locked=True).filter(accepted_at__lt=before)
    points = list(accepted.exclude(last_tested_at__gte=before).order_by("accepted_at")[:limit])
    ContactPoint.objects.filter(pk__in=[point.pk for point in points]).update(last_tested_at=timezone.now())
    return points


def begin_with_account_email(user: User) -> None:
    """A person who joins is told by e-mail, once their address is known to be theirs; other ways they add later."""
    if user.email and not user.contact_points.filter(kind=ContactPoint.Kind.EMAIL).exists():
        ContactPoint.objects.create(
            user=user,
            kind=ContactPoint.Kind.EMAIL,
            address=user.email,
            accepted_at=timezone.now() if user.is_verified else None,
        )
