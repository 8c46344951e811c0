"""The ways into a circle: made, renewed, withdrawn, accepted, declined. Each opens it once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from companion.accounts import audit, limits
from companion.accounts.fields import blind_index
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.actions.contact_points import begin_with_account_email
from companion.circle.models import Invitation, Membership, Role
from companion.circle.refusals import RefusedError

#: Signs that are never taken for one another, read out or written down.
EASY = "ACDEFGHJKMNPQRTUVWXY34679"
CODE_LENGTH = 8
#: Codes that a person may try at once, and how fast that comes back.
TRIES, TRIES_BACK_PER_S = 5, 1 / 60


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with its two secrets, which are known only now."""

    invitation: Invitation
    token: str
    code: str
    """Eight easy signs, written `ABCD-EFGH`."""


def invite(by: User, senior_id: UUID, *, role: str = Role.FAMILY, relation: str = "", guest: str = "") -> NewInvitation:
    """Make an invitation: a link to send, and a code to read out. Either works once, for seven days.

    Args:
        by: the senior, or a first contact.
        senior_id: into whose circle.
        role: what the guest will be there.
        relation: who the guest is to the senior.
        guest: what the inviter calls the guest, to tell open invitations apart.

    Raises:
        NotYoursError: `by` may not invite for this senior.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MANAGE)
        made = _with_secrets(
            Invitation(
                senior=senior, role=Role(role), relation=relation.strip()[:40], guest=guest.strip()[:60], made_by=by
            )
        )
        audit.record(by, "circle.invited", "invitation", made.invitation.pk, subject=senior.pk, role=str(role))
        events.circle_changed_on_commit(senior.pk, what="invitations")
    return made


def renew_invitation(by: User, senior_id: UUID, invitation_id: UUID) -> NewInvitation:
    """A new link and code for an invitation that is open, too old or declined; the old ones stop working.

    Raises:
        NotYoursError: `by` may not, or there is no such invitation.
        RefusedError: it has been used.
    """
    with transaction.atomic():
        invitation = _invitation(by, senior_id, invitation_id)
        if invitation.used_at is not None:
            raise RefusedError("This invitation has been used.")
        invitation.declined_at = None
        made = _with_secrets(invitation)
        audit.record(by, "circle.invited_again", "invitation", invitation.pk, subject=senior_id)
        events.circle_changed_on_commit(senior_id, what="invitations")
    return made


def withdraw_invitation(by: User, senior_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back: its link and code open nothing from now on.

    Raises:
        NotYoursError: `by` may not, or there is no such invitation.
        RefusedError: somebody has joined with it.
    """
    with transaction.atomic():
        invitation = _invitation(by, senior_id, invitation_id)
        if invitation.used_at is not None:
            raise RefusedError("Somebody has joined with this invitation. You can remove them from the circle.")
        audit.record(by, "circle.uninvited", "invitation", invitation.pk, subject=senior_id)
        invitation.delete()
        events.circle_changed_on_commit(senior_id, what="invitations")


def find_invitation(secret: str) -> Invitation | None:
    """The invitation that a link's token or a code opens, while it is good."""
    digests = (_digest(secret.strip()), _digest(_bare_code(secret)))
    for column, digest in zip(("link_digest", "code_digest"), digests, strict=True):
        found = Invitation.objects.select_related("senior__user").filter(**{column: digest}).first()
        if found is not None and _is_open(found):
            return found
    return None


def is_code(secret: str) -> bool:
    """Whether a secret is short enough, however it is spelt, to be a code, which can be guessed; a link's cannot."""
    return len(_bare_code(secret)) <= CODE_LENGTH


def take_a_try(user: User) -> float | None:
    """Count one try at a code, on a page or by the API; the seconds to wait where there were too many."""
    return limits.take("join", str(user.pk), capacity=TRIES, refill_per_s=TRIES_BACK_PER_S, fail_open=False)


def accept_invitation(user: User, secret: str) -> Membership:
    """Join the circle that the link's token or the code opens. From now on the person counts as one to be told.

    Raises:
        RefusedError: the invitation is used, too old or unknown, it is the senior's own circle, or the person is in
            it already. The last two leave the invitation good for the person it was meant for.
    """
    with transaction.atomic():
        found = _found(secret)
        if found.senior_id == user.pk:
            raise RefusedError("This is your own circle: send the invitation to somebody else.")
        if Membership.objects.filter(senior=found.senior_id, user=user, accepted_at__isnull=False).exists():
            raise RefusedError(f"You are in {found.senior.name}'s circle already.")
        now = timezone.now()
        if not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=now, used_by=user):
            raise RefusedError("This invitation has just been used. Please ask for a new one.")
        last = Membership.objects.filter(senior=found.senior_id).aggregate(last=Max("order"))["last"] or 0
        place = {"role": found.role, "relation": found.relation, "accepted_at": now}
        member, _ = Membership.objects.update_or_create(
            senior=found.senior,
            user=user,
            defaults=place,
            create_defaults={**place, "order": last + 1, "receives_alerts": found.role != Role.VIEWER},
        )
        begin_with_account_email(user)
        audit.record(user, "circle.joined", "membership", member.pk, subject=found.senior_id, role=member.role)
        events.circle_changed_on_commit(found.senior_id, user_id=user.pk)
    return member


def decline_invitation(secret: str, *, user: User | None = None) -> None:
    """Say no, thank you. Whoever invited sees it, and may ask again.

    Raises:
        RefusedError: the invitation is used, too old or unknown.
    """
    with transaction.atomic():
        found = _found(secret)
        found.declined_at = timezone.now()
        found.save(update_fields=["declined_at"])
        audit.record(user, "circle.declined", "invitation", found.pk, subject=found.senior_id)
        events.circle_changed_on_commit(found.senior_id, what="invitations")


def _found(secret: str) -> Invitation:
    found = find_invitation(secret)
    if found is None:
        raise RefusedError("This invitation has been used, or it is too old. Please ask for a new one.")
    return found


def _is_open(invitation: Invitation) -> bool:
    return invitation.used_at is None and invitation.declined_at is None and not invitation.is_over


def _invitation(by: User, senior_id: UUID, invitation_id: UUID) -> Invitation:
    senior = access_senior(by, senior_id, need=Need.MANAGE)
    found = Invitation.objects.select_for_update().filter(pk=invitation_id, senior=senior).first()
    if found is None:
        raise NotYoursError
    return found


def _with_secrets(invitation: Invitation) -> NewInvitation:
    """Give an invitation a fresh link, code and week, and store it."""
    token = secrets.token_urlsafe(32)
    code = "".join(secrets.choice(EASY) for _ in range(CODE_LENGTH))
    invitation.link_digest, invitation.code_digest = _digest(token), _digest(code)
    invitation.expires_at = timezone.now() + Invitation.LIFE
    invitation.save()
    return NewInvitation(invitation, token, f"{code[:4]}-{code[4:]}")


def _digest(secret: str) -> str:
    return blind_index("circle_invitation.secret", secret)


def _bare_code(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
