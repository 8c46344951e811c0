"""How Lilo reaches a person, over HTTP."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Status

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.circle import actions, selectors
from companion.circle.api.refusals import told
from companion.circle.schemas import (
    ContactPointIn,
    ContactPointOut,
    ContactPointsOut,
    QuietHoursIn,
)
from lilo_site.api_errors import Problem

router = Router(tags=["circle"], auth=BearerAuth())
NOTHING = {204: None}


@router.get("/me/contact-points", response=ContactPointsOut, operation_id="list_contact_points", summary="My addresses")
def list_contact_points(request: SignedInRequest) -> ContactPointsOut:
    """How Lilo reaches the person, and whether that works. All of them on one page: nobody has many."""
    ways = selectors.ways_to_reach(request.auth.pk)
    return ContactPointsOut(items=[_way(way) for way in ways], next_cursor=None)


@router.post(
    "/me/contact-points", response={201: ContactPointOut}, operation_id="add_contact_point", summary="Add an address"
)
def add_contact_point(request: SignedInRequest, body: ContactPointIn) -> Status[ContactPointOut]:
    """Add a way. It counts once the link in the message that Lilo sends there has been followed."""
    if body.kind not in selectors.TYPED:
        raise Problem(422, "invalid", f"`kind` is one of {', '.join(selectors.TYPED)}.")
    with told():
        point = actions.add_contact_point(request.auth, body.kind, body.address)
    return Status(201, _way(selectors.way_of(point)))


@router.put(
    "/me/contact-points/{point_id}/quiet-hours", response=NOTHING, operation_id="set_quiet_hours", summary="Quiet hours"
)
def set_quiet_hours(request: SignedInRequest, point_id: UUID, body: QuietHoursIn) -> Status[None]:
    """When only a call for help may come this way."""
    with told():
        actions.set_quiet_hours(request.auth, point_id, begin=body.quiet_from, end=body.quiet_to)
    return Status(204, None)


@router.delete(
    "/me/contact-points/{point_id}", response=NOTHING, operation_id="remove_contact_point", summary="Forget an address"
)
def remove_contact_point(request: SignedInRequest, point_id: UUID) -> Status[None]:
    """Forget a way to reach the person."""
    actions.remove_contact_point(request.auth, point_id)
    return Status(204, None)


def _way(way: selectors.Way) -> ContactPointOut:
    point = way.point
    return ContactPointOut(
        id=point.pk,
        kind=point.kind,
        address=way.address,
        works=way.works,
        is_confirmed=point.accepted_at is not None,
        last_result=point.last_result,
        last_tested_at=point.last_tested_at,
        quiet_from=point.quiet_from,
        quiet_to=point.quiet_to,
    )
