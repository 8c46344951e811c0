"""The shared calendar, for phones: the same rules as the pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from ninja import Query, Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import User
from companion.care.calendar import actions, selectors
from companion.care.calendar.access import access_calendar
from companion.care.calendar.actions import COLUMNS, Plan
from companion.care.calendar.models import CalendarItem
from companion.care.calendar.schemas import ClaimOut, ItemOut, PlanIn, PlannedListOut, PlannedOut
from companion.care.calendar.selectors import Planned
from companion.circle.refusals import RefusedError
from lilo_site.api_errors import Problem

router = Router(tags=["calendar"], auth=BearerAuth())
MOST_DAYS = 93
First = Annotated[date | None, Query(None, alias="from", description="The first day; today where the senior lives.")]
Days = Annotated[int, Query(selectors.SPAN, ge=1, le=MOST_DAYS)]
BASE = "/seniors/{senior_id}/calendar"


@router.get(BASE, response=PlannedListOut, operation_id="list_calendar", summary="Visits and tasks by day")
def list_calendar(request: SignedInRequest, senior_id: UUID, first: First, days: Days) -> PlannedListOut:
    """What is planned, day by day; what comes again is told on each of its days."""
    senior, _ = access_calendar(request.auth, senior_id)
    begin = first or selectors.today_of(senior)
    try:
        end = begin + timedelta(days=days - 1)
    except OverflowError as error:
        raise Problem(422, "too_far", "That day is too far away.") from error
    planned = selectors.planned_between(request.auth, senior_id, begin, end)
    items = [_planned(one, request.auth) for one in planned]
    return PlannedListOut(first=begin, last=end, time_zone=senior.user.time_zone, items=items)


@router.post(BASE, response={201: ItemOut}, operation_id="add_to_calendar", summary="Plan a visit or a task")
def add_to_calendar(request: SignedInRequest, senior_id: UUID, body: PlanIn) -> tuple[int, ItemOut]:
    """Plan something, once or again and again."""
    try:
        item = actions.add_item(request.auth, senior_id, Plan(**body.dict()), key=str(uuid4()))
    except RefusedError as refusal:
        raise Problem(422, "refused", str(refusal)) from refusal
    return 201, _item(item)


@router.put(BASE + "/{item_id}", response=ItemOut, operation_id="change_calendar", summary="Change a visit or a task")
def change_calendar(request: SignedInRequest, senior_id: UUID, item_id: UUID, body: PlanIn) -> ItemOut:
    """Change it on all its days."""
    try:
        item = actions.change_item(request.auth, senior_id, item_id, Plan(**body.dict()))
    except RefusedError as refusal:
        raise Problem(422, "refused", str(refusal)) from refusal
    return _item(item)


@router.delete(BASE + "/{item_id}", response={204: None}, operation_id="remove_from_calendar", summary="Take it out")
def remove_from_calendar(request: SignedInRequest, senior_id: UUID, item_id: UUID) -> tuple[int, None]:
    """Take it out, with all its days."""
    actions.remove_item(request.auth, senior_id, item_id)
    return 204, None


@router.post(BASE + "/{item_id}/{day}/claim", response=ClaimOut, operation_id="claim_task", summary="I'll do it")
def claim_task(request: SignedInRequest, senior_id: UUID, item_id: UUID, day: date) -> ClaimOut:
    """Take a task on for a day. Whoever was first has it."""
    got = actions.claim(request.auth, senior_id, item_id, day)
    return ClaimOut(claimed_by=got.short_name, is_mine=got.pk == request.auth.pk)


@router.post(BASE + "/{item_id}/{day}/give-back", response={204: None}, operation_id="give_task_back", summary="Not me")
def give_task_back(request: SignedInRequest, senior_id: UUID, item_id: UUID, day: date) -> tuple[int, None]:
    """Let somebody else do it."""
    actions.give_back(request.auth, senior_id, item_id, day)
    return 204, None


@router.post(BASE + "/{item_id}/{day}/done", response={204: None}, operation_id="finish_task", summary="Done")
def finish_task(request: SignedInRequest, senior_id: UUID, item_id: UUID, day: date) -> tuple[int, None]:
    """The task is done."""
    actions.finish(request.auth, senior_id, item_id, day)
    return 204, None


@router.post(BASE + "/{item_id}/{day}/undo", response={204: None}, operation_id="undo_task", summary="Not done yet")
def undo_task(request: SignedInRequest, senior_id: UUID, item_id: UUID, day: date) -> tuple[int, None]:
    """The task is not done after all."""
    actions.finish(request.auth, senior_id, item_id, day, is_done=False)
    return 204, None


@router.post(BASE + "/{item_id}/{day}/call-off", response={204: None}, operation_id="call_off_day", summary="Not then")
def call_off_day(request: SignedInRequest, senior_id: UUID, item_id: UUID, day: date) -> tuple[int, None]:
    """Only that day's: what comes again goes on."""
    actions.call_off(request.auth, senior_id, item_id, day)
    return 204, None


def _item(item: CalendarItem) -> ItemOut:
    return ItemOut(id=item.pk, **{name: getattr(item, name) for name in COLUMNS})


def _planned(one: Planned, person: User) -> PlannedOut:
    return PlannedOut(
        item=_item(one.item),
        day=one.day,
        at=one.at,
        claimed_by=one.claimed_by.short_name if one.claimed_by else "",
        is_mine=one.claimed_by == person,
        done_by=one.done_by.short_name if one.done_by else "",
        done_at=one.done_at,
    )
