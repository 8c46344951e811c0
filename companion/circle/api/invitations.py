"""Inviting, joining and saying no over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from ninja import Router, Status

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import User
from companion.circle import actions, selectors
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.actions import NewInvitation
from companion.circle.api.refusals import told
from companion.circle.models import Invitation
from companion.circle.schemas import (
    InvitationIn,
    InvitationOut,
    InvitationsOut,
    JoinedOut,
    NewInvitationOut,
    OfferOut,
    SecretIn,
)
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["circle"], auth=BearerAuth())
NOTHING = {204: None}


@router.get(
    "/seniors/{senior_id}/invitations", response=InvitationsOut, operation_id="list_invitations", summary="That wait"
)
def list_invitations(request: SignedInRequest, senior_id: UUID, cursor: Cursor, limit: Limit) -> InvitationsOut:
    """The invitations that nobody has used: open, too old, or declined."""
    access_senior(request.auth, senior_id, need=Need.MANAGE)
    waiting = Invitation.objects.filter(senior=senior_id, used_at=None)
    rows, following = page_of(waiting, cursor=cursor, limit=limit, order=("-created_at", "-pk"))
    return InvitationsOut(items=[InvitationOut(**_invitation(row)) for row in rows], next_cursor=following)


@router.post(
    "/seniors/{senior_id}/invitations", response={201: NewInvitationOut}, operation_id="invite", summary="Invite"
)
def invite(request: SignedInRequest, senior_id: UUID, body: InvitationIn) -> Status[NewInvitationOut]:
    """Make an invitation. Its link and code are told only now; either works once, for seven days."""
    return Status(201, _new(request, actions.invite(request.auth, senior_id, **body.dict())))


@router.post(
    "/seniors/{senior_id}/invitations/{invitation_id}/renew",
    response=NewInvitationOut,
    operation_id="renew_invitation",
    summary="New link and code",
)
def renew_invitation(request: SignedInRequest, senior_id: UUID, invitation_id: UUID) -> NewInvitationOut:
    """A new link and code for seven days; the old ones stop working."""
    with told():
        return _new(request, actions.renew_invitation(request.auth, senior_id, invitation_id))


@router.delete(
    "/seniors/{senior_id}/invitations/{invitation_id}",
    response=NOTHING,
    operation_id="withdraw_invitation",
    summary="Take it back",
)
def withdraw_invitation(request: SignedInRequest, senior_id: UUID, invitation_id: UUID) -> Status[None]:
    """Its link and code open nothing from now on."""
    with told():
        actions.withdraw_invitation(request.auth, senior_id, invitation_id)
    return Status(204, None)


@router.post("/invitations/look", response=OfferOut, operation_id="look_at_invitation", summary="Read an invitation")
def look_at_invitation(request: SignedInRequest, body: SecretIn) -> OfferOut:
    """What a link's token or a code offers."""
    found = actions.find_invitation(_secret(request.auth, body))
    if found is None:
        raise NotYoursError
    return OfferOut(
        senior=found.senior.name,
        role=found.role,
        relation=found.relation,
        shared=[item for item, is_on in selectors.sharing_of(found.senior_id) if is_on],
        expires_at=found.expires_at,
    )


@router.post("/invitations/accept", response={201: JoinedOut}, operation_id="accept_invitation", summary="Join")
def accept_invitation(request: SignedInRequest, body: SecretIn) -> Status[JoinedOut]:
    """Join the circle."""
    with told():
        member = actions.accept_invitation(request.auth, _secret(request.auth, body))
    return Status(201, JoinedOut(senior_id=member.senior_id, member_id=member.pk, role=member.role))


@router.post("/invitations/decline", response=NOTHING, operation_id="decline_invitation", summary="No, thank you")
def decline_invitation(request: SignedInRequest, body: SecretIn) -> Status[None]:
    """Say no; whoever invited sees it."""
    with told():
        actions.decline_invitation(_secret(request.auth, body), user=request.auth)
    return Status(204, None)


def _secret(user: User, body: SecretIn) -> str:
    """The secret; tries at codes, which can be guessed, are counted with those of the pages."""
    secret = body.secret.get_secret_value()
    if actions.is_code(secret) and (wait := actions.take_a_try(user)):
        raise Problem(429, "too_many_tries", "That was a few tries too many. Please wait.", retry_after=wait)
    return secret


def _invitation(invitation: Invitation) -> dict[str, Any]:
    state = "declined" if invitation.declined_at else "expired" if invitation.is_over else "open"
    names = ("id", "role", "relation", "guest", "created_at", "expires_at")
    return {"state": state, **{name: getattr(invitation, name) for name in names}}


def _new(request: SignedInRequest, made: NewInvitation) -> NewInvitationOut:
    link = request.build_absolute_uri(reverse("join", args=[made.token]))
    return NewInvitationOut(link=link, code=made.code, **_invitation(made.invitation))
