"""What is done with circles: one function a verb, each with its right, its row of the audit log and its live notice.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from companion.accounts import audit, rules
from companion.accounts.fields import blind_index
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import ContactPoint, Invitation, Item, Membership, Role, Senior, Sharing

#: Signs that are never taken for one another, read out or written down.
EASY = "ACDEFGHJKMNPQRTUVWXY34679"
CODE_LENGTH = 8
CONTACT_SALT = "circle.contact_point"
CONTACT_LINK_LIFE = timedelta(days=14)
PROFILE_FIELDS = frozenset({"preferred_name", "address", "doctor", "pharmacy", "conditions", "allergies", "notes"})


class RefusedError(Exception):
    """It cannot be done; the message says why, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with its two secrets, which are known only now."""

    invitation: Invitation
    token: str
    code: str
    """Eight easy signs, written `ABCD-EFGH`."""


def create_profile(user: User, **details: str) -> Senior:
    """The profile of a senior, made if there is none, with the given details written.

    Raises:
        RefusedError: the person is no senior.
    """
    if not user.is_senior:
        raise RefusedError("Only a senior has a profile.")
    unknown = details.keys() - PROFILE_FIELDS
    if unknown:
        raise ValueError(f"A profile has no {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        senior, _ = Senior.objects.get_or_create(user=user)
        for name, value in details.items():
            setattr(senior, name, value.strip())
        if details:
            senior.save(update_fields=[*details, "updated_at"])
        audit.record(user, "profile.written", "senior", senior.pk, subject=user)
    return senior


def invite(by: User, senior_id: UUID, *, role: str = Role.FAMILY, relation: str = "") -> NewInvitation:
    """Make an invitation: a link to send, and a code to read out. Either works once, for seven days.

    Raises:
        NotYoursError: `by` may not invite for this senior.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        token = secrets.token_urlsafe(32)
        code = "".join(secrets.choice(EASY) for _ in range(CODE_LENGTH))
        invitation = Invitation.objects.create(
            senior=senior,
            role=Role(role),
            relation=relation.strip()[:40],
            link_digest=_digest(token),
            code_digest=_digest(code),
            made_by=by,
            expires_at=timezone.now() + Invitation.LIFE,
        )
        audit.record(by, "circle.invited", "invitation", invitation.pk, subject=senior.pk, role=invitation.role)
    return NewInvitation(invitation, token, f"{code[:4]}-{code[4:]}")


def find_invitation(secret: str) -> Invitation | None:
    """The invitation that a link's token or a code opens, while it is good."""
    digests = (_digest(secret.strip()), _digest(_bare_code(secret)))
    for column, digest in zip(("link_digest", "code_digest"), digests, strict=True):
        found = Invitation.objects.select_related("senior__user").filter(**{column: digest}).first()
        if found is not None and found.used_at is None and found.expires_at > timezone.now():
            return found
    return None


def is_code(secret: str) -> bool:
    """Whether a secret is short enough, however it is spelt, to be a code, which can be guessed; a link's cannot."""
    return len(_bare_code(secret)) <= CODE_LENGTH


def accept_invitation(user: User, secret: str) -> Membership:
    """Join the circle that the link's token or the code opens. From now on the person counts as one to be told.

    Raises:
        RefusedError: the invitation is used, too old or unknown, or it is the senior's own circle.
    """
    with transaction.atomic():
        found = find_invitation(secret)
        if found is None:
            raise RefusedError("This invitation has been used, or it is too old. Please ask for a new one.")
        if found.senior_id == user.pk:
            raise RefusedError("This is your own circle: send the invitation to somebody else.")
        now = timezone.now()
        if not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=now, used_by=user):
            raise RefusedError("This invitation has just been used. Please ask for a new one.")
        last = Membership.objects.filter(senior=found.senior_id).aggregate(last=Max("order"))["last"] or 0
        member, _ = Membership.objects.update_or_create(
            senior=found.senior,
            user=user,
            defaults={"role": found.role, "relation": found.relation, "accepted_at": now},
            create_defaults={
                "role": found.role,
                "relation": found.relation,
                "accepted_at": now,
                "order": last + 1,
                "receives_alerts": found.role != Role.VIEWER,
            },
        )
        _begin_with_account_email(user)
        audit.record(user, "circle.joined", "membership", member.pk, subject=found.senior_id, role=member.role)
        events.circle_changed_on_commit(found.senior_id)
    return member


def set_sharing(by: User, senior_id: UUID, item: str, *, is_on: bool, member_id: UUID | None = None) -> None:
    """The senior shares an item or takes it back: with everyone, or with one member. It counts at once.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.DECIDE)
        member = _member(senior, member_id) if member_id else None
        Sharing.objects.update_or_create(senior=senior, member=member, item=Item(item), defaults={"is_on": is_on})
        audit.record(by, "sharing.set", "senior", senior.pk, subject=senior.pk, item=str(item), on=is_on)
        events.circle_changed_on_commit(senior.pk)


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


def change_member(by: User, senior_id: UUID, member_id: UUID, *, role: str, receives_alerts: bool) -> None:
    """Change what a member is to the senior, and whether they are told in an emergency.

    Raises:
        NotYoursError: `by` may not, or there is no such member.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        member = _member(senior, member_id)
        member.role, member.receives_alerts = Role(role), receives_alerts
        member.save(update_fields=["role", "receives_alerts"])
        audit.record(
            by, "circle.changed", "membership", member.pk, subject=senior.pk, role=member.role, told=receives_alerts
        )
        events.circle_changed_on_commit(senior.pk)


def remove_member(by: User, senior_id: UUID, member_id: UUID) -> None:
    """Take somebody out of the circle; a member may leave it too.

    Raises:
        NotYoursError: `by` may not, or there is no such member.
    """
    with transaction.atomic():
        leaving = Membership.objects.filter(pk=member_id, senior_id=senior_id, user=by).exists()
        senior = access_senior(by, senior_id, need=Need.BELONG if leaving else Need.MANAGE)
        member = _member(senior, member_id)
        audit.record(by, "circle.removed", "membership", member.pk, subject=senior.pk, role=member.role)
        gone = member.user_id
        member.delete()
        events.circle_changed_on_commit(senior.pk, gone=gone)


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
    if not address:
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


def _member(senior: Senior, member_id: UUID) -> Membership:
    member = Membership.objects.filter(pk=member_id, senior=senior).first()
    if member is None:
        raise NotYoursError
    return member


def _begin_with_account_email(user: User) -> None:
    """A person who joins is told by e-mail, once their address is known to be theirs; other ways they add later."""
    if user.email and not user.contact_points.filter(kind=ContactPoint.Kind.EMAIL).exists():
        ContactPoint.objects.create(
            user=user,
            kind=ContactPoint.Kind.EMAIL,
            address=user.email,
            accepted_at=timezone.now() if user.is_verified else None,
        )


def _digest(secret: str) -> str:
    return blind_index("circle_invitation.secret", secret)


def _bare_code(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
