"""The people of a circle over HTTP."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Status

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.circle import actions, selectors
from companion.circle.access import Need, access_senior, may_manage
from companion.circle.api.refusals import told
from companion.circle.schemas import (
    MemberIn,
    MemberOut,
    MembersOut,
    OrderIn,
)
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["circle"], auth=BearerAuth())
NOTHING = {204: None}


@router.get("/seniors/{senior_id}/members", response=MembersOut, operation_id="list_members", summary="Their people")
def list_members(request: SignedInRequest, senior_id: UUID, cursor: Cursor, limit: Limit) -> MembersOut:
    """The circle in order of contact."""
    access_senior(request.auth, senior_id, need=Need.BELONG)
    joined = selectors.members_of(senior_id).filter(accepted_at__isnull=False)
    rows, following = page_of(joined, cursor=cursor, limit=limit, order=("order", "created_at", "pk"))
    wanted = {row.pk for row in rows}
    sees_numbers = may_manage(request.auth, senior_id)
    found = [each for each in selectors.people_of(senior_id) if each.member.pk in wanted]
    return MembersOut(items=[_member(each, with_number=sees_numbers) for each in found], next_cursor=following)


@router.put(
    "/seniors/{senior_id}/members/order", response=NOTHING, operation_id="order_members", summary="Set the order"
)
def order_members(request: SignedInRequest, senior_id: UUID, body: OrderIn) -> Status[None]:
    """Set the order of contact: the named come first, as given, the others after them as they were."""
    actions.change_order(request.auth, senior_id, body.member_ids)
    return Status(204, None)


@router.patch(
    "/seniors/{senior_id}/members/{member_id}", response=NOTHING, operation_id="change_member", summary="Change one"
)
def change_member(request: SignedInRequest, senior_id: UUID, member_id: UUID, body: MemberIn) -> Status[None]:
    """Change what a member is to the senior, and whether they are told in an emergency."""
    with told():
        actions.change_member(request.auth, senior_id, member_id, **body.dict(exclude_unset=True))
    return Status(204, None)


@router.delete(
    "/seniors/{senior_id}/members/{member_id}", response=NOTHING, operation_id="remove_member", summary="Remove, leave"
)
def remove_member(request: SignedInRequest, senior_id: UUID, member_id: UUID) -> Status[None]:
    """Take somebody out of the circle, or leave it."""
    with told():
        actions.remove_member(request.auth, senior_id, member_id)
    return Status(204, None)


@router.post(
    "/seniors/{senior_id}/members/{member_id}/hand-over",
    response=NOTHING,
    operation_id="hand_over",
    summary="Hand over first contact",
)
def hand_over(request: SignedInRequest, senior_id: UUID, member_id: UUID) -> Status[None]:
    """A first contact gives the place to another member and stays on as family."""
    with told():
        actions.hand_over(request.auth, senior_id, member_id)
    return Status(204, None)


def _member(each: selectors.Helper, *, with_number: bool) -> MemberOut:
    member = each.member
    return MemberOut(
        id=member.pk,
        user_id=member.user_id,
        name=each.name,
        role=member.role,
        relation=member.relation,
        order=member.order,
        receives_alerts=member.receives_alerts,
        is_unreachable=each.is_unreachable,
        phone=member.user.phone if with_number else "",
        joined_at=member.accepted_at,
    )
