"""The portal over HTTP: the same selectors as its pages, so the same rights."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Query, Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.family import selectors
from companion.family.picture import Picture
from companion.family.schemas import (
    ActivityOut,
    DashboardOut,
    DayOut,
    DosesOut,
    LatestOut,
    MomentOut,
    OpenAlertOut,
    PlanOut,
    StatusOut,
    TalkOut,
)

router = Router(tags=["family"], auth=BearerAuth())
Before = Annotated[date | None, Query(None, alias="cursor", description="`next_cursor` of the answer before.")]
Days = Annotated[int, Query(7, alias="limit", ge=1, le=31, description="How many days.")]


@router.get(
    "/seniors/{senior_id}/dashboard", response=DashboardOut, operation_id="get_dashboard", summary="How a senior is"
)
def get_dashboard(request: SignedInRequest, senior_id: UUID) -> DashboardOut:
    """A senior as the person may see them: status in words, and each fact with its time."""
    picture = selectors.picture_of(request.auth, senior_id)
    status, doses = picture.status, picture.doses
    return DashboardOut(
        senior_id=picture.senior.pk,
        name=picture.senior.name,
        time_zone=picture.zone,
        at=picture.now,
        status=StatusOut(tone=status.tone, headline=status.headline, chip=status.chip),
        shared=[item.value for item in picture.shown],
        private=[item.value for item in picture.kept],
        alerts=_alerts(picture),
        talked_at=picture.talked_at,
        doses=None
        if doses is None
        else DosesOut(
            taken=doses.taken, missed=doses.missed, waiting=doses.waiting, late=doses.late, ahead=doses.ahead
        ),
        journal=None
        if picture.latest is None
        else [LatestOut(kind=one.kind, words=one.words, at=one.at) for one in picture.latest],
        moments=[MomentOut(at=moment.at, words=moment.words) for moment in picture.moments],
        plans=_plans(picture),
        unread_messages=picture.unread,
    )


@router.get(
    "/seniors/{senior_id}/activity", response=ActivityOut, operation_id="get_activity", summary="When they talked"
)
def get_activity(request: SignedInRequest, senior_id: UUID, cursor: Before, limit: Days) -> ActivityOut:
    """The senior's days, newest first: when they talked with Lilo, and about what where that is shared."""
    picture = selectors.activity_of(request.auth, senior_id)
    until = selectors.last_day(picture, cursor)
    days = selectors.days_of_talks(picture, until=until, days=limit)
    items = [
        DayOut(
            day=one.day,
            talks=[
                TalkOut(began=talk.began, ended=talk.ended, turns=talk.turns, topics=list(topics))
                for talk, topics in one.talks
            ],
        )
        for one in days
    ]
    earlier = until - timedelta(days=limit)
    is_older = picture.senior.user.created_at.astimezone(ZoneInfo(picture.zone)).date() <= earlier
    return ActivityOut(items=items, next_cursor=earlier.isoformat() if is_older else None)


def _alerts(picture: Picture) -> list[OpenAlertOut]:
    return [
        OpenAlertOut(
            id=card.alert.pk,
            raised_at=card.alert.raised_at,
            needs=card.trouble,
            claimed_by=card.alert.claimed_by.short_name if card.alert.claimed_by else "",
            is_drill=card.alert.is_drill,
            may_handle=card.may_handle,
        )
        for card in picture.alerts
    ]


def _plans(picture: Picture) -> list[PlanOut]:
    return [
        PlanOut(
            id=one.item.pk,
            kind=one.item.kind,
            title=one.item.title,
            day=one.day,
            at=one.at,
            claimed_by=one.claimed_by.short_name if one.claimed_by else "",
        )
        for one in picture.plans
    ]
