"""Seniors over HTTP: whom one looks after, what helpers need to know, who has looked, who may see what."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import User
from companion.circle import actions, privacy
from companion.circle.access import Need, access_senior, rights_of, visible_seniors
from companion.circle.api.refusals import told
from companion.circle.models import AccessLog, Item, Membership, Senior
from companion.circle.schemas import (
    ItemSharingOut,
    LookOut,
    LooksOut,
    MemberSeesOut,
    ProfileIn,
    ProfileOut,
    SeniorDetailOut,
    SeniorOut,
    SeniorsOut,
    SharingIn,
    SharingOut,
)
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["circle"], auth=BearerAuth())


@router.get("/seniors", response=SeniorsOut, operation_id="list_seniors", summary="Whom I look after")
def list_seniors(request: SignedInRequest, cursor: Cursor, limit: Limit) -> SeniorsOut:
    """Every senior whom the person may see, themselves included where they are one."""
    rows, following = page_of(visible_seniors(request.auth), cursor=cursor, limit=limit, order=("created_at", "pk"))
    places = {place.senior_id: place for place in request.auth.memberships.filter(senior__in=[row.pk for row in rows])}
    return SeniorsOut(items=[_senior(row, request.auth, places.get(row.pk)) for row in rows], next_cursor=following)


@router.get("/seniors/{senior_id}", response=SeniorDetailOut, operation_id="get_senior", summary="One senior")
def get_senior(request: SignedInRequest, senior_id: UUID) -> SeniorDetailOut:
    """A senior, and what the person may see and do."""
    senior = access_senior(request.auth, senior_id, need=Need.BELONG)
    rights = rights_of([request.auth.pk], senior_id)[request.auth.pk]
    place = Membership.objects.filter(senior=senior, user=request.auth).first()
    return SeniorDetailOut(
        **_senior(senior, request.auth, place).dict(),
        sees=[item for item in Item if Need(item.value) in rights.needs],
        may=sorted(rights.needs),
        may_write=rights.may_write,
    )


@router.get("/seniors/{senior_id}/profile", response=ProfileOut, operation_id="get_profile", summary="For helpers")
def get_profile(request: SignedInRequest, senior_id: UUID) -> ProfileOut:
    """What helpers need to know of a senior, as far as the person may see it. The look is in the access log."""
    return _profile(privacy.profile_of(request.auth, senior_id))


@router.patch("/seniors/{senior_id}/profile", response=ProfileOut, operation_id="change_profile", summary="Change it")
def change_profile(request: SignedInRequest, senior_id: UUID, body: ProfileIn) -> ProfileOut:
    """Write texts of a profile: the senior all of them, a first contact those they may."""
    texts = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    with told():
        actions.change_profile(request.auth, senior_id, **texts)
    return _profile(privacy.profile_of(request.auth, senior_id))


@router.get("/seniors/{senior_id}/access-log", response=LooksOut, operation_id="access_log", summary="Who has looked")
def access_log(request: SignedInRequest, senior_id: UUID, cursor: Cursor, limit: Limit) -> LooksOut:
    """Every look at the senior's data by another person, once a person, item and hour. For the senior alone."""
    rows, following = page_of(privacy.access_log(request.auth, senior_id), cursor=cursor, limit=limit)
    looks = zip(rows, privacy.in_words(rows), strict=True)
    return LooksOut(items=[_look(row, words) for row, words in looks], next_cursor=following)


@router.get("/seniors/{senior_id}/sharing", response=SharingOut, operation_id="get_sharing", summary="Who sees what")
def get_sharing(request: SignedInRequest, senior_id: UUID) -> SharingOut:
    """Who sees what: the senior gets the whole table, a member what is shared with them."""
    access_senior(request.auth, senior_id, need=Need.BELONG)
    return _sharing(request.auth, senior_id)


@router.put("/seniors/{senior_id}/sharing", response=SharingOut, operation_id="set_sharing", summary="Share, take back")
def set_sharing(request: SignedInRequest, senior_id: UUID, body: SharingIn) -> SharingOut:
    """The senior shares an item or takes it back. It counts at once; taken back from everyone, nobody sees it."""
    if body.is_on is not None:
        actions.set_sharing(request.auth, senior_id, body.item, is_on=body.is_on, member_id=body.member_id)
    elif body.member_id is not None:
        actions.follow_circle(request.auth, senior_id, body.item, member_id=body.member_id)
    else:
        raise Problem(422, "invalid", "Say whether it is shared.")
    return _sharing(request.auth, senior_id)


def _senior(senior: Senior, person: User, place: Membership | None) -> SeniorOut:
    return SeniorOut(
        id=senior.pk,
        name=senior.name,
        country=senior.user.country,
        time_zone=senior.user.time_zone,
        is_me=senior.pk == person.pk,
        role=place.role if place else "",
        relation=place.relation if place else "",
    )


def _profile(found: privacy.Profile) -> ProfileOut:
    nothing = dict.fromkeys((*privacy.DETAILS, *privacy.HEALTH))
    return ProfileOut(
        name=found.senior.name,
        preferred_name=found.senior.preferred_name,
        country=found.country,
        may_change=sorted(found.changes),
        in_emergency=found.in_emergency,
        **(nothing | (found.details or {}) | (found.health or {})),
    )


def _look(row: AccessLog, words: privacy.Look) -> LookOut:
    return LookOut(at=row.at, who=words.who, relation=words.relation, item=row.item)


def _sharing(person: User, senior_id: UUID) -> SharingOut:
    decides = person.pk == senior_id
    return SharingOut(
        items=[
            ItemSharingOut(
                item=row.item,
                everyone=row.is_on if decides else None,
                home=row.home if decides else None,
                members=[
                    MemberSeesOut(
                        member_id=each.member.pk,
                        name=each.member.user.full_name,
                        sees=each.sees,
                        said=each.is_own_word and decides,
                    )
                    for each in row.members
                    if decides or each.member.user_id == person.pk
                ],
            )
            for row in privacy.sharing_table(senior_id)
        ]
    )
